"""Where something that was taught holds."""

from dataclasses import dataclass
from typing import Self

from bot.storage.values.people import Chat


@dataclass(frozen=True, slots=True)
class Scope:
    """The chats that learn together: the channels of one server, or one chat by itself. Empty, it is everywhere."""

    platform: str = ""
    home: str = ""

    @classmethod
    def of(cls, chat: Chat) -> Self:
        """Return the scope that a chat belongs to."""
        return cls(chat.platform, chat.home or chat.id)


EVERYWHERE = Scope()
"""What the operator has taught, or promoted, holds in all chats."""
