"""What buttons are about, remembered under tokens: bounded in number, bytes and age, and gone after a restart.

The ports, and the memories of this process. What is kept is frozen, so that another implementation may write it down.
"""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

from cachetools import TTLCache

from bot.chat.model import Chat, User
from bot.config import Limits

TOKEN_BYTES = 6

T = TypeVar("T")


class HasAsker(Protocol):
    """What a user has asked for in a chat."""

    @property
    def asker(self) -> User:
        """Who it was."""
        ...

    @property
    def chat(self) -> Chat:
        """Where that was."""
        ...


A = TypeVar("A", bound=HasAsker)


class Memory(Protocol[T]):
    """Keeps values under tokens that cannot be guessed. The least recently used goes first."""

    async def keep(self, value: T) -> str:
        """Remember a value, and return its token. One that is too large for the memory has a token too, but is gone."""
        ...

    async def get(self, token: str) -> T | None:
        """Return what is remembered under `token`, if it still is."""
        ...

    async def take(self, token: str) -> T | None:
        """Return what is remembered under `token` and forget it: of many who ask at once, one gets it."""
        ...


class Memories(Protocol):
    """Makes memories within the operator's limits, and has them forget people and chats.

    `tests/contract/ports/test_memories.py` holds every implementation to what is said here and of `Memory`.
    """

    def memory(self, name: str, cost: Callable[[T], int]) -> Memory[T]:
        """Make a memory of what says nothing about people.

        Args:
            name: Tells it from all others.
            cost: Counts the bytes of a value.
        """
        ...

    def asker_memory(self, name: str, cost: Callable[[A], int]) -> Memory[A]:
        """Make a memory of what people have asked for."""
        ...

    async def forget_user(self, user: User) -> None:
        """Forget all that a user has asked for."""
        ...

    async def forget_chat(self, chat: Chat) -> None:
        """Forget all that was asked in a chat, or in the server that has this id."""
        ...


class LocalMemory(Generic[T]):
    """Remembers values in this process. Satisfies `Memory`.

    Args:
        entries: At most so many.
        size: At most so many bytes in all, as `cost` counts those of a value.
        seconds: How long each is kept.
        clock: Seconds that never run backwards.
    """

    def __init__(
        self,
        *,
        entries: int,
        size: int,
        seconds: float,
        cost: Callable[[T], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = entries
        self._values: TTLCache[str, T] = TTLCache(size, seconds, timer=clock, getsizeof=cost)

    async def keep(self, value: T) -> str:
        """Remember a value, and return its token."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with suppress(ValueError):
            self._values[token] = value
        while len(self._values) > self._limit:
            self._values.popitem()
        return token

    async def get(self, token: str) -> T | None:
        """Return what is remembered under `token`, if it still is."""
        return self._values.get(token)

    async def take(self, token: str) -> T | None:
        """Return what is remembered under `token` and forget it."""
        return self._values.pop(token, None)

    def drop_where(self, gone: Callable[[T], bool]) -> None:
        """Forget every value that `gone` is true of."""
        for token in list(self._values):
            value = self._values.get(token)
            if value is not None and gone(value):
                self._values.pop(token, None)


class LocalMemories:
    """Makes memories in this process. Satisfies `Memories`.

    Args:
        limits: Of each memory.
        clock: Seconds that never run backwards.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._of_askers: list[Callable[[Callable[[HasAsker], bool]], None]] = []

    def memory(self, name: str, cost: Callable[[T], int]) -> LocalMemory[T]:  # noqa: ARG002 - each is an object here
        """Make a memory of what says nothing about people."""
        return LocalMemory(
            entries=self._limits.remembered,
            size=self._limits.remembered_bytes,
            seconds=self._limits.remembered_seconds,
            cost=cost,
            clock=self._clock,
        )

    def asker_memory(self, name: str, cost: Callable[[A], int]) -> LocalMemory[A]:
        """Make a memory of what people have asked for."""
        memory = self.memory(name, cost)
        self._of_askers.append(memory.drop_where)
        return memory

    async def forget_user(self, user: User) -> None:
        """Forget all that a user has asked for."""
        gone = (user.platform, user.id)
        for drop_where in self._of_askers:
            drop_where(lambda value: (value.asker.platform, value.asker.id) == gone)

    async def forget_chat(self, chat: Chat) -> None:
        """Forget all that was asked in a chat, or in the server that has this id."""
        for drop_where in self._of_askers:
            drop_where(
                lambda value: value.chat.platform == chat.platform and chat.id in (value.chat.id, value.chat.home)
            )
