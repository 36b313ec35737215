"""Limits how often people ask: the port, and an implementation that logs the last requests in memory.

Own code, small as it is: the in-memory storage of the library `limits` goes by the wall clock, starts a thread for each
clean-up and never forgets a key.
"""

import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Protocol

from bot.chat.model import Chat, User
from bot.errors import RateLimited

SECONDS = 60.0


class Rates(Protocol):
    """Limits the requests of a user and in a chat over a moving minute.

    `tests/contract/ports/test_rates.py` holds every implementation to what is said here.
    """

    async def admit(self, user: User, chat: Chat, *, quietly: bool = False) -> None:
        """Count a request. One that is refused does not count.

        Args:
            user: Who asks.
            chat: Where they do.
            quietly: A refusal will not be reported to the chat.

        Raises:
            RateLimited: the user or the chat has used up its minute; it says whether this user was told so in this chat
                already, since when nothing was free again.
        """
        ...


class LocalRates:
    """Limits the requests that come to this process. Satisfies `Rates`.

    Args:
        user_requests: Of one user in a minute.
        chat_requests: In one chat in a minute.
        clock: Seconds that never run backwards.
    """

    def __init__(self, *, user_requests: int, chat_requests: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._users = _Window(user_requests)
        self._chats = _Window(chat_requests)
        self._told: dict[Hashable, float] = {}
        self._clock = clock

    async def admit(self, user: User, chat: Chat, *, quietly: bool = False) -> None:
        """Count a request, as `Rates` says."""
        now = self._clock()
        user_key, chat_key = (user.platform, user.id), (chat.platform, chat.id)
        wait = max(self._users.wait(user_key, now), self._chats.wait(chat_key, now))
        if wait > 0:
            raise RateLimited(wait, told=quietly or self._tell((user_key, chat_key), now, now + wait))
        self._users.add(user_key, now)
        self._chats.add(chat_key, now)

    def _tell(self, key: Hashable, now: float, until: float) -> bool:
        """Note that a user is told to wait, and return whether they had been told already."""
        self._told = {known: end for known, end in self._told.items() if end > now}
        told = key in self._told
        self._told.setdefault(key, until)
        return told


class _Window:
    """The times of each key's last requests, at most `limit` of them. The key that asked last comes last."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: dict[Hashable, deque[float]] = {}

    def wait(self, key: Hashable, now: float) -> float:
        """Return the seconds until `key` may ask again."""
        times = self._times.get(key)
        return times[0] + SECONDS - now if times and len(times) == self._limit else 0.0

    def add(self, key: Hashable, now: float) -> None:
        times = self._times.pop(key, None) or deque(maxlen=self._limit)
        times.append(now)
        self._times[key] = times
        self._forget(now)

    def _forget(self, now: float) -> None:
        """Drop the keys that have not asked within the window: a bot meets many people."""
        while self._times:
            key, times = next(iter(self._times.items()))
            if times[-1] + SECONDS > now:
                return
            del self._times[key]
