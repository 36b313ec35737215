"""The pictures that threads show, kept in memory alone and only up to a limit."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

ANYTHING: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Media:
    """Bytes that a thread shows."""

    data: bytes = field(repr=False)
    media_type: str


class Shelf:
    """Holds media by number for each owner; when it is full the oldest go first, whoever owns them."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._media: OrderedDict[tuple[str, int], Media] = OrderedDict()
        self._bytes = 0
        self._last = 0

    def put(self, owner: str, media: Media) -> int:
        """Keep something and return its number."""
        self._last += 1
        self._media[owner, self._last] = media
        self._bytes += len(media.data)
        while self._bytes > self._capacity:
            _, dropped = self._media.popitem(last=False)
            self._bytes -= len(dropped.data)
        return self._last

    def get(self, owner: str, number: int) -> Media | None:
        """What the owner kept under this number, None where it is gone or another's."""
        return self._media.get((owner, number))

    def clear(self, owner: str) -> None:
        """Drop all that an owner kept."""
        for key in [key for key in self._media if key[0] == owner]:
            self._bytes -= len(self._media.pop(key).data)


def sniff(data: bytes) -> str:
    """The media type of a picture by its first bytes, so that nothing uploaded is ever served as a document."""
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
    return ANYTHING
