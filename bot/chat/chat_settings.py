"""What chats can set, as people read, type and press it: made of the rows of `bot.storage.values.settings`."""

from collections.abc import Iterator, Mapping, Sequence
from gettext import NullTranslations
from typing import Any

from bot.chat.actions import write
from bot.chat.commands import AUTOMATIC, SWITCH
from bot.chat.context import Context
from bot.chat.model import Button, ButtonStyle, Menu, Option
from bot.chat.words import LANGUAGES, find_language
from bot.errors import BadSetting, Expired
from bot.storage.values import DEFAULTS, SETTINGS, Setting, Values

VERB = "set"
"""What buttons and menus that change a setting say."""


def read_typed(name: str, words: str) -> Mapping[str, Any] | None:
    """Return the change that typed words ask for; None where they make no sense.

    Args:
        name: The setting's.
        words: What was typed, as `bot.chat.commands.Arguments` has it.
    """
    match SETTINGS[name].values:
        case _ if words == AUTOMATIC and DEFAULTS[name] is None:
            return {name: None}
        case Values.SWITCH:
            return {name: SWITCH[words]} if words in SWITCH else None
        case Values.PROBABILITY:
            probability = _probability(words)
            return None if probability is None else {name: probability}
        case _:
            return {name: words} if words else None


def read_pressed(args: tuple[str, ...]) -> dict[str, Any]:
    """Return what a button or an option of a menu sets.

    Raises:
        Expired: none of ours says that.
    """
    match args:
        case (name, text) if name in SETTINGS:
            for value in _values(SETTINGS[name]):
                if _written(value) == text:
                    return {name: value}
    raise Expired


def checked(name: str, value: Any) -> Any:
    """Return the value that a setting is to have.

    Raises:
        BadSetting: it makes no sense.
    """
    match SETTINGS[name].values:
        case Values.LANGUAGE if value is not None:
            value = find_language(value)
            if value is None:
                raise BadSetting(name)
        case Values.PROBABILITY if value is not None and not 0 <= value <= 1:  # refuses "not a number" as well
            raise BadSetting(name)
    return value


def told(context: Context) -> Iterator[str]:
    """Tell how a chat is set, a line for each setting that matters there."""
    t, settings = context.catalogue, context.settings
    for name, setting in SETTINGS.items():
        if not _matters(context, setting):
            continue
        value = getattr(settings, name)
        sentence = setting.sentences.get(value, setting.sentence)
        if sentence:
            yield t.gettext(sentence).format(percent=_percent(value), language=LANGUAGES.get(value))
        if name == "watch" and settings.watch and not context.chat.hears_all:
            yield t.gettext(
                "But this platform shows me only what is addressed to me. "
                "Make me an administrator here, or have whoever runs me turn that off."
            )


def switches(context: Context) -> tuple[Button, ...]:
    """Return the buttons that switch a setting on and off."""
    return tuple(
        _switch(context.catalogue, name, setting, getattr(context.settings, name))
        for name, setting in SETTINGS.items()
        if setting.values is Values.SWITCH and _matters(context, setting)
    )


def menus(context: Context) -> Sequence[tuple[str, Menu]]:
    """Return the menus that change the other settings, each with its setting's name."""
    return [
        (name, _menu(context.catalogue, name, setting, getattr(context.settings, name)))
        for name, setting in SETTINGS.items()
        if setting.values is not Values.SWITCH and _matters(context, setting)
    ]


def _matters(context: Context, setting: Setting) -> bool:
    if setting.shared and context.chat.private:
        return False
    if setting.capability and not getattr(context.capabilities, setting.capability):
        return False
    return setting.when(context.settings)


def _switch(t: NullTranslations, name: str, setting: Setting, on: bool) -> Button:
    state = t.gettext("on") if on else t.gettext("off")
    label = t.gettext("{name}: {state}").format(name=t.gettext(setting.label), state=state)
    return Button(label, write(VERB, "", name, _written(not on)), ButtonStyle.PRIMARY if on else ButtonStyle.PLAIN)


def _menu(t: NullTranslations, name: str, setting: Setting, chosen: Any) -> Menu:
    options = (
        Option(_label(t, setting, value), write(VERB, "", name, _written(value)), selected=value == chosen)
        for value in _values(setting)
    )
    return Menu(t.gettext(setting.label), tuple(options))


def _values(setting: Setting) -> tuple[Any, ...]:
    """Return what can be chosen with a press; of a probability anything can be typed."""
    if setting.values is Values.SWITCH:
        return tuple(SWITCH.values())
    return (*setting.choices, *(LANGUAGES if setting.values is Values.LANGUAGE else ()))


def _label(t: NullTranslations, setting: Setting, value: Any) -> str:
    if label := setting.choices.get(value):
        return t.gettext(label)
    return LANGUAGES.get(value) or t.gettext("{percent} %").format(percent=_percent(value))


def _written(value: Any) -> str:
    """Write a value for a button."""
    match value:
        case None:
            return AUTOMATIC
        case bool():
            return next(word for word, on in SWITCH.items() if on is value)
        case float():
            return _percent(value)
        case _:
            return str(value)


def _percent(value: Any) -> str:
    return f"{value * 100:.4g}" if isinstance(value, float) else ""


def _probability(percent: str) -> float | None:
    """Read a percentage. Whoever writes 0.7 does not mean less than one percent."""
    try:
        value = float(percent.removesuffix("%").strip().replace(",", "."))
    except ValueError:
        return None
    if not 0 <= value <= 100:  # nor is it "not a number"
        return None
    return value if 0 < value < 1 else value / 100
