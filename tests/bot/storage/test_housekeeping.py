"""Tidying goes on, whatever happens to the database meanwhile."""

import asyncio

from bot.errors import StoreError
from bot.storage.housekeeping import tidying

TIMEOUT = 30.0
"""Seconds. What ends the tidying ends the test, too."""


class FlakyStore:
    """A store that fails at times."""

    def __init__(self) -> None:
        self.tidied = asyncio.Semaphore(0)
        self.times = 0

    async def purge(self) -> int:
        self.times += 1
        if self.times == 2:
            raise StoreError("the disk is full")
        return 0

    async def purge_links(self) -> int:
        return 0

    async def purge_inbox(self) -> int:
        return 0

    async def purge_strangers(self) -> int:
        self.tidied.release()
        return 0


async def test_it_begins_at_once_and_survives_a_failure() -> None:
    store = FlakyStore()
    async with asyncio.timeout(TIMEOUT), tidying(store, every=0.0):  # type: ignore[arg-type]
        for _ in range(3):
            await store.tidied.acquire()
    assert store.times >= 4
