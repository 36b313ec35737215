"""What people say of the bot's answers, and how often that makes it right."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.storage.values.people import User
from bot.storage.values.scope import Scope


class Truth(StrEnum):
    """What a face really is. `STRANGER`: another character, without a name."""

    CHARACTER = "character"
    STRANGER = "stranger"
    NOT_A_FACE = "not_a_face"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one person says of one face of one answer.

    Args:
        face: Which face of which answer; the same person's later verdict on it takes the earlier one's place.
        said: The character that the bot named, None where the face was unknown.
        probability: That of the bot's best guess.
        character: Who it is, where `truth` is a character.
        image: The face crop, an encoded picture file, where the chat allows keeping it and no example holds it.
        change: The id of the change in the history that came of it.
    """

    scope: Scope
    face: str
    said: str | None
    probability: float
    bundle_id: str
    truth: Truth
    character: str | None
    by: User
    at: datetime
    image: bytes | None = field(default=None, repr=False)
    change: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """How often people found that a face named `character` was theirs, and how often that it was not."""

    character: str
    confirmed: int
    corrected: int

    @property
    def judged(self) -> int:
        """How many verdicts that are."""
        return self.confirmed + self.corrected

    @property
    def precision(self) -> float:
        """The share of right answers among those that were judged."""
        return self.confirmed / self.judged
