"""The connection to the database, which every group of the store's methods builds on."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreError
from bot.storage import engine, migrations
from bot.storage.engine import Patience, explain, file_of, make_engine, make_reader, parse_url

TRIAL_SECONDS = 1.0
"""How long trying the database may take, for one that works."""
FRESH_SECONDS = 10.0
"""How long a change that has succeeded is proof that the next one would."""
ROOM = 1_000_000
"""Bytes without which a disk counts as full: the log that SQLite writes ahead needs room for more than one lesson."""
LESSON = 65_536
"""Bytes that a lesson may need within the file."""


class Database:
    """Enter it to connect and to bring the schema up to date; leave it to disconnect.

    Raises:
        StoreError: from every method, where the database cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._engine = make_engine(self._url)
        self._reader = make_reader(self._url, self._engine)
        self._readable = self._writable = False
        self._patience = Patience()
        self._written = float("-inf")
        self._trial: asyncio.Task[bool] | None = None
        self.schema: frozenset[str] = frozenset()
        """What this whobot takes the database to look like, once it is open."""

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database that lies in one."""
        return file_of(self._url)

    @property
    def alive(self) -> bool:
        """Whether the database could be read, and written, when each was last tried."""
        return self._readable and self._writable

    async def works(self) -> bool:
        """Return whether the database can be read and written now.

        It is tried, unless a change has just succeeded. One that takes long counts as one that does not work.
        """
        fresh = time.monotonic() - self._written < FRESH_SECONDS and not self._patience.waiting
        if fresh and self.alive and self._has_room():
            return True
        if self._trial is None or self._trial.done():
            self._trial = asyncio.create_task(self._try())
        await asyncio.wait({self._trial}, timeout=TRIAL_SECONDS)
        return self._trial.done() and self._trial.result()

    async def __aenter__(self) -> Self:
        try:
            async with self._reading() as connection:
                due = await connection.run_sync(migrations.is_due)
            if due:
                async with self._transaction(patience=Patience(engine.MIGRATION_SECONDS)) as connection:
                    await connection.run_sync(migrations.upgrade)
            async with self._reading() as connection:
                self.schema = await connection.run_sync(migrations.schema)
        except BaseException:
            await self._dispose()
            raise
        # Whether it can be written shows when somebody asks, or writes.
        self._writable = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._readable = self._writable = False
        if self._trial is not None:
            self._trial.cancel()
            await asyncio.gather(self._trial, return_exceptions=True)
        await self._dispose()

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        """Read within the block, all of it at one moment; on a SQLite file that goes on while nobody can write."""
        try:
            async with self._reader.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            self._readable = False
            raise StoreError(explain(self._url, error)) from error
        self._readable = True

    @asynccontextmanager
    async def _transaction(self, *, patience: Patience | None = None) -> AsyncIterator[AsyncConnection]:
        """Change, within the block, all that is changed there or nothing of it.

        Args:
            patience: How long to wait for another program that writes to the same SQLite file; unless told otherwise as
                long as all changes do.
        """
        wait = {engine.WAIT: patience or self._patience}
        try:
            async with self._engine.execution_options(**wait).begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            self._writable = False
            raise StoreError(explain(self._url, error)) from error
        self._readable = self._writable = True
        self._patience.regain()
        self._written = time.monotonic()

    async def _try(self) -> bool:
        """Try to change something of no meaning."""
        try:
            async with self._transaction(patience=Patience(TRIAL_SECONDS / 2)) as connection:
                await _touch(connection)
            async with self._reading():
                pass
        except StoreError:
            return False
        return self._has_room()

    def _has_room(self) -> bool:
        file = file_of(self._url)
        return file is None or shutil.disk_usage(file.absolute().parent).free >= ROOM

    async def _dispose(self) -> None:
        engines: set[AsyncEngine] = {self._engine, self._reader}
        for one in engines:
            await one.dispose()


async def insert_new(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row; return False where there is one with this key already.

    A savepoint instead of ON CONFLICT, which every database spells in its own way.
    """
    try:
        async with connection.begin_nested():
            await connection.execute(insert(table).values(row))
    except IntegrityError:
        return False
    return True


async def _touch(connection: AsyncConnection) -> None:
    """Write what nobody reads, and see that there is room for a lesson."""
    run = connection.exec_driver_sql
    if connection.dialect.name != "sqlite":
        await run("UPDATE alembic_version SET version_num = version_num")
        return
    # SQLite writes no page that stays as it is, and refuses what does not fit into the file only when it is written.
    await run("SAVEPOINT trial")
    await run("CREATE TABLE trial (bytes BLOB)")
    await run("INSERT INTO trial VALUES (zeroblob(?))", (LESSON,))
    await run("ROLLBACK TO trial")
    await run("RELEASE trial")
    count = (await run("PRAGMA user_version")).scalar_one()
    await run(f"PRAGMA user_version = {(count + 1) % 2**16}")
