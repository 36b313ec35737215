"""What people type, as requests, and what the page needs to help them type it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from gettext import NullTranslations
from typing import Any, Final

from bot.chat.commands import SWITCH, Command, Kind, Where, split
from bot.chat.model import Ask, Help, Request, Trigger
from bot.chat.registry import Registry
from bot.platforms.web.uploads import Post

BESIDE: Final = frozenset({Kind.PICTURES, Kind.FLAG})
"""What is not typed here: pictures are added with a button, and no answer is seen by anybody else anyway."""
NAMES: Final = {Kind.NAME: "any", Kind.TEXT: "any", Kind.TAUGHT_NAME: "taught"}
"""Which names complete what is typed."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads messages. `registry` has the commands, `names` what may be typed for them."""

    registry: Registry
    names: Mapping[str, str]

    def read(self, post: Post) -> Request:
        """Return the request in a message. Pictures in a private chat are a question even without a word."""
        pictures = tuple(file.as_picture() for file in post.files)
        if command := split(post.text):
            name, text = command
            return self.registry.parse(self.names.get(name, name), text, pictures)
        return Ask(pictures, Trigger.PRIVATE) if pictures else Help()

    def palette(self, t: NullTranslations) -> list[dict[str, Any]]:
        """Return the commands of a private chat, as the page offers them."""
        return [_entry(command, t) for command in self.registry.commands if command.where is not Where.GROUPS]


def _entry(command: Command, t: NullTranslations) -> dict[str, Any]:
    typed = tuple(parameter for parameter in command.parameters if parameter.kind not in BESIDE)
    kind = typed[0].kind if typed else None
    return {
        "name": command.name,
        "usage": replace(command, parameters=typed).usage,
        "hint": t.gettext(command.description),
        "takes": kind is not None,
        "choices": list(SWITCH) if kind is Kind.SWITCH else [],
        "names": NAMES.get(kind) if kind else None,
    }
