"""Whom a scope knows because somebody has taught them, and whom the bot takes for somebody else."""

from dataclasses import dataclass

from bot.storage.values.scope import Scope


@dataclass(frozen=True, slots=True)
class Known:
    """A character that was taught in a scope, or everywhere.

    Args:
        character: As it was taught.
        scope: Where.
        pictures: How many examples show them.
        waiting: How many of those wait for somebody to confirm them.
        cover: The id of the first one with a picture; None where all came from a pack without any.
    """

    character: str
    scope: Scope
    pictures: int
    waiting: int
    cover: int | None


@dataclass(frozen=True, slots=True)
class Mistake:
    """How often people have said that a face which was named `said` shows `character`."""

    said: str
    character: str
    count: int


@dataclass(frozen=True, slots=True)
class Place:
    """A scope in which something was taught: how many characters, by how many pictures."""

    scope: Scope
    characters: int
    pictures: int
