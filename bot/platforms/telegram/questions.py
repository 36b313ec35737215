"""From a message to its answer: read, hand over, deliver; and once more when the message is edited."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeGuard

import structlog
from cachetools import TTLCache
from telegram import Bot, Message
from telegram.constants import ChatType

from bot.chat.model import Ask, Handler, Missed, Picture, PictureRequest, Request, Trigger
from bot.fair import FairGate
from bot.platforms.shared.intake import errand, sending
from bot.platforms.telegram.albums import Albums
from bot.platforms.telegram.chat_action import presence
from bot.platforms.telegram.delivery import Address, deliver
from bot.platforms.telegram.editing import remove
from bot.platforms.telegram.envelope import Envelopes
from bot.platforms.telegram.exchanges import Exchange, Memory, key
from bot.platforms.telegram.keyboards import Buttons
from bot.platforms.telegram.media import carries_picture, identity
from bot.platforms.telegram.platform import NAME
from bot.platforms.telegram.translate import Reader, author_of

log = structlog.get_logger(__name__)

Start: TypeAlias = Callable[[Coroutine[Any, Any, object]], None]

ANSWERS_AT_ONCE = 16
"""Of one chat half as many, each counted until its answer is delivered. More do not get more done: each costs several
requests, and with 256 at once more than half of them timed out."""
_STALE = timedelta(minutes=10)
_PICTURE_FOLLOWS = 120.0


class Questions:
    """Answers messages side by side: `start` runs what takes its time."""

    def __init__(
        self,
        bot: Bot,
        handler: Handler,
        envelopes: Envelopes,
        memory: Memory,
        buttons: Buttons,
        reader: Reader,
        start: Start,
    ) -> None:
        self._bot = bot
        self._handler = handler
        self._envelopes = envelopes
        self._memory = memory
        self._buttons = buttons
        self._reader = reader
        self._start = start
        self._albums = Albums()
        self._owed: TTLCache[tuple[object, ...], PictureRequest] = TTLCache(maxsize=10_000, ttl=_PICTURE_FOLLOWS)
        """What was asked without the picture, which is to follow, and who asked."""
        self._turns = FairGate(ANSWERS_AT_ONCE, each=ANSWERS_AT_ONCE // 2)

    def posted(self, message: Message) -> None:
        """Take in a new message."""
        owed = self._owed.pop(_speaker(message), None) if carries_picture(message) else None
        if message.media_group_id is None:
            self._take((message,), owed)
        elif self._albums.add(message):
            self._start(self._collect(message, owed))

    def edited(self, message: Message) -> None:
        """Take in a changed message: what answered it is withdrawn, and what it asks now is answered."""
        if not self._memory.complete.is_set():
            self._start(self._edited_early(message))
            return
        for asked in self._memory.about(key(message)):
            if asked.about is not None and _picture(asked.about) != _picture(message):
                self._start(remove(self._bot, self._memory.withdraw(asked)))
        exchange = self._memory.exchange(key(message))
        if exchange is None:
            request = self._read((message,))
            if request and _is_asked(request) and message.media_group_id is None and not _is_stale(message):
                self._begin((message,), request)
            return
        was = {key(part): part for part in exchange.question}
        before = was.get(key(message))
        if before is not None and _content(before) == _content(message):
            return
        self._start(remove(self._bot, self._memory.withdraw(exchange)))
        if before is None and message.media_group_id is not None:
            return  # The other pictures of the album are no longer known.
        messages = tuple((was | {key(message): message}).values())
        request = self._read(messages, exchange.owed)
        if isinstance(request, Ask):
            self._begin(messages, request, exchange.owed)

    async def _edited_early(self, message: Message) -> None:
        """Wait for what was asked before the restart, of which this may be a part."""
        await self._memory.complete.wait()
        self.edited(message)

    async def _collect(self, first: Message, owed: PictureRequest | None) -> None:
        self._take(await self._albums.complete(first), owed)

    def _take(self, messages: tuple[Message, ...], owed: PictureRequest | None) -> None:
        message = messages[0]
        request = self._read(messages, owed)
        if request is None:
            return
        if _is_posted(request) and _is_stale(message):
            log.info("left out an old picture that nobody asked about", platform=NAME, chat=message.chat.id)
            return
        if _owes_picture(request):
            self._owed[_speaker(message)] = request
        self._begin(messages, request, owed)

    def _begin(self, messages: tuple[Message, ...], request: Request, owed: PictureRequest | None = None) -> None:
        asker, missed = author_of(messages[0]), _missed()
        if asker is None or (missed and _is_posted(request)):
            return
        request = missed or request
        pictures = request.pictures if isinstance(request, PictureRequest) else ()
        exchange = Exchange(messages, asker, pictures, owed, _asked_about(messages) if pictures else None)
        if _is_asked(request):
            self._memory.ask(exchange)
        self._start(self._answer(exchange, request))

    def _read(self, messages: Sequence[Message], owed: PictureRequest | None = None) -> Request | None:
        return self._reader.read(messages, owed=owed, shown=self._shown(messages[0]))

    def _shown(self, message: Message) -> tuple[Picture, ...]:
        """The pictures that the answer which this message replies to is about."""
        answered, author = message.reply_to_message, author_of(message)
        exchange = self._memory.exchange(key(answered)) if answered else None
        if answered is None or author is None or exchange is None or key(answered) not in exchange.answer:
            return ()
        asker = exchange.asker if exchange.asker.id != author.id else None
        return tuple(replace(picture, author=picture.author or asker) for picture in exchange.pictures)

    async def _answer(self, exchange: Exchange, request: Request) -> None:
        message = exchange.question[0]
        address = Address.of(message)
        async with self._turns.place((message.chat.id, exchange.asker.id)) as turn:
            async with presence(self._bot, address) as progress:
                incoming = await self._envelopes.from_message(message, exchange.asker, request)
                reply = await self._handler(replace(incoming, progress=progress))
            # Delivering may have to wait until Telegram lets this chat have more messages: that is no other's business.
            turn.leave()
            if exchange.withdrawn:
                return
            if not reply.silent:
                await sending()
            ask_back = _owes_picture(request) and message.chat.type != ChatType.PRIVATE
            sent = await deliver(self._bot, reply, address, ask_back=ask_back)
        if sent and _is_posted(request):
            self._memory.ask(exchange)
        self._memory.answer(sent, exchange)
        await self._buttons.shown(sent, reply)
        if exchange.withdrawn:
            await remove(self._bot, self._memory.withdraw(exchange))


def _content(message: Message) -> tuple[object, ...]:
    """What an answer depends on. Telegram also announces edits that change nothing of it."""
    return *_picture(message), message.text or message.caption


def _picture(message: Message) -> tuple[object, ...]:
    return identity(message), message.has_media_spoiler


def _asked_about(messages: Sequence[Message]) -> Message | None:
    """The message whose picture is meant, where those that ask have none of their own."""
    answered = messages[0].reply_to_message
    if answered is None or not carries_picture(answered) or any(map(carries_picture, messages)):
        return None
    return answered


def _missed() -> Missed | None:
    """What is to be said in place of an answer, after a crash."""
    current = errand()
    return current.missed if current else None


def _is_asked(request: Request) -> bool:
    return isinstance(request, Ask) and request.trigger is not Trigger.POSTED


def _is_posted(request: Request) -> bool:
    return isinstance(request, Ask) and request.trigger is Trigger.POSTED


def _is_stale(message: Message) -> bool:
    return datetime.now(UTC) - message.date > _STALE


def _owes_picture(request: Request) -> TypeGuard[PictureRequest]:
    """Whether a command about pictures came without any: the next message may bring them."""
    by_command = not isinstance(request, Ask) or request.trigger is Trigger.COMMAND
    return isinstance(request, PictureRequest) and not request.pictures and by_command


def _speaker(message: Message) -> tuple[object, ...]:
    author = author_of(message)
    return message.chat.id, author and author.id
