"""whobot on Discord: events come in as `bot.domain.Incoming`, replies go out as messages."""

from bot.adapters.discord.adapter import DiscordAdapter

__all__ = ["DiscordAdapter"]
