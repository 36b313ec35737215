"""A full disk, and another program that holds the store: health says so at once, reads go on, nobody waits in vain."""

import asyncio
import resource
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event

from bot.chat.features.settings import Configure
from bot.chat.model import Chat
from bot.chat.service import Service
from bot.config import Limits
from bot.errors import StoreError
from bot.metrics import Metrics
from bot.storage import database, engine
from bot.storage.store import Store
from bot.storage.values import ChatSettings, Scope
from tests.support.service_harness import CHAT, MANAGER, REGISTRY, FakeBackend, Source, asking, counted, incoming, learn

SCOPE = Scope.of(CHAT)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with Store(f"sqlite+aiosqlite:///{tmp_path}/whobot.db") as store:
        yield store


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another program holds the file for as long as the block takes."""
    holder = sqlite3.connect(path / "whobot.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.execute("ROLLBACK")
        holder.close()


async def lesson(store: Store, number: int, size: int = 20_000) -> None:
    crop = np.random.default_rng(number).bytes(size)
    await learn(store, SCOPE, "maki", crop, np.ones(8, np.float32), "b1")


async def fill(store: Store) -> int:
    """Teach until there is no room, and return how many lessons were acknowledged."""
    kept = 0
    with pytest.raises(StoreError, match=r"Free some space|Is the disk full"):  # noqa: PT012
        while kept < 1000:
            await lesson(store, kept)
            kept += 1
    return kept


async def test_a_full_file_is_told_at_once_and_read_on(store: Store) -> None:
    async with store._engine.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 40}")
    assert await store.works()
    kept = await fill(store)
    assert not store.alive
    assert not await store.works(), "a write that needs no room must not hide it"
    assert await store.taught(SCOPE) == {"maki": kept}
    async with store._engine.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 4000}")
    assert await store.works()
    await lesson(store, 1000)
    assert await store.taught(SCOPE) == {"maki": kept + 1}


async def test_a_quota_that_is_reached_is_told_at_once_and_read_on(store: Store) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    # Nothing else writes as much meanwhile: the limit holds for this whole process.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        kept = await fill(store)
        assert not store.alive
        assert await store.taught(SCOPE) == {"maki": kept}
        assert (await store.chat_settings(CHAT)) == ChatSettings()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert await store.works()
    await lesson(store, 1000)
    assert await store.taught(SCOPE) == {"maki": kept + 1}


async def test_a_disk_that_fills_up_is_told_before_anybody_writes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.change(CHAT, watch=True)
    assert await store.works()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    assert not await store.works()


async def test_only_the_first_of_many_writers_waits_for_a_held_store(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(engine, "IMPATIENT_SECONDS", 0.01)
    waits: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "busy_timeout" in statement:
            waits.append(statement.partition("=")[2])

    event.listen(store._engine.sync_engine, "before_cursor_execute", note)
    with held(tmp_path):
        writes = (store.change(Chat("web", str(n)), watch=True) for n in range(10))
        refused = await asyncio.gather(*writes, return_exceptions=True)
        assert all(isinstance(error, StoreError) for error in refused)
        assert waits == ["200", *["10"] * 9]
        assert not await store.works()
    assert await store.works()
    waits.clear()
    await store.change(CHAT, watch=True)
    assert waits == ["200"], "once it works again, a writer is patient again"


async def test_readers_and_health_do_not_wait_behind_a_writer_that_waits(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 60.0)
    monkeypatch.setattr(database, "TRIAL_SECONDS", 0.05)
    begun = asyncio.Event()
    event.listen(store._engine.sync_engine, "before_cursor_execute", lambda *_: begun.set())
    with held(tmp_path):
        waiting = asyncio.create_task(store.change(CHAT, watch=True))
        await begun.wait()
        assert await store.chat_settings(CHAT) == ChatSettings()
        assert await store.gallery_stamp(SCOPE, "b1")
        assert not await store.works()
        assert not waiting.done()
    assert (await waiting).watch
    assert await store.works()


async def test_what_only_reads_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="readonly"):
        async with store._reading() as connection:
            await connection.exec_driver_sql("DELETE FROM examples")


async def test_the_asker_is_told_and_pictures_are_answered_meanwhile(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    metrics = Metrics()
    metrics.watch_store(lambda: store.alive)
    service = Service(REGISTRY, FakeBackend(), store, metrics, limits=Limits())
    change = incoming(Configure({"watch": True}), user=MANAGER)
    with held(tmp_path):
        told = await service.handle(change)
        assert "I cannot use my database right now, so nothing has changed" in told.text
        assert counted(metrics)[("whobot_store_works",)] == 0
        seen = await service.handle(asking(Source().picture("maki")))
        assert "Nishikino Maki" in seen.text
    assert "database" not in (await service.handle(change)).text
    assert (await store.chat_settings(CHAT)).watch
    assert counted(metrics)[("whobot_store_works",)] == 1
