"""What every keeper of links does: another implementation is another row of `LINKS`."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest

from bot.chat.links import Links
from bot.chat.model import Chat, Link
from bot.chat.stored_links import keeping_links
from bot.storage.store import Store

Start: TypeAlias = Callable[[Path], AbstractAsyncContextManager[Links]]
"""Starts a keeper of links. All that get the same folder keep the same links, one after the other."""


@asynccontextmanager
async def stored(folder: Path) -> AsyncIterator[Links]:
    async with Store(f"sqlite+aiosqlite:///{folder}/whobot.db") as store, keeping_links(store) as links:
        yield links


LINKS: dict[str, Start] = {"stored": stored}


@pytest.fixture(params=LINKS)
def start(request: pytest.FixtureRequest) -> Start:
    return LINKS[request.param]


def link(number: int, platform: str = "discord") -> Link:
    at = datetime.now(UTC)
    return Link(Chat(platform, "room"), "thread", str(number), ("2", "3"), ((str(number),),), "ann", at)


async def test_what_is_kept_is_there_after_a_restart_the_oldest_first(start: Start, tmp_path: Path) -> None:
    first, second, elsewhere = link(1), link(2), link(3, "telegram")
    async with start(tmp_path) as links:
        assert await links.load("discord") == []
        for one in (first, second, elsewhere):
            links.keep(one)
    async with start(tmp_path) as links:
        assert await links.load("discord") == [first, second]
        assert await links.load("telegram") == [elsewhere]


async def test_changes_and_removals_hold_in_their_order(start: Start, tmp_path: Path) -> None:
    first, second = link(1), link(2)
    changed = replace(first, replies=(("1",), ("7", "8")))
    async with start(tmp_path) as links:
        links.keep(first)
        links.keep(second)
        links.change(changed)
        links.drop(second)
        assert await links.load("discord") == [changed]


async def test_what_is_gone_is_not_brought_back_by_a_change(start: Start, tmp_path: Path) -> None:
    one = link(1)
    async with start(tmp_path) as links:
        links.keep(one)
        links.drop(one)
        links.change(one)
        assert await links.load("discord") == []
