"""From Discord's words to whobot's: messages and interactions become `Incoming`."""

from collections.abc import Awaitable, Callable, Collection, Iterable
from pathlib import PurePath

import aiohttp
import discord
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES

from bot.adapters.discord.render import CONTENT_LIMIT, FILES_LIMIT
from bot.domain import Ask, Capabilities, Chat, Incoming, Page, Picture, Progress, Request, Show, Trigger, User
from bot.download import opener

PLATFORM = "discord"
SUFFIXES = frozenset({".avif", ".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".png", ".webp"})
"""Taken for pictures where Discord does not say what an attachment is."""

NO_PERMISSIONS = discord.Permissions.none()


class Album:
    """Finds the pictures among what people attach, and opens them from Discord's media hosts only."""

    def __init__(self, session: aiohttp.ClientSession, media_hosts: Collection[str]) -> None:
        self._session = session
        self._hosts = media_hosts

    def pictures(self, attachments: Iterable[discord.Attachment], author: User | None = None) -> tuple[Picture, ...]:
        """Return the attachments that are pictures; `author` is who posted them, if not the one who asks."""
        return tuple(
            Picture(
                name=attachment.filename.removeprefix("SPOILER_"),
                open=opener(self._session, attachment.url, self._hosts),
                size=attachment.size,
                spoiler=attachment.is_spoiler(),
                author=author,
            )
            for attachment in attachments
            if _is_picture(attachment)
        )

    def posted(self, message: discord.Message, asker: discord.abc.User) -> tuple[Picture, ...]:
        """Return the pictures of a message, those of a forwarded one included."""
        author = None if message.author.id == asker.id else _user(message.author)
        forwarded = [attachment for snapshot in message.message_snapshots for attachment in snapshot.attachments]
        return self.pictures(message.attachments, author) + self.pictures(forwarded)

    def request(self, message: discord.Message, me: discord.ClientUser) -> Request | None:
        """Tell what a message wants of whobot; None where it is not for whobot at all.

        Only a mention that somebody has typed counts: a reply to one of whobot's answers mentions it by itself.
        """
        private = message.guild is None
        pictures = self.posted(message, message.author)
        if not private and me.id not in message.raw_mentions:
            return Ask(pictures, Trigger.POSTED) if pictures else None
        trigger = Trigger.PRIVATE if private else Trigger.MENTION
        replied_to = message.reference.resolved if message.reference else None
        if not pictures and isinstance(replied_to, discord.Message) and replied_to.author.id != me.id:
            pictures = self.posted(replied_to, message.author)
            trigger = Trigger.REPLY
        if private and not pictures and not message.attachments:
            return Show(Page.HELP)
        return Ask(pictures, trigger)


def from_message(
    message: discord.Message, request: Request, progress: Callable[[Progress], Awaitable[None]]
) -> Incoming:
    """Wrap up what a message asks."""
    guild = message.guild
    author = message.author
    manager = guild is None or (isinstance(author, discord.Member) and _permissions(message, author).manage_channels)
    return Incoming(
        chat=Chat(PLATFORM, str(message.channel.id), private=guild is None),
        user=_user(author, manager=manager),
        request=request,
        capabilities=_capabilities(
            guild.filesize_limit if guild else DEFAULT_FILE_SIZE_LIMIT_BYTES,
            files=_my_permissions(message).attach_files,
        ),
        locale=guild.preferred_locale.value if guild else None,
        progress=progress,
    )


def from_interaction(interaction: discord.Interaction, request: Request) -> Incoming:
    """Wrap up what a command asks."""
    private = interaction.guild_id is None
    return Incoming(
        chat=Chat(PLATFORM, str(interaction.channel_id or interaction.user.id), private=private),
        user=_user(interaction.user, manager=private or interaction.permissions.manage_channels),
        request=request,
        capabilities=_capabilities(
            interaction.filesize_limit, files=private or interaction.app_permissions.attach_files
        ),
        locale=interaction.locale.value,
    )


def may_answer(message: discord.Message) -> bool:
    """Tell whether whobot may post where the message is: if not, no work is worth its while."""
    permissions = _my_permissions(message)
    if isinstance(message.channel, discord.Thread):
        return permissions.send_messages_in_threads
    return permissions.send_messages


def may_refer(message: discord.Message) -> bool:
    """Tell whether whobot may reply to the message, rather than only post below it."""
    return _my_permissions(message).read_message_history


def _my_permissions(message: discord.Message) -> discord.Permissions:
    """What Discord has told of whobot's permissions so far; where it has not, the attempt will show."""
    if message.guild is None or message.guild.me is None:
        return discord.Permissions.all()
    return _permissions(message, message.guild.me, unknown=discord.Permissions.all())


def _permissions(
    message: discord.Message, member: discord.Member, *, unknown: discord.Permissions = NO_PERMISSIONS
) -> discord.Permissions:
    """What a member may do where the message is; `unknown` where Discord has not told of the channel (yet)."""
    channel = message.channel
    if isinstance(channel, discord.PartialMessageable) or (isinstance(channel, discord.Thread) and not channel.parent):
        return unknown
    return channel.permissions_for(member)


def _user(user: discord.abc.User, *, manager: bool = False) -> User:
    return User(PLATFORM, str(user.id), manager=manager)


def _capabilities(bytes_limit: int, *, files: bool) -> Capabilities:
    return Capabilities(
        text_limit=CONTENT_LIMIT,
        caption_limit=CONTENT_LIMIT,
        images_limit=FILES_LIMIT if files else 0,
        image_bytes_limit=bytes_limit,
        spoilers=True,
        alt_text=True,
    )


def _is_picture(attachment: discord.Attachment) -> bool:
    if attachment.content_type is not None:
        return attachment.content_type.startswith("image/")
    return PurePath(attachment.filename).suffix.lower() in SUFFIXES
