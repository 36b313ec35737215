"""What a chat has set: changed a part at a time, renamed with it, and gone when it is."""

import sqlite3
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from alembic import command
from sqlalchemy import make_url, text

from bot.chat.model import Chat, User
from bot.errors import StoreError
from bot.storage import migrations
from bot.storage.engine import make_engine
from bot.storage.store import Store
from bot.storage.values import ChatSettings, Keeping, Link, Scope, Teachers, Truth, Verdict
from tests.support.service_harness import learn

CHAT = Chat("discord", "room", home="server")
OTHER_CHAT = Chat("discord", "other room", home="server")
ELSEWHERE = Chat("discord", "elsewhere", home="another server")
GROUP = Chat("telegram", "-1")

EVERYTHING = ChatSettings(
    watch=True,
    quiet=True,
    threshold=0.25,
    language="ja",
    teachers=Teachers.NOBODY,
    keep=Keeping.NOTHING,
    confirm=True,
    adults_only=True,
    least_guess=0.5,
)


@pytest.mark.parametrize("name", asdict(EVERYTHING))
async def test_each_setting_is_kept_by_itself(store: Store, name: str) -> None:
    change: Any = {name: asdict(EVERYTHING)[name]}
    assert asdict(await store.change(GROUP, **change)) == asdict(ChatSettings()) | change


async def test_all_settings_at_once_and_back_again(store: Store) -> None:
    everything: Any = asdict(EVERYTHING)
    assert await store.change(GROUP, **everything) == EVERYTHING
    nothing: Any = asdict(ChatSettings())
    assert await store.change(GROUP, **nothing) == ChatSettings()


async def test_none_hands_a_setting_back(store: Store) -> None:
    await store.change(GROUP, threshold=0.5, language="ja")
    assert await store.change(GROUP, threshold=None) == ChatSettings(language="ja")


async def test_a_chat_that_goes_takes_its_settings_along_and_nothing_else(store: Store) -> None:
    for chat in (CHAT, OTHER_CHAT, ELSEWHERE, GROUP):
        await store.change(chat, watch=True)
    await store.remove_chat(CHAT)
    assert await store.chat_settings(CHAT) == ChatSettings()
    for chat in (OTHER_CHAT, ELSEWHERE, GROUP):
        assert (await store.chat_settings(chat)).watch


async def test_a_server_that_goes_takes_all_its_channels_along(store: Store) -> None:
    for chat in (CHAT, OTHER_CHAT, ELSEWHERE):
        await store.change(chat, watch=True)
        await teach(store, chat)
    await store.remove_chat(CHAT)
    assert await store.taught(Scope("discord", "server")) == {"Miku": 2}, "the other room goes on"
    await store.remove_chat(Chat("discord", "server", home="server"))
    assert await store.chat_settings(OTHER_CHAT) == ChatSettings()
    assert await store.taught(Scope("discord", "server")) == {}
    assert (await store.chat_settings(ELSEWHERE)).watch
    assert await store.taught(Scope("discord", "another server")) == {"Miku": 1}


async def test_a_chat_under_another_id_is_the_same_chat(store: Store) -> None:
    moved = Chat("telegram", "-1001")
    await store.change(GROUP, watch=True, threshold=0.5)
    await store.change(moved, quiet=True)
    await teach(store, GROUP)
    await store.move_chat(GROUP, moved)
    assert await store.chat_settings(GROUP) == ChatSettings()
    assert await store.chat_settings(moved) == ChatSettings(watch=True, threshold=0.5)
    assert await store.taught(Scope.of(moved)) == {"Miku": 1}
    assert await store.taught(Scope.of(GROUP)) == {}


def everything(path: str) -> list[str]:
    """All that a SQLite file holds, as statements."""
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


@pytest.mark.parametrize("broken", ["chat_settings", "links", "examples", "removed_examples", "verdicts", "changes"])
@pytest.mark.parametrize("departure", ["removed", "moved"])
async def test_a_departure_that_fails_in_the_middle_leaves_all_as_it_was(
    tmp_path: Path, departure: str, broken: str
) -> None:
    path = str(tmp_path / "whobot.db")
    async with Store(f"sqlite+aiosqlite:///{path}") as store:
        await store.change(GROUP, watch=True)
        await store.keep_link(Link(GROUP, "-1", "2", ("1",), (("2",),), "ann", datetime.now(UTC)))
        await teach(store, GROUP)
        await store.forget(Scope.of(GROUP), "Miku", None)
        await teach(store, GROUP)
        said = ("a1:0", "Miku", 0.9, "b1", Truth.STRANGER, None, User("telegram", "ann", name="Ann"))
        await store.judge(Verdict(Scope.of(GROUP), *said, datetime.now(UTC)))
        async with store._transaction() as connection:
            for what in ("DELETE", "UPDATE"):
                fault = "BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END"
                await connection.execute(text(f"CREATE TRIGGER fault_{what} BEFORE {what} ON {broken} {fault}"))
        before = everything(path)
        removing = departure == "removed"
        departing = store.remove_chat(GROUP) if removing else store.move_chat(GROUP, Chat("telegram", "-1001"))
        with pytest.raises(StoreError, match="disk I/O error"):
            await departing
    assert everything(path) == before


async def test_chats_of_an_older_whobot_keep_what_they_had_set(url: str) -> None:
    engine = make_engine(make_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(migrations.configure(c), "0003"))
        row = "INSERT INTO chat_settings (platform, chat_id, watch, threshold) VALUES ('telegram', '-1', true, 0.5)"
        await connection.execute(text(row))
    await engine.dispose()
    async with Store(url) as store:
        assert await store.chat_settings(GROUP) == ChatSettings(watch=True, threshold=0.5)


@pytest.mark.parametrize(("kept", "step"), [(True, Keeping.NAMED), (False, Keeping.NOTHING)])
async def test_a_switch_becomes_a_step_and_again_a_switch(url: str, kept: bool, step: Keeping) -> None:
    engine = make_engine(make_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(migrations.configure(c), "0005"))
        columns = "platform, chat_id, watch, quiet, adults_only, teachers, confirm, keep"
        row = f"INSERT INTO chat_settings ({columns}) VALUES ('telegram', '-1', :on, :on, :on, 'nobody', :on, :kept)"  # noqa: S608
        await connection.execute(text(row), {"on": True, "kept": kept})
    async with Store(url) as store:
        assert await store.chat_settings(GROUP) == ChatSettings(
            watch=True, quiet=True, adults_only=True, teachers=Teachers.NOBODY, confirm=True, keep=step
        )
        await store.change(CHAT, keep=Keeping.JUDGED)
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.downgrade(migrations.configure(c), "0005"))
        rows = (await connection.execute(text("SELECT chat_id, keep FROM chat_settings ORDER BY chat_id"))).all()
    await engine.dispose()
    assert [(row.chat_id, bool(row.keep)) for row in rows] == [("-1", kept), ("room", True)]


async def test_the_faces_that_a_chat_has_kept_survive_the_new_steps(url: str) -> None:
    engine = make_engine(make_url(url))
    async with engine.begin() as connection:
        await connection.run_sync(lambda c: command.upgrade(migrations.configure(c), "0005"))
        row = "INSERT INTO examples (platform, home, character, denied, image, at, state, origin) VALUES"
        values = "('telegram', '-1', 'rin', false, 'crop', '2026-01-01 00:00:00', 'confirmed', 'confirmed')"
        await connection.execute(text(f"{row} {values}"))
    await engine.dispose()
    async with Store(url) as store:
        assert await store.taught(Scope.of(GROUP)) == {"rin": 1}


async def teach(store: Store, chat: Chat) -> None:
    await learn(store, Scope.of(chat), "Miku", b"crop", np.zeros(4, np.float32), "b1")
