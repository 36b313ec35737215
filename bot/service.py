"""What whobot does for people, one use case a method. The only place where a use case is spelled out."""

import asyncio
import secrets
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.config import Limits
from bot.domain import (
    Analysis,
    Ask,
    Configure,
    Incoming,
    OptOut,
    Page,
    Picture,
    Progress,
    Reply,
    Show,
    Stage,
    Trigger,
    User,
)
from bot.download import fetch
from bot.errors import BadSetting, Busy, NoPicture, NotAllowed, OptedOut, TooManyBytes, TooManyPictures, UserError
from bot.metrics import Metrics
from bot.rates import Rates
from bot.replies import Bug, Finding, Result, Sentences, compose, find_language, translations_for
from bot.store import ChatSettings, Store

DOWNLOADS = 8
"""Transfers at a time, over all chats."""
PROGRESS_SECONDS = 5.0
"""How long a platform may take to show progress before it is left behind."""

log = structlog.get_logger(__name__)


class Analyser(Protocol):
    """What the service needs of `bot.pipeline.Pipeline`."""

    @property
    def roster(self) -> tuple[str, ...]:
        """The characters that can be named."""
        ...

    @property
    def waiting(self) -> int:
        """How many pictures wait for a worker."""
        ...

    async def analyse(self, data: bytes, *, threshold: float | None = None) -> Analysis:
        """Find and name the faces in a picture file; raises `UserError`."""
        ...


@dataclass(frozen=True, slots=True)
class _Question:
    """An `Ask` that has passed every check."""

    incoming: Incoming
    ask: Ask
    threshold: float | None
    left_alone: frozenset[User]

    async def report(self, stage: Stage, number: int = 1) -> None:
        """Show progress, unless nobody waits for it. A platform that fails at this does not spoil the answer."""
        if self.ask.trigger is Trigger.POSTED:
            return
        try:
            async with asyncio.timeout(PROGRESS_SECONDS):
                await self.incoming.progress(Progress(stage, number, len(self.ask.pictures)))
        except Exception as error:  # noqa: BLE001
            log.debug("progress not shown", stage=stage, error=type(error).__name__)


class Service:
    """Answers requests from every platform.

    Args:
        pipeline: Looks at pictures.
        store: Knows the chats' settings and who has opted out.
        metrics: Counts what happens.
        limits: What a request may cost.
        threshold: The probability from which a face is named in chats that have set none; None for the bundle's own.
    """

    def __init__(
        self, pipeline: Analyser, store: Store, metrics: Metrics, *, limits: Limits, threshold: float | None = None
    ) -> None:
        self._pipeline = pipeline
        self._store = store
        self._metrics = metrics
        self._limits = limits
        self._threshold = threshold
        self._rates = Rates(user_requests=limits.user_requests, chat_requests=limits.chat_requests)
        self._downloads = asyncio.Semaphore(DOWNLOADS)

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer a request; this is the `bot.domain.Handler`. Never raises, cancellation apart."""
        platform = incoming.chat.platform
        with structlog.contextvars.bound_contextvars(request=secrets.token_hex(4), platform=platform):
            sentences = Sentences(translations_for(incoming.locale))
            try:
                settings = await self._store.chat_settings(incoming.chat)
                sentences = Sentences(translations_for(settings.language or incoming.locale))
                reply = await self._serve(incoming, settings, sentences)
            except Exception as error:  # noqa: BLE001 - whatever it is, the chat gets an answer and the log the reason
                failure = self._record(platform, error)
                reply = Reply() if _is_unasked(incoming) else Reply(sentences.failure(failure))
            if not reply.silent:
                self._metrics.answered(platform)
                log.info("answered", to=type(incoming.request).__name__, images=len(reply.images))
        return reply

    async def _serve(self, incoming: Incoming, settings: ChatSettings, sentences: Sentences) -> Reply:
        match incoming.request:
            case Ask() as ask:
                return await self._ask(incoming, ask, settings, sentences)
            case Configure() as wish:
                return await self._configure(incoming, wish)
            case OptOut(out):
                self._rates.admit(incoming.user, incoming.chat)
                await self._store.opt_out(incoming.user, out)
                return Reply(sentences.opted_out(out))
            case Show(Page.HELP):
                self._rates.admit(incoming.user, incoming.chat)
                return Reply(sentences.help(self._pipeline.roster))

    async def _ask(self, incoming: Incoming, ask: Ask, settings: ChatSettings, sentences: Sentences) -> Reply:
        """Who is this?"""
        unasked = ask.trigger is Trigger.POSTED
        if unasked and not settings.watch:
            return Reply()
        left_alone = await self._admit(incoming, ask)
        threshold = self._threshold if settings.threshold is None else settings.threshold
        question = _Question(incoming, ask, threshold, left_alone)
        await question.report(Stage.ACCEPTED)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._try(question, number, picture))
                for number, picture in enumerate(ask.pictures, 1)
            ]
        findings = [task.result() for task in tasks]
        if unasked:
            findings = [f for f in findings if isinstance(f.result, Analysis) and f.result.sightings]
        return compose(sentences, findings, incoming.capabilities) if findings else Reply()

    async def _admit(self, incoming: Incoming, ask: Ask) -> frozenset[User]:
        """Check, before a byte is downloaded, all that can be checked; return whose pictures to leave alone."""
        if not ask.pictures:
            raise NoPicture
        authors = frozenset(picture.author or incoming.user for picture in ask.pictures)
        left_alone = frozenset([author for author in authors if await self._store.is_opted_out(author)])
        if left_alone == authors:
            raise OptedOut
        self._rates.admit(incoming.user, incoming.chat)
        if len(ask.pictures) > self._limits.pictures:
            raise TooManyPictures(self._limits.pictures)
        if all(picture.size is not None and picture.size > self._limits.bytes for picture in ask.pictures):
            raise TooManyBytes(self._limits.bytes)
        if self._pipeline.waiting >= self._limits.queue:
            raise Busy
        return left_alone

    async def _try(self, question: _Question, number: int, picture: Picture) -> Finding:
        """Look at one picture of a question. Whatever goes wrong is told in its place and does not spoil the others."""
        if (picture.author or question.incoming.user) in question.left_alone:
            return Finding(number, picture, OptedOut())
        try:
            result: Result = await self._look(question, number, picture)
        except Exception as error:  # noqa: BLE001
            result = self._record(question.incoming.chat.platform, error)
        return Finding(number, picture, result)

    async def _look(self, question: _Question, number: int, picture: Picture) -> Analysis:
        async with self._downloads:
            await question.report(Stage.DOWNLOADING, number)
            with self._metrics.timed("download"):
                data = await fetch(picture, max_bytes=self._limits.bytes, seconds=self._limits.download_seconds)
        await question.report(Stage.ANALYSING, number)
        with self._metrics.timed("analysis"):
            analysis = await self._pipeline.analyse(data, threshold=question.threshold)
        self._metrics.analysed(question.incoming.chat.platform, analysis)
        return analysis

    async def _configure(self, incoming: Incoming, wish: Configure) -> Reply:
        """Change how this chat is set."""
        if not (incoming.chat.private or incoming.user.manager):
            raise NotAllowed
        language = find_language(wish.language)
        if wish.language is not None and language is None:
            raise BadSetting("language")
        if wish.threshold is not None and not 0 <= wish.threshold <= 1:  # refuses "not a number" as well
            raise BadSetting("threshold")
        self._rates.admit(incoming.user, incoming.chat)
        settings = await self._store.change(
            incoming.chat, watch=wish.watch, threshold=wish.threshold, language=language
        )
        sentences = Sentences(translations_for(settings.language or incoming.locale))
        return Reply(sentences.settings(watch=settings.watch, threshold=settings.threshold))

    def _record(self, platform: str, error: Exception) -> UserError | Bug:
        """Log and count what went wrong, and return what the chat shall hear of it."""
        if isinstance(error, UserError):
            log.info("refused", kind=error.kind, reason=str(error))
            self._metrics.failed(platform, error.kind)
            return error
        log.error("failed", exc_info=error)
        self._metrics.failed(platform, "internal")
        return Bug(structlog.contextvars.get_contextvars()["request"])


def _is_unasked(incoming: Incoming) -> bool:
    return isinstance(incoming.request, Ask) and incoming.request.trigger is Trigger.POSTED
