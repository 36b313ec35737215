"""Make the SQLAlchemy engine, with what SQLite needs to behave like a database among several programs."""

import os
import re
import sqlite3
import time
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import StoreError
from bot.redact import Redactor

BUSY_SECONDS = 5.0
"""How long to wait for another program that is writing to the same SQLite file."""
IMPATIENT_SECONDS = 0.1
"""How long to wait for it where another change has just waited in vain."""
FILE_MODE = 0o600
"""Of a SQLite file that is made: other users of this machine must not read what people taught."""
MIGRATION_SECONDS = 60.0
"""How long to wait for another program that is bringing the same SQLite file up to date."""
WAIT = "whobot_wait"
"""The execution option of an engine whose transactions write: the `Patience` that they have. They have a SQLite file to
themselves from their beginning: one that reads before it writes could not have it later."""
EXAMPLES = 'it should look like "sqlite+aiosqlite:///whobot.db" or "postgresql+asyncpg://user@host/whobot"'

IN_MEMORY = {"mode": "memory", "cache": "shared", "uri": "true"}
"""The parameters of a SQLite address that give all connections with its name one database in memory."""

ADVICE = {
    # SQLite
    "database is locked": "Another program holds it: is a second whobot running?",
    "unable to open": "Check that the path is right, and that this user may read and write the file and its folder; a"
    " folder that is mounted into the container must belong to its user: chown 10001 on the folder outside.",
    "readonly": "This user may not write the file, or the disk is mounted read-only.",
    "not a database": "The file is something else, or damaged: move it away, or restore a backup.",
    "disk is full": "Free some space.",
    "disk I/O error": "Is the disk full or failing, or has the file reached a quota?",
    # PostgreSQL, and the way to it
    r"Connect call failed|\[Errno (2|111)\]": "Is the server running, and does store.url name its host and port?",
    "Name or service not known|getaddrinfo": "Does store.url name the right host?",
    "authentication failed": "Give the user and its password in WHOBOT_STORE__URL.",
    'role ".*" does not exist': "Does store.url name the right user? createuser on the server makes one.",
    'database ".*" does not exist': "whobot makes its tables, but not the database: createdb on the server does.",
    "permission denied": "Let the user own the database: ALTER DATABASE whobot OWNER TO whobot.",
}
"""By a regular expression that finds the database's or the system's own words."""


class Patience:
    """How long changes wait for another program that writes to the same SQLite file.

    The first waits for `seconds`. Those after one that has waited in vain hardly wait, until one of them succeeds:
    somebody is waiting for each.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._lost = False
        self.waiting = False
        """Whether a change waits now."""

    def regain(self) -> None:
        """Have the next change wait as the first one did."""
        self._lost = False

    def begin(self, connection: Connection) -> None:
        """Begin a transaction that has the file to itself."""
        seconds = IMPATIENT_SECONDS if self._lost else self._seconds or BUSY_SECONDS
        connection.exec_driver_sql(f"PRAGMA busy_timeout={1000 * seconds:.0f}")
        self.waiting = self._lost = True
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._lost = False
        finally:
            self.waiting = False


def parse_url(address: str) -> URL:
    """Parse a database address.

    Raises:
        StoreError: it is none. The address is not shown, it may hold a password.
    """
    try:
        return make_url(address)
    except (ArgumentError, ValueError):
        raise StoreError(f"store.url is no database address: {EXAMPLES}") from None


def check_exists(address: str) -> None:
    """Look whether there is a database already, for those who only want to read one.

    Raises:
        StoreError: the address is none, or it names a file that is not there.
    """
    url = parse_url(address)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise StoreError(f"there is no database {Path(url.database).absolute()} yet: whobot run makes it")


def make_engine(url: URL) -> AsyncEngine:
    """Make an engine; nothing is connected yet, but a SQLite file and its folder are made.

    Raises:
        StoreError: the driver is not installed or is a blocking one, or the file or its folder cannot be made.
    """
    sqlite = url.get_backend_name() == "sqlite"
    # A server may have been restarted since a connection was last used.
    options = _for_sqlite() if sqlite else {"pool_pre_ping": True}
    try:
        if not url.get_dialect().is_async:
            raise StoreError(f"store.url names a blocking driver, {url.drivername}: {EXAMPLES}")
        in_memory = sqlite and url.database in (None, "", ":memory:")
        engine = create_async_engine(_name_memory(url) if in_memory else url, hide_parameters=True, **options)
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError(
            f"store.url needs the driver {url.drivername}, which is not installed ({error}): {EXAMPLES}, "
            "for which whobot[postgres] must be installed"
        ) from error
    if in_memory:
        event.listen(engine.sync_engine, "first_connect", lambda *_: _keep_memory(engine))
    elif sqlite:
        _prepare_file(url)
    if sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def make_reader(url: URL, writer: AsyncEngine) -> AsyncEngine:
    """Make an engine for what only reads: one of its own for a SQLite file, so that no reader waits behind a writer.

    Args:
        writer: The engine that writes, which reads as well where there is no such file.
    """
    if file_of(url) is None:
        return writer
    engine = create_async_engine(url, hide_parameters=True, **_for_sqlite())
    event.listen(engine.sync_engine, "connect", _prepare_reader)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def file_of(url: URL) -> Path | None:
    """Return the file of a SQLite database that lies in one."""
    name = url.database or ""
    in_memory = name in ("", ":memory:") or name.startswith("file:")
    return None if in_memory or url.get_backend_name() != "sqlite" else Path(name)


def explain(url: URL, error: Exception) -> str:
    """Say why the database cannot be used, and what to do about it, without its password."""
    reason = str(error.orig if isinstance(error, DBAPIError) and error.orig else error).rstrip(".")
    return f"the database {show(url)} cannot be used: {reason}. {advise(reason)}".rstrip()


def advise(reason: str) -> str:
    """Say what to do about what a database or the system has said; nothing where that is unknown."""
    return next((words for sign, words in ADVICE.items() if re.search(sign, reason)), "")


def show(url: URL) -> str:
    """Return an address as it may be read by others."""
    return Redactor()(url.render_as_string(hide_password=True))


def _for_sqlite() -> dict[str, Any]:
    # SQLite writes one at a time anyway. One connection makes that a queue instead of a lock.
    return {
        "poolclass": AsyncAdaptedQueuePool,
        "pool_size": 1,
        "max_overflow": 0,
        "connect_args": {"timeout": BUSY_SECONDS},
    }


def _name_memory(url: URL) -> URL:
    """Give a database in memory a name of its own, under which more than one connection finds it."""
    return url.set(database=f"file:whobot-{uuid.uuid4().hex}", query=IN_MEMORY)


def _keep_memory(engine: AsyncEngine) -> None:
    # A database in memory is gone with its last connection, and a query that is cancelled closes the engine's only one.
    anchor = sqlite3.connect(f"{engine.url.database}?{urlencode(engine.url.query)}", uri=True)
    event.listen(engine.sync_engine, "engine_disposed", lambda _: anchor.close())


def _prepare_file(url: URL) -> None:
    database = url.database or ""
    if database.startswith("file:"):
        return
    path = Path(database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the folder {path.parent.absolute()} for the database: {error.strerror}. "
            "Make it yourself, or have store.url point elsewhere."
        ) from error
    # SQLite gives the files beside it, -wal and -shm, the mode of the file itself. Only a new file is opened here:
    # closing one that SQLite has open would drop the locks that this process holds on it. Where the file cannot be
    # made, SQLite says why.
    with suppress(OSError):
        os.close(os.open(os.path.realpath(path), os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE))
    try:
        # aiosqlite leaves a thread behind where this fails, which complains when the event loop is gone.
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            if path.stat().st_size == 0:
                _log_ahead(connection)
    except sqlite3.Error as error:
        raise StoreError(explain(url, error)) from error


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Have readers and writers of a new file not wait for each other: the file keeps that mode from then on.

    SQLite refuses at once, without waiting, where two programs switch a new file at the same time.
    """
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _prepare_sqlite(connection: DBAPIConnection, _: object) -> None:
    # Python's driver would begin a transaction only before some statements; we begin each one ourselves, so that
    # migrations too are all or nothing. https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#sqlite-transactions
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # What was acknowledged survives a power cut, too: NORMAL could lose the last transactions.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _prepare_reader(connection: DBAPIConnection, _: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    patience: Patience | None = connection.get_execution_options().get(WAIT)
    if patience is None:
        connection.exec_driver_sql("BEGIN")
    else:
        patience.begin(connection)
