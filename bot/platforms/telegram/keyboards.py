"""Buttons and menus as inline keyboards."""

from collections.abc import Iterator

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import KeyboardButtonStyle

from bot.chat.model import Button, ButtonStyle, Menu, Prompt, Reply

HEADING = "-"
"""What a button sends that only says what the menu below it is about; no action looks like that."""
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


def prompts(reply: Reply) -> dict[str, Prompt]:
    """What is to be asked before a press counts, by the button's action."""
    return {button.action: button.prompt for row in reply.buttons for button in row if button.prompt}


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
