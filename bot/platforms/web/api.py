"""What the page asks of the server."""

from functools import partial
from gettext import NullTranslations
from typing import Any, Final

from aiohttp import web

from bot.chat.model import Press, Suggest
from bot.platforms.shared.http import preferred_language
from bot.platforms.web import events, uploads
from bot.platforms.web.addresses import Addresses
from bot.platforms.web.body import read_json
from bot.platforms.web.conversation import Conversation
from bot.platforms.web.language import Translations
from bot.platforms.web.login import Login
from bot.platforms.web.refusal import Refusal
from bot.platforms.web.requests import Reader
from bot.platforms.web.sessions import Session, Sessions, delete_cookies, set_cookies
from bot.platforms.web.shares import Shares

SMALL_POST: Final = 32_000
"""Bytes of a message that takes no place among the uploads: words and commands never wait behind pictures."""
LONGEST_NAME: Final = 200
MESSAGE: Final = r"/api/messages/{id:\d{1,18}}"


class Api:
    """The requests of the page: begin, end, post, take back, press, be completed, listen."""

    def __init__(
        self,
        sessions: Sessions,
        conversation: Conversation,
        reader: Reader,
        login: Login,
        addresses: Addresses,
        *,
        max_upload: int,
        translations: Translations,
    ) -> None:
        self._sessions = sessions
        self._conversation = conversation
        self._reader = reader
        self._login = login
        self._max_upload = max_upload
        self._translations = translations
        self._addresses = addresses
        self._shares = Shares(max_upload)
        self.stopping = False

    def routes(self) -> list[web.RouteDef]:
        """Where each request arrives."""
        return [
            web.post("/api/session", self.begin),
            web.delete("/api/session", self.end),
            web.post("/api/messages", self.post),
            web.delete(MESSAGE, self.take_back),
            web.post(f"{MESSAGE}/press", self.press),
            web.get("/api/names", self.names),
            web.get("/api/events", self.listen),
        ]

    async def begin(self, request: web.Request) -> web.Response:
        """Go on with the browser's session or open a new one, against the password where there is one."""
        session = self._sessions.find(request)
        if session is None:
            self._login.check(request, _text(await read_json(request), "password"))
            session = self._sessions.begin(request)
        response = web.json_response(
            {
                "name": session.name,
                "limits": {"bytes": self._max_upload, "files": uploads.MAX_FILES},
                "commands": self._reader.palette(self._catalogue(request)),
            }
        )
        set_cookies(request, response, session)
        return response

    async def end(self, request: web.Request) -> web.Response:
        """Forget the session and its chat, with all that was kept about it."""
        session = self._sessions.require(request)
        self._conversation.leave(session)
        self._sessions.forget(session)
        response = web.Response(status=204)
        delete_cookies(response)
        return response

    async def post(self, request: web.Request) -> web.Response:
        """Take a message; its answer comes with the events."""
        session = self._sessions.require(request)
        self._conversation.check_capacity(session)
        post = await self._receive(request, session)
        self._check_open()
        return web.json_response(
            {"id": self._conversation.post(session, post, preferred_language(request))}, status=202
        )

    async def take_back(self, request: web.Request) -> web.Response:
        """Delete the asker's own message; what was answered to it goes too."""
        self._conversation.take_back(self._sessions.require(request), int(request.match_info["id"]))
        return web.Response(status=204)

    async def press(self, request: web.Request) -> web.Response:
        """Press a button; what it changes comes with the events, what is for the presser alone in the response."""
        session = self._sessions.require(request)
        body = await read_json(request)
        self._check_open()
        press = Press(_text(body, "action") or "", _text(body, "text"))
        number = int(request.match_info["id"])
        notice = await self._conversation.press(session, number, press, preferred_language(request))
        return web.json_response({"notice": notice})

    async def names(self, request: web.Request) -> web.Response:
        """Names that go on as the text begins; ``taught`` asks for those alone that were taught here."""
        session = self._sessions.require(request)
        suggest = Suggest(request.query.get("text", "")[:LONGEST_NAME].strip(), taught="taught" in request.query)
        names = await self._conversation.suggest(session, suggest, preferred_language(request))
        return web.json_response({"names": names})

    async def listen(self, request: web.Request) -> web.StreamResponse:
        """Follow the thread."""
        return await events.stream(request, self._sessions.require(request))

    async def _receive(self, request: web.Request, session: Session) -> uploads.Post:
        if (request.content_length or SMALL_POST + 1) <= SMALL_POST:
            return await uploads.receive(request, self._max_upload)
        with self._shares.place(session.name, self._addresses.of(request)) as place:
            return await uploads.receive(request, self._max_upload, partial(self._shares.grow, place))

    def _check_open(self) -> None:
        if self.stopping:
            raise Refusal(503, "stopping", retry_after=10)

    def _catalogue(self, request: web.Request) -> NullTranslations:
        return self._translations(preferred_language(request))


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None
