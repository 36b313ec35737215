"""Leads each request to its use case. What is not foreseen there is recorded here, and the chat gets an answer."""

import secrets

import structlog

from bot.config import Limits
from bot.domain import (
    Ask,
    Configure,
    Forget,
    Incoming,
    Left,
    Misuse,
    Moved,
    OptOut,
    Page,
    Press,
    Reply,
    Roster,
    Show,
    Suggest,
    Teach,
    Trigger,
)
from bot.metrics import Metrics
from bot.rates import Rates
from bot.replies import CommandWords, Sentences, translations_for
from bot.service.analyser import Analyser
from bot.service.answers import Answers
from bot.service.asking import Asking
from bot.service.buttons import UnderAnswers
from bot.service.case import Case
from bot.service.looking import Looking
from bot.service.presses import Presses, notice
from bot.service.settings import ChangingSettings
from bot.service.trouble import Trouble
from bot.store import Store

log = structlog.get_logger(__name__)


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
        self._trouble = Trouble(metrics)
        self._rates = Rates(user_requests=limits.user_requests, chat_requests=limits.chat_requests)
        self._looking = Looking(pipeline, store, metrics, self._trouble, self._rates, limits, threshold)
        self._answers = Answers(limits)
        self._asking = Asking(self._looking, self._answers)
        self._settings = ChangingSettings(store, self._rates)
        self._presses = Presses(
            self._answers,
            Rates(user_requests=limits.user_presses, chat_requests=limits.chat_presses),
            about_answers=UnderAnswers(self._answers).verbs,
            on_their_own={},
        )

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer a request; this is the `bot.domain.Handler`. Never raises, cancellation apart."""
        platform = incoming.chat.platform
        with structlog.contextvars.bound_contextvars(request=secrets.token_hex(4), platform=platform):
            catalogue = translations_for(incoming.locale)
            try:
                settings = await self._store.chat_settings(incoming.chat)
                catalogue = translations_for(settings.language or incoming.locale)
                reply = await self._serve(Case(incoming, settings, catalogue))
            except Exception as error:  # noqa: BLE001 - whatever it is, the chat gets an answer and the log the reason
                failure = self._trouble.record(platform, error)
                reply = _refusal(incoming, Sentences(catalogue).failure(failure))
            if not reply.silent:
                self._metrics.answered(platform)
                log.info("answered", to=type(incoming.request).__name__, images=len(reply.images))
        return reply

    async def _serve(self, case: Case) -> Reply:
        match case.incoming.request:
            case Ask() as ask:
                return await self._asking.answer(case, ask)
            case Configure() as wish:
                return await self._settings.answer(case, wish)
            case Press() as press:
                return await self._presses.answer(case, press)
            case OptOut(out):
                self._rates.admit(case.user, case.chat)
                await self._store.opt_out(case.user, out)
                return Reply(case.sentences.opted_out(out))
            case Show(Page.HELP):
                self._rates.admit(case.user, case.chat)
                return Reply(case.sentences.help(self._pipeline.roster))
            case Misuse(command):
                self._rates.admit(case.user, case.chat)
                return Reply(CommandWords(case.catalogue).misuse(command))
            case Show() | Teach() | Forget() | Roster() | Suggest() | Left() | Moved():
                raise NotImplementedError


def _refusal(incoming: Incoming, text: str) -> Reply:
    """Tell why there is no answer, where somebody waits for one."""
    match incoming.request:
        case Ask(trigger=Trigger.POSTED) | Suggest() | Left() | Moved():
            return Reply()
        case Press():
            return notice(text)
        case _:
            return Reply(text)
