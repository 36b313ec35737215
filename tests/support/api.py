"""The API on a free port of this machine, over a real service and store; only the eyes are made up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aiohttp

from bot.chat.service import Service
from bot.chat.words import translations_for
from bot.config import Access, Limits
from bot.metrics import Metrics
from bot.platforms.api.adapter import ApiAdapter
from bot.platforms.api.platform import Api
from bot.platforms.base import Host
from bot.storage.store import Store
from bot.storage.values import Grant
from tests.support.health import health_of
from tests.support.learning_backend import LearningBackend
from tests.support.service_harness import REGISTRY, FakeBackend

TIMEOUT = 20.0
MANY = Limits(user_requests=10_000, chat_requests=10_000, bytes=100_000)
MEDIA = {"Content-Type": "image/png"}


@dataclass
class Bench:
    """A running API, and what is behind it."""

    adapter: ApiAdapter
    service: Service
    store: Store
    backend: FakeBackend
    http: aiohttp.ClientSession

    async def program(
        self, *grants: Grant, name: str = "program", chat: str | None = None, expires: datetime | None = None
    ) -> "Program":
        """Make a token, and a program that has it."""
        made = await self.store.make_token(name, grants or (Grant.ASK,), chat=chat, expires=expires)
        assert made is not None
        return Program(self.http, made[0].id, made[1])


@dataclass
class Said:
    """What the API has answered."""

    status: int
    headers: Any
    body: Any

    @property
    def kind(self) -> str:
        """The kind of a problem."""
        assert self.headers["Content-Type"].startswith("application/problem+json"), self.body
        assert self.body["status"] == self.status
        assert self.body["title"]
        return str(self.body["kind"])


@dataclass
class Program:
    """A program that uses the API."""

    http: aiohttp.ClientSession
    id: str
    secret: str

    async def ask(self, data: Any = b"maki", *, headers: Any = None, **query: str) -> Said:
        """Ask who is in a picture; `data` is its bytes, or a form."""
        kind = MEDIA if isinstance(data, bytes) else {}
        return await self.call("POST", "ask", data=data, params=query, headers={**kind, **(headers or {})})

    async def call(self, method: str, path: str, *, headers: Any = None, **details: Any) -> Said:
        """Send any request."""
        authorization = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        async with self.http.request(
            method, f"/api/v1/{path}", headers={**authorization, **(headers or {})}, **details
        ) as response:
            return Said(response.status, response.headers, await response.json(content_type=None))


@asynccontextmanager
async def serving(
    backend: FakeBackend | None = None, *, limits: Limits = MANY, access: Access | None = None, **settings: Any
) -> AsyncIterator[Bench]:
    """Run the API for the length of a block."""
    backend = backend or LearningBackend()
    async with Store("sqlite+aiosqlite://") as store:
        service = Service(REGISTRY, backend, store, Metrics(), limits=limits, access=access)
        host = Host(
            handler=service.handle,
            registry=REGISTRY,
            health=health_of({"store": True}, {"api": True}),
            metrics=lambda: b"",
            limits=limits,
            tokens=store,
            catalogue=translations_for,
        )
        adapter = ApiAdapter(Api(**{"enabled": True, "port": 0, **settings}), host)
        running = asyncio.create_task(adapter.run())
        try:
            async with asyncio.timeout(TIMEOUT):
                while not adapter.connected:
                    assert not running.done(), running.exception()
                    await asyncio.sleep(0.005)
            assert adapter.url is not None
            async with aiohttp.ClientSession(adapter.url) as http:
                yield Bench(adapter, service, store, backend, http)
        finally:
            await adapter.stop()
            async with asyncio.timeout(TIMEOUT):
                await running
