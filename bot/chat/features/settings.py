"""How a chat is set: told, and changed by those who manage it."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, cast

from bot.chat.actions import Action, write
from bot.chat.commands import AUTOMATIC, SWITCH
from bot.chat.context import Context
from bot.chat.model import Button, ButtonStyle, Configure, Keeping, Menu, Option, Reply, Teachers
from bot.chat.presses import OnItsOwn, in_place
from bot.chat.words import LANGUAGES, SettingsWords, find_language, translations_for
from bot.errors import BadSetting, Expired, NotAllowed
from bot.storage.store import Store
from bot.storage.values import ChatSettings, SomeSettings

THRESHOLDS = (50, 60, 70, 80, 90)
"""Percent that can be chosen with a press; `Configure` takes any."""
STATES = {on: word for word, on in SWITCH.items()}


class SettingUp:
    """Tells and changes how chats are set."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def verbs(self) -> dict[str, OnItsOwn]:
        """What handles each verb."""
        return {"set": self._press}

    async def answer(self, context: Context, wish: Configure) -> Reply:
        """Change what the wish names, and tell all settings.

        Raises:
            NotAllowed: it is for others to say.
            BadSetting: a value makes no sense; nothing is changed.
        """
        if not context.manages:
            raise NotAllowed
        changes = _changes(wish)
        return Reply(await self._overview(await self._change(context, changes)))

    async def show(self, context: Context) -> Reply:
        """Tell all settings, with what changes them for those who may."""
        return replace(await self._view(context), private=True)

    async def _press(self, context: Context, action: Action, _text: str | None) -> Reply:
        """Change one setting and show the others with it."""
        if not context.manages:
            raise NotAllowed
        return in_place(await self._view(await self._change(context, _chosen(action.args))))

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
