"""Pictures as large as the default limits let in."""

import io

import numpy as np
from PIL import Image

SIDE = 7070
"""Pixels: the square of it is 50 megapixels."""


def hostile_album() -> list[tuple[str, bytes]]:
    """Ten of them, of a kind that takes as much memory to decode as any: all scans of a JPEG must be held at once."""
    across = np.linspace(0, 255, SIDE, dtype=np.uint8)
    pixels = np.stack(np.broadcast_arrays(across[None, :], across[:, None], across[None, ::-1]), axis=-1)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=50, progressive=True)
    return [(f"{number}.jpg", file.getvalue()) for number in range(10)]
