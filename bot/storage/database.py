"""The connection to the database, which every group of the store's methods builds on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Table, insert
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreError
from bot.storage import migrations
from bot.storage.engine import ALONE, explain, make_engine, parse_url


class Database:
    """Enter it to connect and to bring the schema up to date; leave it to disconnect.

    Raises:
        StoreError: from every method, where the database cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._url = parse_url(url)
        self._engine = make_engine(self._url)
        self._alive = False

    @property
    def alive(self) -> bool:
        """Whether the database worked when it was last asked."""
        return self._alive

    async def __aenter__(self) -> Self:
        try:
            async with self._transaction() as connection:
                due = await connection.run_sync(migrations.is_due)
            if due:
                async with self._transaction(alone=True) as connection:
                    await connection.run_sync(migrations.upgrade)
        except BaseException:
            await self._engine.dispose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._alive = False
        await self._engine.dispose()

    @asynccontextmanager
    async def _transaction(self, *, alone: bool = False) -> AsyncIterator[AsyncConnection]:
        """All that is done within the block, or nothing of it.

        Args:
            alone: Have a SQLite file to itself from the beginning, for what reads before it writes.
        """
        engine = self._engine.execution_options(**{ALONE: True}) if alone else self._engine
        try:
            async with engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            self._alive = False
            raise StoreError(explain(self._url, error)) from error
        self._alive = True


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
