"""Read a large PNG strip by strip: Pillow would hold all of it in memory, at four bytes a pixel.

A strip is handed to Pillow as a small PNG of its own, so every colour type is read as ever. The row above a strip goes
along as its first one, because the filter of a row refers to the row above it.

Own code: Pillow and OpenCV decode a PNG only as a whole.

Source: https://www.w3.org/TR/png-3/
"""

import io
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PIL import Image as Pillow

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Samples of a pixel, by colour type."""
_PIECE = 1 << 14
"""Bytes that are unpacked at a time: at most a thousand times as many come out."""


@dataclass(frozen=True, slots=True)
class Rows:
    """How the rows of a PNG lie: `length` bytes each, one for every sample, from top to bottom."""

    width: int
    height: int
    colour: int

    @property
    def length(self) -> int:
        """Bytes of a row, without that which names its filter."""
        return self.width * _CHANNELS[self.colour]


def rows_of(data: bytes) -> Rows | None:
    """Tell how a PNG's rows lie; None where it cannot be read in strips: interlaced, or not with 8 bits a sample."""
    if not data.startswith(_SIGNATURE):
        return None
    width, height, depth, colour, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
    return None if interlaced or depth != 8 or colour not in _CHANNELS else Rows(width, height, colour)


def read_strips(data: bytes, rows: Rows, at_a_time: int) -> Iterator[Pillow.Image]:
    """Yield the picture from top to bottom, so many rows at a time.

    Raises:
        EOFError: the data ends before the picture does.
        zlib.error: the data is damaged. Pillow has errors of its own for much else that may be wrong.
    """
    colours = b"".join(_chunk(kind, body) for kind, body in _chunks(data) if kind in (b"PLTE", b"tRNS"))
    unpacked = _unpack(body for kind, body in _chunks(data) if kind == b"IDAT")
    waiting = bytearray()
    above = bytes(rows.length)
    for top in range(0, rows.height, at_a_time):
        count = min(at_a_time, rows.height - top)
        size = count * (1 + rows.length)
        while len(waiting) < size:
            waiting += next(unpacked)
        header = struct.pack(">IIBBBBB", rows.width, 1 + count, 8, rows.colour, 0, 0, 0)
        # Level 0 stores: Pillow is handed what it would unpack.
        pixels = zlib.compress(b"\0" + above + waiting[:size], 0)
        del waiting[:size]
        strip = _SIGNATURE + _chunk(b"IHDR", header) + colours + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
        with Pillow.open(io.BytesIO(strip), formats=("PNG",)) as picture:
            above = picture.crop((0, count, rows.width, 1 + count)).tobytes()
            yield picture.crop((0, 1, rows.width, 1 + count))


def find_exif(data: bytes) -> bytes | None:
    """Return the EXIF data of a PNG, which may also stand behind its pixels."""
    return next((bytes(body) for kind, body in _chunks(data) if kind == b"eXIf"), None)


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view, position = memoryview(data), len(_SIGNATURE)
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        yield kind, view[position + 8 : position + 8 + length]
        position += length + 12


def _unpack(bodies: Iterable[memoryview]) -> Iterator[bytes]:
    """Unpack the pixels in small pieces, so that no file makes a large one."""
    stream = zlib.decompressobj()
    for body in bodies:
        for start in range(0, len(body), _PIECE):
            yield stream.decompress(body[start : start + _PIECE])
    raise EOFError("the data ends before the picture does")


def _chunk(kind: bytes, body: bytes | memoryview) -> bytes:
    checksum = zlib.crc32(body, zlib.crc32(kind))
    return struct.pack(">I4s", len(body), kind) + bytes(body) + struct.pack(">I", checksum)
