"""From a posted message to its answer in the thread."""

import asyncio
from typing import Final

from bot.adapters.web.commands import parse
from bot.adapters.web.refusal import Refusal
from bot.adapters.web.sessions import Session
from bot.adapters.web.shelf import Media, Shelf, sniff
from bot.adapters.web.thread import Author, Shown, State
from bot.adapters.web.uploads import Post
from bot.domain import Capabilities, Handler, Incoming, Progress, Reply, ReplyImage

CAPABILITIES: Final = Capabilities(
    text_limit=100_000, caption_limit=100_000, images_limit=20, image_bytes_limit=50_000_000, alt_text=True
)
IN_HAND_EACH: Final = 4


class Conversation:
    """Hands messages to the handler and writes its answers into their threads."""

    def __init__(self, handler: Handler, shelf: Shelf) -> None:
        self._handler = handler
        self._shelf = shelf
        self._tasks: set[asyncio.Task[None]] = set()

    def check_room(self, session: Session) -> None:
        """Refuse where a session has enough questions open; asked before an upload is read, and once it is there."""
        if session.in_hand >= IN_HAND_EACH:
            raise Refusal(429, "wait", "One moment: your last pictures are still being looked at.", retry_after=2)

    def post(self, session: Session, post: Post, locale: str | None) -> int:
        """Take a message into the thread and begin to answer it; returns the message's id.

        Raises:
            Refusal: there is nothing in it, or its command is not understood, or there is no room.
        """
        if not post.text and not post.files:
            raise Refusal(400, "empty", "Add a picture or write something first.")
        request = parse(post.text, [file.as_picture() for file in post.files])
        self.check_room(session)
        shown = tuple(
            Shown(self._shelf.put(session.chat.id, Media(file.data, sniff(file.data))), file.name)
            for file in post.files
        )
        message_id = session.thread.add(Author.YOU, text=post.text, pictures=shown)
        answer_id = session.thread.add(Author.WHOBOT, state=State.WORKING)

        async def progress(made: Progress) -> None:
            session.thread.progress(answer_id, made)

        incoming = Incoming(session.chat, session.user, request, CAPABILITIES, locale, progress)
        session.in_hand += 1
        task = asyncio.create_task(self._answer(session, answer_id, incoming))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return message_id

    async def drain(self) -> None:
        """Wait until everything in hand is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def abandon(self) -> None:
        """Give up what is still in hand."""
        for task in self._tasks:
            task.cancel()

    async def _answer(self, session: Session, answer_id: int, incoming: Incoming) -> None:
        reply = Reply()
        try:
            reply = await self._handler(incoming)
        finally:
            session.in_hand -= 1
            if reply.silent or session.thread.closed:
                session.thread.remove(answer_id)
            else:
                shown = tuple(self._keep(session, image) for image in reply.images)
                session.thread.finish(answer_id, text=reply.text, pictures=shown)

    def _keep(self, session: Session, image: ReplyImage) -> Shown:
        number = self._shelf.put(session.chat.id, Media(image.data, image.media_type))
        return Shown(number, image.filename, image.alt)
