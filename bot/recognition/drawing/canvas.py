"""A surface to draw on, with colours that read well in a light chat and in a dark one."""

from functools import lru_cache
from typing import TypeAlias

from PIL import Image as Pillow
from PIL import ImageDraw

from bot.recognition.drawing.fonts import Lettering
from bot.recognition.results import Box, Image
from bot.recognition.scaling import scaled

Colour: TypeAlias = tuple[int, int, int]

PANEL: Colour = (30, 32, 38)
CARD: Colour = (45, 48, 57)
TRACK: Colour = (66, 70, 82)
WHITE: Colour = (255, 255, 255)
UNKNOWN: Colour = (104, 109, 122)
FACES: tuple[Colour, ...] = (
    (24, 110, 200),
    (201, 42, 98),
    (30, 126, 60),
    (188, 76, 0),
    (130, 68, 196),
    (0, 122, 133),
    (176, 42, 42),
    (122, 98, 0),
)
"""One for each face, then from the start again; white text stands out on all of them (contrast of at least 4.5)."""

_BLUR, _DIM = 24, 0.5
"""Pixels that run into one another in a backdrop, and how much of the panel's colour is in it."""
_SMOOTH = 4
"""Corners are drawn this many times larger and reduced."""


class Canvas:
    """An RGB picture to draw on, in its own pixels."""

    def __init__(self, width: int, height: int, lettering: Lettering) -> None:
        self.picture = Pillow.new("RGB", (width, height), PANEL)
        self.lettering = lettering
        self._draw = ImageDraw.Draw(self.picture)

    def paste(self, image: Image, place: Box) -> None:
        """Draw an RGB uint8 image at the size of `place`."""
        resized = scaled(image, round(place.width), round(place.height))
        self.picture.paste(Pillow.fromarray(resized), (round(place.x), round(place.y)))

    def backdrop(self, image: Image, place: Box) -> None:
        """Fill a rectangle with an RGB uint8 image out of focus and dim, so that what lies on it has no empty bars."""
        width, height = round(place.width), round(place.height)
        rows, columns = image.shape[:2]
        share = min(columns / width, rows / height)
        across, down = max(1, round(share * width)), max(1, round(share * height))
        left, top = (columns - across) // 2, (rows - down) // 2
        middle = image[top : top + down, left : left + across]
        coarse = scaled(middle, max(1, width // _BLUR), max(1, height // _BLUR))
        blurred = Pillow.fromarray(scaled(coarse, width, height))
        dim = Pillow.blend(blurred, Pillow.new("RGB", blurred.size, PANEL), _DIM)
        self.picture.paste(dim, (round(place.x), round(place.y)))

    def rounded(self, place: Box, radius: int, colour: Colour, *, share: float = 1.0) -> None:
        """Fill a rectangle with round corners, or only the left `share` of it."""
        mask = _rounded_mask(round(place.width), round(place.height), radius)
        mask = mask.crop((0, 0, round(mask.width * share), mask.height))
        self.picture.paste(colour, (round(place.x), round(place.y)), mask)

    def frame(self, place: Box, width: int, colour: Colour, *, dashed: bool = False) -> None:
        """Outline a rectangle from outside, between two thin white lines that set the frame off from any picture."""
        left, top = round(place.x), round(place.y)
        right, bottom = round(place.x + place.width), round(place.y + place.height)
        outer, inner = width + 1, 1
        self._draw.rectangle(
            (left - outer - 1, top - outer - 1, right + outer + 1, bottom + outer + 1), None, WHITE, width + 3
        )
        if not dashed:
            self._draw.rectangle((left - outer, top - outer, right + outer, bottom + outer), None, colour, width)
            return
        dash = 3 * width
        for start in range(left - outer, right + outer, 2 * dash):
            end = min(start + dash, right + outer)
            self._draw.rectangle((start, top - outer, end, top - inner - 1), colour)
            self._draw.rectangle((start, bottom + inner + 1, end, bottom + outer), colour)
        for start in range(top - outer, bottom + outer, 2 * dash):
            end = min(start + dash, bottom + outer)
            self._draw.rectangle((left - outer, start, left - inner - 1, end), colour)
            self._draw.rectangle((right + inner + 1, start, right + outer, end), colour)

    def text(self, x: float, y: float, text: str, size: int, anchor: str = "lm") -> None:
        """Write in white; `anchor` says which point of the text (x, y) is, as Pillow's anchors do."""
        mask, left, top = self.lettering.stencil(text, size, anchor)
        self.picture.paste(WHITE, (round(x) + left, round(y) + top), mask)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Blend `share` of `one` into `other`."""
    red, green, blue = (round(share * a + (1 - share) * b) for a, b in zip(one, other, strict=True))
    return red, green, blue


@lru_cache(maxsize=512)
def _rounded_mask(width: int, height: int, radius: int) -> Pillow.Image:
    large = Pillow.new("L", (width * _SMOOTH, height * _SMOOTH))
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius * _SMOOTH, 255)
    return large.reduce(_SMOOTH)
