"""The web chat's life: listen, serve, drain, close."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from gettext import NullTranslations
from typing import Final

import structlog
from aiohttp import web

from bot.chat.commands import english_only
from bot.chat.model import Handler
from bot.chat.registry import Registry
from bot.errors import AdapterError, ConfigError
from bot.platforms.base import Health
from bot.platforms.shared.http import address, explain, is_loopback
from bot.platforms.web import assets, guard
from bot.platforms.web.addresses import Addresses
from bot.platforms.web.api import Api
from bot.platforms.web.conversation import Conversation
from bot.platforms.web.delivery import Delivery
from bot.platforms.web.language import Translations
from bot.platforms.web.login import Login
from bot.platforms.web.media import MediaRoutes
from bot.platforms.web.people import PeopleApi
from bot.platforms.web.picture_store import PictureStore
from bot.platforms.web.platform import NAME, Web
from bot.platforms.web.probes import Probes
from bot.platforms.web.requests import Reader
from bot.platforms.web.sessions import Sessions

PICTURE_STORE_BYTES: Final = 256_000_000
TIDY_SECONDS: Final = 60.0
CLOSE_SECONDS: Final = 2.0
"""How long open connections may take to finish their response once everything is answered."""

ENGLISH: Final = NullTranslations()

log = structlog.get_logger(__name__)


class WebAdapter:
    """The web chat as `bot.platforms.base.Adapter`.

    Args:
        settings: where to listen and who may come in.
        handler: answers what people post.
        registry: all that they can ask for.
        health: how the whole bot is, for /healthz.
        metrics: Prometheus text, for /metrics.
        max_upload: bytes of one message, all its pictures together.
        translations: the catalogue for a browser's language; English without it.
        names: those that may be typed for commands; the English ones without it.

    Raises:
        ConfigError: the address can be reached from other machines, and there is no password.
    """

    name = NAME

    def __init__(
        self,
        settings: Web,
        handler: Handler,
        registry: Registry,
        *,
        health: Callable[[], Awaitable[Health]],
        metrics: Callable[[], bytes],
        max_upload: int,
        translations: Translations = lambda _tag: ENGLISH,
        names: Mapping[str, str] | None = None,
    ) -> None:
        addresses = Addresses(settings.trusted_proxies)
        login = Login(settings.password, time.monotonic, addresses)
        if not (is_loopback(settings.host) or login.required):
            raise ConfigError(
                f"The web chat would be open to everyone who can reach {settings.host}. Set a password "
                "(WHOBOT_WEB__PASSWORD, or web.password_file), or set web.host to 127.0.0.1."
            )
        self._settings = settings
        self._translations = translations
        self._pictures = PictureStore(PICTURE_STORE_BYTES, time.monotonic)
        self._sessions = Sessions(self._pictures, time.time)
        reader = Reader(registry, names or registry.typed_names(english_only, (), ()))
        self._conversation = Conversation(handler, Delivery(self._pictures), reader)
        self._api = Api(
            self._sessions,
            self._conversation,
            reader,
            login,
            addresses,
            max_upload=max_upload,
            translations=translations,
        )
        self._media_routes = MediaRoutes(self._sessions, self._pictures)
        self._people = PeopleApi(
            self._sessions,
            handler,
            Login(settings.operator_password, time.monotonic, addresses),
            own=settings.is_own,
            max_upload=max_upload,
        )
        self._probes = Probes(login, health, metrics)
        self._stop = asyncio.Event()
        self._closed = asyncio.Event()
        self._closed.set()
        self.url: str | None = None
        """Where the page can be opened, None while nothing listens."""

    @property
    def connected(self) -> bool:
        """Whether the page can be opened now."""
        return self.url is not None

    async def run(self) -> None:
        """Serve until `stop`.

        Raises:
            AdapterError: the address cannot be listened on.
        """
        if self._stop.is_set():
            return
        runner = web.AppRunner(
            self._application(), access_log=None, handler_cancellation=True, shutdown_timeout=CLOSE_SECONDS
        )
        self._closed.clear()
        tidying = asyncio.create_task(self._tidy())
        try:
            await runner.setup()
            site = web.TCPSite(runner, self._settings.host, self._settings.port)
            try:
                await site.start()
            except OSError as error:
                host, port = self._settings.host, self._settings.port
                raise AdapterError(explain(error, "The web chat", NAME, host, port)) from None
            self.url = address(self._settings.host, runner.addresses[0][1])
            log.info("web_chat_open", url=self.url)
            await self._stop.wait()
            await site.stop()
            await self._conversation.drain()
        finally:
            self.url = None
            tidying.cancel()
            self._conversation.abandon()
            self._sessions.close()
            await runner.cleanup()
            self._closed.set()

    async def stop(self) -> None:
        """Refuse new messages, answer what is in hand, end the streams, close; `run` returns then."""
        self._api.stopping = True
        self._stop.set()
        await self._closed.wait()

    def _application(self) -> web.Application:
        checks = guard.middleware(self._settings.allowed_hosts, self._translations)
        application = web.Application(middlewares=[checks])
        application.add_routes(
            [
                *assets.routes(self._translations),
                *self._api.routes(),
                *self._media_routes.routes(),
                *self._people.routes(),
                *self._probes.routes(),
            ]
        )
        application.on_response_prepare.extend((assets.add_headers, guard.add_headers))
        return application

    async def _tidy(self) -> None:
        """Forget pictures in time even while no requests come."""
        while True:
            await asyncio.sleep(TIDY_SECONDS)
            self._pictures.tidy()
