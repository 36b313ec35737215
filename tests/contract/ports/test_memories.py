"""What everything that remembers does: another implementation is another row of `MEMORIES`."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest

from bot.chat.memory import LocalMemories, Memories, Memory
from bot.chat.model import Chat, User
from bot.config import Limits
from tests.support.clock import Clock

ANN, BOB = User("discord", "ann"), User("discord", "bob")
HALL, ROOM = Chat("discord", "hall", home="club"), Chat("discord", "room")
SECONDS = 60.0

Make: TypeAlias = Callable[[Clock, Limits], Memories]
"""Makes one that goes by a test's clock."""


def local(clock: Clock, limits: Limits) -> LocalMemories:
    return LocalMemories(limits, clock)


MEMORIES: dict[str, Make] = {"local": local}


@pytest.fixture(params=MEMORIES)
def make(request: pytest.FixtureRequest, clock: Clock) -> Callable[..., Memories]:
    """Make memories with limits that are small unless a test says otherwise."""

    def make(entries: int = 100, size: int = 1000) -> Memories:
        limits = Limits(remembered=entries, remembered_bytes=size, remembered_seconds=SECONDS)
        return MEMORIES[request.param](clock, limits)

    return make


@dataclass(frozen=True)
class Asked:
    asker: User
    chat: Chat


def texts(memories: Memories, name: str = "texts") -> Memory[str]:
    return memories.memory(name, len)


async def kept(memory: Memory[str], *tokens: str) -> list[str | None]:
    return [await memory.get(token) for token in tokens]


async def test_what_is_kept_is_there_under_a_token_of_its_own(make: Callable[..., Memories]) -> None:
    memory = texts(make())
    tokens = [await memory.keep(f"value {n}") for n in range(50)]
    assert len(set(tokens)) == 50
    assert await kept(memory, *tokens) == [f"value {n}" for n in range(50)]
    assert await kept(memory, "", "guess") == [None, None]


async def test_memories_of_different_names_have_nothing_to_do_with_each_other(make: Callable[..., Memories]) -> None:
    memories = make()
    one, other = texts(memories, "one"), texts(memories, "other")
    assert await other.get(await one.keep("a")) is None


async def test_the_oldest_go_first(make: Callable[..., Memories]) -> None:
    memory = texts(make(entries=2))
    tokens = [await memory.keep(text) for text in "abc"]
    assert await kept(memory, *tokens) == [None, "b", "c"]


async def test_bytes_are_counted_and_given_back(make: Callable[..., Memories]) -> None:
    memory = texts(make(size=10))
    first = await memory.keep("12345")
    second = await memory.keep("12345")
    assert await memory.get(first)
    third = await memory.keep("1")
    assert await kept(memory, second, first, third) == [None, "12345", "1"]
    await memory.take(first)
    fourth = await memory.keep("123456789")
    assert await kept(memory, third, fourth) == ["1", "123456789"]


async def test_what_is_too_large_is_not_kept(make: Callable[..., Memories]) -> None:
    memory = texts(make(size=10))
    assert await memory.get(await memory.keep("x" * 11)) is None
    assert await memory.get(await memory.keep("x" * 10))


async def test_age_ends_everything(make: Callable[..., Memories], clock: Clock) -> None:
    memory = texts(make())
    token = await memory.keep("a")
    clock.now += SECONDS - 1
    assert await memory.get(token)
    clock.now += 1
    assert await memory.get(token) is None
    assert await memory.take(token) is None


async def test_one_of_many_takers_gets_a_value(make: Callable[..., Memories]) -> None:
    memory = texts(make())
    token = await memory.keep("a")
    taken = await asyncio.gather(*(memory.take(token) for _ in range(5)))
    assert [text for text in taken if text] == ["a"]
    assert await memory.get(token) is None


async def test_people_and_chats_are_forgotten_in_every_memory_of_askers(make: Callable[..., Memories]) -> None:
    memories = make()
    asked: list[Memory[Asked]] = [memories.asker_memory(name, lambda _: 1) for name in ("answers", "lessons")]
    texts_of_nobody = texts(memories)
    nobodys = await texts_of_nobody.keep("a")
    tokens = {
        (user.id, chat.id): [await memory.keep(Asked(user, chat)) for memory in asked]
        for user in (ANN, BOB)
        for chat in (HALL, ROOM)
    }

    async def left() -> set[tuple[str, str]]:
        found = {
            asked_by: [await memory.get(token) for memory, token in zip(asked, pair, strict=True)]
            for asked_by, pair in tokens.items()
        }
        assert all(all(values) or not any(values) for values in found.values())
        return {asked_by for asked_by, values in found.items() if all(values)}

    await memories.forget_user(User("telegram", "ann"))
    await memories.forget_chat(Chat("telegram", "hall"))
    assert await left() == set(tokens)
    await memories.forget_user(ANN)
    assert await left() == {("bob", "hall"), ("bob", "room")}
    await memories.forget_chat(Chat("discord", "club", home="club"))
    assert await left() == {("bob", "room")}
    await memories.forget_chat(ROOM)
    assert await left() == set()
    assert await texts_of_nobody.get(nobodys) == "a"
