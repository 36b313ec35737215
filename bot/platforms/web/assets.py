"""The page in the browser's language, and its own files."""

import hashlib
import html
import json
import re
from collections.abc import Awaitable, Callable
from functools import cache
from gettext import NullTranslations
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

from aiohttp import ETag, web

from bot.platforms.shared.http import preferred_language
from bot.platforms.web.language import Translations
from bot.platforms.web.people_phrases import people_phrases
from bot.platforms.web.phrases import page_phrases
from bot.recognition import formats

FOLDER: Final = Path(__file__).with_name("static")
TEMPLATE: Final = FOLDER.with_name("page.html")
PEOPLE: Final = FOLDER.with_name("people.html")
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
Words: TypeAlias = Callable[[NullTranslations], dict[str, str]]
"""What a page says, by the names under which it and its scripts ask for it."""
PLACE: Final = re.compile(r"\{\{([\w-]+)\}\}")


def routes(translations: Translations) -> list[web.AbstractRouteDef]:
    """The chat at /, the people page at /people, their files under /static/."""
    return [
        web.get("/", _page(TEMPLATE, page_phrases, translations)),
        web.get("/people", _page(PEOPLE, people_phrases, translations)),
        web.static("/static", FOLDER),
    ]


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Signal: have browsers ask whether a file has changed, and say what it is.

    The machine's own table of types is not relied on: on some Windows machines it calls scripts plain text.
    """
    if isinstance(response, web.FileResponse) and response.status < 400:
        response.headers["Cache-Control"] = "no-cache"
        if media_type := TYPES.get(PurePosixPath(request.path).suffix):
            response.content_type = media_type
            response.charset = "utf-8"


def render(template: str, t: NullTranslations, words: Words = page_phrases) -> str:
    """Put phrases into the places that name them; ``{{phrases}}`` is all of them, as JSON for the scripts.

    ``{{accept}}`` are the formats that may be chosen.
    """
    phrases = words(t)
    places = {name: html.escape(phrase) for name, phrase in phrases.items()}
    places["language"] = html.escape(t.info().get("language", "en"))
    places["phrases"] = json.dumps(phrases, ensure_ascii=False).replace("<", "\\u003c")
    places["accept"] = html.escape(",".join((*formats.MEDIA_TYPES, *formats.SUFFIXES)))
    return PLACE.sub(lambda place: places[place.group(1)], template)


def _page(path: Path, words: Words, translations: Translations) -> Callable[[web.Request], Awaitable[web.Response]]:
    template = path.read_text(encoding="utf-8")

    @cache
    def rendered(t: NullTranslations) -> bytes:
        return render(template, t, words).encode()

    async def handler(request: web.Request) -> web.Response:
        """Send the page, unless the browser has the same."""
        body = rendered(translations(preferred_language(request)))
        headers = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}
        etag = ETag(hashlib.sha256(body).hexdigest()[:16])
        if etag in (request.if_none_match or ()):
            response = web.Response(status=304, headers=headers)
        else:
            response = web.Response(body=body, content_type="text/html", charset="utf-8", headers=headers)
        response.etag = etag
        return response

    return handler
