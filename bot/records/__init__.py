"""What the store is given and gives back, as frozen values that know of no database.

Who only words or shows them, such as `bot.replies` and the command line, need not load what the store is made of.
"""

from bot.records.changes import REMOVED_KEPT, Action, Change
from bot.records.counts import Totals, UserData
from bot.records.examples import Example, Origin, State
from bot.records.scope import EVERYWHERE, Scope
from bot.records.settings import ChatSettings, SomeSettings
from bot.records.verdicts import Score, Truth, Verdict

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
    "Totals",
    "Truth",
    "UserData",
    "Verdict",
]
