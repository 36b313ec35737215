"""Draw one face's card: the crop with its number, and the best guesses as bars."""

from collections.abc import Sequence

from bot.recognition.crop import crop_face
from bot.recognition.drawing.canvas import CARD, TRACK, UNKNOWN, Canvas, Colour, mix
from bot.recognition.results import Box, Guess, Image, Sighting

GUESSES = 3
UNKNOWN_WORD = "unknown"

_PADDING, _GAP, _RADIUS = 12, 6, 9
_SURROUNDINGS = 0.2
"""How far the shown crop reaches beyond the face, so that hair helps people to recognise it."""


def draw_card(
    canvas: Canvas, place: Box, image: Image, sighting: Sighting, number: int, colour: Colour, unknown: str
) -> None:
    """Draw the card of a face of `image` (RGB uint8, the sighting's box in its pixels) into `place`.

    The word `unknown` stands on the card of an unknown face.
    """
    canvas.rounded(place, _RADIUS + 4, CARD)
    side = place.height - 2 * _PADDING
    crop = Box(place.x + _PADDING, place.y + _PADDING, side, side)
    canvas.paste(crop_face(image, sighting.face.box, _SURROUNDINGS), crop)
    text = round(side / (5.2 if place.width > 2.5 * place.height else 4.8))
    _draw_number(canvas, crop, number, text, colour)
    if sighting.unknown:
        strip = Box(crop.x, crop.y + side - 1.4 * text, side, 1.4 * text)
        canvas.rounded(strip, 0, UNKNOWN)
        word, size = canvas.lettering.fit(unknown, round(text * 0.9), side - _PADDING)
        canvas.text(strip.x + side / 2, strip.y + strip.height / 2, word, size, "mm")
    rows = Box(crop.x + side + _PADDING, crop.y, place.width - side - 3 * _PADDING, side)
    _draw_guesses(canvas, rows, sighting.guesses[:GUESSES], text, colour)


def percent(probability: float) -> str:
    """Write a probability as people do, without ever claiming certainty."""
    if probability < 0.005:
        return "<1%"
    return f"{min(round(probability * 100), 99)}%"


def _draw_number(canvas: Canvas, crop: Box, number: int, size: int, colour: Colour) -> None:
    badge = Box(crop.x, crop.y, max(1.5 * size, canvas.lettering.width(str(number), size) + 0.8 * size), 1.4 * size)
    canvas.rounded(badge, _RADIUS // 2, colour)
    canvas.text(badge.x + badge.width / 2, badge.y + badge.height / 2, str(number), size, "mm")


def _draw_guesses(canvas: Canvas, place: Box, guesses: Sequence[Guess], size: int, colour: Colour) -> None:
    height = (place.height - (GUESSES - 1) * _GAP) / GUESSES
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
