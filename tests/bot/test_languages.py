"""Which language is spoken, and that each of them is spoken whole."""

import re
from gettext import GNUTranslations

import pytest

from bot.replies import LANGUAGES, find_language, translations_for
from tests.checks.catalogues import TRANSLATED, catalogue, missing, template

PLACEHOLDER = re.compile(r"{(\w*)}")


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


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_the_same_values(language: str) -> None:
    for message in catalogue(language):
        if not message.id:
            continue
        many = isinstance(message.id, tuple | list)
        wanted = {frozenset(PLACEHOLDER.findall(form)) for form in (message.id if many else [message.id])}
        for form in message.string if many else [message.string]:
            assert frozenset(PLACEHOLDER.findall(form)) in wanted, message.id
