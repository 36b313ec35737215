"""Leads each request to its feature. What is not foreseen there is recorded here, and the chat gets an answer."""

import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from gettext import NullTranslations
from typing import Any, TypeAlias

import structlog

from bot.chat.access import AccessCheck, Rights, check_rights
from bot.chat.actions import Pressed, read
from bot.chat.analysis import PictureAnalysis
from bot.chat.answers import Answers
from bot.chat.context import Context
from bot.chat.failures import FailureLog
from bot.chat.lessons import Lessons
from bot.chat.memory import LocalMemories, Memories
from bot.chat.model import Event, Failure, Incoming, Press, Reply, Request
from bot.chat.rates import LocalRates, Rates
from bot.chat.registry import Parts, Rate, Registry
from bot.chat.replies import notice
from bot.chat.words import Sentences, translations_for
from bot.config import Access, Limits
from bot.errors import Expired, RateLimited
from bot.metrics import Metrics
from bot.recognition.backend import Backend
from bot.storage.store import Store

log = structlog.get_logger(__name__)

PAGE_REQUESTS = 3_000
"""What a page that shows a hundred faces at once, or teaches a folder, may ask for in a minute."""

Follow: TypeAlias = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Served:
    """A handler of a request or of a button, made ready to be asked."""

    handle: Callable[[Context, Any], Awaitable[Reply]]
    rights: Rights
    rate: Rate


class Service:
    """Answers requests from every platform, and follows events.

    Args:
        registry: All that can be asked for.
        backend: Looks at pictures.
        store: Knows what outlives a restart.
        metrics: Counts what happens.
        limits: What a request may cost.
        access: Who is answered.
        threshold: The probability from which a face is named in chats that have set none; None for the bundle's own.
        rates: What limits them; this process's own where there are none.
        memories: What remembers their answers; this process's own where there are none.
    """

    def __init__(
        self,
        registry: Registry,
        backend: Backend,
        store: Store,
        metrics: Metrics,
        *,
        limits: Limits,
        access: Access | None = None,
        threshold: float | None = None,
        rates: Mapping[Rate, Rates] | None = None,
        memories: Memories | None = None,
    ) -> None:
        self._backend = backend
        self._store = store
        self._metrics = metrics
        self._access = AccessCheck(access or Access())
        self._failures = FailureLog(metrics)
        self._rates: Mapping[Rate, Rates] = rates or local_rates(limits)
        memories = memories or LocalMemories(limits)
        self._requests: dict[type[Request], _Served] = {}
        self._buttons: dict[str, _Served] = {}
        self._events: defaultdict[type[Event], list[Follow]] = defaultdict(list)
        self._make(
            Parts(
                registry,
                backend,
                store,
                limits,
                PictureAnalysis(backend, store, metrics, self._failures, self._rates[Rate.REQUESTS], limits, threshold),
                Answers(memories),
                Lessons(backend, store),
                memories,
            )
        )

    def _make(self, parts: Parts) -> None:
        """Make the features, and note what each of them handles."""
        for feature in parts.registry.features:
            made = feature.make(parts)
            for handler in feature.requests:
                handle = partial(handler.handle, made)
                self._requests[handler.request] = _Served(handle, handler.rights, handler.rate)
            for button in feature.buttons:
                self._buttons[button.verb] = _Served(partial(button.handle, made), button.rights, button.rate)
            for event in feature.events:
                self._events[event.event].append(partial(event.handle, made))

    async def handle(self, incoming: Incoming | Event) -> Reply:
        """Answer a request or follow an event, as a `bot.chat.model.Handler`. Never raises, cancellation apart."""
        asked = incoming.request if isinstance(incoming, Incoming) else incoming
        platform = incoming.chat.platform if isinstance(incoming, Incoming) else incoming.platform
        with structlog.contextvars.bound_contextvars(request=secrets.token_hex(4), platform=platform):
            self._metrics.asked(platform, type(asked).__name__.lower())
            if isinstance(incoming, Event):
                return await self._follow(incoming)
            reply = await self._answer(incoming)
            if not reply.silent:
                self._metrics.answered(platform)
                log.info("answered", to=type(asked).__name__, images=len(reply.images))
        return reply

    async def _follow(self, event: Event) -> Reply:
        """Have every feature follow an event. Chats that go are forgotten whoever they were."""
        for follow in self._events[type(event)]:
            try:
                await follow(event)
            except Exception as error:  # noqa: BLE001 - only the log can be told
                self._failures.record(event.platform, error)
        return Reply()

    async def _answer(self, incoming: Incoming) -> Reply:
        catalogue = translations_for(incoming.locale)
        try:
            if not self._access.admits(incoming.chat, incoming.user):
                return Reply()
            settings = await self._store.chat_settings(incoming.chat)
            catalogue = translations_for(settings.language or incoming.locale)
            return await self._serve(Context(incoming, settings, catalogue, self._backend.characters))
        except Exception as error:  # noqa: BLE001 - whatever it is, the chat gets an answer and the log the reason
            return _refusal(incoming, catalogue, self._failures.record(incoming.chat.platform, error))

    async def _serve(self, context: Context) -> Reply:
        request = context.incoming.request
        if isinstance(request, Press):
            request = read(request)
            served = self._buttons.get(request.verb, EXPIRED)
        else:
            served = self._requests[type(request)]
        if not request.unasked:
            # Nobody else waits for whobot in a chat of one's own: what is asked there counts as lightly as a press.
            light = served.rate is Rate.REQUESTS and context.capabilities.own
            await self._rates[Rate.PRESSES if light else served.rate].admit(context.user, context.chat)
        check_rights(context, served.rights)
        return await served.handle(context, request)


def local_rates(limits: Limits) -> Mapping[Rate, Rates]:
    """Return what limits the requests that come to this process."""
    return {
        Rate.REQUESTS: LocalRates(user_requests=limits.user_requests, chat_requests=limits.chat_requests),
        Rate.PRESSES: LocalRates(user_requests=limits.user_presses, chat_requests=limits.chat_presses),
        Rate.PAGES: LocalRates(user_requests=PAGE_REQUESTS, chat_requests=PAGE_REQUESTS),
        Rate.RIGHTS: LocalRates(user_requests=limits.user_requests, chat_requests=limits.chat_requests),
    }


async def _expired(_context: Context, _request: Pressed) -> Reply:
    raise Expired


EXPIRED = _Served(_expired, Rights.ANYBODY, Rate.PRESSES)
"""What answers a button that is not known: it is too old, or another whobot's."""


def _refusal(incoming: Incoming, catalogue: NullTranslations, failure: Failure) -> Reply:
    """Say why there is no answer, unless nobody waits for one or has been told already."""
    text = Sentences(catalogue).failure(failure)
    if incoming.request.unasked or (isinstance(failure, RateLimited) and failure.told):
        return Reply(failure=failure)
    reply = notice(text) if isinstance(incoming.request, Press) else Reply(text)
    return replace(reply, failure=failure)
