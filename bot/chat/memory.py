"""Memories of what buttons are about: bounded in number, bytes and age, and gone after a restart."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bot.chat.model import Chat, User

TOKEN_BYTES = 6

T = TypeVar("T")


class HasAsker(Protocol):
    """Something that somebody has asked for in a chat."""

    @property
    def asker(self) -> User:
        """Who it was."""
        ...

    @property
    def chat(self) -> Chat:
        """Where that was."""
        ...


A = TypeVar("A", bound=HasAsker)


class Forgetful(Protocol):
    """Holds what people have asked for, until they or their chats are gone."""

    def forget_user(self, user: User) -> None:
        """Forget all that somebody has asked for."""
        ...

    def forget_chat(self, chat: Chat) -> None:
        """Forget all that was asked in a chat, or in the server that has this id."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    value: T
    cost: int
    until: float


class Memory(Generic[T]):
    """Keeps values under tokens that nobody can guess. The oldest go first.

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
        self._size = size
        self._seconds = seconds
        self._cost = cost
        self._clock = clock
        self._entries: dict[str, _Entry[T]] = {}
        self._used = 0

    def keep(self, value: T) -> str:
        """Remember a value, and return its token. One that is too large for the memory has a token too, but is gone."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        entry = _Entry(value, self._cost(value), self._clock() + self._seconds)
        self._entries[token] = entry
        self._used += entry.cost
        self._evict()
        return token

    def get(self, token: str) -> T | None:
        """Return what is remembered under `token`, if it still is."""
        entry = self._entries.get(token)
        return entry.value if entry and entry.until > self._clock() else None

    def drop(self, token: str) -> None:
        """Forget what is remembered under `token`."""
        if entry := self._entries.pop(token, None):
            self._used -= entry.cost

    def drop_where(self, gone: Callable[[T], bool]) -> None:
        """Forget every value that `gone` is true of."""
        for token in [token for token, entry in self._entries.items() if gone(entry.value)]:
            self.drop(token)

    def _evict(self) -> None:
        now = self._clock()
        while self._entries:
            token, oldest = next(iter(self._entries.items()))
            if len(self._entries) <= self._limit and self._used <= self._size and oldest.until > now:
                return
            self.drop(token)


class AskerMemory(Memory[A]):
    """A memory that people and chats can be removed from."""

    def forget_user(self, user: User) -> None:
        """Forget all that somebody has asked for."""
        gone = (user.platform, user.id)
        self.drop_where(lambda value: (value.asker.platform, value.asker.id) == gone)

    def forget_chat(self, chat: Chat) -> None:
        """Forget all that was asked in a chat, or in the server that has this id."""
        self.drop_where(
            lambda value: value.chat.platform == chat.platform and chat.id in (value.chat.id, value.chat.home)
        )
