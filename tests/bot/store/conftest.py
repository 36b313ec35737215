"""The databases that the store is tested on: SQLite always, PostgreSQL where one is offered."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from bot.store import Store
from bot.store.engine import make_engine
from bot.store.tables import metadata

POSTGRES = "WHOBOT_TEST_POSTGRES"


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/whobot.db"
    address = os.environ.get(POSTGRES)
    if not address:
        pytest.skip(f"{POSTGRES} names no empty PostgreSQL database (postgresql+asyncpg://user@host/database)")
    engine = make_engine(make_url(address))
    async with engine.begin() as connection:
        for table in (*metadata.tables, "alembic_version"):
            await connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    await engine.dispose()
    return address


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open store on an empty database."""
    async with Store(url) as store:
        yield store
