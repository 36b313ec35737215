"""What must outlive a restart: the settings of each chat, who has opted out, what people have taught and said."""

from bot.store.engine import check_exists
from bot.store.store import Store

__all__ = ["Store", "check_exists"]
