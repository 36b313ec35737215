"""Who is who on Discord, what counts as one chat, and who may do what there."""

import discord

from bot.chat.model import Chat, User
from bot.platforms.discord.platform import NAME

NO_PERMISSIONS = discord.Permissions.none()
ALL_PERMISSIONS = discord.Permissions.all()
AGE_RESTRICTABLE = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.Thread)


def user(one: discord.abc.User, *, manager: bool = False) -> User:
    """Return a user, with the name that they have in that server."""
    return User(NAME, str(one.id), manager=manager, name=one.display_name)


def chat(channel: object, channel_id: int, guild_id: int | None) -> Chat:
    """Tell where something happens. A thread is a part of its channel: what is set and taught there holds in it too."""
    inside = channel.parent_id if isinstance(channel, discord.Thread) else None
    return Chat(
        NAME,
        str(inside or channel_id),
        private=guild_id is None,
        home=None if guild_id is None else str(guild_id),
        age_restricted=isinstance(channel, AGE_RESTRICTABLE) and channel.is_nsfw(),
    )


def chat_of(message: discord.Message) -> Chat:
    """Tell where a message was posted."""
    return chat(message.channel, message.channel.id, message.guild.id if message.guild else None)


def chat_of_interaction(interaction: discord.Interaction) -> Chat:
    """Tell where a command, a button, a menu or a dialogue was used."""
    return chat(interaction.channel, interaction.channel_id or interaction.user.id, interaction.guild_id)


def may_answer(message: discord.Message) -> bool:
    """Tell whether whobot may post where the message is: if not, no work is worth its while."""
    return _may_post(message.channel, my_permissions(message))


def may_answer_openly(interaction: discord.Interaction) -> bool:
    """Tell whether whobot may post where it is called, or may only answer the one who called it."""
    return interaction.guild_id is None or _may_post(interaction.channel, interaction.app_permissions)


def may_refer(message: discord.Message) -> bool:
    """Tell whether whobot may reply to the message, rather than only post below it."""
    return my_permissions(message).read_message_history


def is_manager(message: discord.Message) -> bool:
    """Tell whether the author may change the chat's settings: everybody may in private."""
    author = message.author
    if message.guild is None:
        return True
    return isinstance(author, discord.Member) and _permissions(message, author, unknown=NO_PERMISSIONS).manage_channels


def is_managed_by(interaction: discord.Interaction) -> bool:
    """Tell the same of the one who uses a command or a button."""
    return interaction.guild_id is None or interaction.permissions.manage_channels


def my_permissions(message: discord.Message) -> discord.Permissions:
    """Return what Discord has told of whobot's permissions so far; where it has not, the attempt will show."""
    if message.guild is None or message.guild.me is None:
        return ALL_PERMISSIONS
    return _permissions(message, message.guild.me, unknown=ALL_PERMISSIONS)


def replied_to(message: discord.Message) -> discord.Message | None:
    """Return the message that this one replies to, where Discord shows it."""
    resolved = message.reference.resolved if message.reference else None
    return resolved if isinstance(resolved, discord.Message) else None


def _may_post(channel: object, permissions: discord.Permissions) -> bool:
    if isinstance(channel, discord.Thread):
        return permissions.send_messages_in_threads
    return permissions.send_messages


def _permissions(
    message: discord.Message, member: discord.Member, *, unknown: discord.Permissions
) -> discord.Permissions:
    """What a member may do where the message is; `unknown` where Discord has not told of the channel (yet)."""
    channel = message.channel
    if isinstance(channel, discord.PartialMessageable) or (isinstance(channel, discord.Thread) and not channel.parent):
        return unknown
    return channel.permissions_for(member)
