"""What every memory of prompts does: another implementation is another row of `PROMPTS`."""

import asyncio
from collections.abc import Callable

import pytest

from bot.chat.model import Prompt
from bot.platforms.shared.prompts import OFFERED_SECONDS, WRITING_SECONDS, LocalPrompts, Prompts, Wanted
from tests.support.clock import Clock

PROMPTS: dict[str, Callable[[Clock], Prompts]] = {"local": LocalPrompts}
NAME, SEARCH = Prompt("Who is it?", "a name"), Prompt("Search")
WANTED = Wanted("ann", "else:t0ken:1", '{"message_id": 7}')


@pytest.fixture(params=PROMPTS)
def prompts(request: pytest.FixtureRequest, clock: Clock) -> Prompts:
    return PROMPTS[request.param](clock)


async def test_a_button_asks_for_what_it_was_offered_with(prompts: Prompts) -> None:
    await prompts.offer("7", {"name": NAME, "search": SEARCH})
    await prompts.offer("8", {"name": SEARCH})
    assert await prompts.of_button("7", "name") == NAME
    assert await prompts.of_button("7", "search") == SEARCH
    assert await prompts.of_button("8", "name") == SEARCH
    assert await prompts.of_button("7", "other") is None
    assert await prompts.of_button("9", "name") is None


async def test_other_buttons_take_the_place_of_the_earlier_ones(prompts: Prompts) -> None:
    await prompts.offer("7", {"name": NAME})
    await prompts.offer("7", {"search": SEARCH})
    assert await prompts.of_button("7", "name") is None
    await prompts.offer("7", {})
    assert await prompts.of_button("7", "search") is None


async def test_a_button_asks_no_longer_when_it_is_too_old(prompts: Prompts, clock: Clock) -> None:
    await prompts.offer("7", {"name": NAME})
    clock.now += OFFERED_SECONDS - 1
    assert await prompts.of_button("7", "name")
    clock.now += 1
    assert await prompts.of_button("7", "name") is None


async def test_only_the_asked_user_may_write_and_only_once(prompts: Prompts) -> None:
    await prompts.ask("9", WANTED)
    assert await prompts.take("9", "bob") is None
    taken = await asyncio.gather(*(prompts.take("9", "ann") for _ in range(3)))
    assert [wanted for wanted in taken if wanted] == [WANTED]
    assert await prompts.take("9", "ann") is None


async def test_a_prompt_is_remembered_after_it_was_answered(prompts: Prompts, clock: Clock) -> None:
    assert not await prompts.has_asked("9")
    await prompts.ask("9", WANTED)
    assert await prompts.has_asked("9")
    await prompts.take("9", "ann")
    assert await prompts.has_asked("9")
    clock.now += WRITING_SECONDS
    assert not await prompts.has_asked("9")


async def test_whoever_takes_too_long_has_been_asked_for_nothing(prompts: Prompts, clock: Clock) -> None:
    await prompts.ask("9", WANTED)
    clock.now += WRITING_SECONDS
    assert await prompts.take("9", "ann") is None
    assert not await prompts.has_asked("9")
