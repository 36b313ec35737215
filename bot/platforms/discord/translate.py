"""From Discord's words to whobot's: messages and interactions become `Incoming`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES

from bot.chat.model import Ask, Capabilities, Help, Incoming, Progress, Request, Trigger
from bot.platforms.discord import places
from bot.platforms.discord.album import Album
from bot.platforms.discord.render import CONTENT_LIMIT, FILES_LIMIT

CAPABILITIES = Capabilities(
    text_limit=CONTENT_LIMIT,
    caption_limit=CONTENT_LIMIT,
    images_limit=FILES_LIMIT,
    image_bytes_limit=DEFAULT_FILE_SIZE_LIMIT_BYTES,
    spoilers=True,
    alt_text=True,
    buttons=True,
    edits=True,
    private_replies=True,
    sees_deletions=True,
    sees_edits=True,
    context_menus=True,
    completion=True,
    age_restricted_chats=True,
    shared_chats=True,
    previews=True,
    reactions=True,
    chat_link="https://discord.com/channels/{home}/{id}",  # shown as the channel's name
)
"""What Discord can do at its best. A message cannot be answered in private, and permissions can take more away."""


def from_message(
    message: discord.Message, request: Request, progress: Callable[[Progress], Awaitable[None]]
) -> Incoming:
    """Wrap up what a message asks."""
    guild = message.guild
    capabilities = replace(
        CAPABILITIES,
        image_bytes_limit=guild.filesize_limit if guild else DEFAULT_FILE_SIZE_LIMIT_BYTES,
        images_limit=FILES_LIMIT if places.my_permissions(message).attach_files else 0,
        private_replies=False,
    )
    return Incoming(
        chat=places.chat_of(message),
        user=places.user(message.author, manager=places.is_manager(message)),
        request=request,
        capabilities=capabilities,
        locale=guild.preferred_locale.value if guild else None,
        progress=progress,
    )


def from_interaction(interaction: discord.Interaction, request: Request) -> Incoming:
    """Wrap up what a command, a button, a menu or a dialogue asks."""
    private = interaction.guild_id is None
    capabilities = replace(
        CAPABILITIES,
        image_bytes_limit=interaction.filesize_limit,
        images_limit=FILES_LIMIT if private or interaction.app_permissions.attach_files else 0,
    )
    return Incoming(
        chat=places.chat_of_interaction(interaction),
        user=places.user(interaction.user, manager=places.is_managed_by(interaction)),
        request=request,
        capabilities=capabilities,
        locale=interaction.locale.value,
    )


def request(message: discord.Message, me: discord.ClientUser, album: Album) -> Ask | Help | None:
    """Tell what a message wants of whobot; None where it is not for whobot at all.

    Only a mention that somebody has typed counts: a reply to one of whobot's answers mentions it by itself.
    """
    private = message.guild is None
    if not private and me.id not in message.raw_mentions:
        pictures = album.posted(message, message.author, everything=False)
        return Ask(pictures, Trigger.POSTED) if pictures else None
    pictures = album.posted(message, message.author)
    trigger = Trigger.PRIVATE if private else Trigger.MENTION
    shown = places.replied_to(message)
    if not pictures and shown is not None and shown.author.id != me.id:
        pictures = album.posted(shown, message.author)
        trigger = Trigger.REPLY
    if private and not pictures and not message.attachments:
        return Help()
    return Ask(pictures, trigger)
