"""Uploads that are too large, too many, damaged or lie about themselves."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.platforms.web.uploads import MAX_FILES
from tests.support.web.server import Recorder, serve, until
from tests.support.webchat import WebChat

LIMIT = 100_000


async def test_files_up_to_the_limit_are_taken_and_beyond_it_refused(handler: Recorder) -> None:
    async with serve(handler, max_upload=LIMIT) as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url) as chat:
            assert (await chat.send("", [("a.png", bytes(LIMIT // 2))] * 2))[0] == 202
            for files in ([bytes(LIMIT + 1)], [bytes(LIMIT // 2), bytes(LIMIT // 2 + 1)], [bytes(50 * LIMIT)]):
                status, body = await chat.send("", [("a.png", data) for data in files])
                assert (status, body["error"]) == (413, "too_large")
    assert len(handler.asked) == 1


async def test_bytes_are_counted_while_they_arrive_whatever_the_header_says(handler: Recorder) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
        while True:
            sent += LIMIT
            yield bytes(LIMIT)

    async with serve(handler, max_upload=LIMIT) as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url) as chat:
            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            try:
                async with chat.http.post("/api/messages", data=endless(), headers=headers) as response:
                    assert response.status == 413
            except aiohttp.ClientError:
                pass
            assert (await chat.send("hello"))[0] == 202
    assert sent < 1000 * LIMIT
    assert len(handler.asked) == 1


async def test_too_many_files_are_refused(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        assert (await chat.send("", [("a.png", b"x")] * MAX_FILES))[0] == 202
        status, body = await chat.send("", [("a.png", b"x")] * (MAX_FILES + 1))
        assert (status, body["error"]) == (413, "too_many_files")
    assert len(handler.asked) == 1


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"", 400),
        ("multipart/form-data; boundary=b", b"no boundary here", 400),
        ("multipart/form-data; boundary=b", b"--b\r\nno header\r\n\r\nx\r\n--b--\r\n", 400),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\nx\r\n--b--\r\n", 400),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--b--\r\n',
            400,
        ),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="picture"\r\n'
            b"Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n",
            400,
        ),
    ],
)
async def test_a_damaged_form_is_refused(
    handler: Recorder, url: str, content_type: str, body: bytes, status: int
) -> None:
    async with (
        WebChat.open(url) as chat,
        chat.http.post("/api/messages", data=body, headers={"Content-Type": content_type}) as response,
    ):
        assert response.status == status
        assert (await response.json())["message"]
    assert not handler.asked


async def test_an_upload_that_breaks_off_is_dropped_and_gives_its_place_back(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        cookie = next(iter(chat.http.cookie_jar))
        for _ in range(6):
            _, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
            writer.write(
                f"POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
                f"Cookie: {cookie.key}={cookie.value}\r\nContent-Length: 5000\r\n"
                "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
                '--b\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\nhalf'.encode()
            )
            await writer.drain()
            writer.close()
            await writer.wait_closed()
        async with asyncio.timeout(20):
            while (await chat.send("hello"))[0] != 202:
                pass
        await until(lambda: handler.asked)
    assert len(handler.asked) == 1


async def test_long_and_odd_file_names_are_cut(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        posted = await chat.post("", [("ä" * 300 + ".png", b"x")])
        await chat.answer_to(posted)
        async with chat.events() as events:
            message = (await anext(events)).message
            assert message is not None
            assert message["pictures"][0]["name"] == "ä" * 120
