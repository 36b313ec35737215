"""whobot on Discord: events come in as `bot.chat.model.Incoming`, replies go out as messages."""

from bot.platforms.discord.adapter import DiscordAdapter

__all__ = ["DiscordAdapter"]
