"""Chat settings and opt-outs, in the words of the use cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain import Chat, User
from bot.errors import StoreError
from bot.store import migrations
from bot.store.engine import explain, make_engine, parse_url
from bot.store.tables import chat_settings, opt_outs


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat has set. None leaves it to the configuration, the bundle or the reader's locale."""

    watch: bool = False
    threshold: float | None = None
    language: str | None = None


class Store:
    """The database. Enter it to connect and to bring the schema up to date; leave it to disconnect.

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

    async def chat_settings(self, chat: Chat) -> ChatSettings:
        """Return what the chat has set, or the defaults."""
        columns = chat_settings.c
        query = select(columns.watch, columns.threshold, columns.language).where(*_is_chat(chat))
        async with self._transaction() as connection:
            row = (await connection.execute(query)).one_or_none()
        return ChatSettings(*row) if row else ChatSettings()

    async def change(
        self,
        chat: Chat,
        *,
        watch: bool | None = None,
        threshold: float | None = None,
        language: str | None = None,
    ) -> ChatSettings:
        """Change some settings of a chat, leave those that are None, and return them all."""
        given = {"watch": watch, "threshold": threshold, "language": language}
        changes = {name: value for name, value in given.items() if value is not None}
        if changes:
            row = {"platform": chat.platform, "chat_id": chat.id, "watch": False, **changes}
            changing = update(chat_settings).where(*_is_chat(chat)).values(changes)
            async with self._transaction() as connection:
                known = (await connection.execute(changing)).rowcount > 0
                # The second update is for the row that somebody else has inserted in between.
                if not known and not await _insert(connection, chat_settings, row):
                    await connection.execute(changing)
        return await self.chat_settings(chat)

    async def is_opted_out(self, user: User) -> bool:
        """Return whether the user wants their pictures ignored."""
        query = select(opt_outs.c.user_id).where(*_is_user(user))
        async with self._transaction() as connection:
            return (await connection.execute(query)).one_or_none() is not None

    async def opt_out(self, user: User, out: bool) -> None:
        """Ignore the user's pictures from now on, or no longer."""
        async with self._transaction() as connection:
            if out:
                await _insert(connection, opt_outs, {"platform": user.platform, "user_id": user.id})
            else:
                await connection.execute(delete(opt_outs).where(*_is_user(user)))

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.begin() as connection:
                yield connection
        except (SQLAlchemyError, OSError) as error:
            self._alive = False
            raise StoreError(explain(self._url, error)) from error
        self._alive = True


async def _insert(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> bool:
    """Insert a row; return False where there is one with this key already.

    A savepoint instead of ON CONFLICT, which every database spells in its own way.
    """
    try:
        async with connection.begin_nested():
            await connection.execute(insert(table).values(row))
    except IntegrityError:
        return False
    return True


def _is_chat(chat: Chat) -> tuple[ColumnElement[bool], ...]:
    return chat_settings.c.platform == chat.platform, chat_settings.c.chat_id == chat.id


def _is_user(user: User) -> tuple[ColumnElement[bool], ...]:
    return opt_outs.c.platform == user.platform, opt_outs.c.user_id == user.id
