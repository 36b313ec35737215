"""The languages that whobot speaks, as gettext catalogues. The English sentences are those in the code."""

from collections.abc import Mapping
from gettext import NullTranslations

LANGUAGES: Mapping[str, NullTranslations] = {"en": NullTranslations()}
"""Catalogues by BCP 47 tag in lower case."""
FALLBACK = "en"


def translations_for(tag: str | None) -> NullTranslations:
    """Return the catalogue for a language tag, for the nearest more general one, or for English.

    Source: the lookup of RFC 4647, section 3.4.
    """
    subtags = (tag or "").replace("_", "-").lower().split("-")
    for count in range(len(subtags), 0, -1):
        found = LANGUAGES.get("-".join(subtags[:count]))
        if found:
            return found
    return LANGUAGES[FALLBACK]
