"""The languages that whobot speaks, as gettext catalogues. The English sentences are those in the code."""

from collections.abc import Mapping
from gettext import NullTranslations

LANGUAGES: Mapping[str, NullTranslations] = {"en": NullTranslations()}
"""Catalogues by BCP 47 tag in lower case."""
FALLBACK = "en"


def find_language(tag: str | None) -> str | None:
    """Return the tag of the language asked for, of the nearest more general one, or None where neither is spoken.

    Source: the lookup of RFC 4647, section 3.4.
    """
    subtags = (tag or "").replace("_", "-").lower().split("-")
    ranges = ("-".join(subtags[:count]) for count in range(len(subtags), 0, -1))
    return next((known for known in ranges if known in LANGUAGES), None)


def translations_for(tag: str | None) -> NullTranslations:
    """Return the catalogue for a language tag, or the English one."""
    return LANGUAGES[find_language(tag) or FALLBACK]
