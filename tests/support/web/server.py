"""A web chat on a free port of this machine, with a handler that the test writes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from gettext import NullTranslations
from typing import Any

from bot.chat.model import Event, Handler, Incoming, Reply
from bot.platforms.base import Health
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.language import Translations
from bot.platforms.web.platform import Web
from tests.support.health import health_of
from tests.support.service_harness import REGISTRY

TIMEOUT = 20.0
WELL = health_of({"store": True}, {"web": True})


@dataclass
class Recorder:
    """A handler that remembers what it was asked and answers what it is told to."""

    reply: Reply = field(default_factory=lambda: Reply("Nobody that I know."))
    before: Callable[[Incoming], Awaitable[None]] | None = None
    asked: list[Incoming] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)

    async def __call__(self, incoming: Incoming | Event) -> Reply:
        if isinstance(incoming, Event):
            self.told.append(incoming)
            return Reply()
        self.asked.append(incoming)
        if self.before:
            await self.before(incoming)
        return self.reply


async def until(condition: Callable[[], object]) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(TIMEOUT):
        while not condition():  # noqa: ASYNC110 -- what is waited for has no event of its own
            await asyncio.sleep(0.005)


@asynccontextmanager
async def serve(
    handler: Handler,
    *,
    health: Callable[[], Awaitable[Health]] = WELL,
    metrics: Callable[[], bytes] = lambda: b"whobot_pictures_total 3.0\n",
    max_upload: int = 1_000_000,
    translations: Translations = lambda _tag: NullTranslations(),
    **settings: Any,
) -> AsyncIterator[WebAdapter]:
    """Run a web adapter for the length of a block."""
    adapter = WebAdapter(
        Web(**{"port": 0, **settings}),
        handler,
        REGISTRY,
        health=health,
        metrics=metrics,
        max_upload=max_upload,
        translations=translations,
    )
    running = asyncio.create_task(adapter.run())
    try:
        await until(lambda: adapter.connected or running.done())
        if running.done():
            await running
        yield adapter
    finally:
        await adapter.stop()
        async with asyncio.timeout(TIMEOUT):
            await running
