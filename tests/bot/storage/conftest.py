"""The databases that the store is tested on: SQLite always, PostgreSQL where a server is at hand."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot.storage.engine import make_engine
from bot.storage.store import Store
from tests.support import postgres


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """The address of a database in PostgreSQL that the tests may empty: a named one, or a server's of their own."""
    with postgres.database() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/whobot.db"
    address: str = request.getfixturevalue("postgres_address")
    engine = make_engine(make_url(address))
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return address


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open store on an empty database."""
    async with Store(url) as store:
        yield store
