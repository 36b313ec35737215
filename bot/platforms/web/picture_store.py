"""The pictures that threads show: in memory alone, for an hour at most, and only up to a limit."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

ANYTHING: Final = "application/octet-stream"
MINUTES_KEPT: Final = 60
MP4_BRANDS: Final = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"}
)


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


def sniff(data: bytes) -> str:
    """The media type of a picture or video by its first bytes: nothing uploaded is ever served as a document."""
    signatures = (
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"BM", "image/bmp"),
    )
    for signature, media_type in signatures:
        if data.startswith(signature):
            return media_type
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:12] in {b"ftypavif", b"ftypavis"}:
        return "image/avif"
    if data[4:8] == b"ftyp" and data[8:12] in MP4_BRANDS:
        return "video/mp4"
    if data.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in data[:64]:
        return "video/webm"
    return ANYTHING
