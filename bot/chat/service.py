"""Leads each request to its use case. What is not foreseen there is recorded here, and the chat gets an answer."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from gettext import NullTranslations

import structlog

from bot.chat.access import AccessCheck
from bot.chat.analysis import PictureAnalysis
from bot.chat.answers import Answers
from bot.chat.context import Context
from bot.chat.failures import FailureLog
from bot.chat.features.answer_buttons import UnderAnswers
from bot.chat.features.asking import Asking
from bot.chat.features.corrections import Corrections
from bot.chat.features.departures import Departures
from bot.chat.features.history import Records
from bot.chat.features.lessons import Lessons
from bot.chat.features.my_data import MyData
from bot.chat.features.pages import Pages
from bot.chat.features.review import Reviewing
from bot.chat.features.roster import Names
from bot.chat.features.settings import SettingUp
from bot.chat.features.teaching import Forgetting, Teaching
from bot.chat.model import (
    Ask,
    Configure,
    Forget,
    Incoming,
    Left,
    Misuse,
    Moved,
    OptOut,
    Page,
    Present,
    Press,
    Reply,
    Request,
    Roster,
    Show,
    Suggest,
    Teach,
    Trigger,
)
from bot.chat.presses import Presses, notice
from bot.chat.rates import Rates
from bot.chat.words import Bug, CommandWords, Sentences, translations_for
from bot.config import Access, Limits
from bot.errors import RateLimited, UserError
from bot.metrics import Metrics
from bot.recognition.backend import Backend
from bot.storage.store import Store

log = structlog.get_logger(__name__)


class Service:
    """Answers requests from every platform.

    Args:
        pipeline: Looks at pictures.
        store: Knows what outlives a restart.
        metrics: Counts what happens.
        limits: What a request may cost.
        access: Whom to answer.
        threshold: The probability from which a face is named in chats that have set none; None for the bundle's own.
    """

    def __init__(
        self,
        backend: Backend,
        store: Store,
        metrics: Metrics,
        *,
        limits: Limits,
        access: Access | None = None,
        threshold: float | None = None,
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._access = AccessCheck(access or Access())
        self._failures = FailureLog(metrics)
        self._rates = Rates(user_requests=limits.user_requests, chat_requests=limits.chat_requests)
        self._answers = Answers(limits)
        analysis = PictureAnalysis(backend, store, metrics, self._failures, self._rates, limits, threshold)
        self._asking = Asking(analysis, self._answers)
        self._settings = SettingUp(store)
        self._names = Names(backend, store, limits)
        lessons = Lessons(backend, store)
        self._teaching = Teaching(analysis, backend, store, lessons, limits)
        self._forgetting = Forgetting(backend, store)
        memories = (self._answers, self._teaching)
        self._my_data = MyData(store, memories)
        self._departures = Departures(store, memories)
        pages, records = Pages(backend, store, limits), Records(backend, store)
        self._pages: Mapping[Page, Callable[[Context], Awaitable[Reply]]] = {
            Page.HELP: pages.help,
            Page.ABOUT: pages.about,
            Page.PRIVACY: pages.privacy,
            Page.SETTINGS: self._settings.show,
            Page.MY_DATA: self._my_data.show,
            Page.STATS: records.stats,
            Page.HISTORY: records.history,
        }
        corrections = Corrections(self._answers, backend, store, lessons, limits)
        under_answers = UnderAnswers(self._answers)
        self._presses = Presses(
            self._answers,
            Rates(user_requests=limits.user_presses, chat_requests=limits.chat_presses),
            about_answers={**under_answers.about_answers, **corrections.about_answers},
            on_their_own={
                **under_answers.on_their_own,
                **self._settings.verbs,
                **self._names.verbs,
                **self._my_data.verbs,
                **self._teaching.verbs,
                **Reviewing(backend, store).verbs,
                **records.verbs,
                **corrections.on_their_own,
            },
        )

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer a request; this is the `bot.chat.model.Handler`. Never raises, cancellation apart."""
        platform = incoming.chat.platform
        with structlog.contextvars.bound_contextvars(request=secrets.token_hex(4), platform=platform):
            self._metrics.asked(platform, type(incoming.request).__name__.lower())
            catalogue = translations_for(incoming.locale)
            try:
                # Chats that go are forgotten whoever they were.
                leaving = isinstance(incoming.request, Left | Moved | Present)
                if not leaving and not self._access.admits(incoming.chat, incoming.user):
                    return Reply()
                settings = await self._store.chat_settings(incoming.chat)
                catalogue = translations_for(settings.language or incoming.locale)
                reply = await self._serve(Context(incoming, settings, catalogue))
            except Exception as error:  # noqa: BLE001 - whatever it is, the chat gets an answer and the log the reason
                reply = _refusal(incoming, catalogue, self._failures.record(platform, error))
            if not reply.silent:
                self._metrics.answered(platform)
                log.info("answered", to=type(incoming.request).__name__, images=len(reply.images))
        return reply

    async def _serve(self, context: Context) -> Reply:  # noqa: PLR0911 - one for each kind of request
        if _is_limited(context.incoming.request):
            self._rates.admit(context.user, context.chat)
        match context.incoming.request:
            case Ask() as ask:
                return await self._asking.answer(context, ask)
            case Configure() as change:
                return await self._settings.answer(context, change)
            case Press() as press:
                return await self._presses.answer(context, press)
            case Roster() as roster:
                return await self._names.answer(context, roster)
            case Suggest() as suggest:
                return await self._names.suggest(context, suggest)
            case Show(page):
                return await self._pages[page](context)
            case OptOut() as wish:
                return await self._my_data.opt_out(context, wish)
            case Misuse(command):
                return Reply(CommandWords(context.catalogue).misuse(command), private=True)
            case Teach() as teach:
                return await self._teaching.answer(context, teach)
            case Forget() as forget:
                return await self._forgetting.answer(context, forget)
            case (Left() | Moved() | Present()) as news:
                await self._departures.follow(context.chat, context.user, news)
                return Reply()


def _is_limited(request: Request) -> bool:
    """Whether a request counts before anything is looked into: whoever is refused shall not be told so without end.

    What was only posted counts once it is worth looking at; presses have limits of their own.
    """
    match request:
        case Ask(trigger=trigger):
            return trigger is not Trigger.POSTED
        case _:
            return isinstance(request, Configure | Forget | Misuse | OptOut | Roster | Show | Teach)


def _refusal(incoming: Incoming, catalogue: NullTranslations, failure: UserError | Bug) -> Reply:
    """Tell why there is no answer, where somebody waits for one and does not know it yet."""
    text = Sentences(catalogue).failure(failure)
    match incoming.request:
        case Ask(trigger=Trigger.POSTED) | Suggest() | Left() | Moved() | Present():
            return Reply()
        case _ if isinstance(failure, RateLimited) and failure.told:
            return Reply()
        case Press():
            return notice(text)
        case _:
            return Reply(text)
