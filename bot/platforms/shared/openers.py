"""Bytes from the network: capped while they arrive, timed as a whole, from known hosts only.

A media address may itself be a secret (Telegram's holds the bot's token). It is kept out of every message, repr and
traceback, even of one that prints local variables: that is why no local variable here holds it or aiohttp's objects.
"""

import ipaddress
from collections.abc import Awaitable, Collection
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
from yarl import URL

from bot.chat.model import Opener
from bot.errors import DownloadFailed

T = TypeVar("T")


def opener(session: aiohttp.ClientSession, url: str, hosts: Collection[str]) -> Opener:
    """Make the opener of a picture that lies at `url` on one of a platform's media `hosts`.

    The opener raises `DownloadFailed` for an address that is not https or not on `hosts` (http is good enough for a
    loopback host among them), for any answer but 200, redirects included, and where the connection breaks.
    """
    return lambda: _Transfer(session, url, hosts)


class _Transfer:
    """One GET request: a context manager that yields itself, and iterates over the chunks of the body."""

    def __init__(self, session: aiohttp.ClientSession, url: str, hosts: Collection[str]) -> None:
        self._session = session
        self._url = url
        self._hosts = hosts

    async def __aenter__(self) -> Self:
        refusal = _refusal(self._url, self._hosts)
        if refusal:
            raise DownloadFailed(refusal)
        # A picture is compressed already. Should a server compress it again all the same, aiohttp unpacks it in chunks
        # of bounded size, and those are what is counted.
        headers = {"Accept-Encoding": "identity"}
        self._response = await _masked(self._session.get(self._url, allow_redirects=False, headers=headers))
        status = self._response.status
        if status != 200:
            self._response.release()
            raise DownloadFailed(f"the platform answered {status}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._response.release()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        chunk = await _masked(self._response.content.readany())
        if not chunk:
            raise StopAsyncIteration
        return chunk


async def _masked(awaitable: Awaitable[T]) -> T:
    try:
        return await awaitable
    except Exception as error:  # noqa: BLE001 - whatever aiohttp raises may hold the address
        failure = type(error).__name__
    # Outside the handler, so that aiohttp's error does not travel along as this one's context.
    raise DownloadFailed(f"the connection failed: {failure}")


def _refusal(address: str, hosts: Collection[str]) -> str | None:
    try:
        url = URL(address)
    except ValueError:
        return "the picture's address is malformed"
    if url.host is None or url.host not in hosts:
        return "the picture's address is not on a host of the platform"
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url.host)):
        return "the picture's address is not https"
    return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
