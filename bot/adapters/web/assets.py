"""The page's own files, read once and served from memory."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from aiohttp import ETag, web

FOLDER: Final = Path(__file__).with_name("static")
TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def routes() -> list[web.RouteDef]:
    """The page at /, its files under /static/."""
    files = [path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES]
    return [web.get("/" if path.name == "index.html" else f"/static/{path.name}", _serve(path)) for path in files]


def _serve(path: Path) -> Callable[[web.Request], Awaitable[web.Response]]:
    body = path.read_bytes()
    etag = ETag(hashlib.sha256(body).hexdigest()[:16])

    async def handler(request: web.Request) -> web.Response:
        headers = {"Cache-Control": "no-cache"}
        known = request.if_none_match or ()
        response = (
            web.Response(status=304, headers=headers)
            if etag in known
            else web.Response(body=body, content_type=TYPES[path.suffix], charset="utf-8", headers=headers)
        )
        response.etag = etag
        return response

    return handler
