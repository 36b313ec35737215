"""A browser's side of the web chat without a browser: post messages and wait for their answers.

async with WebChat.open(adapter.url) as chat:
    posted = await chat.post("/who", [("a.png", data)])
    answer = await chat.answer_to(posted)
    image = await chat.picture(answer["pictures"][0])
"""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import aiohttp
from yarl import URL

TIMEOUT = 60.0
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event."""

    name: str
    id: int | None
    message: Message | None


class WebChat:
    """One browser session."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, password: str | None = None, *, cookies: Mapping[str, str] | None = None
    ) -> AsyncIterator[Self]:
        """Begin a session, as the page does when it opens."""
        jar = aiohttp.CookieJar(unsafe=True)
        jar.update_cookies(cookies or {}, URL(url))
        async with aiohttp.ClientSession(url, cookie_jar=jar, headers={"Origin": url}) as http:
            chat = cls(url, http)
            async with http.post("/api/session", json={"password": password} if password else {}) as response:
                assert response.status == 200, await response.text()
            yield chat

    async def send(
        self, text: str = "", files: Sequence[tuple[str, bytes]] = (), *, field: str = "picture"
    ) -> tuple[int, Message]:
        """Post a message; returns the status and the JSON that comes back."""
        form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
        form.add_field("text", text)
        for name, data in files:
            form.add_field(field, io.BytesIO(data), filename=name, content_type="application/octet-stream")
        async with self.http.post("/api/messages", data=form) as response:
            return response.status, await response.json()

    async def post(self, text: str = "", files: Sequence[tuple[str, bytes]] = ()) -> int:
        """Post a message that must be taken; returns its id."""
        status, body = await self.send(text, files)
        assert status == 202, body
        posted = body["id"]
        assert isinstance(posted, int)
        return posted

    async def answer_to(self, posted: int) -> Message:
        """Wait until whobot has answered a message. An answer's id follows its question's."""
        async with asyncio.timeout(TIMEOUT), self.events() as events:
            async for event in events:
                message = event.message
                if message and message["id"] == posted + 1 and message["state"] != "working":
                    return message
        raise AssertionError("the event stream ended without an answer")

    async def press(self, message_id: int, action: str, text: str | None = None) -> tuple[int, Message]:
        """Press a button of a message; returns the status and the JSON that comes back."""
        body = {"action": action, "text": text}
        async with self.http.post(f"/api/messages/{message_id}/press", json=body) as response:
            return response.status, await response.json()

    async def take_back(self, message_id: int) -> int:
        """Delete a message; returns the status."""
        async with self.http.delete(f"/api/messages/{message_id}") as response:
            return response.status

    async def names(self, text: str, *, taught: bool = False) -> list[str]:
        """The names that complete a text."""
        query = {"text": text} | ({"taught": ""} if taught else {})
        async with self.http.get("/api/names", params=query) as response:
            assert response.status == 200, await response.text()
            names = (await response.json())["names"]
            assert isinstance(names, list)
            return names

    async def thread(self) -> list[Message]:
        """The messages as a page finds them that is opened now."""
        messages: dict[int, Message] = {}
        async with asyncio.timeout(TIMEOUT), self.events() as events:
            async for event in events:
                if event.message is None:
                    break
                messages[event.message["id"]] = event.message
        return [message for _, message in sorted(messages.items()) if message["state"] != "gone"]

    async def picture(self, picture: Message) -> bytes:
        """The bytes of a picture in a message."""
        async with self.http.get(picture["url"]) as response:
            assert response.status == 200, await response.text()
            return await response.read()

    @asynccontextmanager
    async def events(self, *, last_event_id: int | None = None) -> AsyncIterator[AsyncIterator[Event]]:
        """Listen to the thread."""
        headers = {} if last_event_id is None else {"Last-Event-ID": str(last_event_id)}
        timeout = aiohttp.ClientTimeout(total=None, sock_read=TIMEOUT)
        async with self.http.get("/api/events", headers=headers, timeout=timeout) as response:
            assert response.status == 200, await response.text()
            yield _parse(response.content)


async def _parse(lines: aiohttp.StreamReader) -> AsyncIterator[Event]:
    fields: dict[str, str] = {}
    async for raw in lines:
        line = raw.decode().rstrip("\n")
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            data = fields.get("data")
            yield Event(
                fields.get("event", "message"),
                int(fields["id"]) if "id" in fields else None,
                json.loads(data) if data and "event" not in fields else None,
            )
            fields = {}
