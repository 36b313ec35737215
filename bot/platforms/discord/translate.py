"""From Discord's words to whobot's: messages and interactions become `Incoming`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import discord
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES

from bot.chat.model import Ask, Help, Incoming, Progress, Request, Trigger
from bot.platforms.discord import places
from bot.platforms.discord.album import Album
from bot.platforms.discord.platform import CAPABILITIES
from bot.platforms.discord.render import FILES_LIMIT


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

    Only a typed mention counts: Discord adds one to every reply to one of whobot's answers.
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
