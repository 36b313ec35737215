"""Buttons, menus and dialogues. All that a press needs stands in the message itself, so that it works after a restart.

A component's ``custom_id`` is the action that it sends. Where words are asked for first, those of the dialogue follow,
as far as Discord's 100 characters go; actions are ASCII, what stands between is not.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

import discord

from bot.chat.model import OPTIONS_LIMIT, Button, ButtonStyle, Menu, Press, Prompt, Reply
from bot.platforms.discord.render import cut

Layout = TypeVar("Layout", discord.ui.View, discord.ui.Modal)

ROWS_LIMIT = 5
ID_LIMIT = 100
BUTTON_LABEL_LIMIT = 80
OPTION_LABEL_LIMIT = 100
MENU_LABEL_LIMIT = 150
TITLE_LIMIT = 45
INPUT_LIMIT = 200
"""Characters that people can write into a dialogue."""
BETWEEN = "¦"
"""Stands between an action and the words of its dialogue."""

STYLES = {
    ButtonStyle.PLAIN: discord.ButtonStyle.secondary,
    ButtonStyle.PRIMARY: discord.ButtonStyle.primary,
    ButtonStyle.DANGER: discord.ButtonStyle.danger,
}


def view(reply: Reply) -> discord.ui.View | None:
    """Lay out the buttons and menus of a reply; None where it has none."""
    rows: list[list[discord.ui.Item[discord.ui.View]]] = [
        [_button(button) for button in row] for row in reply.buttons if row
    ]
    rows += [[_select(menu, number)] for number, menu in enumerate(reply.menus)]
    if not rows:
        return None
    laid_out = discord.ui.View(timeout=None)
    for number, row in enumerate(rows[:ROWS_LIMIT]):
        for item in row:
            item.row = number
            laid_out.add_item(item)
    return _forgotten(laid_out)


def dialogue(custom_id: str, prompt: Prompt) -> discord.ui.Modal:
    """Lay out a dialogue that asks for a line of words."""
    title = cut(prompt.title, TITLE_LIMIT)
    modal = discord.ui.Modal(title=title, custom_id=custom_id)
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(max_length=INPUT_LIMIT)
    modal.add_item(discord.ui.Label(text=cut(prompt.placeholder, TITLE_LIMIT) or title, component=field))
    return _forgotten(modal)


def pressed(data: Mapping[str, Any]) -> tuple[Press, Prompt | None]:
    """Read what a component sends, and what is to be asked before that counts."""
    if values := data.get("values"):
        return Press(values[0]), None
    action, *words = data["custom_id"].split(BETWEEN)
    return Press(action), Prompt(*words) if words else None


def submitted(data: Mapping[str, Any]) -> Press:
    """Read what a dialogue sends: its ``custom_id`` is the action."""
    return Press(data["custom_id"], next(_written(data["components"]), "").strip())


def _button(button: Button) -> discord.ui.Button[discord.ui.View]:
    custom_id = button.action
    if button.prompt is not None:
        words = [word.replace(BETWEEN, " ") for word in (button.prompt.title, button.prompt.placeholder)]
        custom_id = BETWEEN.join([button.action, *words])[:ID_LIMIT]
    return discord.ui.Button(
        label=cut(button.label, BUTTON_LABEL_LIMIT), custom_id=custom_id, style=STYLES[button.style]
    )


def _select(menu: Menu, number: int) -> discord.ui.Select[discord.ui.View]:
    options = [
        discord.SelectOption(label=cut(option.label, OPTION_LABEL_LIMIT), value=option.action, default=option.selected)
        for option in menu.options[:OPTIONS_LIMIT]
    ]
    return discord.ui.Select(
        custom_id=f"menu{BETWEEN}{number}", placeholder=cut(menu.label, MENU_LABEL_LIMIT), options=options
    )


def _forgotten(layout: Layout) -> Layout:
    """Have discord.py send something without waiting for what becomes of it: presses come as events, like all else."""
    layout.stop()
    return layout


def _written(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for component in components:
        if "value" in component:
            yield component["value"]
        yield from _written([component["component"]] if "component" in component else component.get("components", ()))
