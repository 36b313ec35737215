"""From a pressed button to what becomes of its message."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakValueDictionary

from telegram import Bot, CallbackQuery, MaybeInaccessibleMessage, Message, MessageReactionUpdated, ReactionTypeEmoji
from telegram import User as TelegramUser
from telegram.constants import ReactionEmoji

from bot.chat.commands import split
from bot.chat.model import Handler, Placement, Press, Reply
from bot.fair import FairGate
from bot.platforms.shared.intake import errand, sending
from bot.platforms.telegram.callback_answer import Spinner, spinning
from bot.platforms.telegram.chat_action import presence
from bot.platforms.telegram.delivery import Address, ask_for_words, deliver
from bot.platforms.telegram.editing import edit, is_covered, remove
from bot.platforms.telegram.envelope import Envelopes
from bot.platforms.telegram.exchanges import Key, Memory, key
from bot.platforms.telegram.keyboards import HEADING, Buttons

PRESSES_AT_ONCE = 8
EXPIRED = "expired"
"""No action of any button: what it is answered with is that the buttons have expired."""


class Presses:
    """Hands presses over, and has their replies edit, delete or answer the message with the button."""

    def __init__(self, bot: Bot, handler: Handler, envelopes: Envelopes, memory: Memory, buttons: Buttons) -> None:
        self._bot = bot
        self._handler = handler
        self._envelopes = envelopes
        self._memory = memory
        self._buttons = buttons
        self._turns = FairGate(PRESSES_AT_ONCE, each=PRESSES_AT_ONCE // 2)
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()
        """Presses of one message's buttons wait for each other: each finds it as the one before has left it."""

    async def pressed(self, query: CallbackQuery) -> None:
        """Answer a press; where the button has a prompt, ask for the words first."""
        async with spinning(self._bot, query) as spinner:
            message, action = query.message, query.data
            if message is None or action is None or action == HEADING:
                return
            place = Address.of(message)
            prompt = await self._buttons.prompt(message, action)
            if prompt is None:
                await self._carry_out(Press(action), query.from_user, message, place, spinner)
                return
            asked = await ask_for_words(
                self._bot, prompt, query.from_user, place, private=message.chat.type == "private"
            )
            if asked is not None:
                await self._buttons.ask(asked, query.from_user, action, message)

    def may_be_words(self, message: Message) -> bool:
        """Whether a message may have the words that the one which it replies to has asked for."""
        asked = message.reply_to_message
        by_me = asked is not None and asked.from_user is not None and asked.from_user.id == self._bot.id
        current = errand()
        if current and current.missed:
            return False
        return by_me and message.from_user is not None and bool(message.text) and not split(message.text or "")

    async def written(self, message: Message) -> bool:
        """Carry out the press that a message has the words for; return False where no words were asked for."""
        asked, author = message.reply_to_message, message.from_user
        if asked is None or author is None:
            return False
        wanted = await self._buttons.wanted(asked, author)
        if wanted is None and (await self._buttons.has_asked(asked) or not _mentions(asked, author)):
            return False
        action, pressed = wanted or (EXPIRED, asked)
        await self._carry_out(Press(action, message.text), author, pressed, Address.of(message))
        # The message that asked for the words has done its duty.
        await remove(self._bot, [key(asked)])
        return True

    async def reacted(self, reaction: MessageReactionUpdated) -> None:
        """Delete an answer that its asker does not like."""
        await self._memory.complete.wait()
        message = reaction.chat.id, reaction.message_id
        exchange = self._memory.exchange(message)
        disliked = any(
            isinstance(kind, ReactionTypeEmoji) and kind.emoji == ReactionEmoji.THUMBS_DOWN
            for kind in reaction.new_reaction
        )
        by_asker = exchange is not None and reaction.user is not None and str(reaction.user.id) == exchange.asker.id
        if exchange is None or not (by_asker and disliked):
            return
        async with self._locks.setdefault(message, asyncio.Lock()):
            if message in exchange.answer:
                await self._take_away(self._memory.group(message))

    async def _take_away(self, group: Sequence[Key]) -> None:
        """Delete an answer. It stays known where that failed, so that whoever wants it gone can say so again."""
        if await remove(self._bot, group):
            self._memory.forget(group)

    async def _carry_out(
        self,
        press: Press,
        person: TelegramUser,
        pressed: MaybeInaccessibleMessage,
        place: Address,
        spinner: Spinner | None = None,
    ) -> None:
        one_by_one = self._locks.setdefault(key(pressed), asyncio.Lock())
        async with one_by_one, self._turns.place((pressed.chat.id, person.id)) as turn:
            async with presence(self._bot, place) as progress:
                await self._memory.complete.wait()
                exchange = self._memory.exchange(key(pressed))
                press = replace(press, asker=exchange.asker if exchange else None)
                incoming = await self._envelopes.from_person(person, pressed.chat, press)
                reply = await self._handler(replace(incoming, progress=progress))
            turn.leave()
            if reply.placement is Placement.NOTICE and spinner and await spinner.stop(reply.text):
                return
            if not reply.silent:
                await sending()
            await self._show(reply, pressed, place)

    async def _show(self, reply: Reply, pressed: MaybeInaccessibleMessage, place: Address) -> None:
        group = self._memory.group(key(pressed))
        match reply.placement:
            case Placement.DELETE | Placement.EDIT if not group:
                return
            case Placement.DELETE:
                await self._take_away(group)
                return
            case Placement.EDIT:
                sent = await edit(self._bot, reply, pressed, group)
                if sent and pressed not in sent:
                    self._memory.forget(group)
                await self._buttons.shown([pressed], reply)
            case _:
                covered = isinstance(pressed, Message) and is_covered(pressed)
                sent = await deliver(self._bot, reply, place, covered=covered)
        self._memory.answer(sent, self._memory.exchange(key(pressed)))
        await self._buttons.shown(sent, reply)


def _mentions(asked: Message, author: TelegramUser) -> bool:
    """Whether a message of the bot mentions a user: only those that ask for words do."""
    return any(entity.user is not None and entity.user.id == author.id for entity in asked.entities)
