"""A copy of the database, made while others read and write it."""

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from bot.errors import StoreError
from bot.storage.engine import BUSY_SECONDS, advise, check_exists, explain, file_of, parse_url


def back_up(address: str, to: Path) -> None:
    """Copy the SQLite database at `address` to a new file, as it is at one moment; nobody has to stop for that.

    The copy is looked through before it gets its name. It belongs to its owner alone (mode 600).

    Raises:
        StoreError: it is no SQLite file, `to` exists already, or one of the two cannot be used.
    """
    url = parse_url(address)
    file = file_of(url)
    if file is None:
        raise StoreError("whobot backup copies a SQLite file: for PostgreSQL, use pg_dump")
    check_exists(address)
    if to.exists():
        raise StoreError(f"{to} exists already: name another file, so that no earlier backup is lost")
    try:
        handle, name = tempfile.mkstemp(dir=to.absolute().parent, prefix=f".{to.name}.")
    except OSError as error:
        raise StoreError(f"cannot write to {to.absolute().parent}: {error.strerror}") from error
    os.close(handle)
    made = Path(name)
    try:
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as source, closing(sqlite3.connect(made)) as copy:
            source.backup(copy)
            ((found,),) = copy.execute("PRAGMA quick_check(1)")
            if found != "ok":
                raise StoreError(f"the database is damaged ({found}): restore an earlier backup")
        _flush(made)
        os.link(made, to)  # unlike a replacement, this fails where somebody was quicker
    except sqlite3.Error as error:
        raise StoreError(explain(url, error)) from error
    except OSError as error:
        raise StoreError(f"cannot write {to}: {error.strerror}. {advise(str(error))}".rstrip()) from error
    finally:
        for left in made.parent.glob(f"{made.name}*"):
            left.unlink()


def _flush(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
