"""The buttons that ask for words, of messages as Telegram has them."""

import json
from collections.abc import Sequence

from telegram import Bot, MaybeInaccessibleMessage, Message
from telegram import User as TelegramUser

from bot.chat.model import Prompt, Reply
from bot.platforms.shared.prompts import Prompts, Wanted
from bot.platforms.telegram.keyboards import prompts
from bot.platforms.telegram.platform import NAME


class Buttons:
    """Knows what buttons ask for, and what people were asked for."""

    def __init__(self, bot: Bot, memory: Prompts) -> None:
        self._bot = bot
        self._memory = memory

    async def shown(self, sent: Sequence[MaybeInaccessibleMessage], reply: Reply) -> None:
        """Remember what the buttons of a reply ask for; the last of its messages has them."""
        if sent:
            await self._memory.offer(_name(sent[-1]), prompts(reply))

    async def prompt(self, message: MaybeInaccessibleMessage, action: str) -> Prompt | None:
        """Return what a button asks for; None where it counts at once."""
        return await self._memory.of_button(_name(message), action)

    async def ask(self, asked: Message, person: TelegramUser, action: str, pressed: MaybeInaccessibleMessage) -> None:
        """Remember that a message asks somebody for the words to a button that they have pressed."""
        await self._memory.ask(_name(asked), Wanted(str(person.id), action, pressed.to_json()))

    async def wanted(self, asked: Message, person: TelegramUser) -> tuple[str, MaybeInaccessibleMessage] | None:
        """Return what a message has asked somebody for, once: the action, and the message with its button."""
        wanted = await self._memory.take(_name(asked), str(person.id))
        if wanted is None:
            return None
        return wanted.action, MaybeInaccessibleMessage.de_json(json.loads(wanted.pressed), self._bot)

    async def has_asked(self, asked: Message) -> bool:
        """Whether a message has asked somebody for words, be they written by now or not."""
        return await self._memory.has_asked(_name(asked))


def _name(message: MaybeInaccessibleMessage) -> str:
    return f"{NAME}:{message.chat.id}:{message.message_id}"
