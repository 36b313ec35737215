"""The pictures that threads show: in memory alone, for an hour at most, and only up to a limit."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from cachetools import TTLCache

from bot.recognition import formats

ANYTHING: Final = "application/octet-stream"
MINUTES_KEPT: Final = 60


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes that a thread shows."""

    data: bytes = field(repr=False)
    media_type: str


class PictureStore:
    """Holds media by number for each owner; what is too old goes, and when it is full the least recently seen.

    Args:
        capacity: Bytes in all.
        clock: Seconds that never run backwards.
    """

    def __init__(self, capacity: int, clock: Callable[[], float]) -> None:
        self._media: TTLCache[tuple[str, int], Media] = TTLCache(
            capacity, MINUTES_KEPT * 60, timer=clock, getsizeof=lambda media: len(media.data)
        )
        self._last = 0

    def put(self, owner: str, media: Media) -> int:
        """Keep something and return its number. What is larger than the store has a number too, but is gone."""
        self._last += 1
        with suppress(ValueError):
            self._media[owner, self._last] = media
        return self._last

    def get(self, owner: str, number: int) -> Media | None:
        """What the owner kept under this number, None where it is gone or another's."""
        return self._media.get((owner, number))

    def drop(self, owner: str, number: int) -> None:
        """Drop one thing of an owner's, where it is still there."""
        self._media.pop((owner, number), None)

    def clear(self, owner: str) -> None:
        """Drop all that an owner kept."""
        for key in [key for key in self._media if key[0] == owner]:
            self._media.pop(key, None)

    def tidy(self) -> None:
        """Drop what has been kept long enough."""
        self._media.expire()


def media_type_of(data: bytes) -> str:
    """The media type of a picture or video by its first bytes: nothing uploaded is ever served as a document."""
    found = formats.sniff(data)
    return found.media_types[0] if found and found.media_types else ANYTHING
