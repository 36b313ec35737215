"""The fake's gateway: the websocket over which events arrive, with sessions that can be resumed."""

import asyncio
import json
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from tests.support.fakes.discord.payloads import Payload
from tests.support.fakes.discord.world import snowflake

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 9, 10, 11
GUILDS, GUILD_MESSAGES, GUILD_REACTIONS = 1 << 0, 1 << 9, 1 << 10
DIRECT_MESSAGES, DIRECT_REACTIONS, MESSAGE_CONTENT = 1 << 12, 1 << 13, 1 << 15
ALL_INTENTS = GUILDS | GUILD_MESSAGES | GUILD_REACTIONS | DIRECT_MESSAGES | DIRECT_REACTIONS | MESSAGE_CONTENT
INTENTS = {
    "MESSAGE_CREATE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_UPDATE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_DELETE": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_DELETE_BULK": (GUILD_MESSAGES, DIRECT_MESSAGES),
    "MESSAGE_REACTION_ADD": (GUILD_REACTIONS, DIRECT_REACTIONS),
}
"""Which intents let an event through, within the server and in private."""
AUTHENTICATION_FAILED, DISALLOWED_INTENTS = 4004, 4014
HIDDEN_CONTENT = {"content": "", "attachments": [], "embeds": [], "components": []}


class Connection:
    """One websocket; compresses as a whole stream, if it was asked to."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._request = request
        self._zlib = zlib.compressobj() if request.query.get("compress") == "zlib-stream" else None

    async def send(self, op: int, data: Any = None, event: str | None = None, sequence: int | None = None) -> None:
        text = json.dumps({"op": op, "d": data, "t": event, "s": sequence})
        if self._zlib is None:
            await self.socket.send_str(text)
        else:
            await self.socket.send_bytes(self._zlib.compress(text.encode()) + self._zlib.flush(zlib.Z_SYNC_FLUSH))

    def cut(self) -> None:
        """Lose the connection without a closing handshake, as networks do."""
        if self._request.transport is not None:
            self._request.transport.abort()


class Gateway:
    """Accepts one bot. What it missed while its connection was lost it gets when it resumes its session."""

    def __init__(self, token: str, bot_id: str, check: Callable[[str, Payload], None]) -> None:
        self.allowed_intents = ALL_INTENTS
        self.intents = 0
        self.identified = 0
        self.resumed = 0
        self.online = asyncio.Event()
        self.may_resume = asyncio.Event()
        self.may_resume.set()
        self.welcome: Callable[[str], list[tuple[str, Payload]]] = lambda _session: []
        self._token = token
        self._bot_id = bot_id
        self._check = check
        self._connection: Connection | None = None
        self._session = ""
        self.sent: list[tuple[str, Payload]] = []

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(socket, request)
        await connection.send(HELLO, {"heartbeat_interval": 41250})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                await self._receive(connection, json.loads(message.data))
        if self._connection is connection:
            self._connection = None
            self.online.clear()
        return socket

    async def dispatch(self, event: str, data: Payload) -> None:
        """Send an event, in the form in which the intents of the session let it through."""
        self._check(event, data)
        seen = self._seen(event, data)
        if seen is None:
            return
        self.sent.append((event, seen))
        if self._connection is not None:
            # A bot that has just been killed does not hear of it.
            with suppress(ConnectionError):
                await self._connection.send(DISPATCH, seen, event, len(self.sent))

    def drop(self) -> None:
        """Lose the connection. What is dispatched from now on waits until the session is resumed."""
        assert self._connection is not None
        self._connection.cut()
        self.online.clear()
        self._connection = None

    async def close(self, code: int = 1000) -> None:
        """Close the connection, with a reason."""
        if self._connection is not None:
            await self._connection.socket.close(code=code)

    async def _receive(self, connection: Connection, message: Payload) -> None:
        data = message["d"]
        match message["op"]:
            case 1:
                await connection.send(HEARTBEAT_ACK)
            case 2 if data["token"] != self._token:
                await connection.socket.close(code=AUTHENTICATION_FAILED)
            case 2 if data["intents"] & ~self.allowed_intents:
                await connection.socket.close(code=DISALLOWED_INTENTS)
            case 2:
                self.identified += 1
                self.intents = data["intents"]
                self._session = f"session-{snowflake()}"
                self.sent = []
                self._connection = connection
                for event, payload in self.welcome(self._session):
                    await self.dispatch(event, payload)
                self.online.set()
            case 6 if data["session_id"] != self._session or data["token"] != self._token:
                await connection.send(INVALID_SESSION, data=False)
            case 6:
                await self.may_resume.wait()
                self.resumed += 1
                for sequence, (event, payload) in enumerate(self.sent, start=1):
                    if sequence > data["seq"]:
                        await connection.send(DISPATCH, payload, event, sequence)
                self._connection = connection
                self.online.set()
                await self.dispatch("RESUMED", {})

    def _seen(self, event: str, data: Payload) -> Payload | None:
        if event not in INTENTS:
            return data
        private = "guild_id" not in data
        if not self.intents & INTENTS[event][private]:
            return None
        return data if private or self.intents & MESSAGE_CONTENT else self._without_content(data)

    def _without_content(self, data: Payload) -> Payload:
        if "author" not in data:
            return data
        data = dict(data)
        if data.get("referenced_message"):
            data["referenced_message"] = self._without_content(data["referenced_message"])
        mentioned = any(user["id"] == self._bot_id for user in data["mentions"])
        return data if mentioned or data["author"]["id"] == self._bot_id else {**data, **HIDDEN_CONTENT}
