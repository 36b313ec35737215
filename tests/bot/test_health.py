"""Another process learns how the bot is: at its page, and at a socket where there is none."""

import asyncio
import stat
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.config import Settings
from bot.health import answering_health, ask, socket_path
from bot.platforms.base import Health
from bot.platforms.web.platform import Web
from tests.support.health import health_of

WELL = Health({"workers": True, "store": True}, {"discord": True})
ILL = Health({"workers": False, "store": True}, {"discord": True})


@pytest.fixture
def no_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Settings(platforms={"web": Web(enabled=False)})


@pytest.mark.parametrize("health", [WELL, ILL])
async def test_without_a_page_the_bot_answers_at_its_socket(no_page: Settings, health: Health) -> None:
    async with answering_health(no_page, health_of(health.parts, health.platforms)):
        assert stat.S_IMODE(socket_path(no_page).stat().st_mode) == 0o600
        assert await asyncio.to_thread(ask, no_page) == health.report()
    assert not socket_path(no_page).exists()
    with pytest.raises(FileNotFoundError):
        ask(no_page)


async def test_a_socket_that_a_killed_bot_has_left_is_taken_over(no_page: Settings) -> None:
    left = await asyncio.start_unix_server(lambda *_: None, socket_path(no_page))
    async with answering_health(no_page, health_of(WELL.parts, WELL.platforms)):
        assert (await asyncio.to_thread(ask, no_page))["ok"]
    left.close()


async def test_a_folder_that_may_not_be_written_does_not_stop_the_bot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    async with answering_health(Settings(platforms={"web": Web(enabled=False)}), health_of()):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
async def test_a_page_is_asked_at_the_address_that_is_set(host: str) -> None:
    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response(ILL.report(), status=503)

    application = web.Application()
    application.router.add_get("/healthz", healthz)
    async with TestServer(application, host=host) as server:
        assert server.port is not None
        settings = Settings(platforms={"web": Web(host=host, port=server.port, password=SecretStr("a long secret"))})
        assert await asyncio.to_thread(ask, settings) == ILL.report()
    with pytest.raises(OSError, match="refused"):
        await asyncio.to_thread(ask, settings)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", b"SSH-2.0-OpenSSH_9.2\r\n"])
async def test_another_program_at_that_address_is_not_taken_for_whobot(answer: bytes) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ValueError, match="no whobot"):
            await asyncio.to_thread(ask, Settings(platforms={"web": Web(port=port)}))
