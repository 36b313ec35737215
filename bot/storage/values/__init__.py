"""What the store is given and gives back, as frozen values that know of no database.

Who only words or shows them, such as `bot.chat.words` and the command line, need not load what the store is made of.
"""

from bot.storage.values.changes import REMOVED_KEPT, Action, Change
from bot.storage.values.counts import Totals, UserData
from bot.storage.values.examples import Draft, Example, Origin, State
from bot.storage.values.letters import Letter, LetterKey
from bot.storage.values.links import Link
from bot.storage.values.people import Chat, User
from bot.storage.values.roster import Known, Mistake, Place
from bot.storage.values.scope import EVERYWHERE, Scope
from bot.storage.values.settings import DEFAULTS, SETTINGS, ChatSettings, Gathering, Keeping, Setting, Teachers, Values
from bot.storage.values.tokens import Grant, Token
from bot.storage.values.unknown import UNKNOWN_KEPT, Stranger, StrangerDraft, StrangerGroup
from bot.storage.values.verdicts import Score, Truth, Verdict

__all__ = [
    "DEFAULTS",
    "EVERYWHERE",
    "REMOVED_KEPT",
    "SETTINGS",
    "UNKNOWN_KEPT",
    "Action",
    "Change",
    "Chat",
    "ChatSettings",
    "Draft",
    "Example",
    "Gathering",
    "Grant",
    "Keeping",
    "Known",
    "Letter",
    "LetterKey",
    "Link",
    "Mistake",
    "Origin",
    "Place",
    "Scope",
    "Score",
    "Setting",
    "State",
    "Stranger",
    "StrangerDraft",
    "StrangerGroup",
    "Teachers",
    "Token",
    "Totals",
    "Truth",
    "User",
    "UserData",
    "Values",
    "Verdict",
]
