"""Pictures as large as the default limits let in."""

import io

import numpy as np
from PIL import Image

SIDE = 7070
"""Pixels: the square of it is 50 megapixels."""


def hostile_album() -> list[tuple[str, bytes]]:
    """Ten of them, in the format that takes the most memory to decode."""
    across = np.linspace(0, 255, SIDE, dtype=np.uint8)
    pixels = np.stack(np.broadcast_arrays(across[None, :], across[:, None], across[None, ::-1]), axis=-1)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", quality=50, method=0)
    return [(f"{number}.webp", file.getvalue()) for number in range(10)]
