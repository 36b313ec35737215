"""``whobot stats``: what the database holds, for people and for scripts."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from bot.chat.model import Chat, User
from bot.storage.store import Store
from bot.storage.values import Scope, State, Truth, Verdict
from tests.bot.cli.conftest import Whobot
from tests.support.service_harness import learn

ANN, BOB = User("discord", "ann"), User("discord", "bob")
CHAT, GROUP = Chat("discord", "room"), Chat("telegram", "-1")


@pytest.fixture
def filled(environment: dict[str, str], tmp_path: Path) -> None:
    """A database with something of everything."""

    async def fill() -> None:
        async with Store(f"sqlite+aiosqlite:///{tmp_path}/here/whobot.db") as store:
            await store.change(CHAT, watch=True)
            await store.change(GROUP, threshold=0.5)
            await store.opt_out(ANN, True)
            for name, chat, state in (
                ("Miku", CHAT, State.CONFIRMED),
                ("Miku", GROUP, State.CONFIRMED),
                ("Rin", CHAT, State.PROVISIONAL),
            ):
                crop = np.zeros(4, np.float32)
                await learn(store, Scope.of(chat), name, b"crop", crop, "b1", by=ANN, state=state)
            for by, truth in ((ANN, "maki"), (BOB, "nico")):
                await store.judge(
                    Verdict(Scope.of(CHAT), "f", "maki", 0.9, "b1", Truth.CHARACTER, truth, by, datetime.now(UTC))
                )

    asyncio.run(fill())


@pytest.mark.usefixtures("filled")
def test_a_database_of_a_newer_whobot_is_refused_in_one_sentence(whobot: Whobot, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "here/whobot.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
        before = list(database.iterdump())
    result = whobot("stats")
    assert result.exit_code == 2
    assert result.stderr == (
        "whobot: the database has schema 9999, which a newer whobot wrote and this one cannot read: "
        "upgrade whobot, or restore the backup that you made before upgrading\n"
    )
    with closing(sqlite3.connect(tmp_path / "here/whobot.db")) as database:
        assert list(database.iterdump()) == before


@pytest.mark.usefixtures("filled")
def test_everything_is_counted(whobot: Whobot) -> None:
    result = whobot("stats", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "chats": 2,
        "watched": 1,
        "opted_out": 1,
        "characters": 2,
        "examples": 3,
        "provisional": 1,
        "verdicts": 2,
        "judged": [{"character": "maki", "confirmed": 1, "corrected": 1, "precision": 0.5}],
    }


@pytest.mark.usefixtures("filled")
def test_people_read_a_table(whobot: Whobot) -> None:
    lines = whobot("stats").stdout.splitlines()
    assert any(line.split() == ["2", "characters", "that", "were", "taught"] for line in lines)
    assert lines[-1].split() == ["maki", "1", "1", "50%"]


def test_a_database_that_is_not_there_is_not_made(whobot: Whobot, tmp_path: Path) -> None:
    result = whobot("stats")
    assert result.exit_code == 2
    assert "whobot run makes it" in result.stderr
    assert not (tmp_path / "here" / "whobot.db").exists()
