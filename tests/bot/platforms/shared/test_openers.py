"""Transfers from a real server on loopback that lies, stalls, floods, redirects and breaks off."""

import asyncio
import gzip
import socket
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.chat.analysis import fetch
from bot.chat.model import Opener, Picture
from bot.errors import DownloadFailed, DownloadTimeout, TooManyBytes
from bot.platforms.shared.openers import opener

HOST = "127.0.0.1"
SECRET = "123456:S3CR3T"
LIMIT = 100_000

Respond = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers every request with whatever bytes the test says, as no well-behaved HTTP library would."""

    def __init__(self, respond: Respond) -> None:
        self._respond = respond
        self.requests: list[bytes] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/file/bot{SECRET}/face.png"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            await self._respond(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(respond: Respond) -> AsyncIterator[tuple[Server, Opener]]:
    server = Server(respond)
    listener = await asyncio.start_server(server.serve, HOST, 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        async with aiohttp.ClientSession() as session:
            yield server, opener(session, server.url, {HOST})
    finally:
        listener.close()


def replying(status: str, body: bytes = b"", *headers: str) -> Respond:
    async def respond(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = "\r\n".join((f"HTTP/1.1 {status}", *headers, "", ""))
        writer.write(head.encode() + body)

    return respond


async def receive(open_: Opener, *, max_bytes: int = LIMIT, seconds: float = 5.0, size: int | None = None) -> bytes:
    return await fetch(Picture("face.png", open_, size), max_bytes=max_bytes, seconds=seconds)


def assert_hides_the_address(error: BaseException) -> None:
    shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    # The test's own frames know the address; none of ours and none of aiohttp's may be shown with it.
    shown = shown[shown.find("bot/chat/analysis.py") :]
    assert "openers.py" in shown
    assert SECRET not in shown
    assert SECRET not in repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_receives_the_body_whole() -> None:
    body = bytes(range(256)) * 300
    async with serving(replying("200 OK", body, f"Content-Length: {len(body)}")) as (server, open_):
        assert await receive(open_) == body
    assert b"accept-encoding: identity\r\n" in server.requests[0].lower()


async def test_a_body_of_just_the_limit_passes() -> None:
    async with serving(replying("200 OK", b"x" * LIMIT, f"Content-Length: {LIMIT}")) as (_, open_):
        assert len(await receive(open_)) == LIMIT


async def test_one_byte_more_than_the_limit_does_not_pass() -> None:
    async with serving(replying("200 OK", b"x" * (LIMIT + 1), f"Content-Length: {LIMIT + 1}")) as (_, open_):
        with pytest.raises(TooManyBytes) as caught:
            await receive(open_)
    assert caught.value.limit == LIMIT


async def test_a_declared_size_beyond_the_limit_is_refused_without_a_request() -> None:
    async with serving(replying("200 OK", b"x", "Content-Length: 1")) as (server, open_):
        with pytest.raises(TooManyBytes):
            await receive(open_, size=LIMIT + 1)
    assert server.requests == []


async def test_a_declared_size_within_the_limit_lets_no_more_through() -> None:
    async with serving(replying("200 OK", b"x" * (LIMIT + 1), f"Content-Length: {LIMIT + 1}")) as (_, open_):
        with pytest.raises(TooManyBytes):
            await receive(open_, size=10)


async def test_an_endless_body_is_cut_off() -> None:
    sent = 0

    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
            await writer.drain()
            sent += 0x1000

    async with serving(flood) as (_, open_):
        with pytest.raises(TooManyBytes):
            await receive(open_)
    assert sent < 50 * LIMIT  # socket buffers take some megabytes; without the cap it would never end


async def test_small_chunks_add_up() -> None:
    received = 0

    @asynccontextmanager
    async def open_() -> AsyncIterator[AsyncIterator[bytes]]:
        async def chunks() -> AsyncIterator[bytes]:
            nonlocal received
            for _ in range(100):
                received += 10
                yield b"x" * 10

        yield chunks()

    assert len(await receive(open_, max_bytes=1000)) == 1000
    received = 0
    with pytest.raises(TooManyBytes):
        await receive(open_, max_bytes=25)
    assert received == 30


async def test_a_content_length_that_promises_more_than_comes_is_a_failure() -> None:
    async with serving(replying("200 OK", b"short", "Content-Length: 5000")) as (_, open_):
        with pytest.raises(DownloadFailed) as caught:
            await receive(open_)
    assert_hides_the_address(caught.value)


async def test_a_content_length_that_promises_less_than_comes_is_a_failure() -> None:
    async with serving(replying("200 OK", b"x" * 5000, "Content-Length: 5")) as (_, open_):
        with pytest.raises(DownloadFailed) as caught:
            await receive(open_)
    assert_hides_the_address(caught.value)


async def test_a_gzip_bomb_is_counted_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 500 * LIMIT)
    assert len(bomb) < LIMIT
    headers = ("Content-Encoding: gzip", f"Content-Length: {len(bomb)}")
    async with serving(replying("200 OK", bomb, *headers)) as (_, open_):
        with pytest.raises(TooManyBytes):
            await receive(open_)
        async with open_() as chunks:
            async for chunk in chunks:
                assert len(chunk) <= 1_000_000, "one chunk alone may already fill the memory"
                break


async def test_a_slow_drip_runs_into_the_deadline_though_every_byte_is_in_time() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not reader.at_eof():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(drip) as (_, open_):
        with pytest.raises(DownloadTimeout) as caught:
            await receive(open_, seconds=0.2)
    assert caught.value.seconds == 0.2
    assert caught.value.__suppress_context__


async def test_a_server_that_never_answers_runs_into_the_deadline() -> None:
    async def sulk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(sulk) as (_, open_):
        with pytest.raises(DownloadTimeout):
            await receive(open_, seconds=0.1)


@pytest.mark.parametrize("status", ["204 No Content", "206 Partial Content", "401 Unauthorized", "404 Not Found"])
async def test_any_answer_but_200_is_a_failure(status: str) -> None:
    async with serving(replying(status, b"", "Content-Length: 0")) as (_, open_):
        with pytest.raises(DownloadFailed, match=status[:3]) as caught:
            await receive(open_)
    assert_hides_the_address(caught.value)


async def test_a_server_error_with_an_endless_page_is_a_failure_at_once() -> None:
    async def flood(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 500 Oh No\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"4\r\nsad!\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    async with serving(flood) as (_, open_):
        with pytest.raises(DownloadFailed, match="500") as caught:
            await receive(open_)
    assert_hides_the_address(caught.value)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_redirects_are_not_followed(status: str) -> None:
    async with (
        serving(replying("200 OK", b"elsewhere", "Content-Length: 9")) as (elsewhere, _),
        serving(replying(status, b"", f"Location: {elsewhere.url}", "Content-Length: 0")) as (server, open_),
    ):
        with pytest.raises(DownloadFailed, match=status[:3]):
            await receive(open_)
    assert len(server.requests) == 1
    assert elsewhere.requests == []


async def test_a_connection_that_is_reset_is_a_failure() -> None:
    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nxxx")
        await writer.drain()
        writer.transport.abort()

    async with serving(reset) as (_, open_):
        with pytest.raises(DownloadFailed) as caught:
            await receive(open_)
    assert_hides_the_address(caught.value)


async def test_an_answer_that_is_no_http_is_a_failure() -> None:
    async with serving(replying("GARBAGE", b"\0\0\0")) as (server, open_):
        server._respond = _garbage
        with pytest.raises(DownloadFailed) as caught:
            await receive(open_)
    assert_hides_the_address(caught.value)


async def _garbage(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\0\1\2 not http at all\r\n\r\n")


async def test_a_refused_connection_is_a_failure() -> None:
    async with serving(replying("200 OK")) as (server, _):
        pass
    async with aiohttp.ClientSession() as session:
        with pytest.raises(DownloadFailed) as caught:
            await receive(opener(session, server.url, {HOST}))
    assert_hides_the_address(caught.value)


class NoNames(AbstractResolver):
    """A name server that knows nobody."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(f"no address is known for {host}")

    async def close(self) -> None:
        """Have nothing to close."""


async def test_a_name_without_an_address_is_a_failure() -> None:
    host = "files.invalid"
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=NoNames())) as session:
        with pytest.raises(DownloadFailed) as caught:
            await receive(opener(session, f"http://{host}/file/bot{SECRET}/face.png", {host}))
    assert_hides_the_address(caught.value)


async def test_a_closed_session_is_a_failure() -> None:
    async with serving(replying("200 OK")) as (_, open_):
        pass
    with pytest.raises(DownloadFailed) as caught:
        await receive(open_)
    assert_hides_the_address(caught.value)


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        (f"https://evil.example/{SECRET}", {"cdn.example"}),
        (f"https://cdn.example.evil.example/{SECRET}", {"cdn.example"}),
        (f"https://cdn.example@evil.example/{SECRET}", {"cdn.example"}),
        (f"http://cdn.example/{SECRET}", {"cdn.example"}),  # not loopback: https only
        (f"http://127.0.0.1/{SECRET}", {"cdn.example"}),  # loopback, but not named
        (f"https://169.254.169.254/{SECRET}", {"cdn.example"}),
        (f"ftp://cdn.example/{SECRET}", {"cdn.example"}),
        (f"file:///etc/passwd?{SECRET}", {"cdn.example", ""}),
        (f"https://[cdn.example/{SECRET}", {"cdn.example"}),
        (f"//cdn.example/{SECRET}", {"cdn.example"}),
        ("", {"cdn.example", ""}),
    ],
)
async def test_addresses_off_the_platform_are_refused(url: str, hosts: set[str]) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(DownloadFailed, match="address") as caught:
            await receive(opener(session, url, hosts))
    assert_hides_the_address(caught.value)


async def test_an_opener_shows_no_address() -> None:
    async with serving(replying("200 OK", b"x", "Content-Length: 1")) as (_, open_):
        async with open_() as chunks:
            assert SECRET not in repr(chunks)
        assert SECRET not in repr(open_)
        assert SECRET not in repr(Picture("face.png", open_))


async def test_a_transfer_can_be_opened_again() -> None:
    async with serving(replying("200 OK", b"again", "Content-Length: 5")) as (server, open_):
        assert await receive(open_) == b"again"
        assert await receive(open_) == b"again"
    assert len(server.requests) == 2


async def test_cancellation_passes() -> None:
    started = asyncio.Event()

    async def sulk(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        started.set()
        await reader.read()

    async with serving(sulk) as (_, open_):
        task = asyncio.create_task(receive(open_))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
