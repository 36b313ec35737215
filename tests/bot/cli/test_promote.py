"""``whobot promote``: what one chat has taught, known in all of them."""

import asyncio
from pathlib import Path

import pytest

from bot.storage.store import Store
from bot.storage.values import EVERYWHERE, Scope, State
from tests.bot.cli.conftest import Whobot
from tests.support import tiny
from tests.support.taught_store import example, face, write_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write_store(
        tmp_path / "taught.db",
        [
            example("Sonoda Umi", face(tiny.RED)),
            example("Sonoda Umi", face(tiny.RED, 1)),
            example("Hanayo", face(tiny.GREEN), state=State.PROVISIONAL),
        ],
    )


def taught(path: Path, scope: Scope) -> dict[str, int]:
    async def read() -> dict[str, int]:
        async with Store(f"sqlite+aiosqlite:///{path}") as store:
            return await store.taught(scope)

    return asyncio.run(read())


def test_a_character_is_known_everywhere(whobot: Whobot, store: Path) -> None:
    result = whobot("promote", "sonoda umi", "--from", "discord:room", "--store", store)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == "Sonoda Umi is known in all chats now, from 2 pictures"
    assert taught(store, EVERYWHERE) == {"Sonoda Umi": 2}
    assert whobot("promote", "Sonoda Umi", "--from", "discord:room", "--store", store).exit_code == 1


@pytest.mark.parametrize(("name", "source"), [("Maki", "discord:room"), ("Sonoda Umi", "telegram:room")])
def test_only_characters_of_that_chat_are_promoted(whobot: Whobot, store: Path, name: str, source: str) -> None:
    result = whobot("promote", name, "--from", source, "--store", store)
    assert result.exit_code == 1
    assert f"{source} has taught no character called {name}" in result.stderr
    assert taught(store, EVERYWHERE) == {}


def test_what_waits_for_a_second_person_is_not_promoted(whobot: Whobot, store: Path) -> None:
    assert whobot("promote", "Hanayo", "--from", "discord:room", "--store", store).exit_code == 1


def test_the_chat_has_to_be_named(whobot: Whobot, store: Path) -> None:
    assert whobot("promote", "Hanayo", "--from", "room", "--store", store).exit_code == 2
    assert whobot("promote", "Hanayo", "--store", store).exit_code == 2
