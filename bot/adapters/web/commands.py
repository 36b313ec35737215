"""What people type, as requests."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from bot.adapters.web.refusal import Refusal
from bot.domain import Ask, Configure, OptOut, Page, Picture, Request, Show, Trigger

SUGGESTIONS: Final = (
    ("/who", "Ask who is in the pictures you add"),
    ("/help", "What whobot can do"),
    ("/watch on", "Answer every picture in this chat"),
    ("/watch off", "Answer only when asked"),
    ("/optout on", "Ignore my pictures from now on"),
    ("/optout off", "Look at my pictures again"),
)
SWITCH: Final = {"on": True, "off": False}


def parse(text: str, pictures: Sequence[Picture]) -> Request:
    """The request in a message.

    Pictures in a private chat are a question even without a word. Full-width letters, as Japanese keyboards write them,
    are read as plain ones.

    Raises:
        Refusal: a command that does not exist, or that is not finished.
    """
    words = unicodedata.normalize("NFKC", text).lower().split()
    command = words[0] if words and words[0].startswith("/") else ""
    match command:
        case "/who":
            return Ask(tuple(pictures), Trigger.COMMAND)
        case "/help" | "/start":
            return Show(Page.HELP)
        case "/watch":
            return Configure(watch=_switch(words))
        case "/optout":
            return OptOut(_switch(words))
        case "":
            return Ask(tuple(pictures), Trigger.PRIVATE) if pictures else Show(Page.HELP)
        case _:
            raise Refusal(400, "unknown_command", "There is no such command. Try /help.")


def _switch(words: Sequence[str]) -> bool:
    if len(words) == 2 and words[1] in SWITCH:
        return SWITCH[words[1]]
    raise Refusal(400, "unfinished_command", f"Say {words[0]} on or {words[0]} off.")
