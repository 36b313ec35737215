"""Find a place for every face's label, so that none hides another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.recognition.results import Box

BARELY = 0.02
"""The share of a neighbour's face that a label may hide before it gives up its name for that."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a label takes: `height` and the width with and without the name, in pixels."""

    height: float
    full: float
    short: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label goes, and whether the name fits there too."""

    box: Box
    full: bool


def place_labels(faces: Sequence[Box], labels: Sequence[Label], region: Box) -> list[Place]:
    """Place one label beside each face, inside `region`.

    Greedy, in the order given: each label takes the place that hides least. A name is left out where it would lie over
    another label and the number alone would not.
    """
    taken: list[Box] = []
    places: list[Place] = []
    for face, label in zip(faces, labels, strict=True):
        options = [
            (_cost(spot, face, faces, taken) + bool(index) + 0.02 * order, Place(spot, not index))
            for index, width in enumerate((label.full, label.short))
            for order, spot in enumerate(_spots(face, width, label.height, region))
        ]
        _, place = min(options, key=lambda option: option[0])
        places.append(place)
        taken.append(place.box)
    return places


def _spots(face: Box, width: float, height: float, region: Box) -> Iterator[Box]:
    """Yield the places to try: above, below, beside and inside the face, the most natural first."""
    left, right, middle = face.x, face.x + face.width - width, face.x + (face.width - width) / 2
    above, below = face.y - height, face.y + face.height
    inside = face.y + face.height - height
    for x, y in (
        (left, above),
        (middle, above),
        (right, above),
        (left, below),
        (middle, below),
        (right, below),
        (face.x + face.width, face.y),
        (face.x - width, face.y),
        (face.x + face.width, inside),
        (face.x - width, inside),
        (left, face.y),
        (left, inside),
        (right, face.y),
        (right, inside),
    ):
        yield Box(
            min(max(x, region.x), region.x + region.width - width),
            min(max(y, region.y), region.y + region.height - height),
            width,
            height,
        )


def _cost(spot: Box, own: Box, faces: Sequence[Box], taken: Sequence[Box]) -> float:
    """Weigh what a label hides: a share of its own face, worse, its neighbours' faces, far worse, other labels."""
    hidden_own = overlap(spot, own) / (own.width * own.height)
    others = [overlap(spot, face) / (face.width * face.height) for face in faces if face != own]
    hidden_labels = sum(overlap(spot, label) for label in taken) / (spot.width * spot.height)
    hidden = 2 * hidden_own + 2 * sum(others) + 3 * any(share > BARELY for share in others)
    return hidden + 10 * bool(hidden_labels) + 10 * hidden_labels


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return max(0.0, width) * max(0.0, height)
