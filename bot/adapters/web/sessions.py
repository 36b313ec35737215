"""Browser sessions: each is a private chat of its own, known by a cookie and kept in memory."""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from bot.adapters.web.refusal import Refusal
from bot.adapters.web.shelf import Shelf
from bot.adapters.web.thread import Thread
from bot.domain import Chat, User

COOKIE: Final = "whobot_session"
SESSIONS_KEPT: Final = 64
PLATFORM: Final = "web"


@dataclass(slots=True, eq=False)
class Session:
    """One browser. `token` is the secret in its cookie; the chat's id is a name that may be logged and stored."""

    token: str = field(repr=False)
    chat: Chat
    user: User
    thread: Thread
    streams: int = 0
    in_hand: int = 0

    @property
    def idle(self) -> bool:
        """Whether nobody looks at it and nothing is being done for it."""
        return not self.streams and not self.in_hand


class Sessions:
    """All sessions, the least recently used first. A new one replaces the oldest that is idle."""

    def __init__(self, shelf: Shelf, clock: Callable[[], float]) -> None:
        self._shelf = shelf
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def find(self, request: web.Request) -> Session | None:
        """The session whose cookie the request brings."""
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session:
            self._sessions.move_to_end(session.token)
        return session

    def require(self, request: web.Request) -> Session:
        """The session whose cookie the request brings.

        Raises:
            Refusal: there is none, or it has been forgotten.
        """
        if session := self.find(request):
            return session
        raise Refusal(401, "session", "This conversation has ended. Reload the page to begin a new one.")

    def begin(self) -> Session:
        """Open a session.

        Raises:
            Refusal: as many as there may be are in use.
        """
        if len(self._sessions) >= SESSIONS_KEPT:
            idle = next((session for session in self._sessions.values() if session.idle), None)
            if idle is None:
                raise Refusal(503, "busy", "Too many people are chatting here right now. Try again later.")
            self.forget(idle)
        name = secrets.token_hex(8)
        session = Session(
            token=secrets.token_urlsafe(32),
            chat=Chat(PLATFORM, name, private=True),
            user=User(PLATFORM, name, manager=True),
            thread=Thread(self._clock),
        )
        self._sessions[session.token] = session
        return session

    def forget(self, session: Session) -> None:
        """End a session and drop all that it kept."""
        self._sessions.pop(session.token, None)
        self._shelf.clear(session.chat.id)
        session.thread.close()

    def close(self) -> None:
        """End every session's streams."""
        for session in self._sessions.values():
            session.thread.close()


def set_cookie(request: web.Request, response: web.StreamResponse, session: Session) -> None:
    """Hand the browser its session: out of reach of scripts and of other sites, and over https never without it."""
    https = request.secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="Strict", secure=https, path="/")
