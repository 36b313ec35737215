"""Read a large WebP or AVIF with FFmpeg, which holds it once, as it is stored: at a byte and a half for most pixels.

Pillow and OpenCV hold such a picture several times over while they decode it, at three or four bytes for each pixel;
Pillow makes room for two copies when it only opens a WebP.

Source: https://developers.google.com/speed/webp/docs/riff_container (the chunks of a WebP)
"""

import io
import struct
from collections.abc import Iterator
from typing import Any

from PIL import Image as Pillow
from PIL import ImageFile

from bot.errors import TooManyPixels

MEMORY = 200_000_000
"""Bytes that may be held for one picture while it is decoded, where its format leaves no choice."""
_ANIMATED = 16
"""Bytes that Pillow holds for each pixel of an animated WebP: two pictures, and two copies of one."""


class StillWebp(ImageFile.ImageFile):
    """The header of a WebP that is not animated, with its size, its EXIF data and its profile. It cannot be loaded."""

    format = "WEBP"

    def _open(self) -> None:
        chunks = dict(_chunks(self.fp.read() if self.fp else b""))
        self._size = _size(chunks)
        self._mode = "RGB"
        for name, kind in (("exif", b"EXIF"), ("icc_profile", b"ICCP")):
            if kind in chunks:
                self.info[name] = bytes(chunks[kind])


def open_webp(data: bytes, pixels: int) -> Pillow.Image | None:
    """Open a WebP of more than so many pixels without decoding it; None where it has fewer, or is animated.

    Raises:
        TooManyPixels: it is animated, and would be held several times over.
        SyntaxError: it is damaged.
    """
    chunks = dict(_chunks(data))
    try:
        width, height = _size(chunks)
    except (LookupError, struct.error):
        return None
    if b"ANIM" in chunks:
        check_held(width * height, _ANIMATED)
        return None
    return StillWebp(io.BytesIO(data)) if width * height > pixels else None


def check_held(pixels: int, size: float) -> None:
    """Refuse a picture that a decoder has to hold as a whole, with so many bytes for each pixel.

    Raises:
        TooManyPixels: they are more than `MEMORY`.
    """
    if pixels * size > MEMORY:
        raise TooManyPixels(pixels, int(MEMORY / size))


def read_reduced(data: bytes, kind: str | None, whole: tuple[int, int], size: tuple[int, int]) -> Pillow.Image | None:
    """Read a still picture reduced, as it lies in the file: not turned upright.

    Args:
        data: The file.
        kind: Its format, by Pillow's name.
        whole: The width and height that its header tells.
        size: The width and height to reduce it to.

    Returns:
        RGB or RGBA; None where FFmpeg does not read it as one picture: it is of another format, made of tiles, or
        keeps its transparency in a picture of its own.

    Raises:
        OSError: the data is damaged.
        MemoryError: there is not enough memory.
    """
    if kind not in ("WEBP", "AVIF"):
        return None
    import av  # noqa: PLC0415 - it takes a tenth of a second to load

    try:
        for frame in _webp(data) if kind == "WEBP" else _avif(data):
            if (frame.width, frame.height) != whole:
                return None
            clear = any(part.is_alpha for part in frame.format.components)
            # Straight to RGB in one plane, FFmpeg would not average the colours, but repeat them.
            reduced = frame.reformat(*size, format="gbrap" if clear else "gbrp", interpolation="AREA")
            return Pillow.fromarray(reduced.reformat(format="rgba" if clear else "rgb24").to_ndarray())
    except av.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        raise OSError("the data is damaged") from error
    return None


def _webp(data: bytes) -> Iterator[Any]:
    import av  # noqa: PLC0415

    if int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise OSError("the data ends before the picture does")
    decoder = _strict(av.CodecContext.create("webp", "r"))
    yield from decoder.decode(av.Packet(data))
    yield from decoder.decode(None)


def _avif(data: bytes) -> Iterator[Any]:
    import av  # noqa: PLC0415

    # No protocol is allowed, so that nothing in the file can make the demuxer open another.
    with av.open(io.BytesIO(data), "r", format="mov", options={"protocol_whitelist": "none"}) as container:
        if len(container.streams) != 1 or not container.streams.video:
            return
        decoder = _strict(container.streams.video[0].codec_context)
        for packet in container.demux(container.streams.video[0]):
            yield from decoder.decode(packet)


def _strict(decoder: Any) -> Any:
    """Have a decoder refuse what is damaged, and make no threads, each of which would hold pictures of its own."""
    decoder.thread_count = 1
    decoder.options = {"err_detect": "explode"}
    return decoder


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Yield the kinds and bodies of a WebP's chunks."""
    view, position = memoryview(data), 12
    while position + 8 <= len(data):
        kind, length = struct.unpack_from("<4sI", data, position)
        yield kind, view[position + 8 : position + 8 + length]
        position += 8 + length + length % 2


def _size(chunks: dict[bytes, memoryview]) -> tuple[int, int]:
    """Return the width and height.

    Raises:
        LookupError, struct.error: the file does not say.
    """
    if b"VP8X" in chunks:
        width, height = (int.from_bytes(chunks[b"VP8X"][place : place + 3], "little") for place in (4, 7))
        return 1 + width, 1 + height
    if b"VP8L" in chunks:
        (sides,) = struct.unpack_from("<xI", chunks[b"VP8L"])
        return 1 + (sides & 0x3FFF), 1 + (sides >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<6xHH", chunks[b"VP8 "])
    return width & 0x3FFF, height & 0x3FFF
