"""What a button carries: ``<verb>:<token>:<args>``. Written and read here only; to everybody else it is a text."""

from dataclasses import dataclass

from bot.chat.model import ACTION_LIMIT, Press, Request, User
from bot.errors import Expired

SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class Pressed(Request):
    """A press of a button: a verb, the token of what it is about where that is remembered, and what else it needs.

    `text` is what was written where the button had a prompt, `asker` who had asked for the answer with the button,
    where that is known.
    """

    verb: str
    token: str = ""
    args: tuple[str, ...] = ()
    text: str | None = None
    asker: User | None = None


def write(verb: str, token: str = "", *args: object) -> str:
    """Write an action for a button.

    Raises:
        ValueError: it is too long, or holds what the platforms cannot carry.
    """
    parts = [verb, token, *map(str, args)]
    action = SEPARATOR.join(parts)
    if len(action) > ACTION_LIMIT or not action.isascii() or any(SEPARATOR in part for part in parts):
        raise ValueError(f"no action can be made of {parts}")
    return action


def read(press: Press) -> Pressed:
    """Read a press. Any text makes one; the service refuses a verb that it does not know."""
    verb, _, rest = press.action.partition(SEPARATOR)
    token, _, args = rest.partition(SEPARATOR)
    return Pressed(verb, token, tuple(args.split(SEPARATOR)) if args else (), press.text, press.asker)


def number(args: tuple[str, ...], place: int, below: int) -> int:
    """Return the argument at `place`: a whole number from 0 to `below`, that one not included.

    Raises:
        Expired: there is none, or one that was never on a button.
    """
    text = args[place] if place < len(args) else ""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) < below):
        raise Expired
    return int(text)
