"""What every request must pass, and the headers that every response carries.

A page of another site must not reach a chat that listens on the operator's own machine: the Host header is checked
against known names (an attacker's name that resolves to 127.0.0.1 is none of them), and what the API is asked must
come from our own page.
"""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.platforms.shared.http import is_loopback, preferred_language
from bot.platforms.web.language import Translations
from bot.platforms.web.phrases import sentence
from bot.platforms.web.refusal import Refusal

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


def _host(request: web.Request) -> str:
    """The Host header; aiohttp's own `request.host` may ask DNS for a name where there is none."""
    return request.headers.get("Host", "").lower()


def _host_name(netloc: str) -> str:
    """The lower-case host in ``host:port``, empty where it is malformed."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _arrived_at(request: web.Request) -> str:
    """The address of our own end of the connection. No DNS name can stand for it, so it is a safe Host."""
    name = request.transport.get_extra_info("sockname") if request.transport else None
    return name[0] if isinstance(name, tuple) else ""


def check_host(request: web.Request, allowed: Collection[str]) -> None:
    """Refuse a request that was addressed to a name which is not ours."""
    name = _host_name(_host(request))
    if not (is_loopback(name) or name in allowed or (name and name == _arrived_at(request))):
        raise Refusal(403, "host")


def check_origin(request: web.Request, allowed: Collection[str]) -> None:
    """Refuse what did not come from our own page.

    Browsers say where a request comes from in Sec-Fetch-Site (not over plain HTTP to other machines) and in Origin (on
    everything but plain GETs). A changing request must bring one of them. "same-site" is refused as well: every port of
    127.0.0.1 is the same site.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if request.method in SAFE_METHODS:
        ours = site in {None, "same-origin", "none"}
    else:
        ours = site == "same-origin" or (site is None and origin is not None)
    if origin is not None:
        netloc = origin.lower().partition("://")[2]
        ours &= netloc == _host(request) or _host_name(netloc) in allowed
    if not ours:
        raise Refusal(403, "origin")


def middleware(allowed_hosts: Collection[str], translations: Translations) -> Middleware:
    """Checks names and origins, and words refusals in the browser's language."""
    allowed = frozenset(_host_name(host) for host in allowed_hosts)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            check_host(request, allowed)
            if request.path.startswith("/api/"):
                check_origin(request, allowed)
            return await handler(request)
        except Refusal as refusal:
            words = {"error": refusal.kind, "message": sentence(refusal, translations(preferred_language(request)))}
            return web.json_response(words, status=refusal.status, headers=refusal.headers)

    return guard


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Signal: put the security headers on a response that has none of its own."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
