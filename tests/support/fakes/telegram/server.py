"""The fake itself: an HTTP server for the bot, in a world of people."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from bot.platforms.telegram.platform import Telegram
from tests.support.fakes.telegram import limits
from tests.support.fakes.telegram.api import Api, parameters
from tests.support.fakes.telegram.payloads import Json
from tests.support.fakes.telegram.people import SECRET, TIMEOUT, People
from tests.support.fakes.telegram.world import Refusal

TOKEN = ":".join(("123456789", "AAFake-token_for_the_loopback_server0"))
BREAKS_OFF = -1
"""As the status of a file: the connection ends in the middle of it."""
_HEADERS = {"Content-Type": "application/json"}


class FakeTelegram(People):
    """See the package's docstring."""

    def __init__(self, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.token = TOKEN
        super().__init__()
        self.violations: list[str] = []
        self.calls: list[str] = []
        self.hold_back: Callable[[str, Mapping[str, str]], Refusal | None] = lambda _method, _form: None
        """Says which calls are refused, beside those of `fail_with`."""
        self.dawdle: Callable[[str], Awaitable[None]] = _at_once
        """Waits before a file is handed out, by its path."""
        self._api = Api(self.world)
        self._failures: defaultdict[str, deque[Refusal]] = defaultdict(deque)
        self._webhook_port: int | None = None

    # --- what a test prepares ----------------------------------------------------------------------------------------

    def settings(self, *, webhook_port: int | None = None, token: str = TOKEN) -> Telegram:
        """Return settings that lead a bot here, by polling or by a webhook that listens on a port."""
        self._webhook_port = webhook_port
        if webhook_port is None:
            return Telegram(token=SecretStr(token), api=self.address)
        return Telegram(
            token=SecretStr(token),
            api=self.address,
            webhook_url="https://whobot.example.org/hook/telegram",
            webhook_secret=SecretStr(SECRET),
            webhook_port=webhook_port,
        )

    def fail_with(self, method: str, *refusals: Refusal) -> None:
        """Have the next calls of a method refused."""
        self._failures[method].extend(refusals)

    async def connected(self) -> None:
        """Wait until the bot polls, or has set its webhook."""
        async with asyncio.timeout(TIMEOUT), self.world.changed:
            await self.world.changed.wait_for(lambda: self.world.polls or self.world.webhook is not None)

    # --- the server --------------------------------------------------------------------------------------------------

    async def serve_call(self, request: web.Request) -> web.Response:
        """Answer a call of a method."""
        method = request.match_info["method"]
        self.calls.append(method)
        form, uploads = await _read(request)
        try:
            self._refuse(request.match_info["token"], method, form)
            self._check(method, form, uploads)
            result = await self._api.call(method, form, uploads)
        except Refusal as refusal:
            return web.json_response(parameters(refusal), status=refusal.status)
        if self._contract:
            self.violations += self._contract.response(method, result)
        return web.json_response({"ok": True, "result": result})

    async def serve_file(self, request: web.Request) -> web.StreamResponse:
        """Hand out a file."""
        for file in self.world.files.values():
            if file.path == request.match_info["path"] and request.match_info["token"] == self.token:
                if file.status == BREAKS_OFF:
                    return await _broken_off(request)
                await self.dawdle(file.path)
                return web.Response(body=file.data, status=file.status, content_type="application/octet-stream")
        return web.Response(status=404)

    def _refuse(self, token: str, method: str, form: Mapping[str, str]) -> None:
        if token != self.token:
            raise Refusal(401, "Unauthorized")
        if self._failures[method]:
            raise self._failures[method].popleft()
        if refusal := self.hold_back(method, form):
            raise refusal

    def _check(self, method: str, form: dict[str, str], uploads: dict[str, tuple[str, bytes]]) -> None:
        found = list(limits.problems(method, form))
        if self._contract:
            found += self._contract.request(method, form, uploads)
        self.violations += found
        if found:
            raise Refusal(400, f"Bad Request: {found[0]}")

    async def announce(self, kind: str, what: Json, *, secret: str = SECRET) -> int | None:
        """Send an update to the bot, if it wants that kind; in webhook mode the answer's status is returned."""
        update = self._last = {"update_id": self.world.number(), kind: what}
        if self._contract:
            self.violations += self._contract.value("Update", update)
        if self.world.webhook:
            wanted = json.loads(self.world.webhook["allowed_updates"])
            return await self._call_webhook(update, secret) if kind in wanted else None
        async with self.world.changed:
            self.world.updates.append(update)
            self.world.changed.notify_all()
        return None

    async def announce_again(self) -> int:
        """Call the webhook with the last update once more, as if its first answer had got lost."""
        return await self._call_webhook(self._last, SECRET)

    async def _call_webhook(self, update: Json, secret: str) -> int:
        address = f"http://127.0.0.1:{self._webhook_port}/hook/telegram"
        headers = _HEADERS | {"X-Telegram-Bot-Api-Secret-Token": secret}
        async with aiohttp.ClientSession() as session, asyncio.timeout(TIMEOUT):
            while True:
                try:
                    async with session.post(address, data=json.dumps(update), headers=headers) as response:
                        return response.status
                except aiohttp.ClientConnectionError:
                    # The bot listens only once its webhook has been set; Telegram, too, tries again.
                    await asyncio.sleep(0.02)


async def _at_once(_path: str) -> None:
    """Hand out a file without waiting."""


async def _broken_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"only a beginning")
    assert request.transport is not None
    request.transport.close()
    return response


async def _read(request: web.Request) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    form: dict[str, str] = {}
    uploads: dict[str, tuple[str, bytes]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            uploads[name] = (value.filename, value.file.read())
        else:
            form[name] = str(value)
    return form, uploads


@asynccontextmanager
async def fake_telegram() -> AsyncIterator[FakeTelegram]:
    """Run a Telegram; leaving it fails if the bot, or the fake, has said what Telegram's description does not allow."""
    application = web.Application(client_max_size=100_000_000)
    # A client that goes away has its long poll end, as at Telegram.
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=1, access_log=None)
    telegram: FakeTelegram

    async def call(request: web.Request) -> web.Response:
        return await telegram.serve_call(request)

    async def file(request: web.Request) -> web.StreamResponse:
        return await telegram.serve_file(request)

    application.router.add_route("*", "/bot{token}/{method}", call)
    application.router.add_get("/file/bot{token}/{path:.+}", file)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    telegram = FakeTelegram(runner.addresses[0][1])
    try:
        yield telegram
    finally:
        await runner.cleanup()
    telegram.violations += [f"the press {query} was never answered" for query in sorted(telegram.world.queries)]
    assert not telegram.violations, "\n".join(telegram.violations)
