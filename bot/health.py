"""Whether the running bot is well, asked by another process: at its page, or at a socket where no page runs."""

import asyncio
import hashlib
import http.client
import json
import os
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

from bot.config import Settings
from bot.platforms.base import Health
from bot.platforms.web.platform import PLATFORM as WEB
from bot.platforms.web.platform import Web

ASKING_SECONDS = 4.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - where to ask one that listens there

log = structlog.get_logger(__name__)


def socket_path(settings: Settings) -> Path:
    """The socket of the bot with these settings and this user: one for each store."""
    store = f"{Path.cwd()} {settings.store.url}"
    user = os.geteuid() if hasattr(os, "geteuid") else 0
    return Path(tempfile.gettempdir()) / f"whobot-{user}-{hashlib.sha256(store.encode()).hexdigest()[:12]}.sock"


@asynccontextmanager
async def answering_health(settings: Settings, health: Callable[[], Awaitable[Health]]) -> AsyncIterator[None]:
    """Within the block, tell the bot's health at its socket, unless a page does."""
    if WEB.runs_with(settings) or not hasattr(asyncio, "start_unix_server"):
        yield
        return

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(json.dumps((await health()).report()).encode())
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    path = socket_path(settings)
    try:
        server = await asyncio.start_unix_server(answer, path)
    except OSError as error:
        log.warning("health_not_told", reason=error.strerror, advice=f"let this user write to {path.parent}")
        yield
        return
    path.chmod(0o600)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


def ask(settings: Settings) -> dict[str, Any]:
    """Ask the running bot with these settings how it is.

    Returns:
        Its `Health.report`.

    Raises:
        OSError: it does not answer.
        ValueError: something else answers there.
    """
    text = _at_page(WEB.settings_in(settings)) if WEB.runs_with(settings) else _at_socket(socket_path(settings))
    found = json.loads(text)
    if not isinstance(found, dict) or "ok" not in found:
        raise ValueError("what answers there is no whobot")
    return found


def _at_page(web: Web) -> bytes:
    host = EVERYWHERE.get(web.host, web.host)
    connection = http.client.HTTPConnection(host, web.port, timeout=ASKING_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read()
    except http.client.HTTPException as error:
        raise ValueError("what answers there is no whobot") from error
    finally:
        connection.close()


def _at_socket(path: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ASKING_SECONDS)
        connection.connect(str(path))
        return b"".join(iter(lambda: connection.recv(4096), b""))
