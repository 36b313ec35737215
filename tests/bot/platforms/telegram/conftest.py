"""A Telegram on loopback, a bot that serves it, and a handler that remembers what it was asked."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

import pytest
from PIL import Image

from bot.chat.analysis import fetch
from bot.chat.model import Ask, Event, Incoming, Progress, Reply, ReplyImage, Stage
from bot.errors import UserError
from bot.platforms.telegram.adapter import TelegramAdapter
from bot.platforms.telegram.platform import Telegram
from tests.support.fakes.telegram import FakeTelegram, fake_telegram
from tests.support.service_harness import REGISTRY

Serve: TypeAlias = Callable[..., AbstractAsyncContextManager[TelegramAdapter]]


def png(width: int = 40, height: int = 30, colour: str = "pink") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 -- what is waited for tells nobody
            await asyncio.sleep(0.01)


def image(data: bytes | None = None, *, spoiler: bool = False, alt: str = "") -> ReplyImage:
    return ReplyImage(png() if data is None else data, "image/png", "who.png", alt, spoiler)


class Recorder:
    """Fetches the pictures that it is shown, and answers as it is told."""

    def __init__(self) -> None:
        self.seen: list[Incoming] = []
        self.told: list[Event] = []
        self.fetched: list[bytes] = []
        self.errors: list[UserError] = []
        self.reply = Reply("It is Pink.")
        self.accepts = True
        self._answered = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()

    async def __call__(self, incoming: Incoming | Event) -> Reply:
        if isinstance(incoming, Event):
            self.told.append(incoming)
            return Reply()
        self.seen.append(incoming)
        if self.accepts:
            await incoming.progress(Progress(Stage.ACCEPTED, 1, 1))
        if isinstance(incoming.request, Ask):
            for picture in incoming.request.pictures:
                try:
                    self.fetched.append(await fetch(picture, max_bytes=20_000_000, seconds=10))
                except UserError as error:
                    self.errors.append(error)
        reply = self.reply
        await self._free.wait()
        self._answered.set()
        return reply

    def hold(self) -> None:
        """Give no reply until `release`."""
        self._free.clear()

    def release(self) -> None:
        """Give the replies that were held."""
        self._free.set()

    async def asked_once(self) -> None:
        """Wait until the first reply has been given."""
        async with asyncio.timeout(20):
            await self._answered.wait()

    @property
    def asked(self) -> Ask:
        request = self.seen[-1].request
        assert isinstance(request, Ask)
        return request


@asynccontextmanager
async def running(adapter: TelegramAdapter) -> AsyncIterator[TelegramAdapter]:
    """Have an adapter run."""
    task = asyncio.create_task(adapter.run())
    try:
        yield adapter
    finally:
        await adapter.stop()
        await task


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with fake_telegram() as fake:
        yield fake


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def serve(telegram: FakeTelegram, recorder: Recorder) -> Serve:
    @asynccontextmanager
    async def serving(settings: Telegram | None = None) -> AsyncIterator[TelegramAdapter]:
        async with running(TelegramAdapter(settings or telegram.settings(), recorder, REGISTRY)) as adapter:
            await telegram.connected()
            yield adapter

    return serving


@pytest.fixture
async def bot(serve: Serve) -> AsyncIterator[TelegramAdapter]:
    async with serve() as adapter:
        yield adapter
