"""What must outlive a restart: the settings of each chat, and who has opted out."""

from bot.store.store import ChatSettings, Store

__all__ = ["ChatSettings", "Store"]
