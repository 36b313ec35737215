"""What must outlive a restart: the settings of each chat, who has opted out, what people have taught and said."""

from bot.store.chats import ChatSettings, SomeSettings
from bot.store.engine import check_exists
from bot.store.examples import Example, Origin, State
from bot.store.history import REMOVED_KEPT, Action, Change
from bot.store.privacy import UserData
from bot.store.scope import EVERYWHERE, Scope
from bot.store.store import Store
from bot.store.totals import Totals
from bot.store.verdicts import Score, Truth, Verdict

__all__ = [
    "EVERYWHERE",
    "REMOVED_KEPT",
    "Action",
    "Change",
    "ChatSettings",
    "Example",
    "Origin",
    "Scope",
    "Score",
    "SomeSettings",
    "State",
    "Store",
    "Totals",
    "Truth",
    "UserData",
    "Verdict",
    "check_exists",
]
