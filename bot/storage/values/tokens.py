"""The tokens by which programs use the API."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Grant(StrEnum):
    """What a token lets a program do. People call it the token's scope."""

    ASK = "ask"
    """Ask who is in a picture, and whom whobot knows."""
    TEACH = "teach"
    """Teach, and say whether answers are right."""
    ADMIN = "admin"
    """Whatever the operator may do: all of it, and teach for all chats."""


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token. Its secret is known to nobody but its holder.

    Args:
        id: Names it in logs and in the history.
        name: What the operator calls it.
        grants: What it lets its holder do.
        chat: The id of the chat that its holder asks and teaches in.
        made: When it was made.
        expires: From when on it opens nothing; None for never.
        used: When it was last used, to the minute; None where it never was.
    """

    id: str
    name: str
    grants: frozenset[Grant]
    chat: str
    made: datetime
    expires: datetime | None = None
    used: datetime | None = field(default=None, compare=False)

    def allows(self, grant: Grant) -> bool:
        """Whether its holder may do this."""
        return grant in self.grants or Grant.ADMIN in self.grants
