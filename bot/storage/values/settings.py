"""How a chat is set."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict


class Teachers(StrEnum):
    """Who may teach and correct in a chat."""

    EVERYONE = "everyone"
    MANAGERS = "managers"
    NOBODY = "nobody"


class Keeping(StrEnum):
    """What stays of a picture when somebody judges an answer. What somebody teaches with stays in any case."""

    NOTHING = "nothing"
    NAMED = "named"
    """The face, if somebody says who it is: that is teaching."""
    JUDGED = "judged"
    """The face, also if somebody says no more than that an answer was right or wrong."""


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat has set, as `bot.chat.model.Configure` explains it.

    None leaves it to the configuration, the bundle or the reader's locale.
    """

    watch: bool = False
    quiet: bool = False
    threshold: float | None = None
    language: str | None = None
    adults_only: bool = False
    teachers: Teachers = Teachers.EVERYONE
    keep: Keeping = Keeping.NAMED
    confirm: bool = False


class SomeSettings(TypedDict, total=False):
    """Some of the settings."""

    watch: bool
    quiet: bool
    threshold: float | None
    language: str | None
    adults_only: bool
    teachers: Teachers
    keep: Keeping
    confirm: bool
