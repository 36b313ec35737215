"""Links are written down in their order, while nobody waits; trouble is logged."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bot.chat import stored_links
from bot.chat.model import Chat, Link
from bot.chat.stored_links import StoredLinks, keeping_links
from bot.storage.store import Store


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    async with Store("sqlite+aiosqlite://") as store:
        yield store


def link(number: int = 1) -> Link:
    return Link(Chat("discord", "room"), "room", str(number), ("2",), ((str(number),),), "ann", datetime.now(UTC))


async def test_what_is_kept_changed_and_dropped_is_there_for_the_next_to_load(store: Store) -> None:
    first, second, third = map(link, range(3))
    changed = replace(second, replies=(("1",), ("7",)))
    async with keeping_links(store) as book:
        for one in (first, second, third):
            book.keep(one)
        book.change(changed)
        book.drop(first)
        assert await book.load("discord") == [changed, third]
        book.drop(third)
    async with keeping_links(store) as book:
        assert await book.load("discord") == [changed]


async def test_a_hanging_store_holds_up_no_request(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hanging(Store):
        async def keep_link(self, link: Link) -> None:
            await asyncio.Event().wait()

    for name in ("LOADING", "FAREWELL"):
        monkeypatch.setattr(stored_links, name, 0.0)
    with capture_logs() as logs:
        async with keeping_links(Hanging("sqlite+aiosqlite://")) as book:
            book.keep(link())
            assert await book.load("discord") == ()
    assert [entry["event"] for entry in logs] == ["links_not_loaded"]


async def test_more_than_can_be_written_down_are_not_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_links, "WAITING", 1)
    book = StoredLinks(store)
    with capture_logs() as logs:
        for number in range(2):
            book.keep(link(number))
    assert [entry["event"] for entry in logs] == ["link_not_kept"]
