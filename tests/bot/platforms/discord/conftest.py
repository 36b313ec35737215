import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Literal

import pytest
from discord import http
from discord.webhook import async_ as webhooks
from pydantic import SecretStr

from bot.chat.model import Event, Incoming, Present, Progress, Reply, ReplyImage, Stage
from bot.platforms.discord.adapter import DiscordAdapter
from tests.support.fakes.discord import FakeDiscord, fake_discord
from tests.support.service_harness import REGISTRY

PNG = b"\x89PNG\r\n\x1a\n not decoded here"
PHASES: tuple[Literal["setup", "call", "teardown"], ...] = ("setup", "call", "teardown")
WRONG_TOKEN = "MTIwMDAw.a-token-that-was-reset.never-to-be-logged"
ANSWER = Reply("1: Kosaka Honoka 97 %", (ReplyImage(b"annotated", "image/png", "answer.png", alt="One face."),))


class Recorder:
    """Stands in for the service: keeps what it was asked, and answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[Incoming] = []
        self.told: list[Event] = []
        self.homes: list[frozenset[str]] = []
        """What it was told of the servers that whobot is in."""
        self.reply: Reply | Callable[[Incoming], Reply] = ANSWER
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.started = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def __call__(self, incoming: Incoming | Event) -> Reply:
        if isinstance(incoming, Present):
            self.homes.append(incoming.homes)
            return Reply()
        if isinstance(incoming, Event):
            self.told.append(incoming)
            return Reply()
        self.asked.append(incoming)
        self.started.set()
        await incoming.progress(Progress(Stage.ACCEPTED, 1, 1))
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return self.reply(incoming) if callable(self.reply) else self.reply


@pytest.fixture
def service() -> Recorder:
    return Recorder()


@pytest.fixture
async def discord(caplog: pytest.LogCaptureFixture) -> AsyncIterator[FakeDiscord]:
    """A Discord; at the end of each test, whatever it was about, none of its tokens stands in a line of the log."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("discord").setLevel(logging.NOTSET)
    async with fake_discord() as fake:
        yield fake
    formatter = logging.Formatter()
    records = [record for phase in PHASES for record in caplog.get_records(phase)]
    logged = [formatter.format(record) for record in records if record.name != "aiohttp.access"]  # the fake's own log
    assert logged or not fake.rest.calls
    secrets = [fake.token, WRONG_TOKEN, *(given.payload["token"] for given in fake.given.values())]
    assert [(secret, line) for secret in secrets for line in logged if secret in line] == []


@pytest.fixture
def adapter(discord: FakeDiscord, service: Recorder) -> DiscordAdapter:
    return DiscordAdapter(SecretStr(discord.token), service, REGISTRY)


@pytest.fixture
async def running(
    discord: FakeDiscord, adapter: DiscordAdapter, service: Recorder
) -> AsyncIterator[asyncio.Task[None]]:
    """The adapter, connected; stopped at the end of the test, unless the test has done so."""
    task = asyncio.create_task(adapter.run())
    await discord.connected()
    yield task
    service.may_answer.set()
    await adapter.stop()
    await asyncio.gather(task, return_exceptions=True)


class _Hurry:
    """asyncio without its waits."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio, name)

    async def sleep(self, _seconds: float) -> None:
        await asyncio.sleep(0)


@pytest.fixture
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have discord.py retry at once, where it would wait for half a minute altogether."""
    for module in (http, webhooks):
        monkeypatch.setattr(module, "asyncio", _Hurry())
