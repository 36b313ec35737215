"""The composition root: what the running bot is made of, in which order it starts and in which it stops."""

import errno
import socket
from asyncio import Event
from collections.abc import Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from functools import partial
from importlib.metadata import version
from typing import Any, Protocol

import structlog

from bot.chat.features import FEATURES
from bot.chat.links import Links
from bot.chat.model import Handler
from bot.chat.registry import Feature, Registry
from bot.chat.service import Service
from bot.chat.stored_links import keeping_links
from bot.chat.words import LANGUAGES, TRANSLATED, translate, translations_for
from bot.config import Settings, Web
from bot.errors import ConfigError
from bot.health import answering_health
from bot.metrics import Metrics
from bot.platforms.base import Adapter, Health
from bot.platforms.supervisor import Backoff, supervise
from bot.recognition.local import LocalBackend
from bot.recognition.model_files import ModelFiles
from bot.recognition.options import LocalOptions
from bot.storage.housekeeping import tidying
from bot.storage.reembedding import keeping_in_step
from bot.storage.store import Store

GRACE_SECONDS = 8.0
"""How long the adapters may finish what is in hand. Everything else stops within two more seconds."""
UPLOAD_BYTES = 100_000_000
"""What one message in the web chat may hold, all its pictures together, unless one alone may be larger: until it is
answered, all of that is kept in memory."""

log = structlog.get_logger(__name__)


class MakeAdapters(Protocol):
    """Builds the adapters that the settings ask for."""

    def __call__(
        self,
        settings: Settings,
        handler: Handler,
        *,
        registry: Registry,
        health: Callable[[], Awaitable[Health]],
        metrics: Callable[[], bytes],
        links: Links,
    ) -> list[Adapter]:
        """Return the adapters, none of them running yet."""
        ...


def make_adapters(
    settings: Settings,
    handler: Handler,
    *,
    registry: Registry,
    health: Callable[[], Awaitable[Health]],
    metrics: Callable[[], bytes],
    links: Links | None = None,
) -> list[Adapter]:
    """Build the adapters that the settings ask for: Discord and Telegram where there is a token, and the web chat.

    A platform's library is imported only where it is used.
    """
    adapters: list[Adapter] = []
    if settings.discord.token is not None:
        from bot.platforms.discord import DiscordAdapter  # noqa: PLC0415

        adapters.append(DiscordAdapter(settings.discord.token, handler, registry, translate, LANGUAGES, links))
    if settings.telegram.token is not None:
        from bot.platforms.telegram import TelegramAdapter  # noqa: PLC0415

        adapters.append(
            TelegramAdapter(settings.telegram, handler, registry, words=translate, languages=TRANSLATED, links=links)
        )
    if settings.web.enabled:
        from bot.platforms.web import WebAdapter  # noqa: PLC0415

        limits = settings.limits
        max_upload = max(limits.bytes, min(limits.bytes * limits.pictures, UPLOAD_BYTES))
        adapters.append(
            WebAdapter(
                settings.web,
                handler,
                registry,
                health=health,
                metrics=metrics,
                max_upload=max_upload,
                translations=translations_for,
                names=registry.typed_names(translate, TRANSLATED),
            )
        )
    return adapters


async def run(
    settings: Settings,
    stop: Event,
    *,
    features: Iterable[Feature[Any]] = FEATURES,
    make_adapters: MakeAdapters = make_adapters,
    backoff: Backoff | None = None,
) -> bool:
    """Run the bot until `stop` is set.

    Started are the store, the pipeline, then the adapters; stopped in reverse: the adapters finish what is in hand,
    the pipeline drains, the store closes.

    Returns:
        Whether it ended because it was asked to; False where every platform has refused its credentials.

    Raises:
        OperatorError: it cannot start; the message says what to do.
    """
    _check_that_something_runs(settings)
    registry = Registry(features)
    log.info("starting", version=version("whobot"))
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        store = await stack.enter_async_context(Store(settings.store.url))
        backend = await stack.enter_async_context(_backend(settings))
        log.info("models_loaded", bundle=backend.bundle_id, characters=len(backend.roster))
        await stack.enter_async_context(keeping_in_step(store, backend))
        await stack.enter_async_context(tidying(store))
        links = await stack.enter_async_context(keeping_links(store))
        service = Service(
            registry,
            backend,
            store,
            metrics,
            limits=settings.limits,
            access=settings.access,
            threshold=settings.answers.threshold,
        )
        adapters: list[Adapter] = []

        async def health() -> Health:
            platforms = {adapter.name: adapter.connected for adapter in adapters}
            workers = (await backend.health()).working
            return Health({"workers": workers, "store": store.alive}, platforms)

        adapters += make_adapters(
            settings, service.handle, registry=registry, health=health, metrics=metrics.render, links=links
        )
        metrics.watch_queue(lambda: backend.waiting)
        for adapter in adapters:
            metrics.watch_adapter(adapter.name, partial(getattr, adapter, "connected"))
        await stack.enter_async_context(answering_health(settings, health))
        await supervise(adapters, stop, grace=GRACE_SECONDS, backoff=backoff)
    if stop.is_set():
        log.info("stopped")
    return stop.is_set()


def _backend(settings: Settings) -> LocalBackend:
    models, limits = settings.models, settings.limits
    how = LocalOptions(
        pixels=limits.pixels,
        frames=limits.frames,
        video_seconds=limits.video_seconds,
        looks=limits.looks,
        faces=limits.faces,
        analysis_seconds=limits.analysis_seconds,
        queue=limits.queue,
        threads=settings.workers.threads,
        fonts=settings.answers.fonts,
        reload_seconds=models.reload_seconds,
    )
    return LocalBackend(ModelFiles.choose(models.directory, models.classifier, models.detector), how)


def _check_that_something_runs(settings: Settings) -> None:
    """Say what will run and what else could; refuse to start for nothing.

    Raises:
        ConfigError: nothing would run, or the only thing that would cannot.
    """
    tokens = {"discord": settings.discord.token, "telegram": settings.telegram.token}
    missing = [platform for platform, token in tokens.items() if token is None]
    for platform in missing:
        advice = f"to use it, set WHOBOT_{platform.upper()}__TOKEN, or token_file in [{platform}]"
        log.info("no_token", platform=platform, advice=advice)
    if len(missing) < len(tokens):
        return
    if not settings.web.enabled:
        raise ConfigError(
            "there is nothing to run: set WHOBOT_DISCORD__TOKEN or WHOBOT_TELEGRAM__TOKEN, or enabled = true in [web]"
        )
    _check_port(settings.web)


def _check_port(web: Web) -> None:
    """Fail at once where the web chat is all there is and its port is taken: trying again would only hide that."""
    try:
        addresses = socket.getaddrinfo(web.host or None, web.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in addresses[:1]:
            socket.create_server(address[:2], family=family).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "another program uses that port; stop it, or choose" if taken else f"{error.strerror}; choose"
        raise ConfigError(
            f"the web chat cannot listen on {web.host} port {web.port}: {reason} another address with"
            " WHOBOT_WEB__PORT or WHOBOT_WEB__HOST"
        ) from error
