"""What the people page asks of the server: as whoever looks after a chat, which is their own unless they run whobot.

What is done is done by the same features as in every chat; here a page's words become requests, and what is shown
becomes JSON. Rights are checked there as well, by who the request says that asks.
"""

import json
from dataclasses import asdict, is_dataclass, replace
from typing import Any, Final

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from bot.chat.model import Chat, Handler, Incoming, Picture, Reply, Request, Suggest, User
from bot.chat.people import REQUESTS, AddPicture, ShowFace, ShowStranger
from bot.platforms.shared.http import preferred_language
from bot.platforms.web import uploads
from bot.platforms.web.body import read_json
from bot.platforms.web.login import Login
from bot.platforms.web.media import POLICY
from bot.platforms.web.platform import CAPABILITIES
from bot.platforms.web.refusal import Refusal
from bot.platforms.web.sessions import Session, Sessions

OWN: Final = ""
"""How the page calls the browser's own chat. Others are PLATFORM:ID, and ":" is what holds in all of them."""
STATUS: Final = {"not_allowed": 403, "rate_limited": 429, "busy": 503, "stopping": 503, "internal": 500}
"""Of the kinds of refusal; every other one is a request that makes no sense as things are."""


class PeopleApi:
    """The requests of the people page.

    Args:
        operator: Knows the operator's password.
        own: Whether nobody but the operator can reach the page at all.
        max_upload: Bytes of one picture.
    """

    def __init__(self, sessions: Sessions, handler: Handler, operator: Login, *, own: bool, max_upload: int) -> None:
        self._sessions = sessions
        self._handler = handler
        self._operator = operator
        self._own = own
        self._max_upload = max_upload
        self._readers: dict[str, TypeAdapter[Any]] = {verb: TypeAdapter(kind) for verb, kind in REQUESTS.items()}

    def routes(self) -> list[web.RouteDef]:
        """Where each request arrives."""
        return [
            web.post("/api/people/me", self.me),
            web.post("/api/people/names", self.names),
            web.post("/api/people/picture", self.add),
            web.post(r"/api/people/{verb:[a-z-]{1,20}}", self.ask),
            web.get(r"/api/people/face/{face:\d{1,18}}", self.face),
            web.get(r"/api/people/stranger/{face:\d{1,18}}", self.stranger),
        ]

    async def me(self, request: web.Request) -> web.Response:
        """Say what the session may look after; with the operator's password, let it look after everything."""
        session = self._sessions.require(request)
        password = (await read_json(request)).get("password")
        if isinstance(password, str):
            if not self._operator.required:
                raise Refusal(403, "not_operator")
            self._operator.check(request, password)
            session.operator = True
        may = self._is_operator(session)
        return web.json_response({"operator": may, "asks": self._operator.required and not may})

    async def ask(self, request: web.Request) -> web.Response:
        """Look at something, or change something."""
        session = self._sessions.require(request)
        reader = self._readers.get(request.match_info["verb"])
        if reader is None:
            raise web.HTTPNotFound
        body = await read_json(request)
        try:
            wish: Request = reader.validate_python(body)
        except ValidationError:
            raise Refusal(400, "json") from None
        return _answer(await self._handled(request, session, body.get("where"), wish))

    async def names(self, request: web.Request) -> web.Response:
        """Names that go on as somebody types."""
        session = self._sessions.require(request)
        body = await read_json(request)
        reply = await self._handled(request, session, body.get("where"), Suggest(str(body.get("text", ""))[:200]))
        return web.json_response({"names": reply.suggestions})

    async def add(self, request: web.Request) -> web.Response:
        """Learn from a picture; the form's text is JSON: whom it shows, in which chat, and where the face is."""
        session = self._sessions.require(request)
        post = await uploads.receive(request, self._max_upload)
        try:
            body = json.loads(post.text)
            said = TypeAdapter(AddPicture).validate_python({**body, "pictures": ()})
        except (ValueError, TypeError, RecursionError):
            raise Refusal(400, "json") from None
        if len(post.files) != 1:
            raise Refusal(400, "form")
        pictures: tuple[Picture, ...] = (post.files[0].as_picture(),)
        return _answer(await self._handled(request, session, body.get("where"), replace(said, pictures=pictures)))

    async def face(self, request: web.Request) -> web.Response:
        """A picture that was taught."""
        return await self._picture(request, ShowFace(int(request.match_info["face"])))

    async def stranger(self, request: web.Request) -> web.Response:
        """A face that waits for a name."""
        return await self._picture(request, ShowStranger(int(request.match_info["face"])))

    async def _picture(self, request: web.Request, wish: Request) -> web.Response:
        session = self._sessions.require(request)
        reply = await self._handled(request, session, request.query.get("where"), wish)
        if not reply.images:
            raise Refusal(404, "gone")
        headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": POLICY}
        image = reply.images[0]
        return web.Response(body=image.data, content_type=image.media_type, headers=headers)

    async def _handled(self, request: web.Request, session: Session, where: object, wish: Request) -> Reply:
        chat, user = self._place(session, where)
        reply = await self._handler(Incoming(chat, user, wish, CAPABILITIES, preferred_language(request)))
        answered = reply.failure or reply.shown is not None or reply.images or isinstance(wish, Suggest)
        if not answered:  # the operator's settings keep such people out
            raise Refusal(403, "not_here")
        return reply

    def _place(self, session: Session, where: object) -> tuple[Chat, User]:
        """Return the chat that is meant, and the session's user as who looks after it.

        Raises:
            Refusal: it is another one than the session's own, and who asks does not run whobot.
        """
        operator = self._is_operator(session)
        user = replace(session.user, operator=operator)
        if not isinstance(where, str) or where == OWN:
            return session.chat, user
        if not operator:
            raise Refusal(403, "not_here")
        platform, colon, home = where.partition(":")
        if not colon or bool(platform) != bool(home) or len(where) > 300:
            raise Refusal(400, "json")
        return Chat(platform, home, private=not home, home=home or None), replace(user, manager=True)

    def _is_operator(self, session: Session) -> bool:
        return session.operator or (self._own and not self._operator.required)


def _answer(reply: Reply) -> web.Response:
    """Return a reply as the page reads it."""
    if reply.failure:
        kind = reply.failure.kind
        return web.json_response({"error": kind, "message": reply.text}, status=STATUS.get(kind, 422))
    shown = asdict(reply.shown) if is_dataclass(reply.shown) and not isinstance(reply.shown, type) else {}
    return web.json_response({**shown, "words": reply.text})
