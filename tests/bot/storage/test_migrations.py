"""The way to the present schema, and back, on every database that is supported."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import HeadMaintainer, MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.chat.model import Chat
from bot.errors import StoreError
from bot.storage import migrations
from bot.storage.engine import make_engine
from bot.storage.store import Store
from bot.storage.tables import metadata


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = make_engine(make_url(url))
    yield engine
    await engine.dispose()


async def run(engine: AsyncEngine, work: Callable[[Connection], object]) -> object:
    async with engine.begin() as connection:
        return await connection.run_sync(work)


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def revisions(connection: Connection) -> list[str]:
    """All revisions, the first first."""
    scripts = ScriptDirectory.from_config(migrations.configure(connection)).walk_revisions()
    return [script.revision for script in scripts][::-1]


async def test_each_step_can_be_taken_undone_and_taken_again(engine: AsyncEngine) -> None:
    steps = await run(engine, revisions)
    assert isinstance(steps, list)
    assert steps
    for step in steps:
        for _ in range(2):
            await run(engine, lambda c, step=step: command.upgrade(migrations.configure(c), step))  # type: ignore[misc]
            await run(engine, lambda c: command.downgrade(migrations.configure(c), "-1"))
        await run(engine, lambda c, step=step: command.upgrade(migrations.configure(c), step))  # type: ignore[misc]
    assert await run(engine, tables) == {*metadata.tables, "alembic_version"}
    await run(engine, lambda c: command.downgrade(migrations.configure(c), "base"))
    assert await run(engine, tables) == {"alembic_version"}


async def test_migrations_lead_to_just_the_tables_that_the_code_uses(engine: AsyncEngine) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    await run(engine, migrations.upgrade)
    assert await run(engine, differences) == []
    await run(engine, lambda c: command.check(migrations.configure(c)))


async def test_the_check_would_notice_a_missing_column(engine: AsyncEngine) -> None:
    await run(engine, migrations.upgrade)
    await run(engine, lambda c: c.execute(text("ALTER TABLE chat_settings DROP COLUMN language")))
    with pytest.raises(CommandError, match="language"):
        await run(engine, lambda c: command.check(migrations.configure(c)))


async def test_a_database_of_a_newer_whobot_is_left_alone(url: str, engine: AsyncEngine) -> None:
    async with Store(url) as store:
        await store.change(Chat("web", "1"), watch=True)
    await run(engine, lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(StoreError, match=r"^[^.]*9999[^.]*newer[^.]*upgrade whobot[^.]*$"):
        async with Store(url):
            pass
    assert await run(engine, lambda c: c.execute(text("SELECT count(*) FROM chat_settings")).scalar()) == 1


OPENS = """
import asyncio, sys
from bot.storage.store import Store

async def main():
    async with Store(sys.argv[1]) as store:
        await store.totals()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(main())
"""
"""A program that opens a store when it is told to."""


async def test_processes_that_start_on_an_empty_database_at_once_all_succeed(url: str) -> None:
    command = (sys.executable, "-c", OPENS, url)
    pipe = asyncio.subprocess.PIPE
    starting = [asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(3)]
    processes = await asyncio.gather(*starting)
    for process in processes:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    said = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [(process.returncode, errors) for process, (_, errors) in zip(processes, said, strict=True)] == [
        (0, b"")
    ] * 3
    async with Store(url) as store:
        assert (await store.change(Chat("web", "1"), watch=True)).watch


async def test_a_store_that_is_up_to_date_opens_while_another_program_writes(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/whobot.db"
    async with Store(url):
        pass
    with closing(sqlite3.connect(tmp_path / "whobot.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        async with Store(url) as store:
            assert (await store.totals()).chats == 0


async def test_a_migration_that_breaks_off_leaves_nothing_behind(
    url: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(HeadMaintainer, "update_to_step", break_off)
        with pytest.raises(StoreError, match="no space left"):
            async with Store(url):
                pass
    assert await run(engine, tables) == set()
    async with Store(url) as store:
        assert store.alive
