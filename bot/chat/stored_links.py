"""Which answers belong to which questions, written to the store in the background: a `bot.chat.links.Links`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias

import structlog

from bot.background import beside
from bot.chat.model import Link
from bot.errors import StoreError
from bot.storage.store import Store

LOADING = 30.0
"""Seconds that loading may take. What is not known by then is taken for forgotten."""
FAREWELL = 2.0
"""Seconds to write down the last of it."""
WAITING = 1000
"""Links that may wait to be written down."""

_Writing: TypeAlias = Callable[[Link], Coroutine[Any, Any, None]]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def keeping_links(store: Store) -> AsyncIterator["StoredLinks"]:
    """Within the block, keep links in the store."""
    book = StoredLinks(store)
    async with beside(book.write()):
        yield book
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await book.written()


class StoredLinks:
    """Writes links one after the other, in their order. A failure of the store is logged and fails no request."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: asyncio.Queue[tuple[_Writing, Link]] = asyncio.Queue(WAITING)

    async def load(self, platform: str) -> Sequence[Link]:
        """Return what is kept of a platform, the oldest first; nothing where that cannot be read."""
        try:
            async with asyncio.timeout(LOADING):
                await self.written()
                return await self._store.links(platform)
        except (StoreError, TimeoutError) as error:
            log.warning("links_not_loaded", platform=platform, reason=str(error) or "it takes too long")
            return ()

    def keep(self, link: Link) -> None:
        """Keep a new link."""
        self._add(self._store.keep_link, link)

    def change(self, link: Link) -> None:
        """Keep what has become of a link; one that has been removed meanwhile is not brought back."""
        self._add(self._store.change_link, link)

    def drop(self, link: Link) -> None:
        """Keep a link no longer."""
        self._add(self._store.drop_link, link)

    async def written(self) -> None:
        """Wait until all is written down."""
        await self._waiting.join()

    async def write(self) -> None:
        """Write down what comes, for ever."""
        while True:
            write, link = await self._waiting.get()
            try:
                await write(link)
            except StoreError as error:
                log.warning("link_not_kept", platform=link.chat.platform, reason=str(error))
            finally:
                self._waiting.task_done()

    def _add(self, write: _Writing, link: Link) -> None:
        try:
            self._waiting.put_nowait((write, link))
        except asyncio.QueueFull:
            log.warning("link_not_kept", platform=link.chat.platform, reason="too many wait to be written down")
