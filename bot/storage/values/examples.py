"""The face crops that people have taught characters with."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.storage.values.people import User
from bot.storage.values.scope import Scope

if TYPE_CHECKING:
    from bot.recognition.gallery import Embedding  # numpy takes 0.1 s, and most commands need no embedding


class State(StrEnum):
    """Whether an example counts already, or waits to be confirmed."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"


class Origin(StrEnum):
    """How an example came to be: taught with a picture, or an answer that was corrected or confirmed.

    `DRAWN`: somebody has drawn the box of a face that was missed.
    """

    TAUGHT = "taught"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Draft:
    """A face crop that shows a character, or, where `denied`, one that is not the character however like it looks.

    `image` is an encoded picture. `embedding` is float32 ``(dimensions,)``, of unit length, by the bundle called
    `bundle_id`; None until a bundle has seen it.
    """

    scope: Scope
    character: str
    image: bytes = field(repr=False)
    embedding: "Embedding | None" = field(repr=False, compare=False)
    bundle_id: str | None
    by: User | None
    at: datetime
    state: State
    origin: Origin
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Example(Draft):
    """A draft that is stored, by its id."""

    id: int = field(kw_only=True)
