"""The page's own files, read once and served from memory; the page itself in the browser's language."""

import hashlib
import html
import json
import re
from collections.abc import Awaitable, Callable
from functools import cache
from gettext import NullTranslations
from pathlib import Path
from typing import Final

from aiohttp import ETag, web

from bot.platforms.web.language import Translations, preferred_language
from bot.platforms.web.phrases import page_phrases
from bot.recognition import formats

FOLDER: Final = Path(__file__).with_name("static")
TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PLACE: Final = re.compile(r"\{\{([\w-]+)\}\}")


def routes(translations: Translations) -> list[web.RouteDef]:
    """The page at /, its files under /static/."""
    files = [path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES]
    return [
        web.get("/", _page(translations)),
        *(web.get(f"/static/{path.name}", _file(path)) for path in files),
    ]


def render(template: str, t: NullTranslations) -> str:
    """Put phrases into the places that name them; ``{{phrases}}`` is all of them, as JSON for the scripts.

    ``{{accept}}`` are the formats that may be chosen.
    """
    phrases = page_phrases(t)
    places = {name: html.escape(phrase) for name, phrase in phrases.items()}
    places["language"] = html.escape(t.info().get("language", "en"))
    places["phrases"] = json.dumps(phrases, ensure_ascii=False).replace("<", "\\u003c")
    places["accept"] = html.escape(",".join((*formats.MEDIA_TYPES, *formats.SUFFIXES)))
    return PLACE.sub(lambda place: places[place.group(1)], template)


def _page(translations: Translations) -> Callable[[web.Request], Awaitable[web.Response]]:
    template = (FOLDER / "index.html").read_text(encoding="utf-8")

    @cache
    def rendered(t: NullTranslations) -> bytes:
        return render(template, t).encode()

    async def handler(request: web.Request) -> web.Response:
        body = rendered(translations(preferred_language(request)))
        return _unless_known(request, body, "text/html", {"Vary": "Accept-Language"})

    return handler


def _file(path: Path) -> Callable[[web.Request], Awaitable[web.Response]]:
    body = path.read_bytes()

    async def handler(request: web.Request) -> web.Response:
        return _unless_known(request, body, TYPES[path.suffix], {})

    return handler


def _unless_known(request: web.Request, body: bytes, content_type: str, headers: dict[str, str]) -> web.Response:
    """Send a file, unless the browser has the same."""
    headers["Cache-Control"] = "no-cache"
    etag = ETag(hashlib.sha256(body).hexdigest()[:16])
    if etag in (request.if_none_match or ()):
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)
    response.etag = etag
    return response
