"""Where what was taught is looked for."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.cli.taught import is_there


@pytest.mark.parametrize("address", ["sqlite+aiosqlite:///{}", "sqlite:///{}", "sqlite+aiosqlite:///{}?timeout=5"])
def test_an_sqlite_file_is_there_once_it_was_made(tmp_path: Path, address: str) -> None:
    file = tmp_path / "taught#1.db"
    url = address.format(file)
    assert make_url(url).database == str(file)
    assert not is_there(url)
    file.touch()
    assert is_there(url)


def test_a_relative_path_is_of_this_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert not is_there("sqlite+aiosqlite:///whobot.db")
    (tmp_path / "whobot.db").touch()
    assert is_there("sqlite+aiosqlite:///whobot.db")


@pytest.mark.parametrize(
    "address", ["postgresql+asyncpg://user@host/whobot", "sqlite+aiosqlite://", "://", "http://[gone/"]
)
def test_what_is_no_file_may_hold_something(address: str) -> None:
    assert is_there(address)
