"""Buttons and menus as inline keyboards, and the words that some buttons ask for."""

import json
from collections.abc import Iterator, Sequence

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message
from telegram import User as TelegramUser
from telegram.constants import KeyboardButtonStyle

from bot.chat.model import Button, ButtonStyle, Menu, Prompt, Reply
from bot.platforms.shared.prompts import Prompts, Wanted
from bot.platforms.telegram.platform import NAME

HEADING = "-"
"""What the button above a menu sends, which only labels it; no action has this form."""
_STYLES = {
    ButtonStyle.PLAIN: None,
    ButtonStyle.PRIMARY: KeyboardButtonStyle.PRIMARY,
    ButtonStyle.DANGER: KeyboardButtonStyle.DANGER,
}
_ROW = 30
"""Characters that stand side by side on a telephone, one button more taking the room of `_GAP` of them."""
_GAP = 4
_COLUMNS = 5


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """The buttons of a reply, then its menus. None where there are neither."""
    rows = [[_button(button) for button in row] for row in reply.buttons]
    rows += [row for menu in reply.menus for row in _rows(menu)]
    return InlineKeyboardMarkup(rows) if rows else None


class Buttons:
    """Knows what buttons ask for, and what people were asked for."""

    def __init__(self, bot: Bot, memory: Prompts) -> None:
        self._bot = bot
        self._memory = memory

    async def shown(self, sent: Sequence[MaybeInaccessibleMessage], reply: Reply) -> None:
        """Remember what the buttons of a reply ask for; the last of its messages has them."""
        if sent:
            prompts = {button.action: button.prompt for row in reply.buttons for button in row if button.prompt}
            await self._memory.offer(_name(sent[-1]), prompts)

    async def prompt(self, message: MaybeInaccessibleMessage, action: str) -> Prompt | None:
        """Return what a button asks for; None where it counts at once."""
        return await self._memory.of_button(_name(message), action)

    async def ask(self, asked: Message, person: TelegramUser, action: str, pressed: MaybeInaccessibleMessage) -> None:
        """Remember that a message asks a user for the words to a button that they have pressed."""
        await self._memory.ask(_name(asked), Wanted(str(person.id), action, pressed.to_json()))

    async def wanted(self, asked: Message, person: TelegramUser) -> tuple[str, MaybeInaccessibleMessage] | None:
        """Return what a message has asked a user for, once: the action, and the message with its button."""
        wanted = await self._memory.take(_name(asked), str(person.id))
        if wanted is None:
            return None
        return wanted.action, MaybeInaccessibleMessage.de_json(json.loads(wanted.pressed), self._bot)

    async def has_asked(self, asked: Message) -> bool:
        """Whether a message has asked for words, whether or not they have been written."""
        return await self._memory.has_asked(_name(asked))


def _button(button: Button) -> InlineKeyboardButton:
    return InlineKeyboardButton(button.label, callback_data=button.action, style=_STYLES[button.style])


def _rows(menu: Menu) -> Iterator[list[InlineKeyboardButton]]:
    """A row with the menu's label, then its options, as many side by side as can be read."""
    yield [InlineKeyboardButton(menu.label, callback_data=HEADING)]
    options = [
        InlineKeyboardButton(f"✓ {option.label}" if option.selected else option.label, callback_data=option.action)
        for option in menu.options
    ]
    longest = max((len(option.text) for option in options), default=0)
    columns = min(max(_ROW // (longest + _GAP), 1), _COLUMNS)
    for start in range(0, len(options), columns):
        yield options[start : start + columns]


def _name(message: MaybeInaccessibleMessage) -> str:
    return f"{NAME}:{message.chat.id}:{message.message_id}"
