"""The inbox's tables, on every database: leases, privacy, age, and a newer whobot on the same database."""

import asyncio
import os
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.chat.stored_inbox import keeping_inbox
from bot.errors import StoreOutgrown
from bot.storage import inbox
from bot.storage.inbox import Batch
from bot.storage.presence import Presence
from bot.storage.store import Store
from bot.storage.values import Chat, Letter, User

ANN = User("telegram", "ann")
ROOM = Chat("telegram", "room", home="house")
NOBODY: frozenset[str] = frozenset()
ROOT = Path(__file__).resolve().parents[3]

HOLDS_AND_WAITS = """
import sys, time
from pathlib import Path
from bot.storage.presence import Presence
with Presence(Path(sys.argv[1])).announced(sys.argv[2]):
    print("there", flush=True)
    time.sleep(600)
"""


def letter(event: str = "1", chat: Chat = ROOM, asker: str = "ann", *, unasked: bool = False) -> Letter:
    return Letter("telegram", "bot", event, chat, asker, {"words": "/who"}, datetime.now(UTC), unasked=unasked)


async def left_open(store: Store, dead: frozenset[str] = NOBODY) -> list[str]:
    return [one.event for one in await store.take_over("telegram", "bot", "finder", dead)]


async def test_two_processes_that_accept_at_the_same_time(url: str) -> None:
    async with Store(url) as one, Store(url) as other:
        batches = [(store, Batch([letter(str(n))])) for n in range(5) for store in (one, other)]
        new = await asyncio.gather(*[store.write_letters(batch, f"{id(store)}") for store, batch in batches])
        assert sorted(event for keys in new for _, _, event in keys) == list("01234")


async def test_two_processes_that_take_over_at_the_same_time(url: str) -> None:
    async with Store(url) as one, Store(url) as other:
        await one.write_letters(Batch([letter(str(n)) for n in range(9)]), "crashed")
        dead = {"crashed"}
        taken = await asyncio.gather(
            *[store.take_over("telegram", "bot", f"{id(store)}", dead) for store in (one, other)]
        )
        assert sorted(letter.event for letters in taken for letter in letters) == list("012345678")


async def test_a_lease_that_has_run_out_is_anybodys(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.write_letters(Batch([letter("1")]), "alive")
    monkeypatch.setattr(inbox, "LEASE", timedelta(seconds=-1))
    await store.write_letters(Batch([letter("2"), letter("3")]), "stuck")
    monkeypatch.undo()
    await store.hold_on("stuck", [letter("3").key])
    assert await left_open(store) == ["2"]
    assert await left_open(store) == []


async def test_what_a_person_asks_is_theirs_to_see_and_to_remove(store: Store) -> None:
    await store.write_letters(Batch([letter("1"), letter("2", asker="bob")]), "crashed")
    assert (await store.data_of(ANN)).open == 1
    await store.remove_user(ANN)
    assert (await store.data_of(ANN)).open == 0
    assert await left_open(store, frozenset({"crashed"})) == ["2"]


@pytest.mark.parametrize("gone", [Chat("telegram", "room"), Chat("telegram", "house", home="house")])
async def test_it_goes_with_its_chat_or_server(store: Store, gone: Chat) -> None:
    await store.write_letters(Batch([letter("1"), letter("2", Chat("telegram", "elsewhere"))]), "crashed")
    await store.remove_chat(gone)
    assert await left_open(store, frozenset({"crashed"})) == ["2"]


async def test_what_somebody_who_has_opted_out_posts_is_not_written_down(store: Store) -> None:
    await store.opt_out(ANN, True)
    posted, asked, bobs = letter("1", unasked=True), letter("2"), letter("3", asker="bob", unasked=True)
    assert len(await store.write_letters(Batch([posted, asked, bobs]), "crashed")) == 3
    assert await left_open(store, frozenset({"crashed"})) == ["2", "3"]


async def test_ids_stay_for_as_long_as_platforms_send_again(store: Store) -> None:
    old = replace(letter("1"), at=datetime.now(UTC) - timedelta(hours=25))
    await store.write_letters(Batch([old, letter("2")]), "crashed")
    assert await store.purge_inbox() == 2, "the id of the old one, and the letter itself"
    assert await store.write_letters(Batch([old, letter("2")]), "here") == {old.key}


async def test_an_older_whobot_takes_nothing_once_a_newer_one_is_there(store: Store) -> None:
    async with keeping_inbox(store) as box:
        assert await box.accept([letter("1")])
        async with store._transaction() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StoreOutgrown, match="9999"):
            await box.accept([letter("2")])
        async with asyncio.timeout(20):
            await box.until_outgrown()
        assert isinstance(box.outgrown, StoreOutgrown)
        async with store._transaction() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :was"), {"was": min(store.schema)})
    assert await left_open(store) == ["1"], "the second one is the newer whobot's to accept"


@pytest.mark.skipif(sys.platform == "win32", reason="there, leases alone say who has ended")
async def test_a_process_that_was_killed_has_ended_and_one_that_runs_has_not(tmp_path: Path) -> None:
    database = tmp_path / "whobot.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLDS_AND_WAITS,
        str(database),
        "other",
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"there\n"
    presence = Presence(database)
    with presence.announced("me"):
        assert presence.ended({"me", "other", "nobody"}) == {"nobody"}
        process.send_signal(signal.SIGKILL)
        await process.wait()
        assert presence.ended({"me", "other"}) == {"other"}
