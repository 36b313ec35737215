"""From an update to its answer: read, hand over, deliver."""

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import structlog
from telegram import Message, Update
from telegram.constants import ChatType

from bot.adapters.telegram.albums import Albums
from bot.adapters.telegram.client import Client
from bot.adapters.telegram.delivery import Address, deliver
from bot.adapters.telegram.files import Files
from bot.adapters.telegram.members import Members
from bot.adapters.telegram.presence import presence
from bot.adapters.telegram.recent import Recent
from bot.adapters.telegram.render import CAPABILITIES
from bot.adapters.telegram.translate import PLATFORM, Reader, author_of, carries_picture
from bot.domain import Ask, Chat, Configure, Handler, Incoming, Request, Trigger

log = structlog.get_logger(__name__)

ANSWERS_AT_ONCE = 16
"""More do not get more done: each costs several requests, and with 256 at once more than half of them timed out."""
_STALE = timedelta(minutes=10)
_PICTURE_FOLLOWS = 120.0


class Dispatcher:
    """Takes updates in the order in which they come, and answers side by side in the task group `work`."""

    def __init__(self, bot: Client, handler: Handler, files: Files, work: asyncio.TaskGroup) -> None:
        self._bot = bot
        self._handler = handler
        self._work = work
        self._reader = Reader(bot.bot, files.opener)
        self._members = Members(bot)
        self._albums = Albums()
        self._asked: Recent[tuple[object, ...], bool] = Recent(seconds=_PICTURE_FOLLOWS, size=10_000)
        """Who has said /who and now owes the picture."""
        self._turns = asyncio.Semaphore(ANSWERS_AT_ONCE)

    def accept(self, update: Update) -> None:
        """Take an update in. Edited messages, posts of channels and messages of other bots are not for us."""
        message = update.message
        if message is None or _is_by_a_bot(message):
            return
        with _no_harm_to_others(message):
            self._sort(message)

    def _sort(self, message: Message) -> None:
        expected = carries_picture(message) and self._asked.pop(_speaker(message)) is not None
        if message.media_group_id is None:
            self._take((message,), expected=expected)
        elif self._albums.add(message):
            self._start(message, self._collect(message, expected=expected))

    async def _collect(self, first: Message, *, expected: bool) -> None:
        self._take(await self._albums.complete(first), expected=expected)

    def _take(self, messages: Sequence[Message], *, expected: bool) -> None:
        message = messages[0]
        request = self._reader.read(messages, expected=expected)
        if request is None:
            return
        if _is_posted(request) and datetime.now(UTC) - message.date > _STALE:
            log.info("left out an old picture that nobody asked about", platform=PLATFORM, chat=message.chat.id)
            return
        if _owes_picture(request):
            self._asked.put(_speaker(message), value=True)
        self._start(message, self._answer(message, request))

    async def _answer(self, message: Message, request: Request) -> None:
        private = message.chat.type == ChatType.PRIVATE
        address = Address.of(message)
        async with self._turns, presence(self._bot, address) as progress:
            manager = isinstance(request, Configure) and await self._members.manages(message)
            user = author_of(message, manager=manager)
            if user is None:
                return
            incoming = Incoming(
                chat=Chat(PLATFORM, str(message.chat.id), private),
                user=user,
                request=request,
                capabilities=CAPABILITIES,
                locale=message.from_user.language_code if message.from_user else None,
                progress=progress,
            )
            reply = await self._handler(incoming)
            await deliver(self._bot, reply, address, ask_back=_owes_picture(request) and not private)

    def _start(self, message: Message, answer: Coroutine[None, None, None]) -> None:
        async def safely() -> None:
            with _no_harm_to_others(message):
                await answer

        self._work.create_task(safely())


@contextmanager
def _no_harm_to_others(message: Message) -> Iterator[None]:
    """Log what should not happen, instead of ending the service for everybody."""
    try:
        yield
    except Exception:
        log.exception("a message could not be answered", platform=PLATFORM, chat=message.chat.id, id=message.message_id)


def _is_by_a_bot(message: Message) -> bool:
    """Telegram has bots of its own stand in as the author where somebody posts as a group or channel."""
    return message.sender_chat is None and message.from_user is not None and message.from_user.is_bot


def _is_posted(request: Request) -> bool:
    return isinstance(request, Ask) and request.trigger is Trigger.POSTED


def _owes_picture(request: Request) -> bool:
    return isinstance(request, Ask) and request.trigger is Trigger.COMMAND and not request.pictures


def _speaker(message: Message) -> tuple[object, ...]:
    return message.chat.id, author_of(message)
