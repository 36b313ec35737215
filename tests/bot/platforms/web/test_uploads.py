"""Uploads that are too large, too many, damaged or lie about themselves."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeAlias

import aiohttp
import pytest
from multipart import MultipartSegment

from bot.platforms.web import body, uploads
from bot.platforms.web.refusal import Refusal
from bot.platforms.web.shares import Shares
from bot.platforms.web.uploads import MAX_FILES
from tests.support.web.server import Recorder, serve, until
from tests.support.webchat import WebChat

LIMIT = 100_000
Raw: TypeAlias = asyncio.StreamReader
Take: TypeAlias = Callable[[uploads.Form, Any], None]


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
                f"Cookie: {cookie.key}={cookie.value}\r\nContent-Length: 50000\r\n"
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


@pytest.mark.parametrize("field", ["text", "picture", "other"])
async def test_a_form_of_many_fields_is_refused_at_the_first_too_many(
    handler: Recorder, url: str, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = 0

    def counted(form: uploads.Form, event: object, take: Take = uploads.Form.take) -> None:
        nonlocal seen
        seen += isinstance(event, MultipartSegment)
        take(form, event)

    monkeypatch.setattr(uploads.Form, "take", counted)
    part = f'--b\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n\r\n'.encode()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with serve(handler, max_upload=5_000_000) as adapter:
        assert adapter.url is not None
        async with WebChat.open(adapter.url) as chat:
            many = part * 50_000 + b"--b--\r\n"
            async with chat.http.post("/api/messages", data=io.BytesIO(many), headers=headers) as response:
                assert response.status in {400, 413}
    assert seen <= MAX_FILES + 1
    assert not handler.asked


@pytest.mark.parametrize("filler", [b"\r\n" * 500_000, b"--b\r\n" + b"X-A: b\r\n" * 200_000])
async def test_what_goes_on_before_a_field_begins_is_refused(handler: Recorder, url: str, filler: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with (
        serve(handler, max_upload=5_000_000) as adapter,
        WebChat.open(str(adapter.url)) as chat,
        chat.http.post("/api/messages", data=io.BytesIO(filler), headers=headers) as response,
    ):
        assert response.status == 400


@asynccontextmanager
async def stalled(
    url: str, chat: WebChat, *, length: int = 500_000, address: str = "203.0.113.7"
) -> AsyncIterator[Raw]:
    """An upload that has begun, and of which nothing more comes."""
    cookies = "; ".join(f"{cookie.key}={cookie.value}" for cookie in chat.http.cookie_jar)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(
        f"POST /api/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n"
        f"Cookie: {cookies}\r\nContent-Length: {length}\r\nX-Forwarded-For: 203.0.113.7\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\nhalf'.encode()
    )
    await writer.drain()
    try:
        yield reader
    finally:
        writer.close()
        await writer.wait_closed()


async def status_of(reader: Raw) -> int:
    async with asyncio.timeout(20):
        return int((await reader.readline()).split()[1])


PICTURE = [("a.png", bytes(50_000))]


async def test_slow_uploads_of_one_person_leave_room_for_words_and_for_others(handler: Recorder) -> None:
    async with (
        serve(handler, trusted_proxies=("127.0.0.1",)) as adapter,
        WebChat.open(str(adapter.url)) as slow,
        WebChat.open(str(adapter.url)) as other,
        AsyncExitStack() as uploading,
    ):
        url = str(adapter.url)
        begun = [await uploading.enter_async_context(stalled(url, slow)) for _ in range(4)]
        # Two of them are refused: which ones is up to the order in which they arrived.
        refused = [asyncio.create_task(status_of(reader)) for reader in begun]
        await until(lambda: sum(task.done() for task in refused) == 2)
        assert [task.result() for task in refused if task.done()] == [429, 429]
        assert (await slow.send("/help"))[0] == 202
        assert (await other.send("", PICTURE))[0] == 202
        for task in refused:
            task.cancel()


async def test_one_person_with_many_sessions_leaves_room_for_others(handler: Recorder) -> None:
    async with serve(handler, trusted_proxies=("127.0.0.1",)) as adapter, AsyncExitStack() as stack:
        url = str(adapter.url)
        for _ in range(12):
            session = await stack.enter_async_context(WebChat.open(url))
            await stack.enter_async_context(stalled(url, session))
        other = await stack.enter_async_context(WebChat.open(url))
        assert (await other.send("", PICTURE))[0] == 202


@pytest.mark.parametrize("length", [500_000, 5_000])
async def test_an_upload_that_stalls_is_ended(
    handler: Recorder, url: str, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with WebChat.open(url) as chat:
        monkeypatch.setattr(body, "WINDOW_SECONDS", 0.05)
        async with stalled(url, chat, length=length) as reader:
            assert await status_of(reader) == 408


async def test_a_body_of_json_that_stalls_is_ended(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "WINDOW_SECONDS", 0.05)
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(
        b"POST /api/session HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nContent-Length: 9\r\n\r\n{"
    )
    assert await status_of(reader) == 408
    writer.close()


def test_what_uploads_hold_together_is_limited() -> None:
    shares = Shares(largest=10)
    with shares.place("a", "1") as first, shares.place("b", "2") as second:
        shares.grow(first, 30)
        shares.grow(second, 10)
        with pytest.raises(Refusal, match="busy"):
            shares.grow(second, 1)
    with shares.place("c", "3") as third:
        shares.grow(third, 40)


async def test_long_and_odd_file_names_are_cut(handler: Recorder, url: str) -> None:
    async with WebChat.open(url) as chat:
        posted = await chat.post("", [("ä" * 300 + ".png", b"x")])
        await chat.answer_to(posted)
        async with chat.events() as events:
            message = (await anext(events)).message
            assert message is not None
            assert message["pictures"][0]["name"] == "ä" * 120
