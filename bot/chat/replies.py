"""Replies to presses."""

from dataclasses import replace

from bot.chat.model import Placement, Reply


def notice(text: str) -> Reply:
    """Tell something to the one who pressed, and to them alone where the platform can do that."""
    return Reply(text, placement=Placement.NOTICE)


def in_place(reply: Reply) -> Reply:
    """Have a reply take the place of the message whose button was pressed."""
    return replace(reply, placement=Placement.EDIT)
