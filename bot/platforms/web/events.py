"""The stream of a thread's changes to an open page.

Server-sent events rather than a WebSocket: news flow one way only (messages are posted as forms), browsers reconnect
by themselves and say in Last-Event-ID what they have seen, and the request passes the same checks as any other.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from bot.platforms.web.refusal import Refusal
from bot.platforms.web.sessions import Session
from bot.platforms.web.thread import Change

KEEP_ALIVE_SECONDS: Final = 20.0
STREAMS_EACH: Final = 8


async def stream(request: web.Request, session: Session) -> web.StreamResponse:
    """Send what the page has missed, then "ready" with the ids of all messages, then every change, until the end.

    A page that was away for long learns by the ids what has gone meanwhile.
    """
    seen = _last_seen(request)
    if session.streams >= STREAMS_EACH:
        raise Refusal(429, "streams", retry_after=30)
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    session.streams += 1
    try:
        await response.prepare(request)
        missed = session.thread.since(seen)
        ready = f"event: ready\ndata: {json.dumps(session.thread.ids)}\n\n"
        await response.write(_encode(missed) + ready.encode())
        await _follow(response, session, max(seen, *(change.revision for change in missed), 0))
    except ConnectionResetError:
        pass
    finally:
        session.streams -= 1
    return response


async def _follow(response: web.StreamResponse, session: Session, seen: int) -> None:
    while not session.thread.closed:
        try:
            async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                changes = await session.thread.changes(seen)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        await response.write(_encode(changes))
        seen = max((change.revision for change in changes), default=seen)


def _last_seen(request: web.Request) -> int:
    """The revision that the page knows: from the browser's own header, or from the address that the page opened."""
    seen = request.headers.get("Last-Event-ID") or request.query.get("after", "0")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 18 else 0


def _encode(changes: Sequence[Change]) -> bytes:
    return "".join(
        f"id: {change.revision}\ndata: {json.dumps(change.message.as_json(), ensure_ascii=False)}\n\n"
        for change in changes
    ).encode("utf-8", "replace")
