"""Fair shares: those who ask a lot wait behind their own questions, and others do not wait behind them.

Own code: asyncio's semaphores and queues serve in the order of arrival alone.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Hashable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeAlias, TypeVar

Share: TypeAlias = tuple[Hashable, ...]
"""Whose work something is, from wide to narrow: a chat, then the user in it. Empty without an owner."""

T = TypeVar("T")


def _all(_key: Hashable) -> bool:
    return True


class FairQueue(Generic[T]):
    """A queue with a line for each chat, in each of them a line for each user. The lines are served in rounds.

    Within a line, the first to come is the first to be served. Whoever was not served in this round yet comes before
    all who were: that is start-time fair queueing (Goyal, Vin and Cheng 1996) where every item costs the same. Not
    thread-safe.
    """

    def __init__(self) -> None:
        self._own: deque[T] = deque()
        self._lines: dict[Hashable, FairQueue[T]] = {}
        self._this_round: OrderedDict[Hashable, None] = OrderedDict()
        self._next_round: OrderedDict[Hashable, None] = OrderedDict()
        self._served: set[Hashable] = set()

    def __len__(self) -> int:
        return len(self._own) + sum(map(len, self._lines.values()))

    def __bool__(self) -> bool:
        return bool(self._own or self._lines)

    def __iter__(self) -> Iterator[T]:
        yield from self._own
        for line in self._lines.values():
            yield from line

    def push(self, item: T, share: Share = ()) -> None:
        """Have an item wait at the end of its line."""
        if not share:
            self._own.append(item)
            return
        key, *narrower = share
        if key not in self._lines:
            self._lines[key] = FairQueue()
            (self._next_round if key in self._served else self._this_round)[key] = None
        self._lines[key].push(item, tuple(narrower))

    def pop(self, may: Callable[[Hashable], bool] = _all) -> T | None:
        """Take the next item, of the lines that `may` be served; None where there is none."""
        if self._own:
            return self._own.popleft()
        if self._next_round and not self._this_round:
            self._this_round, self._next_round, self._served = self._next_round, OrderedDict(), set()
        for key in chain(self._this_round, self._next_round):
            if may(key):
                return self._serve(key)
        return None

    def drop(self, item: T) -> bool:
        """Take an item out, wherever it waits, and return whether it was there: that very item, not an equal one."""
        for place, own in enumerate(self._own):
            if own is item:
                del self._own[place]
                return True
        for key, line in self._lines.items():
            if line.drop(item):
                self._close_if_empty(key)
                return True
        return False

    def yields_to(self, share: Share) -> bool:
        """Whether the longest line is longer by two or more than that of a newcomer: it should give way then."""
        if not share or not self._lines:
            return False
        longest, own = self._lines[self._longest()], self._lines.get(share[0])
        return longest.yields_to(share[1:]) if own is longest else len(longest) >= (len(own) if own else 0) + 2

    def give_way(self, share: Share) -> T | None:
        """Take out the last item of the longest line, where that yields to a newcomer; None where it does not."""
        if not self.yields_to(share):
            return None
        longest = self._longest()
        line = self._lines[longest]
        item = line.give_way(share[1:]) if longest == share[0] else line.take_last()
        self._close_if_empty(longest)
        return item

    def take_last(self) -> T:
        """Take the last item out of the longest line; there must be one."""
        if self._own:
            return self._own.pop()
        longest = self._longest()
        item = self._lines[longest].take_last()
        self._close_if_empty(longest)
        return item

    def _serve(self, key: Hashable) -> T | None:
        item = self._lines[key].pop()
        self._this_round.pop(key, None)
        self._next_round[key] = None
        self._next_round.move_to_end(key)
        self._served.add(key)
        self._close_if_empty(key)
        if not self._lines:
            self._served = {key}
        return item

    def _longest(self) -> Hashable:
        return max(self._lines, key=lambda key: len(self._lines[key]))

    def _close_if_empty(self, key: Hashable) -> None:
        if not self._lines[key]:
            del self._lines[key]
            self._this_round.pop(key, None)
            self._next_round.pop(key, None)


@dataclass(eq=False, slots=True)
class _Asker:
    key: Hashable
    turn: asyncio.Future[None]


class FairGate:
    """Lets a limited number of tasks through at a time, those of all chats in rotation.

    Args:
        places: How many at a time.
        each: How many of one chat at a time, from when each is let through until its block ends.
        aside: How many may have left their place while their block goes on; None for any number.
    """

    def __init__(self, places: int, *, each: int, aside: int | None = None) -> None:
        self._free = places
        self._each = each
        self._aside = aside
        self._left = 0
        self._inside: Counter[Hashable] = Counter()
        self._waiting: FairQueue[_Asker] = FairQueue()

    @property
    def waiting(self) -> int:
        """How many wait to be let through."""
        return len(self._waiting)

    @asynccontextmanager
    async def place(self, share: Share) -> AsyncIterator["Place"]:
        """Wait for a place, and hold it within the block unless it is left before."""
        asker = _Asker(share[0] if share else None, asyncio.get_running_loop().create_future())
        self._waiting.push(asker, share)
        self._serve()
        try:
            await asker.turn
        except asyncio.CancelledError:
            if not self._waiting.drop(asker):
                self._end(asker.key, left=False)
            raise
        place = Place(self._leave)
        try:
            yield place
        finally:
            self._end(asker.key, left=place.left)

    def _serve(self) -> None:
        while self._free and (asker := self._waiting.pop(lambda key: self._inside[key] < self._each)):
            self._free -= 1
            self._inside[asker.key] += 1
            if not asker.turn.done():
                asker.turn.set_result(None)

    def _leave(self) -> bool:
        if self._aside is not None and self._left >= self._aside:
            return False
        self._left += 1
        self._free += 1
        self._serve()
        return True

    def _end(self, key: Hashable, *, left: bool) -> None:
        self._inside[key] -= 1
        if not self._inside[key]:
            del self._inside[key]
        if left:
            self._left -= 1
        else:
            self._free += 1
        self._serve()


class Place:
    """A place behind a gate."""

    def __init__(self, leave: Callable[[], bool]) -> None:
        self._leave = leave
        self.left = False

    def leave(self) -> None:
        """Give the place to another, as far as that is allowed: the rest of the block needs none."""
        self.left = self.left or self._leave()
