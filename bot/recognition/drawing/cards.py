"""Draw one face's card: the crop with its number, and the best guesses as bars."""

from collections.abc import Mapping, Sequence

from bot.recognition.crop import crop_face
from bot.recognition.drawing.canvas import CARD, TRACK, UNKNOWN, Canvas, Colour, mix
from bot.recognition.results import Box, Guess, Image, Sighting

GUESSES = 3
UNKNOWN_WORD = "unknown"

BRIEF_TEXT, BADGE_TEXT = 26, 22
"""Pixels of the text and of the number on small cards: on a phone, some ten and nine of its own."""

_PADDING, _GAP, _RADIUS = 12, 6, 9
_THUMB, _WORD, _OUTSIDE = 96, 170, 20
"""Pixels of a stranger's face with the gap behind it, of the word beside them, and of the margin around their card."""
_SURROUNDINGS = 0.2
"""How far the shown crop reaches beyond the face, so that hair helps people to recognise it."""


def draw_card(
    canvas: Canvas,
    place: Box,
    image: Image,
    sighting: Sighting,
    number: int,
    colour: Colour,
    unknown: str,
    *,
    brief: bool = False,
) -> None:
    """Draw the card of a face of `image` (RGB uint8, the sighting's box in its pixels) into `place`.

    Where nobody is known, the word `unknown` says so. A `brief` card has the best guess alone.
    """
    canvas.rounded(place, _RADIUS + 4, CARD)
    side = place.height - 2 * _PADDING
    crop = Box(place.x + _PADDING, place.y + _PADDING, side, side)
    canvas.paste(crop_face(image, sighting.face.box, _SURROUNDINGS), crop)
    text = BRIEF_TEXT if brief else round(side / (5.2 if place.width > 2.5 * place.height else 4.8))
    _draw_number(canvas, crop, number, BADGE_TEXT if brief else text, colour)
    if sighting.unknown:
        strip = Box(crop.x, crop.y + side - 1.4 * text, side, 1.4 * text)
        canvas.rounded(strip, 0, UNKNOWN)
        word, size = canvas.lettering.fit(unknown, round(text * 0.9), side - _PADDING)
        canvas.text(strip.x + side / 2, strip.y + strip.height / 2, word, size, "mm")
    rows = Box(crop.x + side + _PADDING, crop.y, place.width - side - 3 * _PADDING, side)
    if brief:
        _draw_guesses(canvas, rows, sighting.guesses[:1], text, colour, 1)
    else:
        _draw_guesses(canvas, rows, sighting.guesses[:GUESSES], text, colour, GUESSES)


def strangers_height(count: int, width: float) -> float:
    """Return how many pixels the card of so many strangers takes, below a picture of this width."""
    return _THUMB * -(-count // _strangers_in_a_row(width)) + _PADDING


def draw_strangers(canvas: Canvas, place: Box, image: Image, faces: Mapping[int, Box], unknown: str) -> None:
    """Draw one card for all faces of `image` of whom there is no more to tell than that they are `unknown`.

    Args:
        place: As high as `strangers_height` says.
        faces: Their boxes in pixels of `image`, by number.
    """
    canvas.rounded(place, _RADIUS + 4, CARD)
    side, across = _THUMB - _PADDING, _strangers_in_a_row(place.width + 2 * _OUTSIDE)
    word, size = canvas.lettering.fit(unknown, BRIEF_TEXT, _WORD - 2 * _PADDING)
    canvas.text(place.x + _WORD / 2, place.y + _THUMB / 2 + _PADDING / 2, word, size, "mm")
    for index, (number, box) in enumerate(faces.items()):
        left = place.x + _WORD + index % across * _THUMB
        crop = Box(left, place.y + _PADDING + index // across * _THUMB, side, side)
        canvas.paste(crop_face(image, box, _SURROUNDINGS), crop)
        _draw_number(canvas, crop, number, BADGE_TEXT, UNKNOWN)


def _strangers_in_a_row(width: float) -> int:
    return max(1, int(width - 2 * _OUTSIDE - _WORD - _PADDING) // _THUMB)


def percent(probability: float) -> str:
    """Write a probability as people do, without ever claiming certainty."""
    if probability < 0.005:
        return "<1%"
    return f"{min(round(probability * 100), 99)}%"


def _draw_number(canvas: Canvas, crop: Box, number: int, size: int, colour: Colour) -> None:
    badge = Box(crop.x, crop.y, max(1.5 * size, canvas.lettering.width(str(number), size) + 0.8 * size), 1.4 * size)
    canvas.rounded(badge, _RADIUS // 2, colour)
    canvas.text(badge.x + badge.width / 2, badge.y + badge.height / 2, str(number), size, "mm")


def _draw_guesses(canvas: Canvas, place: Box, guesses: Sequence[Guess], size: int, colour: Colour, rows: int) -> None:
    height = (place.height - (rows - 1) * _GAP) / rows
    for index, guess in enumerate(guesses):
        row = Box(place.x, place.y + index * (height + _GAP), place.width, height)
        canvas.rounded(row, _RADIUS, TRACK)
        # The runners-up are dimmer, so that the eye finds the answer first.
        canvas.rounded(row, _RADIUS, colour if index == 0 else mix(colour, TRACK, 0.6), share=guess.probability)
        middle = row.y + height / 2
        score = percent(guess.probability)
        canvas.text(row.x + row.width - size / 2, middle, score, size, "rm")
        name = guess.name
        if not canvas.lettering.can_draw(name):
            name = f"{index + 1}."
        space = row.width - 1.4 * size - canvas.lettering.width(score, size)
        canvas.text(row.x + size / 2, middle, *canvas.lettering.fit(name, size, space))
