"""What a request brings, read no longer and no further than it may be."""

import asyncio
import json
from typing import Any, Final

from aiohttp import web

from bot.platforms.web.refusal import Refusal

LONGEST_JSON: Final = 4096
WINDOW_SECONDS: Final = 10.0
LEAST_BYTES: Final = 40_000
"""What must arrive in each window, or be the end: four kilobytes a second, half of what the slowest telephones send."""


class Arriving:
    """A body as it arrives."""

    def __init__(self, request: web.Request) -> None:
        self._content = request.content
        self._loop = asyncio.get_running_loop()
        self._got = 0
        self._due = self._loop.time() + WINDOW_SECONDS

    async def read(self) -> bytes:
        """The next bytes; none at the end.

        Raises:
            Refusal: they arrive too slowly.
        """
        try:
            async with asyncio.timeout_at(self._due):
                chunk = await self._content.readany()
        except TimeoutError:
            raise Refusal(408, "slow") from None
        self._got += len(chunk)
        if self._got >= LEAST_BYTES:
            self._got, self._due = 0, self._loop.time() + WINDOW_SECONDS
        return chunk


async def read_json(request: web.Request) -> dict[str, Any]:
    """The object in a JSON body; empty where there is none.

    Raises:
        Refusal: it is too long, arrives too slowly, or is no JSON that a page of ours would send.
    """
    arriving = Arriving(request)
    body = b""
    while chunk := await arriving.read():
        body += chunk
        if len(body) > LONGEST_JSON:
            raise Refusal(413, "long_text")
    try:
        value: Any = json.loads(body or b"{}")
    except (ValueError, RecursionError):  # the parser goes one call deeper with each bracket
        raise Refusal(400, "json") from None
    return value if isinstance(value, dict) else {}
