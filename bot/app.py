"""The composition root: what the running bot is made of, in which order it starts and in which it stops."""

from asyncio import Event
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from functools import partial
from importlib.metadata import version
from typing import Any

import structlog

from bot.background import beside
from bot.chat.features import FEATURES
from bot.chat.model import Chat
from bot.chat.registry import Feature, Registry
from bot.chat.service import Service
from bot.chat.stored_inbox import StoredInbox, keeping_inbox
from bot.chat.stored_links import keeping_links
from bot.chat.words import LANGUAGES, TRANSLATED, translate, translations_for
from bot.config import Settings
from bot.errors import ConfigError, StoreError
from bot.health import answering_health
from bot.metrics import Metrics
from bot.platforms.base import Adapter, Health, Host, Platform
from bot.platforms.registry import PLATFORMS, name_contexts
from bot.platforms.supervisor import Backoff, supervise
from bot.recognition.local import LocalBackend
from bot.recognition.model_files import ModelFiles
from bot.recognition.options import LocalOptions
from bot.signals import stop_on_signals
from bot.storage.housekeeping import tidying
from bot.storage.reembedding import keeping_in_step
from bot.storage.store import Store

GRACE_SECONDS = 8.0
"""How long the adapters may finish what is in hand. Everything else stops within two more seconds."""
log = structlog.get_logger(__name__)


async def serve(settings: Settings, platforms: Sequence[Platform[Any]] = PLATFORMS) -> bool:
    """Run the bot until SIGTERM or Ctrl-C: see `run`."""
    stop = Event()
    with stop_on_signals(stop):
        return await run(settings, stop, platforms=platforms)


async def run(
    settings: Settings,
    stop: Event,
    *,
    features: Iterable[Feature[Any]] = FEATURES,
    platforms: Sequence[Platform[Any]] = PLATFORMS,
    backoff: Backoff | None = None,
) -> bool:
    """Run the bot on those of the platforms that the settings ask for, until `stop` is set.

    Started are the store, the pipeline, then the adapters; stopped in reverse: the adapters finish what is in hand,
    the pipeline drains, the store closes.

    Returns:
        Whether it ended because it was asked to; False where every platform has refused its credentials.

    Raises:
        OperatorError: it cannot start; the message says what to do.
    """
    on = _running(settings, platforms)
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
        inbox = await stack.enter_async_context(keeping_inbox(store, settings.inbox))
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
            recognition = await backend.health()
            return Health(
                {"workers": recognition.working, "store": await store.works()}, platforms, recognition.replaced
            )

        host = Host(
            handler=service.handle,
            registry=registry,
            health=health,
            metrics=metrics.render,
            limits=settings.limits,
            links=links,
            inbox=inbox,
            watched=_watched(store),
            tokens=store,
            words=translate,
            languages=LANGUAGES,
            translated=TRANSLATED,
            name_contexts=name_contexts(platforms),
            catalogue=translations_for,
        )
        adapters += [platform.made(settings, host) for platform in on]
        metrics.watch_queue(lambda: backend.waiting)
        metrics.watch_store(lambda: store.alive)
        metrics.watch_decoders(lambda: backend.replaced)
        for adapter in adapters:
            metrics.watch_adapter(adapter.name, partial(getattr, adapter, "connected"))
        await stack.enter_async_context(answering_health(settings, health))
        async with beside(_stop_when_outgrown(inbox, stop)):
            await supervise(adapters, stop, grace=GRACE_SECONDS, backoff=backoff)
        outgrown = inbox.outgrown
    if outgrown is not None:
        raise outgrown
    if stop.is_set():
        log.info("stopped")
    return stop.is_set()


def _watched(store: Store) -> Callable[[str], Awaitable[Sequence[Chat]]]:
    async def watched(platform: str) -> Sequence[Chat]:
        """Return the watched chats of a platform; none where the store does not tell."""
        try:
            return await store.all_watched(platform)
        except StoreError as error:
            log.warning("watched_not_read", platform=platform, reason=str(error))
            return ()

    return watched


async def _stop_when_outgrown(inbox: StoredInbox, stop: Event) -> None:
    await inbox.until_outgrown()
    stop.set()


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


def _running(settings: Settings, platforms: Sequence[Platform[Any]]) -> list[Platform[Any]]:
    """Return the platforms that the settings ask for, and say how to start the others; refuse to start for nothing.

    Raises:
        ConfigError: nothing would run, or the only platform that would cannot.
    """
    on = [platform for platform in platforms if platform.runs_with(settings)]
    for platform in platforms:
        if platform not in on:
            log.info("platform_off", platform=platform.name, advice=f"to use it, {platform.how_to_start}")
    if not on:
        ways = "".join(f"\n- {platform.title}: {platform.how_to_start}" for platform in platforms)
        raise ConfigError(f"there is nothing to run. Start one of these:{ways}")
    if len(on) == 1:
        on[0].check_start(on[0].settings_in(settings))
    return on
