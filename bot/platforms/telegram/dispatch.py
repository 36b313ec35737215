"""Leads each update to what it is about, and keeps them from harming each other."""

import asyncio
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import structlog
from telegram import ChatMemberUpdated, Message, Update
from telegram.constants import ChatMemberStatus

from bot.chat.model import Chat, Handler, Left, Moved
from bot.chat.registry import Registry
from bot.errors import StoreError
from bot.platforms.shared.intake import Errand, Intake, errand
from bot.platforms.telegram import letters
from bot.platforms.telegram.client import Client
from bot.platforms.telegram.envelope import Envelopes
from bot.platforms.telegram.exchanges import Memory
from bot.platforms.telegram.files import Files
from bot.platforms.telegram.keyboards import Buttons
from bot.platforms.telegram.members import Members
from bot.platforms.telegram.platform import NAME
from bot.platforms.telegram.presses import Presses
from bot.platforms.telegram.questions import Questions
from bot.platforms.telegram.translate import Reader

log = structlog.get_logger(__name__)

_GONE = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}


class Dispatcher:
    """Takes updates in the order in which they come, and answers side by side in the task group `work`.

    `registry` has all that can be asked for, `names` are those that may be typed for it; `intake` writes updates down.
    """

    def __init__(
        self,
        bot: Client,
        handler: Handler,
        registry: Registry,
        files: Files,
        names: Mapping[str, str],
        memory: Memory,
        buttons: Buttons,
        work: asyncio.TaskGroup,
        intake: Intake,
    ) -> None:
        self._bot = bot
        self._handler = handler
        self._work = work
        self._intake = intake
        self._members = Members(bot)
        self._envelopes = Envelopes(self._members, registry)
        self._reader = Reader(bot.bot, files.opener, registry, names)
        self._questions = Questions(bot, handler, self._envelopes, memory, buttons, self._reader, self._start)
        self._presses = Presses(bot, handler, self._envelopes, memory, buttons)

    async def take(self, updates: Sequence[Update]) -> StoreError | None:
        """Take updates in, once they are written down; return what has kept them from being.

        Whoever has the updates fetched may go away meanwhile: they are taken in all the same.
        """
        return await asyncio.shield(self._work.create_task(self._take(updates)))

    async def take_over(self) -> None:
        """Take in, for ever, what a crash has left open."""
        async for one in self._intake.left_open(str(self._reader.me.id)):
            with _no_harm_to_others(), one.errand.in_hand():
                self._accept(letters.update_of(one.event, self._bot), one.errand)

    async def _take(self, updates: Sequence[Update]) -> StoreError | None:
        try:
            taken = await self._intake.accept([(update, letters.letter(update, self._reader)) for update in updates])
        except StoreError as error:
            return error
        for one in taken:
            self._accept(one.event, one.errand)
        return None

    def _accept(self, update: Update, errand: Errand) -> None:
        chat = update.effective_chat
        with (
            structlog.contextvars.bound_contextvars(chat=chat.id if chat else None, update=update.update_id),
            _no_harm_to_others(),
            errand.in_hand(),
        ):
            self._route(update)

    def _route(self, update: Update) -> None:
        if update.message is not None:
            self._hear(update.message)
        elif update.edited_message is not None and not _is_by_a_bot(update.edited_message):
            self._questions.edited(update.edited_message)
        elif update.callback_query is not None:
            self._start(self._presses.pressed(update.callback_query))
        elif update.message_reaction is not None:
            self._start(self._presses.reacted(update.message_reaction))
        elif update.my_chat_member is not None:
            self._place_changed(update.my_chat_member)

    def _hear(self, message: Message) -> None:
        if message.migrate_to_chat_id is not None:
            here, there = (Chat(NAME, str(id_)) for id_ in (message.chat.id, message.migrate_to_chat_id))
            self._start(self._handler(Moved(here, there)))
        elif _is_by_a_bot(message):
            return
        elif self._presses.may_be_words(message):
            self._start(self._words_or_question(message))
        else:
            self._questions.posted(message)

    async def _words_or_question(self, message: Message) -> None:
        if not await self._presses.written(message):
            self._questions.posted(message)

    def _place_changed(self, change: ChatMemberUpdated) -> None:
        """The bot has got or lost rights in a chat, or was removed from it."""
        self._members.forget(change.chat, change.new_chat_member.user.id)
        if change.new_chat_member.status in _GONE:
            self.expelled(change.chat.id)

    def expelled(self, chat_id: int) -> None:
        """Tell that the bot is no longer in a chat."""
        self._start(self._handler(Left(Chat(NAME, str(chat_id), private=chat_id > 0))))

    def _start(self, work: Awaitable[object]) -> None:
        async def safely() -> None:
            with _no_harm_to_others():
                await work

        task, current = self._work.create_task(safely()), errand()
        if current is not None:
            current.joined(task)


@contextmanager
def _no_harm_to_others() -> Iterator[None]:
    """Log what should not happen, instead of ending the service for everybody."""
    try:
        yield
    except Exception:
        log.exception("an update could not be handled", platform=NAME)


def _is_by_a_bot(message: Message) -> bool:
    """Where people post as a group or a channel, Telegram names bots of its own as the author."""
    return message.sender_chat is None and message.from_user is not None and message.from_user.is_bot
