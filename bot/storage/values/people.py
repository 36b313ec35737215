"""Chats and people, as every platform names them."""

import re
from dataclasses import dataclass, field

_UNRULY = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""Ends of lines, controls, and what turns the direction of the words that follow."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A channel, group or private chat of one platform.

    `home` is the id of the server that a channel belongs to, where there is one: what is taught in one channel is known
    in all channels of its home. `hears_all` is False where the platform lets whobot read only what is addressed to it.
    """

    platform: str
    id: str
    private: bool = False
    home: str | None = field(default=None, compare=False)
    age_restricted: bool = field(default=False, compare=False)
    hears_all: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class User:
    """Who asks. `manager`: by the platform's own rules they may change this chat's settings. `name` is for people.

    `operator`: they have shown that they run this whobot, and may see to every chat of it.
    """

    platform: str
    id: str
    manager: bool = False
    name: str = field(default="", compare=False)
    operator: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        # It is theirs to choose, and stands in lines that say who did what.
        object.__setattr__(self, "name", _UNRULY.sub(" ", self.name).strip())
