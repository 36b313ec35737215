"""Which language the browser prefers."""

import re
from collections.abc import Callable
from gettext import NullTranslations
from typing import TypeAlias

from aiohttp import web

Translations: TypeAlias = Callable[[str | None], NullTranslations]
"""The catalogue for a BCP 47 tag."""


def preferred_language(request: web.Request) -> str | None:
    """The first language in Accept-Language, as a BCP 47 tag; browsers name the preferred one first."""
    header = request.headers.get("Accept-Language", "")
    tag = re.match(r"\s*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3})\s*(?:[,;]|$)", header)
    return tag.group(1) if tag else None
