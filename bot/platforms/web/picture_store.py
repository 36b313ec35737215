"""The pictures that threads show: in memory alone, for an hour at most, and only up to a limit."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.recognition import formats

ANYTHING: Final = "application/octet-stream"
MINUTES_KEPT: Final = 60


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes that a thread shows."""

    data: bytes = field(repr=False)
    media_type: str


class PictureStore:
    """Holds media by number for each owner; what is too old goes, and when it is full the oldest, whoever owns them."""

    def __init__(self, capacity: int, clock: Callable[[], float]) -> None:
        self._capacity = capacity
        self._clock = clock
        self._media: OrderedDict[tuple[str, int], tuple[float, Media]] = OrderedDict()
        self._bytes = 0
        self._last = 0

    def put(self, owner: str, media: Media) -> int:
        """Keep something and return its number."""
        self._last += 1
        self._media[owner, self._last] = self._clock(), media
        self._bytes += len(media.data)
        while self._bytes > self._capacity:
            self._drop(next(iter(self._media)))
        return self._last

    def get(self, owner: str, number: int) -> Media | None:
        """What the owner kept under this number, None where it is gone or another's."""
        self.tidy()
        _, media = self._media.get((owner, number), (0.0, None))
        return media

    def drop(self, owner: str, number: int) -> None:
        """Drop one thing of an owner's, where it is still there."""
        if (owner, number) in self._media:
            self._drop((owner, number))

    def clear(self, owner: str) -> None:
        """Drop all that an owner kept."""
        for key in [key for key in self._media if key[0] == owner]:
            self._drop(key)

    def tidy(self) -> None:
        """Drop what has been kept long enough."""
        limit = self._clock() - MINUTES_KEPT * 60
        for key in [key for key, (since, _) in self._media.items() if since <= limit]:
            self._drop(key)

    def _drop(self, key: tuple[str, int]) -> None:
        _, media = self._media.pop(key)
        self._bytes -= len(media.data)


def media_type_of(data: bytes) -> str:
    """The media type of a picture or video by its first bytes: nothing uploaded is ever served as a document."""
    found = formats.sniff(data)
    return found.media_types[0] if found and found.media_types else ANYTHING
