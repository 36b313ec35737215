"""Keep what a store of today looks like, for the versions to come: ``python -m tests.checks.old_stores``.

Run it before a release. It writes `tests/bot/storage/stores/REVISION.sql` for every schema that has no such file yet:
its tables, with a row in each. Those that are there never change: they stand for stores of people.
"""

import asyncio
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url

from bot.storage import migrations
from bot.storage.engine import make_engine

STORES = Path(__file__).resolve().parents[1] / "bot" / "storage" / "stores"
VALUES: dict[str, object] = {
    "id": 1,
    "platform": "discord",
    "home": "server",
    "chat_id": "room",
    "user_id": "ann",
    "watch": True,
    "threshold": 0.25,
    "language": "de",
    "character": "Sonoda Umi",
    "denied": False,
    "image": b"crop",
    "embedding": struct.pack("<4f", 1, 0, 0, 0),
    "bundle_id": "b1",
    "by_platform": "discord",
    "by_id": "ann",
    "by_name": "Ann",
    "at": "2026-01-02 03:04:05.000000",
    "state": "confirmed",
    "origin": "taught",
    "face": "answer:0",
    "said": "nishikino_maki",
    "probability": 0.9,
    "truth": "character",
    "action": "taught",
    "added": "[1]",
    "change": 1,
    "account": "1",
    "user": "ann",
    "place": "room",
    "first": "10",
    "asker": "ann",
    "questions": '["10"]',
    "replies": '["11"]',
    "steady_since": "2026-01-02 03:04:05.000000",
    "seen": "2026-01-02 03:04:05.000000",
}
"""What is in a column, by its name; columns that are not named keep their default."""
OTHERS = {"removed_examples": {"id": 2}}
"""What is different in one table."""


def revisions(connection: Connection) -> list[str]:
    """All schemas, the first first."""
    scripts = ScriptDirectory.from_config(migrations.configure(connection)).walk_revisions()
    return [script.revision for script in scripts][::-1]


async def dumps(folder: Path) -> dict[str, str]:
    """Lead a store through every schema, with a row in each table as soon as it is there; return the dumps."""
    file, made, seen = folder / "whobot.db", {}, {"alembic_version", "sqlite_sequence"}
    engine = make_engine(make_url(f"sqlite+aiosqlite:///{file}"))
    async with engine.begin() as connection:
        steps = await connection.run_sync(revisions)
    for step in steps:
        async with engine.begin() as connection:
            await connection.run_sync(lambda c, step=step: command.upgrade(migrations.configure(c), step))  # type: ignore[misc]
        with closing(sqlite3.connect(file)) as store:
            for table in set(tables(store)) - seen:
                insert(store, table)
                seen.add(table)
            store.commit()
            made[step] = "\n".join(store.iterdump()) + "\n"
    await engine.dispose()
    return made


def tables(store: sqlite3.Connection) -> Iterator[str]:
    """The tables that are there."""
    yield from (name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))


def insert(store: sqlite3.Connection, table: str) -> None:
    """Add a row to a table."""
    columns = [(name, bool(needed) and default is None) for _, name, _, needed, default, _ in
               store.execute(f"PRAGMA table_info('{table}')")]  # fmt: skip
    values = VALUES | OTHERS.get(table, {})
    row = {name: values.get(name, 0 if needed else None) for name, needed in columns if needed or name in values}
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    store.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(row.values()))  # noqa: S608 - our own words


def main() -> None:
    """Write what is missing."""
    STORES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for step, text in asyncio.run(dumps(Path(folder))).items():
            file = STORES / f"{step}.sql"
            if not file.exists():
                file.write_text(text)
                print(f"wrote {file}")


if __name__ == "__main__":
    main()
