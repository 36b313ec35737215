"""Faces that nobody knew, kept for a while so that somebody can name them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.storage.values.people import Chat, User

if TYPE_CHECKING:
    from bot.recognition.gallery import Embedding

UNKNOWN_KEPT = timedelta(days=30)
"""How long a face waits for a name."""


@dataclass(frozen=True, slots=True)
class StrangerDraft:
    """A face crop of nobody who is known: an encoded picture, with its embedding by the bundle called `bundle_id`.

    `by` is who posted the picture.
    """

    chat: Chat
    image: bytes = field(repr=False)
    embedding: "Embedding" = field(repr=False, compare=False)
    bundle_id: str
    by: User
    at: datetime


@dataclass(frozen=True, slots=True)
class Stranger:
    """One that is stored, in the group of those that look like it."""

    id: int
    group: int
    image: bytes = field(repr=False)
    embedding: "Embedding" = field(repr=False, compare=False)
    bundle_id: str
    by: User | None
    at: datetime


@dataclass(frozen=True, slots=True)
class StrangerGroup:
    """Faces that look alike: how many, when the last one came, and the ids of some of them."""

    id: int
    count: int
    at: datetime
    covers: tuple[int, ...]
