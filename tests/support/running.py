"""The whole bot, as `whobot run` starts it, in this process: for tests that talk to it as people do."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from bot import app
from bot.chat.features import FEATURES
from bot.chat.registry import Feature
from bot.config import Section, Settings
from bot.platforms.base import Adapter, Host, Platform
from bot.platforms.registry import PLATFORMS

STARTED_SECONDS, STOPPED_SECONDS = 60, 20


@dataclass
class Running:
    """A running bot."""

    adapters: list[Adapter]
    _stop: asyncio.Event
    _task: asyncio.Task[bool]

    async def finish(self) -> bool:
        """Stop it, and return what it has to say for itself."""
        self._stop.set()
        async with asyncio.timeout(STOPPED_SECONDS):
            return await self._task


@asynccontextmanager
async def running(settings: Settings, features: Sequence[Feature[Any]] = FEATURES) -> AsyncIterator[Running]:
    """Run the bot within the block, which begins when all its platforms are connected."""
    stop, adapters = asyncio.Event(), list[Adapter]()

    def seen(platform: Platform[Any]) -> Platform[Any]:
        def make(section: Section, host: Host) -> Adapter:
            adapters.append(platform.make(section, host))
            return adapters[-1]

        return replace(platform, make=make)

    platforms = [seen(platform) for platform in PLATFORMS]
    task = asyncio.create_task(app.run(settings, stop, features=features, platforms=platforms))
    bot = Running(adapters, stop, task)
    try:
        async with asyncio.timeout(STARTED_SECONDS):
            while not (adapters and all(adapter.connected for adapter in adapters)):
                assert not task.done(), task.exception()
                await asyncio.sleep(0.01)
        yield bot
    finally:
        await bot.finish()
