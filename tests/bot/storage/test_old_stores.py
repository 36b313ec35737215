"""Stores of every earlier schema open in this version with all that is in them; backups are made while the bot runs."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.chat.model import Chat, User
from bot.cli import app
from bot.errors import StoreError
from bot.storage.backup import back_up
from bot.storage.store import Store
from bot.storage.values import Scope, Truth
from tests.checks.old_stores import STORES
from tests.support.service_harness import teach

CHAT, ANN = Chat("discord", "room", home="server"), User("discord", "ann")
SCOPE = Scope.of(CHAT)
OLD = sorted(STORES.glob("*.sql"))


def address(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def read_in(old: Path, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(old.read_text())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("old", OLD, ids=lambda path: path.stem)
async def test_a_store_of_an_earlier_version_opens_with_all_that_is_in_it(old: Path, tmp_path: Path) -> None:
    read_in(old, tmp_path / "whobot.db")
    async with Store(address(tmp_path / "whobot.db")) as store:
        settings = await store.chat_settings(CHAT)
        assert (settings.watch, settings.threshold, settings.language) == (True, 0.25, "de")
        assert await store.is_opted_out(ANN)
        if old.stem >= "0002":
            (example,) = await store.examples(SCOPE, provisional=True)
            assert (example.character, example.image) == ("Sonoda Umi", b"crop")
            assert (await store.gallery(SCOPE, "b1")).characters == ("Sonoda Umi",)
        if old.stem >= "0003":
            (verdict,) = await store.verdicts(SCOPE)
            assert (verdict.truth, verdict.character) == (Truth.CHARACTER, "Sonoda Umi")
            (change,) = await store.history(SCOPE)
            assert (change.added, change.removed, change.by) == ((1,), 1, User("discord", "ann", name="Ann"))
        await teach(store, "Sonoda Umi", chat=CHAT)


def test_the_earlier_versions_are_there() -> None:
    assert len(OLD) >= 8


async def test_a_backup_of_a_living_store_has_all_that_was_acknowledged(tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    async with Store(address(tmp_path / "whobot.db")) as store:
        await teach(store, "umi", chat=CHAT)

        async def go_on() -> None:
            for _ in range(5):
                await teach(store, "eli", chat=CHAT)

        writing = asyncio.create_task(go_on())
        await asyncio.to_thread(back_up, address(tmp_path / "whobot.db"), copy)
        await writing
        assert await store.taught(SCOPE) == {"umi": 1, "eli": 5}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert names(tmp_path) == {"whobot.db", "copy.db"}
    async with Store(address(copy)) as store:
        assert (await store.taught(SCOPE))["umi"] == 1


async def test_a_backup_takes_the_place_of_a_store_as_the_documents_say(tmp_path: Path) -> None:
    database, copy = tmp_path / "whobot.db", tmp_path / "copy.db"
    async with Store(address(database)) as store:
        await teach(store, "umi", chat=CHAT)
        back_up(address(database), copy)
        await teach(store, "eli", chat=CHAT)
    for left in ("whobot.db-wal", "whobot.db-shm"):
        (tmp_path / left).unlink(missing_ok=True)
    database.write_bytes(copy.read_bytes())
    async with Store(address(database)) as store:
        assert await store.taught(SCOPE) == {"umi": 1}


def test_no_earlier_backup_is_lost(tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("an earlier one")
    sqlite3.connect(tmp_path / "whobot.db").close()
    with pytest.raises(StoreError, match="exists already"):
        back_up(address(tmp_path / "whobot.db"), tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "an earlier one"


def test_what_cannot_be_copied_is_explained_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "whobot.db").write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="not a database"):
        back_up(address(tmp_path / "whobot.db"), tmp_path / "copy.db")
    with pytest.raises(StoreError, match="cannot write"):
        back_up(address(tmp_path / "whobot.db"), tmp_path / "nowhere" / "copy.db")
    with pytest.raises(StoreError, match="pg_dump"):
        back_up("postgresql+asyncpg://ann@host/whobot", tmp_path / "copy.db")
    with pytest.raises(StoreError, match="no database"):
        back_up(address(tmp_path / "other.db"), tmp_path / "copy.db")
    assert names(tmp_path) == {"whobot.db"}


def test_the_command_copies_what_the_settings_or_an_option_name(tmp_path: Path) -> None:
    asyncio.run(_make(tmp_path / "whobot.db"))
    arguments = ["backup", str(tmp_path / "copy.db"), "--store", str(tmp_path / "whobot.db")]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "copy.db" in done.output
    assert CliRunner().invoke(app, arguments).exit_code == 2


async def _make(file: Path) -> None:
    async with Store(address(file)):
        pass
