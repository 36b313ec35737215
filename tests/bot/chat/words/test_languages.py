"""Which language is spoken, and that each of them is spoken whole."""

import ast
import re
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Message

from bot.chat import features
from bot.chat.words import (
    LANGUAGES,
    TRANSLATED,
    Sentences,
    TeachingWords,
    find_language,
    translate,
    translations_for,
)
from bot.platforms.discord.platform import COMMAND_NAMES as DISCORD
from bot.platforms.registry import name_contexts
from bot.storage.values import SETTINGS, Values
from tests.checks.catalogues import CODE, KEYWORDS, catalogue, missing, names, template
from tests.support.service_harness import REGISTRY

PLACEHOLDER = re.compile(r"{(\w*)}")
COMMAND = re.compile(r"(?<![\w<])/([a-z]+)(?: (on|off)\b)?")
FORMS = {"de": 2, "es": 2, "id": 1, "ja": 1, "zh-hans": 1}
ON_A_BUTTON = 40
"""Characters. Discord takes 80, but shows hardly half of them on a telephone."""
DIALOGUE = 45
"""Characters of a dialogue's title that Discord takes."""


@pytest.mark.parametrize(
    "tag", [None, "", "en", "EN", "en-GB", "en_US", "tlh", "x-klingon", "-", "日本語", "zh-Hant-TW"]
)
def test_an_unknown_language_falls_back_to_english(tag: str | None) -> None:
    assert translations_for(tag) is translations_for("en")


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-GB", "en"),
        ("de_AT", "de"),
        ("es-419", "es"),
        ("ja-JP", "ja"),
        ("zh-Hans-CN", "zh-hans"),
        ("zh-CN", "zh-hans"),
        ("zh", "zh-hans"),
        ("zh-TW", None),
        ("in", "id"),
        ("tlh", None),
        (None, None),
    ],
)
def test_the_nearest_language_is_found(tag: str | None, language: str | None) -> None:
    assert find_language(tag) == language


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_has_a_catalogue_and_a_name(language: str) -> None:
    assert isinstance(translations_for(language), GNUTranslations)
    assert LANGUAGES[language]


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_sentence_is_missing(language: str) -> None:
    one = catalogue(language)
    known = {(message.context, message.id) for message in one}
    new = [message.id for message in template() if message.id and (message.context, message.id) not in known]
    assert not new, f"python -m tests.checks.catalogues adds {new}"
    assert not [message.id for message in missing(one)]


def test_no_sentence_hides_in_an_f_string() -> None:
    """Under Python 3.11 what extracts the sentences sees nothing there, so that they would stay in English."""
    hidden = [
        f"{file.relative_to(CODE)}:{call.lineno}"
        for file in sorted(CODE.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in KEYWORDS
    ]
    assert hidden == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_the_same_values(language: str) -> None:
    for message in catalogue(language):
        if not message.id:
            continue
        wanted = {frozenset(PLACEHOLDER.findall(form)) for form in forms(message.id)}
        for form in forms(message.string):
            assert frozenset(PLACEHOLDER.findall(form)) in wanted, message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_names_the_same_commands(language: str) -> None:
    """What is typed is the same in every language, and so is what a sentence tells to type."""
    for message in catalogue(language):
        for text, form in zip(forms(message.id), forms(message.string), strict=False):
            assert sorted(COMMAND.findall(text)) == sorted(COMMAND.findall(form)), form


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_plural_has_the_forms_that_its_language_needs(language: str) -> None:
    one = catalogue(language)
    assert one.num_plurals == FORMS[language]
    for message in one:
        if message.pluralizable:
            assert len(forms(message.string)) == FORMS[language], message.id
    assert "1" in translations_for(language).ngettext("I know {n} character.", "I know {n} characters.", 1).format(n=1)


# --- what the platforms take -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TRANSLATED)
def test_descriptions_fit_discord_the_strictest(language: str) -> None:
    for command in REGISTRY.commands:
        for text in (command.description, *(parameter.description for parameter in command.parameters)):
            assert 1 <= len(translate(text, language) or "") <= 100, text
    for menu in REGISTRY.menus:
        assert 1 <= len(translate(menu.name, language) or "") <= 32, menu


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_stands_on_buttons_is_short(language: str) -> None:
    t = translations_for(language)
    labels = [t.gettext(label).format(number=10) for label in labels_in_features()]
    assert len(labels) > 10
    labels += [Sentences(t).back(), Sentences(t).forward()]
    assert [label for label in labels if not 1 <= len(label) <= ON_A_BUTTON] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_switches_of_the_settings_and_what_teaching_offers_are_short(language: str) -> None:
    t = translations_for(language)
    teaching = TeachingWords(t)
    switches = [t.gettext(one.label) for one in SETTINGS.values() if one.values is Values.SWITCH]
    states = t.gettext("on"), t.gettext("off")
    labels = [t.gettext("{name}: {state}").format(name=name, state=state) for name in switches for state in states]
    labels += [t.gettext(label) for one in SETTINGS.values() for label in one.choices.values() if label]
    labels += [teaching.undo(), teaching.confirm(), teaching.reject(), teaching.search()]
    labels += [teaching.someone_else(), teaching.stranger(), teaching.not_a_face()]
    assert [label for label in labels if not 1 <= len(label) <= ON_A_BUTTON] == []
    titles = [teaching.search_title(), teaching.name_title()]
    assert [title for title in titles if not 1 <= len(title) <= DIALOGUE] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_telegram_tells_of_the_bot_fits(language: str) -> None:
    short, whole = (message for message in catalogue(language) if in_file(message, "telegram/commands.py"))
    assert 1 <= len(forms(short.string)[0]) <= 120
    assert 1 <= len(forms(whole.string)[0]) <= 512


@pytest.mark.parametrize("language", TRANSLATED)
def test_names_are_what_their_platform_takes(language: str) -> None:
    for name, context, rules in names():
        translated = translate(name, language, context) or ""
        assert rules.accept(translated), f"{name} is {translated!r}"
        if (name, context) == ("pictures", DISCORD.option):
            assert rules.accept(f"{translated}10"), "a number may follow"


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("context", name_contexts())
def test_no_two_commands_have_one_name(language: str, context: str) -> None:
    assert len({translate(command.name, language, context) for command in REGISTRY.commands}) == len(REGISTRY.commands)


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_two_options_of_a_command_have_one_name(language: str) -> None:
    for command in REGISTRY.commands:
        options = [translate(one.name, language, DISCORD.option) for one in command.parameters]
        assert len({*options}) == len(options)


def test_every_name_means_one_command_whatever_the_language() -> None:
    typed = REGISTRY.typed_names(translate, TRANSLATED, name_contexts())
    for language in TRANSLATED:
        for command in REGISTRY.commands:
            for context in name_contexts():
                name = translate(command.name, language, context)
                assert name is not None
                assert typed[name] == command.name, f"{name} is {typed[name]} in another language"
    assert typed["wer"] == typed["quién"] == typed["quien"] == typed["siapa"] == typed["誰"] == typed["是谁"] == "who"


# --- looking a text up -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tag", "word"), [("de", "wer"), ("es-419", "quién"), ("zh-CN", "是谁")])
def test_a_text_is_said_in_the_nearest_language(tag: str, word: str) -> None:
    assert translate("who", tag, DISCORD.command) == word
    assert translate("Undo", tag) == translations_for(tag).gettext("Undo") != "Undo"


@pytest.mark.parametrize("tag", ["en-US", "fr", "zh-TW", ""])
def test_no_text_is_said_in_english_or_a_language_that_is_not_spoken(tag: str) -> None:
    assert translate("who", tag, DISCORD.command) is None


def labels_in_features() -> list[str]:
    """The sentences that features put on buttons, menus and their options."""
    calls = (
        node
        for file in sorted(Path(features.__file__).parent.glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Button", "Menu", "Option")
    )
    texts = (inner for call in calls if call.args for inner in ast.walk(call.args[0]) if isinstance(inner, ast.Call))
    return [
        text.args[0].value
        for text in texts
        if isinstance(text.func, ast.Attribute) and text.func.attr == "gettext"
        if isinstance(text.args[0], ast.Constant) and isinstance(text.args[0].value, str)
    ]


def in_file(message: Message, name: str) -> bool:
    return any(place.endswith(name) for place, _ in message.locations)


def forms(text: Any) -> list[str]:
    """A text of a catalogue in its forms, the last one first: languages with one form say what English says of many."""
    return [text] if isinstance(text, str) else [*reversed(text)]
