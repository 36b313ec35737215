"""The running bot as a whole, with adapters that are none: what starts, what stops, and in which order."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr
from sqlalchemy import text as sql
from structlog.testing import capture_logs

from bot import app, config
from bot.chat import stored_inbox
from bot.chat.model import Ask, Capabilities, Chat, Event, Handler, Incoming, Picture, Reply, Trigger, User
from bot.config import Section
from bot.errors import AdapterError, BundleError, ConfigError, LoginRefused, StoreError, StoreOutgrown
from bot.platforms.base import Health, Host, Platform
from bot.platforms.discord.platform import Discord
from bot.platforms.registry import PLATFORMS
from bot.platforms.supervisor import Backoff
from bot.platforms.telegram.platform import Telegram
from bot.platforms.web.platform import Web
from bot.storage.store import Store
from bot.storage.values import EVERYWHERE
from tests.support import tiny
from tests.support.fakes.telegram import TOKEN as TELEGRAM_TOKEN
from tests.support.health import health_of
from tests.support.service_harness import REGISTRY, learn

QUICK = Backoff(shortest=0.001, longest=0.001)

CAPABILITIES = Capabilities(2000, 1000, 4, 10_000_000)


@dataclass
class FakeAdapter:
    """Serves until it is stopped; stopping waits for the requests that the test has sent through it."""

    name: str
    handler: Handler
    health: Callable[[], Awaitable[Health]]
    metrics: Callable[[], bytes]
    failures: list[AdapterError] = field(default_factory=list)
    connected: bool = False
    serving: asyncio.Event = field(default_factory=asyncio.Event)
    in_hand: list[asyncio.Future[Reply]] = field(default_factory=list)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        if self.failures:
            raise self.failures.pop()
        self.connected = True
        self.serving.set()
        await self._stop.wait()
        self.connected = False

    async def stop(self) -> None:
        await asyncio.gather(*self.in_hand)
        self._stop.set()

    def ask(self, data: bytes) -> asyncio.Future[Reply]:
        task = asyncio.ensure_future(self.handler(incoming(data)))
        self.in_hand.append(task)
        return task


class Bench:
    """Fake platforms in place of the real ones."""

    def __init__(self, *names: str, failures: tuple[AdapterError, ...] = ()) -> None:
        self.names, self.failures = names, failures
        self.adapters: dict[str, FakeAdapter] = {}
        self.made = asyncio.Event()

    @property
    def platforms(self) -> list[Platform[Section]]:
        return [
            Platform(name=name, title=name, section=Section, capabilities=CAPABILITIES, make=partial(self._make, name))
            for name in self.names
        ]

    def _make(self, name: str, _settings: Section, host: Host) -> FakeAdapter:
        self.adapters[name] = FakeAdapter(name, host.handler, host.health, host.metrics, list(self.failures))
        if len(self.adapters) == len(self.names):
            self.made.set()
        return self.adapters[name]


def incoming(data: bytes) -> Incoming:
    @asynccontextmanager
    async def opened() -> AsyncIterator[AsyncIterator[bytes]]:
        async def chunks() -> AsyncIterator[bytes]:
            yield data

        yield chunks()

    ask = Ask((Picture("a.png", opened),), Trigger.COMMAND)
    return Incoming(Chat("fake", "1"), User("fake", "2"), ask, CAPABILITIES)


@pytest.fixture
def settings(tmp_path: Path) -> config.Settings:
    tiny.tiny_models(tmp_path)
    return config.Settings(
        platforms={"telegram": Telegram(token=SecretStr(TELEGRAM_TOKEN))},
        models=config.Models(directory=tmp_path, classifier="tiny.tflite", detector=str(tiny.CASCADE)),
        store=config.Store(url=f"sqlite+aiosqlite:///{tmp_path}/whobot.db"),
        workers=config.Workers(threads=1),
    )


async def test_a_picture_goes_all_the_way_and_everything_is_healthy(settings: config.Settings) -> None:
    bench, stop = Bench("one", "two"), asyncio.Event()
    running = asyncio.create_task(app.run(settings, stop, platforms=bench.platforms))
    await bench.made.wait()
    one, two = bench.adapters.values()
    health = await one.health()
    assert health.parts == {"workers": True, "store": True}
    assert health.platforms == {"one": False, "two": False}
    assert not health.ok
    await asyncio.gather(one.serving.wait(), two.serving.wait())
    assert (await one.health()).ok
    reply = await one.ask(tiny.encoded(tiny.picture(tiny.RED, tiny.BLUE)))
    assert "Akane Hoshino" in reply.text
    assert "Aoi Umino" in reply.text
    assert len(reply.images) == 1
    figures = two.metrics().decode()
    assert 'whobot_adapter_connected{platform="one"} 1.0' in figures
    assert 'whobot_pictures_total{platform="fake"} 1.0' in figures
    assert "whobot_queue_depth 0.0" in figures
    stop.set()
    assert await running
    assert not (await one.health()).ok


async def test_what_an_earlier_bundle_was_taught_is_known(settings: config.Settings, tmp_path: Path) -> None:
    purple = (130, 10, 130)
    crop = tiny.encoded(np.full((40, 40, 3), purple, np.uint8))
    async with Store(settings.store.url) as store:
        await learn(store, EVERYWHERE, "Murasaki", crop, np.zeros(3, np.float32), "an earlier one")
    tiny.tiny_base(tmp_path / "base.tflite")
    models = settings.models.model_copy(update={"classifier": "base.tflite"})
    bench, stop = Bench("one"), asyncio.Event()
    running = asyncio.create_task(
        app.run(settings.model_copy(update={"models": models}), stop, platforms=bench.platforms)
    )
    await bench.made.wait()
    reply = await bench.adapters["one"].ask(tiny.encoded(tiny.picture(purple)))
    assert "Murasaki" in reply.text
    stop.set()
    assert await running


async def test_stopping_answers_what_is_in_hand(settings: config.Settings) -> None:
    bench, stop = Bench("one"), asyncio.Event()
    running = asyncio.create_task(app.run(settings, stop, platforms=bench.platforms))
    await bench.made.wait()
    adapter = bench.adapters["one"]
    await adapter.serving.wait()
    asked = [adapter.ask(tiny.encoded(tiny.picture(colour))) for colour in (tiny.RED, tiny.GREEN, tiny.BLUE)]
    stop.set()
    assert await running
    texts = [task.result().text for task in asked]
    for text, name in zip(texts, ("Akane Hoshino", "Midori Hayashi", "Aoi Umino"), strict=True):
        assert name in text


async def test_it_ends_once_a_newer_whobot_uses_its_store(
    settings: config.Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_inbox, "LEASE", timedelta(seconds=0.1))
    bench = Bench("one")
    running = asyncio.create_task(app.run(settings, asyncio.Event(), platforms=bench.platforms))
    await bench.made.wait()
    await bench.adapters["one"].serving.wait()
    async with Store(settings.store.url) as store, store._transaction() as connection:
        await connection.execute(sql("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreOutgrown, match="9999"):
        await running


async def test_it_says_so_when_every_platform_has_refused(settings: config.Settings) -> None:
    bench = Bench("one", failures=(LoginRefused("no"),))
    assert not await app.run(settings, asyncio.Event(), platforms=bench.platforms)


async def test_a_platform_that_comes_back_is_served(settings: config.Settings) -> None:
    bench, stop = Bench("one", failures=(AdapterError("down"), AdapterError("down"))), asyncio.Event()
    running = asyncio.create_task(app.run(settings, stop, platforms=bench.platforms, backoff=QUICK))
    await bench.made.wait()
    await bench.adapters["one"].serving.wait()
    stop.set()
    assert await running


async def test_without_a_model_or_a_database_it_does_not_start(settings: config.Settings, tmp_path: Path) -> None:
    bench = Bench("one")
    broken = settings.model_copy(update={"models": config.Models(directory=tmp_path, classifier="gone.tflite")})
    with pytest.raises(BundleError, match=r"gone\.tflite"):
        await app.run(broken, asyncio.Event(), platforms=bench.platforms)
    (tmp_path / "nodb").write_text("this is no database, but long enough to be taken for one" * 100)
    broken = settings.model_copy(update={"store": config.Store(url=f"sqlite+aiosqlite:///{tmp_path}/nodb")})
    with pytest.raises(StoreError, match="nodb"):
        await app.run(broken, asyncio.Event(), platforms=bench.platforms)
    assert not bench.adapters


def without_tokens(settings: config.Settings, web: Web) -> config.Settings:
    return settings.model_copy(update={"platforms": {"web": web}})


async def test_it_does_not_start_for_nothing(settings: config.Settings) -> None:
    with pytest.raises(ConfigError, match="nothing to run"):
        await app.run(without_tokens(settings, Web(enabled=False)), asyncio.Event())


async def test_a_taken_port_ends_it_where_the_web_chat_is_all_there_is(settings: config.Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        web = Web(port=other.getsockname()[1])
        with pytest.raises(ConfigError, match=f"port {web.port}: another program.*WHOBOT_WEB__PORT"):
            await app.run(without_tokens(settings, web), asyncio.Event())


async def test_a_taken_port_does_not_keep_the_others_from_running(settings: config.Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        both = settings.model_copy(
            update={"platforms": {**settings.platforms, "web": Web(port=other.getsockname()[1])}}
        )
        bench, stop = Bench("telegram"), asyncio.Event()
        running = asyncio.create_task(app.run(both, stop, platforms=bench.platforms))
        await bench.made.wait()
        await bench.adapters["telegram"].serving.wait()
        stop.set()
        assert await running


async def test_an_address_of_another_machine_is_refused(settings: config.Settings) -> None:
    web = Web(host="192.0.2.1", port=8080, password=SecretStr("long enough"))
    with pytest.raises(ConfigError, match="WHOBOT_WEB__HOST"):
        await app.run(without_tokens(settings, web), asyncio.Event())


async def test_the_log_says_what_is_missing(settings: config.Settings) -> None:
    stop = asyncio.Event()
    stop.set()
    with capture_logs() as logs:
        assert await app.run(
            without_tokens(settings, Web(port=0)), stop, platforms=(*PLATFORMS, *Bench("fake").platforms)
        )
    advice = {entry["platform"]: entry["advice"] for entry in logs if entry["event"] == "platform_off"}
    assert "WHOBOT_DISCORD__TOKEN" in advice["discord"]
    assert "WHOBOT_TELEGRAM__TOKEN" in advice["telegram"]


async def handle(_asked: Incoming | Event) -> Reply:
    return Reply()


@pytest.mark.parametrize(
    ("discord", "telegram", "web", "expected"),
    [
        (False, False, True, ["web"]),
        (True, False, False, ["discord"]),
        (False, True, False, ["telegram"]),
        (True, True, True, ["discord", "telegram", "web"]),
    ],
)
async def test_the_settings_choose_the_adapters(discord: bool, telegram: bool, web: bool, expected: list[str]) -> None:
    token = SecretStr(TELEGRAM_TOKEN)
    settings = config.Settings(
        platforms={
            "discord": Discord(token=token if discord else None),
            "telegram": Telegram(token=token if telegram else None),
            "web": Web(enabled=web, port=0),
        }
    )
    host = Host(handle, REGISTRY, health_of(), bytes)
    made = [platform.made(settings, host) for platform in PLATFORMS if platform.runs_with(settings)]
    assert [adapter.name for adapter in made] == expected


def test_a_platform_that_is_not_used_is_not_imported() -> None:
    script = (
        "import sys; from bot import app, config; from bot.chat.registry import Registry;"
        "from bot.platforms.base import Host;"
        "host, settings = Host(None, Registry(()), None, bytes), config.Settings();"
        "made = [one.made(settings, host).name for one in app.PLATFORMS if one.runs_with(settings)];"
        "assert made == ['web'];"
        "print([name for name in ('discord', 'telegram') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
