"""Removes what has to go in time, also from a bot that is not stopped or taught for months."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from bot.background import beside
from bot.errors import StoreError
from bot.storage.store import Store

HOUR = 3_600.0
"""Seconds."""

log = structlog.get_logger(__name__)


@asynccontextmanager
async def tidying(store: Store, every: float = HOUR) -> AsyncIterator[None]:
    """Within the block, at once and then every so many seconds, remove for good what is kept for a while only."""
    async with beside(_tidy(store, every)):
        yield


async def _tidy(store: Store, every: float) -> None:
    while True:
        try:
            removed = (
                await store.purge()
                + await store.purge_links()
                + await store.purge_inbox()
                + await store.purge_strangers()
            )
        except StoreError as error:
            log.warning("not_tidied", reason=str(error))
        else:
            log.debug("tidied", removed=removed)
        await asyncio.sleep(every)
