"""Keep a face for teaching: the crop as a small picture file, with its embedding."""

import io

from PIL import Image as Pillow

from bot.recognition.gallery import Embedding
from bot.recognition.results import Image, Portrait

LONGEST_SIDE = 192
"""Pixels: more than the input of any of our networks, so that a later one with a larger input has something to see."""
_QUALITY = 90


def portray(crop: Image, embedding: Embedding, bundle_id: str) -> Portrait:
    """Make a portrait of an RGB uint8 face crop, as a WebP of at most `LONGEST_SIDE` on its longer side."""
    picture = Pillow.fromarray(crop)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=_QUALITY)
    return Portrait(buffer.getvalue(), embedding, bundle_id)
