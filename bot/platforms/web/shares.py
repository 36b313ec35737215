"""Memory for uploads, shared so that no chat takes all of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from bot.platforms.web.refusal import Refusal

UPLOADS: Final = 8
UPLOADS_OF_A_SESSION: Final = 2
UPLOADS_OF_AN_ADDRESS: Final = 3
"""Less than `LARGEST`: one person has several sessions, and must leave room for others."""
LARGEST: Final = 4
"""How many of the largest uploads fit in memory at once."""


@dataclass(slots=True, eq=False)
class Place:
    """An upload under way."""

    session: str
    address: str
    size: int = 0


class Shares:
    """Counts the uploads under way and their bytes, by session and by address. `largest` is in bytes."""

    def __init__(self, largest: int) -> None:
        self._bytes = largest * LARGEST
        self._places: set[Place] = set()

    @contextmanager
    def place(self, session: str, address: str) -> Iterator[Place]:
        """Take a place for the length of a block.

        Raises:
            Refusal: the session or the address has its share already, or all places are taken.
        """
        if (
            sum(place.session == session for place in self._places) >= UPLOADS_OF_A_SESSION
            or sum(place.address == address for place in self._places) >= UPLOADS_OF_AN_ADDRESS
        ):
            raise Refusal(429, "wait", retry_after=5)
        if len(self._places) >= UPLOADS:
            raise Refusal(503, "busy", retry_after=5)
        taken = Place(session, address)
        self._places.add(taken)
        try:
            yield taken
        finally:
            self._places.discard(taken)

    def grow(self, place: Place, count: int) -> None:
        """Note that so many more bytes of an upload have arrived.

        Raises:
            Refusal: there is no room for them.
        """
        place.size += count
        if sum(one.size for one in self._places) > self._bytes:
            raise Refusal(503, "busy", retry_after=5)
