"""Browser sessions: each is open in one browser, known by a cookie and kept in memory.

A second cookie names the chat, for a year: what was set and taught in it is found again after a restart of whobot or of
the browser. It opens nothing: a session, and the password where there is one, is asked for all the same.
"""

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from bot.chat.model import Chat, User
from bot.platforms.web.picture_store import PictureStore
from bot.platforms.web.platform import NAME
from bot.platforms.web.refusal import Refusal
from bot.platforms.web.thread import Thread

SESSION_COOKIE: Final = "whobot_session"
CHAT_COOKIE: Final = "whobot_chat"
SESSIONS_KEPT: Final = 64
YEAR: Final = 365 * 24 * 60 * 60


@dataclass(slots=True, eq=False)
class Session:
    """One browser. `token` and `chat_token` are the secrets in its cookies; the other names may be logged."""

    token: str = field(repr=False)
    chat_token: str = field(repr=False)
    name: str
    chat: Chat
    user: User
    thread: Thread
    streams: int = 0
    in_hand: int = 0
    operator: bool = False
    """Whether whoever runs whobot has shown that this is theirs."""

    @property
    def idle(self) -> bool:
        """Whether no page is open and no work is going on for it."""
        return not self.streams and not self.in_hand


class Sessions:
    """All sessions, the least recently used first. A new one replaces the oldest that is idle.

    No map of cachetools: a session that is in use is never thrown out, a new one is refused instead.
    """

    def __init__(self, pictures: PictureStore, clock: Callable[[], float]) -> None:
        self._pictures = pictures
        self._clock = clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    def find(self, request: web.Request) -> Session | None:
        """The session whose cookie the request brings."""
        session = self._sessions.get(request.cookies.get(SESSION_COOKIE, ""))
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
        raise Refusal(401, "session")

    def begin(self, request: web.Request) -> Session:
        """Open a session, in the browser's own chat where it has one.

        Raises:
            Refusal: as many as there may be are in use.
        """
        if len(self._sessions) >= SESSIONS_KEPT:
            idle = next((session for session in self._sessions.values() if session.idle), None)
            if idle is None:
                raise Refusal(503, "crowded")
            self.forget(idle)
        chat_token = request.cookies.get(CHAT_COOKIE, "")
        if not re.fullmatch(r"[\w-]{43}", chat_token, re.ASCII):
            chat_token = secrets.token_urlsafe(32)
        chat = hashlib.sha256(chat_token.encode()).hexdigest()[:16]
        session = Session(
            token=secrets.token_urlsafe(32),
            chat_token=chat_token,
            name=secrets.token_hex(8),
            chat=Chat(NAME, chat, private=True),
            user=User(NAME, chat, manager=True, name=f"{NAME}-{chat[:4]}"),
            thread=Thread(self._clock),
        )
        self._sessions[session.token] = session
        return session

    def forget(self, session: Session) -> None:
        """End a session and drop all that it kept."""
        self._sessions.pop(session.token, None)
        self._pictures.clear(session.name)
        session.thread.close()

    def close(self) -> None:
        """End every session's streams."""
        for session in self._sessions.values():
            session.thread.close()


def set_cookies(request: web.Request, response: web.StreamResponse, session: Session) -> None:
    """Hand the browser its secrets: out of reach of scripts and of other sites, and over https never without it."""
    https = request.secure or request.headers.get("X-Forwarded-Proto", "").lower() == "https"
    for name, value, age in ((SESSION_COOKIE, session.token, None), (CHAT_COOKIE, session.chat_token, YEAR)):
        response.set_cookie(name, value, max_age=age, httponly=True, samesite="Strict", secure=https, path="/")


def delete_cookies(response: web.StreamResponse) -> None:
    """Have the browser forget both."""
    for name in (SESSION_COOKIE, CHAT_COOKIE):
        response.del_cookie(name, path="/")
