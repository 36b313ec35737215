"""Read HEIC, the format of iPhones' photos, with libheif. libheif turns a photo upright and applies its crop itself."""

import io
from collections.abc import Iterator

from PIL import Image as Pillow


def open_header(data: bytes) -> Pillow.Image:
    """Open the main picture of a file, without decoding it.

    The decoder is loaded only now, and not registered with Pillow: whatever else opens a picture stays as it is. When
    libheif decodes, it holds the pixels' true number against that of the header before it makes room for them.

    Raises:
        SyntaxError: the file is damaged. Decoding it raises ValueError, RuntimeError, EOFError or OSError.
    """
    from pi_heif import HeifImageFile  # noqa: PLC0415

    picture: Pillow.Image = HeifImageFile(io.BytesIO(data))
    return picture


def read_strips(data: bytes, at_a_time: int) -> Iterator[Pillow.Image]:
    """Yield the picture from top to bottom, so many rows at a time: Pillow would hold a second copy, and a larger one.

    What it raises is as with `open_header`.
    """
    from pi_heif import open_heif  # noqa: PLC0415

    picture = open_heif(io.BytesIO(data), remove_stride=False)
    rows, stride, mode = memoryview(picture.data), picture.stride, picture.mode
    width, height = picture.size
    for top in range(0, height, at_a_time):
        count = min(at_a_time, height - top)
        strip = rows[top * stride : (top + count) * stride]
        yield Pillow.frombytes(mode, (width, count), strip, "raw", mode, stride)
