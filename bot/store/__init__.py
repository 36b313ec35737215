"""What must outlive a restart: the settings of each chat, who has opted out, and what people have taught."""

from bot.store.examples import Example, Origin, State
from bot.store.scope import EVERYWHERE, Scope
from bot.store.store import ChatSettings, Store

__all__ = ["EVERYWHERE", "ChatSettings", "Example", "Origin", "Scope", "State", "Store"]
