"""What every inbox does: another implementation is another row of `INBOXES`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.chat.inbox import Fate, Inbox, LocalInbox
from bot.chat.model import Chat, Letter
from bot.chat.stored_inbox import keeping_inbox
from bot.config import Inbox as InboxSettings
from bot.storage.store import Store

Start: TypeAlias = Callable[[Path], AbstractAsyncContextManager[Inbox]]
"""Starts an inbox of one process. All that get the same folder have the same letters."""


@asynccontextmanager
async def local(_folder: Path) -> AsyncIterator[Inbox]:
    yield LocalInbox()


@asynccontextmanager
async def stored(folder: Path, settings: InboxSettings | None = None) -> AsyncIterator[Inbox]:
    async with Store(f"sqlite+aiosqlite:///{folder}/whobot.db") as store, keeping_inbox(store, settings) as inbox:
        yield inbox


INBOXES: dict[str, Start] = {"local": local, "stored": stored}
LASTING: dict[str, Start] = {"stored": stored}
"""Those that outlive a crash."""


@pytest.fixture(params=INBOXES)
def start(request: pytest.FixtureRequest) -> Start:
    return INBOXES[request.param]


@pytest.fixture(params=LASTING)
def restart(request: pytest.FixtureRequest) -> Start:
    return LASTING[request.param]


def letter(number: int, *, account: str = "4242", age: float = 0.0, noted: bool = False) -> Letter:
    at = datetime.now(UTC) - timedelta(seconds=age)
    content = None if noted else {"message": number}
    return Letter("telegram", account, str(number), Chat("telegram", "7"), "ann", content, at)


async def fates(inbox: Inbox) -> list[tuple[str, Fate]]:
    return [(one.letter.event, one.fate) for one in await inbox.take_over("telegram", "4242")]


async def test_an_event_is_accepted_once(start: Start, tmp_path: Path) -> None:
    one, two, other = letter(1), letter(2), letter(1, account="99")
    async with start(tmp_path) as inbox:
        assert await inbox.accept([one]) == [one]
        assert await inbox.accept([one, two, other]) == [two, other]
        inbox.close([one])
        assert await inbox.accept([one]) == [], "also when it is answered"


async def test_an_event_that_comes_twice_in_one_moment_is_accepted_once(start: Start, tmp_path: Path) -> None:
    async with start(tmp_path) as inbox:
        first, second = await asyncio.gather(inbox.accept([letter(1)]), inbox.accept([letter(1)]))
        assert len(first) + len(second) == 1


async def test_what_is_in_hand_is_nobody_elses(start: Start, tmp_path: Path) -> None:
    async with start(tmp_path) as inbox:
        await inbox.accept([letter(1)])
        assert await fates(inbox) == []


async def test_two_processes_answer_an_event_once(restart: Start, tmp_path: Path) -> None:
    async with restart(tmp_path) as one, restart(tmp_path) as other:
        taken = await asyncio.gather(*[inbox.accept([letter(n)]) for n in range(8) for inbox in (one, other)])
        assert sorted(letter.event for letters in taken for letter in letters) == [str(n) for n in range(8)]
        assert await fates(other) == [], "what the other one has in hand is left to it"


async def test_what_was_left_open_is_taken_over_once_the_oldest_first(restart: Start, tmp_path: Path) -> None:
    async with restart(tmp_path) as inbox:
        await inbox.accept([letter(1, age=5), letter(2, age=9), letter(3), letter(4, noted=True)])
        inbox.close([letter(3)])
    async with restart(tmp_path) as one, restart(tmp_path) as other:
        assert await fates(one) == [("2", Fate.ANSWER), ("1", Fate.ANSWER)]
        assert await fates(other) == []
        one.close([letter(1)])
    async with restart(tmp_path) as inbox:
        assert await fates(inbox) == [("2", Fate.ANSWER)]


async def test_what_is_given_back_is_anybodys(restart: Start, tmp_path: Path) -> None:
    async with restart(tmp_path) as one, restart(tmp_path) as other:
        await one.accept([letter(1), letter(2)])
        one.give_back([letter(1)])
        await one.accept([letter(3)])  # written down after what came before
        assert await fates(other) == [("1", Fate.ANSWER)]


async def test_nobody_knows_whether_an_answer_that_was_being_sent_has_arrived(restart: Start, tmp_path: Path) -> None:
    async with restart(tmp_path) as inbox:
        await inbox.accept([letter(1), letter(2)])
        await inbox.sending([letter(1)])
    async with restart(tmp_path) as inbox:
        assert dict(await fates(inbox)) == {"1": Fate.UNSURE, "2": Fate.ANSWER}


async def test_a_letter_that_nobody_survives_is_not_tried_for_ever(restart: Start, tmp_path: Path) -> None:
    async with restart(tmp_path) as inbox:
        await inbox.accept([letter(1)])
    seen: list[list[tuple[str, Fate]]] = []
    while not seen or seen[-1] == [("1", Fate.ANSWER)]:
        async with restart(tmp_path) as inbox:
            seen.append(await fates(inbox))
        assert len(seen) < 20
    assert seen[-1] == [("1", Fate.UNSURE)]


async def test_what_is_too_old_is_dropped_or_told_of(tmp_path: Path) -> None:
    for late, expected in (("drop", []), ("tell", [("1", Fate.LATE)])):
        settings = InboxSettings(seconds=60, late=late)
        folder = tmp_path / late
        async with stored(folder, settings) as inbox:
            await inbox.accept([letter(1, age=61), letter(2, age=30)])
        async with stored(folder, settings) as inbox:
            assert await fates(inbox) == [*expected, ("2", Fate.ANSWER)]
        async with stored(folder, settings) as inbox:
            assert ("1", Fate.LATE) not in await fates(inbox) or late == "tell"
