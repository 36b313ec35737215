"""The one way in: an event is written down, handled, and closed once nothing works on it any more.

Whatever handles an event knows nothing of that, but for one thing: before it sends an answer, it awaits `sending`.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from bot.chat.inbox import Fate, Inbox
from bot.chat.model import Letter, Missed
from bot.errors import StoreError, StoreOutgrown

log = structlog.get_logger(__name__)

LOOKING = 10.0
"""Seconds between two looks for what another process has left open."""

E = TypeVar("E")


class Errand:
    """What is done about one event, or about several that ask together, such as the pictures of an album.

    Args:
        inbox: Has the letters.
        letters: What was written down; none where there is nothing to lose.
        missed: What the one who has asked is told in place of an answer, after a crash.
    """

    def __init__(self, inbox: Inbox, letters: Iterable[Letter], missed: Missed | None = None) -> None:
        self.missed = missed
        self._inbox = inbox
        self._letters = list(letters)
        self._hands = 0
        self._given_up = self._settled = False

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """Work on it within the block, and in all tasks that were `joined` by the end."""
        self._hands += 1
        before = _CURRENT.set(self)
        try:
            yield
        except asyncio.CancelledError:
            self._given_up = True
            raise
        finally:
            _CURRENT.reset(before)
            self._let_go()

    def joined(self, task: asyncio.Task[Any]) -> None:
        """Have a task work on it, too."""
        self._hands += 1
        task.add_done_callback(self._done)

    def take_in(self, other: "Errand") -> None:
        """Answer the events of another errand along with these."""
        if other is not self:
            self._letters += other.hand_over()

    def hand_over(self) -> list[Letter]:
        """Leave its events to another errand."""
        letters, self._letters = self._letters, []
        return letters

    def settle(self) -> None:
        """Have it closed even where work on it is cancelled."""
        self._settled = True

    def give_up(self) -> None:
        """Leave it open for later, or for somebody else."""
        self._given_up = True

    async def sending(self) -> None:
        """Note that an answer is about to be sent."""
        if self._letters:
            await self._inbox.sending(self._letters)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._given_up |= task.cancelled()
        self._let_go()

    def _let_go(self) -> None:
        self._hands -= 1
        if self._hands or not self._letters:
            return
        put_down = self._inbox.give_back if self._given_up and not self._settled else self._inbox.close
        put_down(self.hand_over())


@dataclass(frozen=True, slots=True)
class Taken(Generic[E]):
    """An event that this process handles, and the errand that it is."""

    event: E
    errand: Errand


class Intake:
    """Takes in the events of one platform."""

    def __init__(self, inbox: Inbox, platform: str) -> None:
        self._inbox = inbox
        self._platform = platform

    async def accept(self, events: Sequence[tuple[E, Letter | None]]) -> list[Taken[E]]:
        """Write events down; return those that nobody has handled before. One without a letter is always handled.

        Raises:
            StoreOutgrown: a newer whobot is to have them, and so none of them is accepted.
        """
        letters = [letter for _, letter in events if letter is not None]
        mine = {letter.key for letter in await self._inbox.accept(letters)} if letters else set()
        taken: list[Taken[E]] = []
        for event, letter in events:
            if letter is None:
                taken.append(Taken(event, Errand(self._inbox, ())))
            elif letter.key in mine:
                mine.remove(letter.key)
                taken.append(Taken(event, Errand(self._inbox, (letter,))))
        return taken

    async def taken(self, letter: Letter) -> Errand | None:
        """Write down an event that the platform does not send again; return None where somebody handles it already.

        Where it cannot be written down it is handled all the same: all that is lost is that it outlives a crash.
        """
        try:
            accepted = await self._inbox.accept([letter])
        except StoreOutgrown:
            return None
        except StoreError as error:
            log.warning("event_not_written_down", platform=self._platform, reason=str(error))
            return Errand(self._inbox, ())
        return Errand(self._inbox, accepted) if accepted else None

    async def left_open(self, account: str) -> AsyncIterator[Taken[Letter]]:
        """Yield what was left open of an account before, and for ever what other processes leave open."""
        while True:
            for one in await self._inbox.take_over(self._platform, account):
                missed = None if one.fate is Fate.ANSWER else Missed(late=one.fate is Fate.LATE)
                yield Taken(one.letter, Errand(self._inbox, (one.letter,), missed))
            await asyncio.sleep(LOOKING)


_CURRENT: ContextVar[Errand | None] = ContextVar("errand", default=None)


def errand() -> Errand | None:
    """Return what the caller works on."""
    return _CURRENT.get()


async def sending() -> None:
    """Note that an answer to what the caller works on is about to be sent: it is to be awaited before."""
    current = _CURRENT.get()
    if current is not None:
        await current.sending()


@contextmanager
def settled(withdrawn: Callable[[], bool]) -> Iterator[None]:
    """Have what the caller works on closed where nobody wants an answer any more at the end of the block."""
    try:
        yield
    finally:
        current = _CURRENT.get()
        if current is not None and withdrawn():
            current.settle()
