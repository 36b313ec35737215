"""The languages that whobot speaks, a gettext catalogue each. The English sentences are in the code."""

from collections.abc import Mapping, Sequence
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO

LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "id": "Bahasa Indonesia",
    "ja": "日本語",
    "zh-hans": "简体中文",
}
"""Each language's name in its own words, by BCP 47 tag in lower case."""
FALLBACK = "en"
TRANSLATED = tuple(tag for tag in LANGUAGES if tag != FALLBACK)
"""The languages that have a catalogue."""
SAME = {"zh": "zh-hans", "zh-cn": "zh-hans", "zh-sg": "zh-hans", "in": "id"}
"""Tags that platforms send for a language of ours; Indonesian had another one until 1989, which Java still sends."""


def find_language(tag: str | None) -> str | None:
    """Return the tag of the language asked for, of the nearest more general one, or None where neither is spoken.

    Source: the lookup of RFC 4647, section 3.4.
    """
    subtags = (tag or "").replace("_", "-").lower().split("-")
    ranges = ["-".join(subtags[:count]) for count in range(len(subtags), 0, -1)]
    if ranges[-1] == "zh" and not {"hans", "cn", "sg"} & {*subtags} and len(subtags) > 1:
        return None  # traditional characters are another script
    known = (SAME.get(one, one) for one in ranges)
    return next((one for one in known if one in LANGUAGES), None)


def translations_for(tag: str | None) -> NullTranslations:
    """Return the catalogue for a language tag, or the English one."""
    return _load(find_language(tag) or FALLBACK)


def translate(text: str, tag: str, context: str | None = None) -> str | None:
    """Return a text of the code in the language of a BCP 47 tag; None where that is English or not spoken."""
    language = find_language(tag)
    if language is None or language == FALLBACK:
        return None
    catalogue = _load(language)
    return catalogue.gettext(text) if context is None else catalogue.pgettext(context, text)


def listed(items: Sequence[str], catalogue: NullTranslations) -> str:
    """Join items as the catalogue's language does: commas, and its "and" before the last."""
    from babel import Locale  # noqa: PLC0415 - seldom needed, as below
    from babel.lists import format_list  # noqa: PLC0415

    # English as the other sentences write it: without a comma before the "and".
    return format_list(items, locale=Locale.parse(catalogue.info().get("language", "en_001")))


@cache
def _load(language: str) -> NullTranslations:
    """Read a catalogue as its translators edit it: compiled here, there is no second file that could be out of date."""
    if language == FALLBACK:
        return NullTranslations()
    # Only now: the command line speaks English, and needs no reader of catalogues.
    from babel.messages.mofile import write_mo  # noqa: PLC0415
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with resources.files("bot.chat").joinpath("locales", f"{language}.po").open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
