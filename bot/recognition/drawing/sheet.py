"""Lay the frames of a clip that show its people out as one picture, like a strip of film."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bot.recognition.decoding.decode import Decoded
from bot.recognition.naming.merge import Person, View
from bot.recognition.results import Box, Sighting

GAP = 6
"""Pixels between two frames."""
DARK = 24
"""The grey between them."""


def lay_out(frames: Sequence[Decoded], people: Sequence[Person], threshold: float) -> tuple[Decoded, list[Sighting]]:
    """Show everybody once, in as few frames as will do.

    Args:
        frames: At least one, all of one size.
        people: Who is seen in them.
        threshold: Probability under which the best guess counts as unknown.

    Returns:
        The frames that are needed, side by side where there are several, and each person's best view in them with the
        guesses of all their views, the box in pixels of that picture.
    """
    shown = _frames_needed(people) or [0]
    height, width = frames[0].image.shape[:2]
    columns = max(1, min(len(shown), round(math.sqrt(len(shown) * height / width))))
    rows = -(-len(shown) // columns)
    sheet = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), DARK, np.uint8)
    corners = {}
    for place, number in enumerate(shown):
        left, top = place % columns * (width + GAP), place // columns * (height + GAP)
        sheet[top : top + height, left : left + width] = frames[number].image
        corners[number] = (left, top)
    return Decoded(sheet, sheet.shape[1], sheet.shape[0]), [_show(person, corners, threshold) for person in people]


def _frames_needed(people: Sequence[Person]) -> list[int]:
    """Choose frames until everybody is seen, always the one that adds most; in order of time."""
    left, chosen = list(people), []
    while left:
        gains: dict[int, tuple[int, float]] = {}
        for view in (view for person in left for view in person.views):
            count, quality = gains.get(view.frame, (0, 0.0))
            gains[view.frame] = (count + 1, quality + view.quality)
        best = max(gains, key=lambda number: gains[number])
        chosen.append(best)
        left = [person for person in left if all(view.frame != best for view in person.views)]
    return sorted(chosen)


def _show(person: Person, corners: dict[int, tuple[int, int]], threshold: float) -> Sighting:
    view: View = max((v for v in person.views if v.frame in corners), key=lambda v: v.quality)
    left, top = corners[view.frame]
    face, guesses = view.sighting.face, person.guesses()
    box = Box(face.box.x + left, face.box.y + top, face.box.width, face.box.height)
    unknown = not guesses or guesses[0].probability < threshold
    return replace(view.sighting, face=replace(face, box=box), guesses=guesses, unknown=unknown)
