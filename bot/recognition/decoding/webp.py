"""Read a large WebP: Pillow would hold the picture four times over while it decodes, at four bytes a pixel."""

from collections.abc import Iterator

import cv2
import numpy as np
from PIL import Image as Pillow


def read_strips(data: bytes, size: tuple[int, int], at_a_time: int) -> Iterator[Pillow.Image]:
    """Yield a still picture from top to bottom, so many rows at a time, as it lies in the file: not turned upright.

    Pillow and OpenCV both decode with libwebp, to the same pixels.

    Args:
        data: The file.
        size: The width and height that its header tells.
        at_a_time: Rows of a strip.

    Raises:
        OSError: the data is damaged.
    """
    try:
        # Unchanged: with its transparency, and without regard to EXIF.
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise OSError("the data is damaged") from error
    if pixels is None or pixels.shape[1::-1] != size:
        raise OSError("the data is damaged")
    order = cv2.COLOR_BGRA2RGBA if pixels.shape[2] == 4 else cv2.COLOR_BGR2RGB
    for top in range(0, size[1], at_a_time):
        yield Pillow.fromarray(cv2.cvtColor(pixels[top : top + at_a_time], order))
