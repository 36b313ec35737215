"""The words of records that several features show."""

from collections.abc import Callable
from gettext import NullTranslations

from bot.storage.values import Action, Change


def told(t: NullTranslations, change: Change, name: Callable[[str], str]) -> str:  # noqa: PLR0912 - one for each action
    """Tell of one change, without its time.

    Args:
        t: The catalogue of the reader's language.
        change: What was done.
        name: Returns how a character is called.
    """
    added, who = len(change.added), change.by.name if change.by and change.by.name else t.gettext("somebody")
    match change.action:
        case Action.TAUGHT:
            text = t.ngettext("{who} taught {name}, {n} picture", "{who} taught {name}, {n} pictures", added)
        case Action.CORRECTED:
            text = t.gettext("{who} corrected an answer about {name}")
        case Action.CONFIRMED:
            text = t.gettext("{who} confirmed an answer: {name}")
        case Action.APPROVED:
            text = t.gettext("{who} agreed to what was taught about {name}")
        case Action.REJECTED:
            text = t.gettext("{who} rejected what was taught about {name}")
        case Action.FORGOTTEN:
            text = t.gettext("{who} had me forget {name}")
        case Action.REVERTED:
            text = t.gettext("{who} took back a change about {name}")
        case Action.PROMOTED:
            text = t.gettext("{name} is known in all chats now")
        case Action.RENAMED:
            text = t.gettext("{who} renamed {name}: {other}")
        case Action.MERGED:
            text = t.gettext("{who} made one of {name} and {other}")
        case Action.MOVED:
            text = t.ngettext(
                "{who} said that {n} picture of {name} shows {other}",
                "{who} said that {n} pictures of {name} show {other}",
                added,
            )
        case Action.REMOVED:
            text = t.gettext("{who} removed pictures of {name}")
        case Action.DESCRIBED:
            text = t.gettext("{who} changed the aliases or the series of {name}")
        case Action.IMPORTED:
            text = t.ngettext("{who} imported {name}, {n} picture", "{who} imported {name}, {n} pictures", added)
    other = "" if change.other is None else name(change.other)
    return text.format(who=who, name=name(change.character), n=added, other=other)
