"""What the page asks of the server."""

import json
import re
from typing import Any, Final

from aiohttp import web

from bot.adapters.web import commands, events, uploads
from bot.adapters.web.conversation import Conversation
from bot.adapters.web.login import Login
from bot.adapters.web.refusal import Refusal
from bot.adapters.web.sessions import COOKIE, Sessions, set_cookie
from bot.adapters.web.shelf import ANYTHING, Shelf

UPLOADS_AT_ONCE: Final = 4
LONGEST_BODY: Final = 4096
MEDIA_POLICY: Final = "default-src 'none'; sandbox"


class Api:
    """The five requests of the page: begin, end, post, listen, look."""

    def __init__(
        self, sessions: Sessions, shelf: Shelf, conversation: Conversation, login: Login, max_upload: int
    ) -> None:
        self._sessions = sessions
        self._shelf = shelf
        self._conversation = conversation
        self._login = login
        self._max_upload = max_upload
        self._uploads = 0
        self.stopping = False

    def routes(self) -> list[web.RouteDef]:
        """Where each request arrives."""
        return [
            web.post("/api/session", self.begin),
            web.delete("/api/session", self.end),
            web.post("/api/messages", self.post),
            web.get("/api/events", self.listen),
            web.get(r"/api/media/{number:\d{1,18}}", self.look),
        ]

    async def begin(self, request: web.Request) -> web.Response:
        """Go on with the browser's session or open a new one, against the password where there is one."""
        session = self._sessions.find(request)
        if session is None:
            self._login.check(request, await _password(request))
            session = self._sessions.begin()
        response = web.json_response(
            {
                "chat": session.chat.id,
                "limits": {"bytes": self._max_upload, "files": uploads.MAX_FILES},
                "commands": [{"text": text, "hint": hint} for text, hint in commands.SUGGESTIONS],
                "password": self._login.required,
            }
        )
        set_cookie(request, response, session)
        return response

    async def end(self, request: web.Request) -> web.Response:
        """Forget the session and all that it kept."""
        self._sessions.forget(self._sessions.require(request))
        response = web.Response(status=204)
        response.del_cookie(COOKIE, path="/")
        return response

    async def post(self, request: web.Request) -> web.Response:
        """Take a message; its answer comes with the events."""
        session = self._sessions.require(request)
        self._conversation.check_room(session)
        if self._uploads >= UPLOADS_AT_ONCE:
            raise Refusal(503, "busy", "Many pictures are being sent right now. Try again.", retry_after=5)
        self._uploads += 1
        try:
            post = await uploads.receive(request, self._max_upload)
        finally:
            self._uploads -= 1
        if self.stopping:
            raise Refusal(503, "stopping", "whobot is shutting down. Try again in a moment.", retry_after=10)
        return web.json_response({"id": self._conversation.post(session, post, _locale(request))}, status=202)

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Follow the thread."""
        return await events.stream(request, self._sessions.require(request))

    async def look(self, request: web.Request) -> web.Response:
        """A picture of the session's own thread."""
        session = self._sessions.require(request)
        media = self._shelf.get(session.chat.id, int(request.match_info["number"]))
        if media is None:
            raise Refusal(404, "gone", "This picture is no longer kept.")
        headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": MEDIA_POLICY}
        if media.media_type == ANYTHING:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=media.data, content_type=media.media_type, headers=headers)


async def _password(request: web.Request) -> str | None:
    """The password in a JSON body, where there is one."""
    body = await request.content.read(LONGEST_BODY)
    try:
        value: Any = json.loads(body or b"{}")
    except ValueError:
        raise Refusal(400, "json", "That is not JSON.") from None
    password = value.get("password") if isinstance(value, dict) else None
    return password if isinstance(password, str) else None


def _locale(request: web.Request) -> str | None:
    """The first language that the browser prefers, as a BCP 47 tag."""
    tag = re.match(
        r"\s*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3})\s*(?:[,;]|$)", request.headers.get("Accept-Language", "")
    )
    return tag.group(1) if tag else None
