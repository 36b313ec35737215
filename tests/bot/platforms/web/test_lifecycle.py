"""Starting, stopping, and what monitoring sees."""

import asyncio
import base64
import socket
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from bot.chat.model import Incoming, Reply
from bot.errors import AdapterError, ConfigError
from bot.platforms.base import Adapter
from bot.platforms.web.adapter import WebAdapter
from bot.platforms.web.platform import Web
from tests.support.health import health_of
from tests.support.service_harness import REGISTRY
from tests.support.web.server import Recorder, serve, until
from tests.support.webchat import WebChat


def adapter_at(**settings: Any) -> WebAdapter:
    return WebAdapter(
        Web.model_construct(**{"port": 0, **settings}),
        Recorder(),
        REGISTRY,
        health=health_of(),
        metrics=lambda: b"",
        max_upload=1,
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "whobot.example"])  # noqa: S104
def test_no_open_address_without_a_password(host: str) -> None:
    with pytest.raises(ConfigError, match="WHOBOT_WEB__PASSWORD"):
        adapter_at(host=host)
    adapter_at(host=host, password=SecretStr("swordfish"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_loopback_needs_no_password(host: str) -> None:
    adapter_at(host=host)


async def test_a_taken_port_is_named_with_the_key_that_changes_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        adapter: Adapter = adapter_at(port=port)
        with pytest.raises(AdapterError, match=rf"{port}.*web\.port"):
            await adapter.run()
        assert not adapter.connected
    running = asyncio.create_task(adapter.run())
    await until(lambda: adapter.connected)
    await adapter.stop()
    await running


async def test_an_address_of_another_machine_is_named() -> None:
    with pytest.raises(AdapterError, match=r"web\.host"):
        await adapter_at(host="192.0.2.1", password=SecretStr("swordfish")).run()


async def test_stopping_is_safe_at_any_time() -> None:
    adapter = adapter_at()
    await adapter.stop()
    await adapter.run()
    await asyncio.gather(adapter.stop(), adapter.stop())
    assert not adapter.connected


async def test_stopping_answers_what_is_in_hand_takes_nothing_new_and_ends_the_streams(handler: Recorder) -> None:
    release = asyncio.Event()

    async def wait(_incoming: Incoming) -> None:
        await release.wait()

    handler.before, handler.reply = wait, Reply("just in time")
    async with serve(handler) as adapter, AsyncExitStack() as stack:
        stack.callback(release.set)
        assert adapter.url is not None
        chat = await stack.enter_async_context(WebChat.open(adapter.url))
        events = await stack.enter_async_context(chat.events())
        posted = await chat.post("hello")
        await until(lambda: handler.asked)
        stopping = asyncio.create_task(adapter.stop())
        await asyncio.sleep(0)
        status, body = await chat.send("too late")
        assert (status, body["error"]) == (503, "stopping")
        assert not stopping.done()
        release.set()
        async with asyncio.timeout(10):
            messages = [event.message async for event in events if event.message]
            await stopping
        assert messages[-1]["id"] == posted + 1
        assert messages[-1]["text"] == "just in time"
        with pytest.raises(aiohttp.ClientConnectionError):
            await chat.send("hello?")
    assert len(handler.asked) == 1


async def test_cutting_the_run_short_leaves_nothing_behind(handler: Recorder) -> None:
    async def wait(_incoming: Incoming) -> None:
        await asyncio.Event().wait()

    handler.before = wait
    adapter = WebAdapter(Web(port=0), handler, REGISTRY, health=health_of(), metrics=lambda: b"", max_upload=1_000_000)
    running = asyncio.create_task(adapter.run())
    await until(lambda: adapter.connected)
    assert adapter.url is not None
    async with WebChat.open(adapter.url) as chat:
        await chat.post("hello")
        await until(lambda: handler.asked)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    await until(lambda: len(asyncio.all_tasks()) == 1)


async def test_ipv6(handler: Recorder) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    async with serve(handler, host="::1") as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url) as chat:
            assert (await chat.answer_to(await chat.post("hello")))["state"] == "done"


@pytest.mark.parametrize(
    ("parts", "platforms", "status"),
    [
        ({"workers": True, "store": True}, {"web": True, "discord": True}, 200),
        ({"workers": True, "store": True}, {"web": True, "discord": False}, 200),
        ({"workers": True, "store": True}, {"discord": False, "telegram": False}, 503),
        ({"workers": False, "store": True}, {"web": True}, 503),
        ({"workers": True, "store": False}, {"web": True}, 503),
    ],
)
async def test_health_names_every_part_and_fails_when_no_question_can_be_answered(
    handler: Recorder, parts: dict[str, bool], platforms: dict[str, bool], status: int
) -> None:
    async with (
        serve(handler, health=health_of(parts, platforms), password="swordfish") as adapter,
        aiohttp.ClientSession() as http,
        http.get(f"{adapter.url}/healthz") as response,
    ):
        assert response.status == status
        report = {"ok": status == 200, "parts": parts, "platforms": platforms, "decoders_replaced": 0}
        assert await response.json() == report


async def test_metrics_are_prometheus_text(handler: Recorder) -> None:
    registry = CollectorRegistry()
    Counter("whobot_pictures", "Pictures", registry=registry).inc(3)
    async with (
        serve(handler, metrics=lambda: generate_latest(registry)) as adapter,
        aiohttp.ClientSession(adapter.url) as http,
        http.get("/metrics") as response,
    ):
        assert response.status == 200
        assert response.content_type == "text/plain"
        families = {family.name: family for family in text_string_to_metric_families(await response.text())}
    assert families["whobot_pictures"].samples[0].value == 3


def basic(credentials: str) -> str:
    return f"Basic {base64.b64encode(credentials.encode()).decode()}"


async def test_metrics_ask_for_the_password_where_there_is_one(handler: Recorder) -> None:
    async with serve(handler, password="swördfish") as adapter, aiohttp.ClientSession(adapter.url) as http:
        tries: tuple[tuple[dict[str, str], int], ...] = (
            ({}, 401),
            ({"Authorization": "Bearer x"}, 401),
            ({"Authorization": "Basic !"}, 401),
            ({"Authorization": basic("prometheus:cod")}, 401),
            ({"Authorization": basic("prometheus:swördfish")}, 200),
        )
        for headers, status in tries:
            async with http.get("/metrics", headers=headers) as response:
                assert response.status == status
                assert ("WWW-Authenticate" in response.headers) is (status == 401)
