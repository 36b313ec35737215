"""How a chat is set."""

from dataclasses import dataclass
from typing import TypedDict

from bot.domain import Keeping, Teachers


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat has set, as `bot.domain.Configure` explains it.

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
