"""Draw the answer: the picture with its faces boxed and named, and under it each face with its scores."""

from collections.abc import Sequence

import cv2
import numpy as np

from bot.recognition.drawing.canvas import FACES, UNKNOWN, Canvas, Colour
from bot.recognition.drawing.cards import UNKNOWN_WORD, draw_card, draw_strangers, strangers_height
from bot.recognition.drawing.fonts import FontBook, Lettering
from bot.recognition.drawing.labels import Label, Place, place_labels
from bot.recognition.results import Box, EncodedImage, Image, Sighting

WIDTH = 1000
"""Pixels. All sizes are made for it: on a phone, which shows the width in some nine centimetres, text is legible."""
NARROWEST = 560
"""Pixels. The answer to a portrait is as narrow as the portrait is, so far as its cards can be read."""
NARROW_FACES = 3
"""Faces of a portrait beyond which their cards stand side by side."""
CROWD = 8
"""With more faces than this a card has the best guess alone, and the unknown share one, or it would become too tall."""
TALLEST = 1000
"""Pixels that the picture takes at most; a taller one is narrower.

With the card of one face the answer then fits into the 1280 pixels to which Telegram reduces a photo, and onto
the screen of a phone.
"""
LOWEST = 240
"""Pixels that the picture takes at least: room for the labels beside a very wide one."""
LARGEST_GROWTH = 6.0
"""A tiny picture is enlarged at most so many times."""

FRAME = 4
"""Pixels of the line around a face."""

_MARGIN, _GAP = 20, 14
_ROOMY = 800
"""Pixels of width from which a large card has room for names."""
_JPEG = (
    *(cv2.IMWRITE_JPEG_QUALITY, 90),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420),
)


class Annotator:
    """Draws answers. Not thread-safe: each worker thread makes its own."""

    def __init__(self, fonts: FontBook) -> None:
        self._lettering = Lettering(fonts)

    def draw(self, image: Image, sightings: Sequence[Sighting], unknown: str | None = None) -> EncodedImage:
        """Draw the sightings, numbered from 1 in the order given.

        Args:
            image: RGB uint8 ``(height, width, 3)``.
            sightings: At least one, with boxes in pixels of `image`.
            unknown: The word for who is unknown; None, or one that no font has, is in English.
        """
        crowd = len(sightings) > CROWD
        picture, region = _fit_picture(image, len(sightings))
        carded, strangers = _sort_out(sightings, crowd)
        cards = _lay_out_cards(len(carded), region.width, region.height + _MARGIN, crowd=crowd)
        bottom = max([region.height + _MARGIN, *(card.y + card.height + _GAP for card in cards)])
        panel = Box(_MARGIN, bottom, region.width - 2 * _MARGIN, strangers_height(len(strangers), region.width))
        height = bottom + panel.height if strangers else bottom - _GAP
        canvas = Canvas(round(region.width), round(height + _MARGIN), self._lettering)
        colours = [UNKNOWN if s.unknown else FACES[i % len(FACES)] for i, s in enumerate(sightings)]

        word = unknown if unknown and self._lettering.can_draw(unknown) else UNKNOWN_WORD
        if picture != region:
            canvas.backdrop(image, region)
        canvas.paste(image, picture)
        boxes = [_on_canvas(s.face.box, image, picture) for s in sightings]
        for box, sighting, colour in zip(boxes, sightings, colours, strict=True):
            canvas.frame(box, FRAME, colour, dashed=sighting.unknown)
        self._draw_labels(canvas, boxes, sightings, colours, region, size=28 if crowd else 34)
        for place, index in zip(cards, carded, strict=True):
            draw_card(canvas, place, image, sightings[index], index + 1, colours[index], word, brief=crowd)
        if strangers:
            faces = {index + 1: sightings[index].face.box for index in strangers}
            draw_strangers(canvas, panel, image, faces, word)
        return _encode(canvas)

    def _draw_labels(
        self,
        canvas: Canvas,
        boxes: Sequence[Box],
        sightings: Sequence[Sighting],
        colours: Sequence[Colour],
        region: Box,
        size: int,
    ) -> None:
        texts = [self._label(number, sighting, size, region) for number, sighting in enumerate(sightings, 1)]
        padding = 0.7 * size
        labels = [Label(1.4 * size, *(self._lettering.width(text, size) + padding for text in pair)) for pair in texts]
        places: list[Place] = place_labels([_grown(box, 2 + FRAME) for box in boxes], labels, region)
        for (full, short), place, colour in zip(texts, places, colours, strict=True):
            text = full if place.full else short
            canvas.rounded(place.box, 6, colour)
            canvas.text(place.box.x + padding / 2, place.box.y + place.box.height / 2, text, size)

    def _label(self, number: int, sighting: Sighting, size: int, region: Box) -> tuple[str, str]:
        """Return a face's label with the name and without it; they are the same where no font has the name."""
        short = str(number)
        if sighting.unknown:
            return f"{short} ?", short
        name = sighting.guesses[0].name
        full = f"{short} {name}"
        if not self._lettering.can_draw(name):
            return short, short
        return self._lettering.cut(full, size, region.width / 2), short


def _fit_picture(image: Image, faces: int) -> tuple[Box, Box]:
    """Return where the picture goes, and the region around it in which labels may lie."""
    rows, columns = image.shape[:2]
    portrait = min(max(NARROWEST, round(TALLEST * columns / rows)), WIDTH)
    width = portrait if faces <= NARROW_FACES else WIDTH
    scale = min(width / columns, TALLEST / rows, LARGEST_GROWTH)
    shown_width, shown_height = max(1, round(columns * scale)), max(1, round(rows * scale))
    height = max(shown_height, LOWEST)
    picture = Box((width - shown_width) // 2, (height - shown_height) // 2, shown_width, shown_height)
    return picture, Box(0, 0, width, height)


def _sort_out(sightings: Sequence[Sighting], crowd: bool) -> tuple[list[int], list[int]]:
    """Tell whose guesses are worth a card from the strangers, of whom there is no more to tell than that."""
    strangers = [i for i, s in enumerate(sightings) if s.unknown and (crowd or not s.guesses) and len(sightings) > 1]
    return [i for i in range(len(sightings)) if i not in strangers], strangers


def _lay_out_cards(count: int, width: float, top: float, *, crowd: bool) -> list[Box]:
    columns = 1 if count <= 2 or width < WIDTH else 2
    card_width = (width - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    card_height = 92 if crowd else 230 if count <= 2 and width > _ROOMY else 156
    return [
        Box(
            _MARGIN + index % columns * (card_width + _GAP),
            top + index // columns * (card_height + _GAP),
            card_width,
            card_height,
        )
        for index in range(count)
    ]


def _on_canvas(box: Box, image: Image, picture: Box) -> Box:
    across, down = picture.width / image.shape[1], picture.height / image.shape[0]
    return Box(picture.x + box.x * across, picture.y + box.y * down, box.width * across, box.height * down)


def _grown(box: Box, by: float) -> Box:
    return Box(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by)


def _encode(canvas: Canvas) -> EncodedImage:
    """Encode as JPEG, which Discord, Telegram and every browser show inline.

    Chroma of half the size halves the time; text is white, and its edges are in the luma, which stays whole.
    """
    picture = cv2.cvtColor(np.asarray(canvas.picture), cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", picture, _JPEG)
    return EncodedImage(data.tobytes(), "image/jpeg")
