"""What is stored is there again: for this chat, for this user, and after a restart."""

import asyncio
import os
import sqlite3
import traceback
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot.chat.model import Chat, User
from bot.errors import StoreError
from bot.storage import engine
from bot.storage.store import Store
from bot.storage.values import ChatSettings

CHAT = Chat("discord", "1")
ANN = User("discord", "1")


async def test_a_chat_that_set_nothing_has_the_defaults(store: Store) -> None:
    assert await store.chat_settings(CHAT) == ChatSettings(watch=False, threshold=None, language=None)


async def test_a_change_leaves_the_other_settings_alone(store: Store) -> None:
    assert await store.change(CHAT, threshold=0.25) == ChatSettings(threshold=0.25)
    assert await store.change(CHAT, watch=True) == ChatSettings(watch=True, threshold=0.25)
    assert await store.change(CHAT, language="ja") == ChatSettings(watch=True, threshold=0.25, language="ja")
    assert await store.change(CHAT, watch=False, threshold=0.0) == ChatSettings(threshold=0.0, language="ja")
    assert await store.chat_settings(CHAT) == ChatSettings(threshold=0.0, language="ja")


async def test_changing_nothing_stores_nothing(store: Store) -> None:
    assert await store.change(CHAT) == ChatSettings()


async def test_chats_are_told_apart_by_platform_and_id(store: Store) -> None:
    await store.change(CHAT, watch=True)
    for other in (Chat("telegram", "1"), Chat("discord", "2")):
        assert await store.chat_settings(other) == ChatSettings()
    # Whether a chat is private is the platform's word of the moment, not part of its identity.
    assert (await store.chat_settings(Chat("discord", "1", private=True))).watch


async def test_opting_out_and_in_again_as_often_as_one_likes(store: Store) -> None:
    assert not await store.is_opted_out(ANN)
    for _ in range(2):
        await store.opt_out(ANN, True)
        assert await store.is_opted_out(ANN)
    for _ in range(2):
        await store.opt_out(ANN, False)
        assert not await store.is_opted_out(ANN)


async def test_users_are_told_apart_by_platform_and_id(store: Store) -> None:
    await store.opt_out(ANN, True)
    assert not await store.is_opted_out(User("telegram", "1"))
    assert not await store.is_opted_out(User("discord", "2"))
    assert await store.is_opted_out(User("discord", "1", manager=True))


async def test_everything_survives_a_restart(url: str) -> None:
    async with Store(url) as store:
        await store.change(CHAT, watch=True, threshold=0.1, language="en")
        await store.opt_out(ANN, True)
    async with Store(url) as store:
        assert await store.chat_settings(CHAT) == ChatSettings(watch=True, threshold=0.1, language="en")
        assert await store.is_opted_out(ANN)


async def test_many_at_once_lose_nothing(store: Store) -> None:
    chats = [Chat("discord", str(n % 4)) for n in range(80)]
    users = [User("discord", str(n % 4)) for n in range(40)]

    async def set_each(n: int, chat: Chat) -> None:
        if n % 2:
            await store.change(chat, watch=True)
        else:
            await store.change(chat, threshold=0.5)

    await asyncio.gather(
        *(set_each(n // 4, chat) for n, chat in enumerate(chats)),
        *(store.opt_out(user, True) for user in users),
        *(store.chat_settings(chat) for chat in chats),
    )
    for n in range(4):
        assert await store.chat_settings(Chat("discord", str(n))) == ChatSettings(watch=True, threshold=0.5)
        assert await store.is_opted_out(User("discord", str(n)))


async def test_two_stores_share_one_database(url: str) -> None:
    async with Store(url) as one, Store(url) as other:
        # Both find no row and want to insert one: neither may fail, nothing may get lost.
        await asyncio.gather(
            *(one.change(Chat("web", str(n)), watch=True) for n in range(10)),
            *(other.change(Chat("web", str(n)), threshold=0.75) for n in range(10)),
        )
        for n in range(10):
            assert await one.chat_settings(Chat("web", str(n))) == ChatSettings(watch=True, threshold=0.75)


async def test_a_cancelled_change_does_not_jam_the_store(store: Store) -> None:
    tasks = [asyncio.create_task(store.change(CHAT, threshold=n / 100)) for n in range(20)]
    await asyncio.sleep(0.005)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (await store.change(CHAT, watch=True)).watch


async def test_alive_says_whether_the_database_answers(url: str) -> None:
    store = Store(url)
    assert not store.alive
    async with store:
        assert store.alive
    assert not store.alive


async def test_a_store_in_memory_keeps_its_content_while_it_is_open() -> None:
    async with Store("sqlite+aiosqlite://") as store:
        await asyncio.gather(*(store.change(Chat("web", str(n)), watch=True) for n in range(20)))
        assert (await store.chat_settings(Chat("web", "19"))).watch


async def test_a_store_in_memory_outlives_a_cancelled_query() -> None:
    async with Store("sqlite+aiosqlite://") as store:
        await store.change(CHAT, watch=True)
        for turns in range(40):
            query = asyncio.create_task(store.chat_settings(CHAT))
            for _ in range(turns):
                await asyncio.sleep(0)
            query.cancel()
            await asyncio.gather(query, return_exceptions=True)
            assert (await store.chat_settings(CHAT)).watch


async def test_stores_in_memory_share_nothing() -> None:
    async with Store("sqlite+aiosqlite://") as one, Store("sqlite+aiosqlite://") as other:
        await one.change(CHAT, watch=True)
        assert not (await other.chat_settings(CHAT)).watch


async def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path) -> None:
    async with Store(f"sqlite+aiosqlite:///{tmp_path}/deep/down/whobot.db"):
        pass
    assert (tmp_path / "deep/down/whobot.db").is_file()


async def test_sqlite_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    async with Store(f"sqlite+aiosqlite:///{tmp_path}/whobot.db") as store:
        await store.change(CHAT, watch=True)
        modes = {entry.name: entry.stat().st_mode & 0o777 for entry in os.scandir(tmp_path)}
    assert modes == {"whobot.db": 0o600, "whobot.db-wal": 0o600, "whobot.db-shm": 0o600}


async def test_the_mode_of_an_existing_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "whobot.db"
    path.touch()
    path.chmod(0o640)
    async with Store(f"sqlite+aiosqlite:///{path}") as store:
        await store.change(CHAT, watch=True)
    assert path.stat().st_mode & 0o777 == 0o640


async def test_what_sqlite_acknowledges_is_on_the_disk(tmp_path: Path) -> None:
    full = 2
    async with Store(f"sqlite+aiosqlite:///{tmp_path}/whobot.db") as store, store._transaction() as connection:
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar() == full


# --- what the operator is told ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "no database address"),
        ("sqlite:///whobot.db", r"blocking driver.*sqlite\+aiosqlite"),
        ("postgresql://h/d", r"blocking driver.*postgresql\+asyncpg|not installed"),
        ("nosuch+driver://h/d", "not installed"),
        ("sqlite+aiosqlite:////dev/null/whobot.db", "folder /dev/null"),
    ],
)
def test_an_address_that_cannot_work_is_explained(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        Store(url)


async def open_and_close(url: str) -> None:
    async with Store(url):
        pass


async def test_a_file_that_is_no_database_is_explained_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 1000)
    with pytest.raises(StoreError, match=r"not a database.*move it away"):
        await open_and_close(f"sqlite+aiosqlite:///{path}")
    assert path.read_text() == "Dear diary, " * 1000


def test_a_folder_in_place_of_the_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Check that the path"):
        Store(f"sqlite+aiosqlite:///{tmp_path}")


async def test_a_database_that_another_program_holds_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    url = f"sqlite+aiosqlite:///{tmp_path}/whobot.db"
    async with Store(url) as store:
        holder = sqlite3.connect(tmp_path / "whobot.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match=r"locked.*second whobot"):
            await store.change(CHAT, watch=True)
        assert not store.alive
        assert await store.chat_settings(CHAT) == ChatSettings(), "readers do not wait for a writer"
        holder.execute("ROLLBACK")
        holder.close()
        assert (await store.change(CHAT, watch=True)).watch
        assert store.alive


@pytest.mark.parametrize("address", ["ann:S3CR3T@127.0.0.1:1/whobot", "ann@127.0.0.1:1/whobot?password=S3CR3T"])
async def test_a_password_is_never_shown(address: str) -> None:
    with pytest.raises(StoreError, match="Is the server running") as caught:
        await open_and_close(f"postgresql+asyncpg://{address}")
    assert "S3CR3T" not in str(caught.value)
    assert "@127.0.0.1:1/whobot" in str(caught.value)


@pytest.mark.parametrize(
    ("user", "database", "advice"),
    [(None, "nowhere", "createdb"), ("nobody_here", None, "createuser|WHOBOT_STORE__URL")],
)
async def test_what_a_server_refuses_is_explained(
    postgres_address: str, user: str | None, database: str | None, advice: str
) -> None:
    url = make_url(postgres_address).set(username=user, database=database)
    with pytest.raises(StoreError, match=advice):
        await open_and_close(url.render_as_string(hide_password=False))


async def test_a_failure_shows_no_users_id(url: str) -> None:
    chat = Chat("discord", "-".join(("room", "of", "ann")))
    async with Store(url) as store:
        async with store._engine.begin() as connection:
            await connection.execute(text("DROP TABLE chat_settings"))
        with pytest.raises(StoreError) as caught:
            await store.change(chat, watch=True)
    assert "room-of-ann" not in "".join(traceback.format_exception(caught.value))
