"""The pictures in messages: what people attach, forward, stick and link, as `Picture`s that have not been fetched."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

import aiohttp
import discord
from yarl import URL

from bot.chat.model import Picture, User
from bot.platforms.discord.places import user
from bot.platforms.shared.openers import opener
from bot.recognition import formats

HIDDEN = re.compile(r"\|\|.+?\|\|", re.DOTALL)
LINK = re.compile(r"https?://\S")

Posted = discord.Message | discord.MessageSnapshot
"""What can hold pictures: a message, and within a forward the message that it forwards."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A picture in a message: what tells it apart from others, and where Discord keeps it."""

    key: str
    name: str
    address: str
    size: int | None = None
    spoiler: bool = False


class Album:
    """Finds the pictures in messages, and opens them from Discord's media hosts only."""

    def __init__(self, session: aiohttp.ClientSession, media_hosts: Collection[str]) -> None:
        self._session = session
        self._hosts = media_hosts

    def attached(self, attachments: Iterable[discord.Attachment]) -> tuple[Picture, ...]:
        """Return the attachments that are pictures or videos."""
        return tuple(self._picture(found) for found in _attached(attachments))

    def posted(
        self, message: discord.Message, asker: discord.abc.User, *, everything: bool = True
    ) -> tuple[Picture, ...]:
        """Return the pictures of a message, those of a forwarded one included.

        Stickers and the previews of links count where a message has no attachments that do. Without `everything`
        only what was posted as a picture counts: no stickers, and of links only those to a picture itself.
        """
        author = None if message.author.id == asker.id else user(message.author)
        # Discord does not tell who had posted what is forwarded: an opt-out of theirs cannot be respected.
        forwarded = [found for part in message.message_snapshots for found in _find(part, everything=everything)]
        return (
            *(self._picture(found, author) for found in _find(message, everything=everything)),
            *(self._picture(found) for found in forwarded),
        )

    def _picture(self, found: _Found, author: User | None = None) -> Picture:
        opened = opener(self._session, found.address, self._hosts)
        return Picture(found.name, opened, size=found.size, spoiler=found.spoiler, author=author)


def awaits_previews(message: discord.Message) -> bool:
    """Tell whether Discord may yet show a picture that a message links to: it adds previews a moment later."""
    return not (message.attachments or message.embeds) and LINK.search(message.content) is not None


def fingerprint(message: discord.Message) -> frozenset[tuple[str, bool]]:
    """Tell the pictures of a message apart, and what is hidden of them, from those that it has after it was edited."""
    parts: list[Posted] = [message, *message.message_snapshots]
    return frozenset((found.key, found.spoiler) for part in parts for found in _find(part, everything=True))


def _find(posted: Posted, *, everything: bool) -> Iterable[_Found]:
    if attached := list(_attached(posted.attachments)):
        return attached
    stickers = _stickers(posted) if everything else ()
    return [*stickers, *_previews(posted, everything=everything)]


def _attached(attachments: Iterable[discord.Attachment]) -> Iterator[_Found]:
    for one in attachments:
        if formats.is_offered(one.content_type, one.filename):
            yield _Found(str(one.id), one.filename.removeprefix("SPOILER_"), one.url, one.size, one.is_spoiler())


def _stickers(posted: Posted) -> Iterator[_Found]:
    for one in posted.stickers:
        yield _Found(str(one.id), f"{one.name}.{one.format.file_extension}", one.url)


def _previews(posted: Posted, *, everything: bool) -> Iterator[_Found]:
    """The pictures that embeds show, where Discord keeps its copies: nothing is fetched from where a link leads."""
    for embed in posted.embeds:
        address = embed.image.proxy_url or embed.thumbnail.proxy_url
        if address and (everything or embed.type == "image"):
            name = PurePath(URL(address).path).name or "preview"
            yield _Found(embed.url or address, name, address, spoiler=_is_hidden(embed, posted))


def _is_hidden(embed: discord.Embed, posted: Posted) -> bool:
    """Whether a link stands between bars: Discord hides its preview then."""
    return embed.url is not None and any(embed.url in hidden for hidden in HIDDEN.findall(posted.content))
