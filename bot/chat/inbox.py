"""What was accepted and is not answered yet: the port, and what does in its place where nothing outlives a restart.

A platform has an event written down before it tells the platform that the event has arrived, and closed once it is
answered. What a crash leaves open is answered by whoever takes it over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cachetools import TTLCache

from bot.chat.model import Letter

_HANDLED = 20_000
_SENT_AGAIN = 24 * 3600.0
"""Seconds for which Telegram, the most patient of all platforms, keeps updates that it takes for lost."""


class Fate(StrEnum):
    """What is to become of a letter that was left open.

    `ANSWER`: it is answered as if it had just come. `LATE`: it is too old, and who asked is told so. `UNSURE`: whoever
    had it was sending an answer, or has failed with it often enough: who asked is told that.
    """

    ANSWER = "answer"
    LATE = "late"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A letter that somebody else has left open, and what is to become of it."""

    letter: Letter
    fate: Fate


class Inbox(Protocol):
    """Keeps letters until they are answered, and has every event handled once.

    `tests/contract/ports/test_inbox.py` holds every implementation to what is said here.
    """

    async def accept(self, letters: Sequence[Letter]) -> list[Letter]:
        """Write letters down; return those whose events nobody has accepted before, which this process answers.

        Raises:
            StoreOutgrown: a newer whobot is to have them. What merely cannot be written down is accepted all the same.
        """
        ...

    async def sending(self, letters: Sequence[Letter]) -> None:
        """Note that an answer to these letters is about to be sent. Never raises, cancellation apart."""
        ...

    def close(self, letters: Sequence[Letter]) -> None:
        """Have these letters answered."""
        ...

    def give_back(self, letters: Sequence[Letter]) -> None:
        """Leave these letters open for whoever takes them over."""
        ...

    async def take_over(self, platform: str, account: str) -> Sequence[LeftOpen]:
        """Return what nobody holds any more of an account, the oldest first: this process has it now. Never raises."""
        ...

    async def missed_since(self, platform: str, account: str) -> datetime | None:
        """Return since when events of an account may have been missed; None where none were ever accepted.

        It is no longer ago than questions that were left open are answered. Never raises.
        """
        ...


class LocalInbox:
    """Has every event handled once by this process; what is open ends with it. Satisfies `Inbox`."""

    def __init__(self) -> None:
        self._handled: TTLCache[object, bool] = TTLCache(_HANDLED, _SENT_AGAIN)

    async def accept(self, letters: Sequence[Letter]) -> list[Letter]:
        """Return the letters that have not come before."""
        new: list[Letter] = []
        for letter in letters:
            if letter.key not in self._handled:
                self._handled[letter.key] = True
                new.append(letter)
        return new

    async def sending(self, letters: Sequence[Letter]) -> None:
        """Note nothing: what is being sent ends with this process, too."""

    def close(self, letters: Sequence[Letter]) -> None:
        """Keep nothing of them."""

    def give_back(self, letters: Sequence[Letter]) -> None:
        """Keep nothing of them: nobody else could take them over."""

    async def take_over(self, platform: str, account: str) -> Sequence[LeftOpen]:  # noqa: ARG002
        """Return nothing."""
        return ()

    async def missed_since(self, platform: str, account: str) -> datetime | None:  # noqa: ARG002
        """Know of nothing before this process."""
        return None
