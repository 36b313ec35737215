"""How a chat is set: told, and changed by those who manage it."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, cast

from bot.chat.access import Rights
from bot.chat.actions import Pressed, write
from bot.chat.commands import AUTOMATIC, N_, SWITCH, Arguments, Command, Kind, Parameter, Where
from bot.chat.context import Context
from bot.chat.model import Button, ButtonStyle, Menu, Option, Reply, Request
from bot.chat.registry import Audience, ButtonHandler, Feature, Parts, RequestHandler
from bot.chat.replies import in_place
from bot.chat.words import LANGUAGES, SettingsWords, find_language, translations_for
from bot.errors import BadSetting, Expired
from bot.storage.values import ChatSettings, Keeping, SomeSettings, Teachers

THRESHOLDS = (50, 60, 70, 80, 90)
"""Percent that can be chosen with a press; `Configure` takes any."""
STATES = {on: word for word, on in SWITCH.items()}


@dataclass(frozen=True, slots=True)
class ShowSettings(Request):
    """How is this chat set?"""


@dataclass(frozen=True, slots=True)
class Configure(Request):
    """Change this chat's settings; None leaves a setting as it is.

    Args:
        watch: Look at every picture posted.
        quiet: In a watched chat, speak only when a known character is found.
        threshold: The probability from which a face is named; "auto" for the network's own.
        language: A BCP 47 tag; "auto" for everybody's own.
        adults_only: Stay silent unless the platform marks the chat as age-restricted.
        teachers: Who may teach and correct.
        keep: Which judgements keep the face crop, so that they count as examples.
        confirm: Whether what one person teaches is provisional until a second one or a manager confirms it.
    """

    watch: bool | None = None
    quiet: bool | None = None
    threshold: float | Literal["auto"] | None = None
    language: str | None = None
    adults_only: bool | None = None
    teachers: Teachers | None = None
    keep: Keeping | None = None
    confirm: bool | None = None


class SettingUp:
    """Tells and changes how chats are set."""

    def __init__(self, parts: Parts) -> None:
        self._store = parts.store

    async def configure(self, context: Context, wish: Configure) -> Reply:
        """Change what the wish names, and tell all settings.

        Raises:
            BadSetting: a value makes no sense; nothing is changed.
        """
        changes = _changes(wish)
        return Reply(await self._overview(await self._change(context, changes)))

    async def show(self, context: Context, _request: ShowSettings) -> Reply:
        """Tell all settings, with what changes them for those who may."""
        return replace(await self._view(context), private=True)

    async def press(self, context: Context, press: Pressed) -> Reply:
        """Change one setting and show the others with it."""
        return in_place(await self._view(await self._change(context, _chosen(press.args))))

    async def _change(self, context: Context, changes: SomeSettings) -> Context:
        """Change settings; return the case as it is after that."""
        settings = await self._store.change(context.chat, **changes)
        return replace(
            context, settings=settings, catalogue=translations_for(settings.language or context.incoming.locale)
        )

    async def _view(self, context: Context) -> Reply:
        text = await self._overview(context)
        if not (context.capabilities.buttons and context.manages):
            return Reply(text)
        return Reply(text, buttons=_switches(context), menus=_menus(context))

    async def _overview(self, context: Context) -> str:
        words, capabilities = SettingsWords(context.catalogue), context.capabilities
        text = words.overview(context.settings, context.chat, age_restricted_chats=capabilities.age_restricted_chats)
        if context.chat.home is None or not capabilities.chat_link:
            return text
        watched = await self._store.watched(context.chat.platform, context.chat.home)
        links = [capabilities.chat_link.format(home=context.chat.home, id=id_) for id_ in watched]
        return f"{text}\n{words.watched(links)}" if links else text


def _changes(wish: Configure) -> SomeSettings:
    changes = {name: value for name, value in asdict(wish).items() if value is not None}
    if wish.threshold == AUTOMATIC:
        changes["threshold"] = None
    elif wish.threshold is not None and not 0 <= wish.threshold <= 1:  # refuses "not a number" as well
        raise BadSetting("threshold")
    if wish.language is not None:
        language = find_language(wish.language)
        if language is None and wish.language != AUTOMATIC:
            raise BadSetting("language")
        changes["language"] = language
    return cast("SomeSettings", changes)


def _chosen(args: tuple[str, ...]) -> SomeSettings:
    """Read what a button sets.

    Raises:
        Expired: no button of ours says that.
    """
    values: Mapping[str, Mapping[str, Any]] = {
        **dict.fromkeys(("watch", "quiet", "confirm", "adults_only"), SWITCH),
        "threshold": {AUTOMATIC: None, **{str(percent): percent / 100 for percent in THRESHOLDS}},
        "language": {AUTOMATIC: None, **{tag: tag for tag in LANGUAGES}},
        "teachers": {teachers.value: teachers for teachers in Teachers},
        "keep": {keeping.value: keeping for keeping in Keeping},
    }
    match args:
        case (name, value) if value in values.get(name, ()):
            return cast("SomeSettings", {name: values[name][value]})
        case _:
            raise Expired


def _switches(context: Context) -> tuple[tuple[Button, ...], ...]:
    if context.chat.private:
        return ()
    words, settings = SettingsWords(context.catalogue), context.settings
    buttons = [_switch("watch", settings.watch, words.watch(settings.watch))]
    if settings.watch:
        buttons.append(_switch("quiet", settings.quiet, words.quiet(settings.quiet)))
    buttons.append(_switch("confirm", settings.confirm, words.confirm(settings.confirm)))
    if context.capabilities.age_restricted_chats:
        buttons.append(_switch("adults_only", settings.adults_only, words.adults_only(settings.adults_only)))
    return (tuple(buttons),)


def _switch(name: str, on: bool, label: str) -> Button:
    return Button(label, write("set", "", name, STATES[not on]), ButtonStyle.PRIMARY if on else ButtonStyle.PLAIN)


def _menus(context: Context) -> tuple[Menu, ...]:
    words, settings = SettingsWords(context.catalogue), context.settings
    thresholds = Menu(words.threshold_menu(), _threshold_options(words, settings))
    languages = Menu(
        words.language_menu(),
        (
            _option("language", AUTOMATIC, words.everybodys_own(), settings.language is None),
            *(_option("language", tag, name, settings.language == tag) for tag, name in LANGUAGES.items()),
        ),
    )
    keeping = Menu(
        words.keep_menu(), tuple(_option("keep", what, words.keep(what), settings.keep is what) for what in Keeping)
    )
    if context.chat.private:
        return thresholds, languages, keeping
    teachers = Menu(
        words.teachers_menu(),
        tuple(_option("teachers", who, words.teachers(who), settings.teachers is who) for who in Teachers),
    )
    return thresholds, languages, teachers, keeping


def _threshold_options(words: SettingsWords, settings: ChatSettings) -> tuple[Option, ...]:
    set_to = settings.threshold
    return (
        _option("threshold", AUTOMATIC, words.threshold(None), set_to is None),
        *(_option("threshold", percent, words.threshold(percent), set_to == percent / 100) for percent in THRESHOLDS),
    )


def _option(name: str, value: object, label: str, selected: bool) -> Option:
    return Option(label, write("set", "", name, value), selected)


def _read_language(arguments: Arguments) -> Configure | None:
    return Configure(language=arguments.words) if arguments.words else None


def _read_watch(arguments: Arguments) -> Configure | None:
    return Configure(watch=SWITCH[arguments.words]) if arguments.words in SWITCH else None


def _read_quiet(arguments: Arguments) -> Configure | None:
    return Configure(quiet=SWITCH[arguments.words]) if arguments.words in SWITCH else None


def _read_threshold(arguments: Arguments) -> Configure | None:
    if arguments.words == AUTOMATIC:
        return Configure(threshold=AUTOMATIC)
    probability = _probability(arguments.words)
    return None if probability is None else Configure(threshold=probability)


def _probability(percent: str) -> float | None:
    """Read a percentage. Whoever writes 0.7 does not mean less than one percent."""
    try:
        value = float(percent.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None
    if not 0 <= value <= 100:  # nor is it "not a number"
        return None
    return value if 0 < value < 1 else value / 100


def _help(_parts: Parts, context: Context) -> Iterator[str]:
    t = context.catalogue
    if context.manages and not context.chat.private:
        yield t.gettext("/watch on: I look at every picture posted here, until /watch off.")
    if context.manages:
        yield t.gettext("/settings: how I am set in this chat.")


FEATURE = Feature(
    make=SettingUp,
    commands=(
        Command("settings", N_("See and change how I am set in this chat"), lambda _: ShowSettings(), managers=True),
        Command(
            "language",
            N_("Choose the language that I speak in this chat"),
            _read_language,
            (Parameter("tag", N_("A language, or auto for everybody's own"), Kind.LANGUAGE),),
            managers=True,
        ),
        Command(
            "watch",
            N_("Look at every picture posted here, or stop looking"),
            _read_watch,
            (Parameter("state", N_("on: answer every picture. off: only when asked"), Kind.SWITCH),),
            managers=True,
            where=Where.GROUPS,
        ),
        Command(
            "quiet",
            N_("While watching, speak only when I know somebody"),
            _read_quiet,
            (Parameter("state", N_("on: known characters only. off: every face"), Kind.SWITCH),),
            managers=True,
            where=Where.GROUPS,
        ),
        Command(
            "threshold",
            N_("Choose how sure I must be to name a face"),
            _read_threshold,
            (Parameter("percent", N_("From 0 to 100, or auto to leave it to me"), Kind.PERCENT),),
            managers=True,
        ),
    ),
    requests=(
        RequestHandler(ShowSettings, SettingUp.show, rights=Rights.SHOWN),
        # A change is for everybody to see, since it is their pictures that are looked at.
        RequestHandler(Configure, SettingUp.configure, rights=Rights.MANAGERS, audience=Audience.CHAT),
    ),
    buttons=(ButtonHandler("set", SettingUp.press, rights=Rights.MANAGERS),),
    help=_help,
)
