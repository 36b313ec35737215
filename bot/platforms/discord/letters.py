"""What is written down of Discord's events: ids alone. What was said is asked of Discord again where it is needed."""

from datetime import UTC, datetime

import discord

from bot.chat.model import Letter, Request
from bot.platforms.discord import places
from bot.platforms.discord.platform import NAME

PLACE, GUILD, MESSAGE = "place", "guild", "message"
"""The keys of a letter's content. Without a message it was a command."""


def of_message(message: discord.Message, me: discord.ClientUser, request: Request, *, anew: bool) -> Letter:
    """Write down that a message asks for something; `anew` where it is asked once more because it was edited."""
    event = str(message.id)
    if anew:
        event += f"/{message.edited_at.timestamp() if message.edited_at else 0}/{len(message.embeds)}"
    return Letter(
        NAME,
        str(me.id),
        event,
        places.chat_of(message),
        str(message.author.id),
        {PLACE: message.channel.id, GUILD: message.guild.id if message.guild else None, MESSAGE: message.id},
        datetime.now(UTC),
        unasked=request.unasked,
    )


def of_interaction(interaction: discord.Interaction, *, open_to_all: bool) -> Letter:
    """Write down that somebody has used a command or a button.

    The token with which Discord lets it be answered is a secret, and not kept. So after a crash nobody can be answered
    any more, and only where the answer would have been `open_to_all` can it be told in the channel.
    """
    place, asker = interaction.channel_id, interaction.user.id
    content = {PLACE: place, GUILD: interaction.guild_id} if open_to_all and place is not None else None
    return Letter(
        NAME,
        str(interaction.application_id),
        f"interaction/{interaction.id}",
        places.chat_of_interaction(interaction),
        str(asker),
        content,
        datetime.now(UTC),
    )
