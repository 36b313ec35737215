"""Make the SQLAlchemy engine, with what SQLite needs to behave like a database among several programs."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import StoreError

BUSY_SECONDS = 5.0
"""How long to wait for another program that is writing to the same SQLite file."""
EXAMPLES = 'it should look like "sqlite+aiosqlite:///whobot.db" or "postgresql+asyncpg://user@host/whobot"'


def parse_url(address: str) -> URL:
    """Parse a database address.

    Raises:
        StoreError: it is none. The address is not shown, it may hold a password.
    """
    try:
        return make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError(f"store.url is no database address: {EXAMPLES}") from None


def make_engine(url: URL) -> AsyncEngine:
    """Make an engine; nothing is connected yet, but the folder of a SQLite file is made.

    Raises:
        StoreError: the driver is not installed or is a blocking one, or the folder cannot be made.
    """
    options: dict[str, Any] = {"hide_parameters": True}
    sqlite = url.get_backend_name() == "sqlite"
    if sqlite:
        # SQLite writes one at a time anyway. One connection makes that a queue instead of a lock, and lets a database
        # in memory live as long as the engine.
        options |= {
            "poolclass": AsyncAdaptedQueuePool,
            "pool_size": 1,
            "max_overflow": 0,
            "connect_args": {"timeout": BUSY_SECONDS},
        }
    else:
        # A server may have been restarted since a connection was last used.
        options |= {"pool_pre_ping": True}
    try:
        if not url.get_dialect().is_async:
            raise StoreError(f"store.url names a blocking driver, {url.drivername}: {EXAMPLES}")
        engine = create_async_engine(url, **options)
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(
            f"store.url needs the driver {url.drivername}, which is not installed ({error}): {EXAMPLES}, "
            "for which whobot[postgres] must be installed"
        ) from error
    if sqlite:
        _make_folder(url)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _make_folder(url: URL) -> None:
    if url.database in (None, "", ":memory:") or url.database.startswith("file:"):
        return
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the folder {folder.absolute()} for the database: {error.strerror}. "
            "Make it yourself, or have store.url point elsewhere."
        ) from error


def _prepare_sqlite(connection: DBAPIConnection, _: object) -> None:
    # Python's driver would begin a transaction only before some statements; we begin each one ourselves, so that
    # migrations too are all or nothing. https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#sqlite-transactions
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
