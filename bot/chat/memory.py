"""Memories of what buttons are about: bounded in number, bytes and age, and gone after a restart."""

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


class Memory(Generic[T]):
    """Keeps values under tokens that nobody can guess. What was asked for least recently goes first.

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

    def keep(self, value: T) -> str:
        """Remember a value, and return its token. One that is too large for the memory has a token too, but is gone."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with suppress(ValueError):
            self._values[token] = value
        while len(self._values) > self._limit:
            self._values.popitem()
        return token

    def get(self, token: str) -> T | None:
        """Return what is remembered under `token`, if it still is."""
        return self._values.get(token)

    def drop(self, token: str) -> None:
        """Forget what is remembered under `token`."""
        self._values.pop(token, None)

    def drop_where(self, gone: Callable[[T], bool]) -> None:
        """Forget every value that `gone` is true of."""
        for token in list(self._values):
            value = self._values.get(token)
            if value is not None and gone(value):
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


class Memories:
    """Makes memories within the operator's limits, and has them forget people and chats."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._forgetful: list[Forgetful] = []

    def memory(self, cost: Callable[[T], int]) -> Memory[T]:
        """Make a memory of what says nothing about people; `cost` counts the bytes of a value."""
        return Memory(
            entries=self._limits.remembered,
            size=self._limits.remembered_bytes,
            seconds=self._limits.remembered_seconds,
            cost=cost,
        )

    def asker_memory(self, cost: Callable[[A], int]) -> AskerMemory[A]:
        """Make a memory of what people have asked for."""
        memory = AskerMemory[A](
            entries=self._limits.remembered,
            size=self._limits.remembered_bytes,
            seconds=self._limits.remembered_seconds,
            cost=cost,
        )
        self._forgetful.append(memory)
        return memory

    def forget_user(self, user: User) -> None:
        """Forget all that somebody has asked for."""
        for memory in self._forgetful:
            memory.forget_user(user)

    def forget_chat(self, chat: Chat) -> None:
        """Forget all that was asked in a chat, or in the server that has this id."""
        for memory in self._forgetful:
            memory.forget_chat(chat)
