"""The pictures in messages: what people attach, forward, stick and link, as `Picture`s that have not been fetched."""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePath

import aiohttp
import discord
from yarl import URL

from bot.adapters.discord.places import user
from bot.domain import Picture, User
from bot.download import opener

SUFFIXES = frozenset({".avif", ".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".mp4", ".png", ".webm", ".webp"})
"""Taken for pictures where Discord does not say what an attachment is."""

VIDEOS = frozenset({"video/mp4", "video/webm"})
HIDDEN = re.compile(r"\|\|.+?\|\|", re.DOTALL)
LINK = re.compile(r"https?://\S")

Posted = discord.Message | discord.MessageSnapshot
"""What can hold pictures: a message, and within a forward the message that it forwards."""


class Album:
    """Finds the pictures in messages, and opens them from Discord's media hosts only."""

    def __init__(self, session: aiohttp.ClientSession, media_hosts: Collection[str]) -> None:
        self._session = session
        self._hosts = media_hosts

    def attached(self, attachments: Iterable[discord.Attachment], author: User | None = None) -> tuple[Picture, ...]:
        """Return the attachments that are pictures or videos; `author` is who posted them, if not the one who asks."""
        return tuple(self._attachment(one, author) for one in attachments if _is_picture(one))

    def posted(
        self, message: discord.Message, asker: discord.abc.User, *, everything: bool = True
    ) -> tuple[Picture, ...]:
        """Return the pictures of a message, those of a forwarded one included.

        Stickers and the previews of links count where a message has no attachments that do. Without `everything`
        only what was posted as a picture counts: no stickers, and of links only those to a picture itself.
        """
        author = None if message.author.id == asker.id else user(message.author)
        snapshots = message.message_snapshots
        forwarded = [picture for one in snapshots for picture in self._of(one, None, everything=everything)]
        return (*self._of(message, author, everything=everything), *forwarded)

    def _of(self, posted: Posted, author: User | None, *, everything: bool) -> tuple[Picture, ...]:
        if pictures := self.attached(posted.attachments, author):
            return pictures
        stickers = posted.stickers if everything else ()
        return (
            *(self._sticker(sticker, author) for sticker in stickers),
            *(
                self._preview(embed, address, posted, author)
                for embed, address in _previews(posted, everything=everything)
            ),
        )

    def _attachment(self, attachment: discord.Attachment, author: User | None) -> Picture:
        return Picture(
            name=attachment.filename.removeprefix("SPOILER_"),
            open=opener(self._session, attachment.url, self._hosts),
            size=attachment.size,
            spoiler=attachment.is_spoiler(),
            author=author,
        )

    def _sticker(self, sticker: discord.StickerItem, author: User | None) -> Picture:
        name = f"{sticker.name}.{sticker.format.file_extension}"
        return Picture(name, opener(self._session, sticker.url, self._hosts), author=author)

    def _preview(self, embed: discord.Embed, address: str, posted: Posted, author: User | None) -> Picture:
        return Picture(
            name=PurePath(URL(address).path).name or "preview",
            open=opener(self._session, address, self._hosts),
            spoiler=_is_hidden(embed, posted),
            author=author,
        )


def awaits_previews(message: discord.Message) -> bool:
    """Tell whether Discord may yet show a picture that a message links to: it adds previews a moment later."""
    return not (message.attachments or message.embeds) and LINK.search(message.content) is not None


def fingerprint(message: discord.Message) -> frozenset[tuple[str, bool]]:
    """Tell the pictures of a message apart, and what is hidden of them, from those that it has after it was edited."""
    parts: list[Posted] = [message, *message.message_snapshots]
    return frozenset(mark for part in parts for mark in _marks(part))


def _marks(posted: Posted) -> Iterator[tuple[str, bool]]:
    attachments = [one for one in posted.attachments if _is_picture(one)]
    if attachments:
        yield from ((str(one.id), one.is_spoiler()) for one in attachments)
        return
    yield from ((str(sticker.id), False) for sticker in posted.stickers)
    previews = _previews(posted, everything=True)
    yield from ((embed.url or address, _is_hidden(embed, posted)) for embed, address in previews)


def _previews(posted: Posted, *, everything: bool) -> Iterator[tuple[discord.Embed, str]]:
    """The embeds with a picture, and where Discord keeps its copy: nothing is fetched from where a link leads."""
    for embed in posted.embeds:
        address = embed.image.proxy_url or embed.thumbnail.proxy_url
        if address and (everything or embed.type == "image"):
            yield embed, address


def _is_hidden(embed: discord.Embed, posted: Posted) -> bool:
    """Whether a link stands between bars: Discord hides its preview then."""
    return embed.url is not None and any(embed.url in hidden for hidden in HIDDEN.findall(posted.content))


def _is_picture(attachment: discord.Attachment) -> bool:
    if attachment.content_type is None:
        return PurePath(attachment.filename).suffix.lower() in SUFFIXES
    media_type = attachment.content_type.partition(";")[0].strip()
    return media_type.startswith("image/") or media_type in VIDEOS
