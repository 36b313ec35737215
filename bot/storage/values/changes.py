"""What was done to the examples: an entry of the audit trail for each change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.storage.values.people import User
from bot.storage.values.scope import Scope

REMOVED_KEPT = timedelta(days=30)
"""How long what was forgotten can be put back. After that its pictures are gone for good, within days."""


class Action(StrEnum):
    """What was done. `APPROVED` and `REJECTED` are about what another person had taught."""

    TAUGHT = "taught"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    APPROVED = "approved"
    REJECTED = "rejected"
    FORGOTTEN = "forgotten"
    REVERTED = "reverted"
    PROMOTED = "promoted"
    RENAMED = "renamed"
    MERGED = "merged"
    MOVED = "moved"
    REMOVED = "removed"
    DESCRIBED = "described"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the audit trail.

    Args:
        by: None where it was the operator, or a user who had their data removed.
        added: The ids of the examples that it brought.
        removed: How many examples it took away that can still be put back.
        reverts: The id of the change that this one took back, or rejected.
        reverted: Whether it was itself taken back.
        waiting: Whether some of what it added waits to be confirmed.
        other: The character to whom it gave examples: by another name, by merging, or because they show that one.
        redescribed: Whether it changed what else a character is called, or where they are from.
    """

    id: int
    scope: Scope
    action: Action
    character: str
    by: User | None
    at: datetime
    added: tuple[int, ...] = ()
    removed: int = 0
    reverts: int | None = None
    reverted: bool = False
    waiting: bool = False
    other: str | None = None
    redescribed: bool = False

    @property
    def revertible(self) -> bool:
        """Whether it can be taken back; what the operator has promoted is no longer the scope's own."""
        if self.reverted or self.action is Action.PROMOTED:
            return False
        return self.removed > 0 or bool(self.added) or self.redescribed
