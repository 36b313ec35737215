"""The API's life: listen, serve, finish, close."""

import asyncio
from typing import Final

import structlog
from aiohttp import web

from bot.errors import AdapterError
from bot.platforms.api.door import Door
from bot.platforms.api.platform import NAME, Api
from bot.platforms.api.problems import telling_problems
from bot.platforms.api.routes import Routes
from bot.platforms.base import Host
from bot.platforms.shared.http import address, explain

FINISH_SECONDS: Final = 6.0
"""How long requests in hand may take once whobot stops."""

log = structlog.get_logger(__name__)


class ApiAdapter:
    """The API as `bot.platforms.base.Adapter`."""

    name = NAME

    def __init__(self, settings: Api, host: Host) -> None:
        self._settings = settings
        self._routes = Routes(Door(host.tokens), host, settings.public_url)
        self._stop = asyncio.Event()
        self._closed = asyncio.Event()
        self._closed.set()
        self.url: str | None = None
        """Where it can be asked, None while nothing listens."""

    @property
    def connected(self) -> bool:
        """Whether it can be asked now."""
        return self.url is not None

    async def run(self) -> None:
        """Serve until `stop`.

        Raises:
            AdapterError: the address cannot be listened on.
        """
        if self._stop.is_set():
            return
        application = web.Application(middlewares=[telling_problems])
        application.add_routes(self._routes.all())
        application.on_response_prepare.append(_add_headers)
        runner = web.AppRunner(application, access_log=None, handler_cancellation=True, shutdown_timeout=FINISH_SECONDS)
        host, port = self._settings.host, self._settings.port
        self._closed.clear()
        try:
            await runner.setup()
            try:
                await web.TCPSite(runner, host, port).start()
            except OSError as error:
                raise AdapterError(explain(error, "The API", NAME, host, port)) from None
            self.url = address(host, runner.addresses[0][1])
            log.info("api_open", url=self.url)
            await self._stop.wait()
        finally:
            self.url = None
            await runner.cleanup()
            self._closed.set()

    async def stop(self) -> None:
        """Take no new requests, answer those in hand, close; `run` returns then."""
        self._routes.stopping = True
        self._stop.set()
        await self._closed.wait()


async def _add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Signal: nobody on the way shall keep an answer, or take it for something else."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
