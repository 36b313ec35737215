"""From what a person posts or presses to what whobot does about it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

from bot.chat.model import Handler, Incoming, Left, Press, Progress, Reply, Request, Suggest
from bot.platforms.web.delivery import Delivery
from bot.platforms.web.message import Author, State
from bot.platforms.web.platform import CAPABILITIES
from bot.platforms.web.refusal import Refusal
from bot.platforms.web.requests import Reader
from bot.platforms.web.sessions import Session
from bot.platforms.web.uploads import Post

IN_HAND_EACH: Final = 4

T = TypeVar("T")


class Conversation:
    """Hands requests to the handler and has its replies delivered."""

    def __init__(self, handler: Handler, delivery: Delivery, reader: Reader) -> None:
        self._handler = handler
        self._delivery = delivery
        self._reader = reader
        self._tasks: set[asyncio.Task[Any]] = set()

    def check_capacity(self, session: Session) -> None:
        """Refuse where a session has enough questions open; asked before an upload is read, and once it is there."""
        if session.in_hand >= IN_HAND_EACH:
            raise Refusal(429, "wait", retry_after=2)

    def post(self, session: Session, post: Post, locale: str | None) -> int:
        """Take a message into the thread and begin to answer it; returns the message's id.

        Raises:
            Refusal: there is nothing in it, or its command is not understood, or there is no room.
        """
        if not post.text and not post.files:
            raise Refusal(400, "empty")
        request = self._reader.read(post)
        self.check_capacity(session)
        message_id = self._delivery.post(session, post.text, post.files)
        answer_id = session.thread.add(Author.WHOBOT, state=State.WORKING, to=message_id)
        self._begin(session, self._answer(session, answer_id, request, locale))
        return message_id

    async def press(self, session: Session, message_id: int, press: Press, locale: str | None) -> str | None:
        """Do what a button of a message is for; returns what to tell the one who pressed, None where nothing.

        A press is seen through even where the page that waits for it goes away.

        Raises:
            Refusal: the message offers no such button (any more), or there is no room.
        """
        message = session.thread.get(message_id)
        if message is None or not message.content.offers(press.action):
            raise Refusal(409, "button")
        self.check_capacity(session)
        return await asyncio.shield(self._begin(session, self._react(session, message_id, press, locale)))

    async def suggest(self, session: Session, suggest: Suggest, locale: str | None) -> tuple[str, ...]:
        """Names that begin with what was typed."""
        return (await self._handler(self._incoming(session, suggest, locale))).suggestions

    def take_back(self, session: Session, message_id: int) -> None:
        """Remove a person's own message, with all answers to it.

        Raises:
            Refusal: there is no such message, or it is whobot's.
        """
        message = session.thread.get(message_id)
        if message is None or message.author is not Author.YOU:
            raise Refusal(404, "message")
        self._delivery.take_back(session, message)

    def leave(self, session: Session) -> None:
        """Have all that is kept about a session's chat removed."""
        self._begin(session, self._leave(session))

    async def drain(self) -> None:
        """Wait until everything in hand is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def abandon(self) -> None:
        """Give up what is still in hand."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, session: Session, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Do something for a session, and have it counted until it is done."""

        def done(task: asyncio.Task[T]) -> None:
            session.in_hand -= 1
            self._tasks.discard(task)

        task = asyncio.create_task(work)
        session.in_hand += 1
        self._tasks.add(task)
        task.add_done_callback(done)
        return task

    async def _answer(self, session: Session, answer_id: int, request: Request, locale: str | None) -> None:
        async def progress(made: Progress) -> None:
            session.thread.progress(answer_id, made)

        incoming = Incoming(session.chat, session.user, request, CAPABILITIES, locale, progress)
        reply = Reply()
        try:
            reply = await self._handler(incoming)
        finally:
            self._delivery.answer(session, answer_id, reply)

    async def _react(self, session: Session, message_id: int, press: Press, locale: str | None) -> str | None:
        reply = await self._handler(self._incoming(session, press, locale))
        return self._delivery.react(session, message_id, reply)

    async def _leave(self, session: Session) -> None:
        await self._handler(Left(session.chat))

    def _incoming(self, session: Session, request: Request, locale: str | None) -> Incoming:
        return Incoming(session.chat, session.user, request, CAPABILITIES, locale)
