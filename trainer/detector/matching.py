"""Compare found faces with drawn ones, and sum the comparison up as precision and recall.

A face is found when an unused predicted box has an IoU of at least 0.4 with it, or when each box holds the other's
centre and the IoU is at least 0.15: hands draw the same face with different ideas of where it ends.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from bot.recognition.detection.boxes import areas, intersection_over_union, intersections
from bot.recognition.results import Face
from trainer.detector.labels import Boxes, LabelledPicture, boxes_of

SURE_OVERLAP = 0.4
LEAST_OVERLAP = 0.15
IGNORED_SHARE = 0.5
"""A prediction with this share of its area, or its centre, in an ignored box costs nothing."""


class Outcome(IntEnum):
    """What became of a predicted box."""

    FALSE = 0
    FOUND = 1
    IGNORED = 2


@dataclass(frozen=True, slots=True)
class Match:
    """What became of the predictions in a picture, best score first.

    `found_with` is, for each drawn face, the score of the prediction that found it, 0 where none did.
    """

    picture: LabelledPicture
    boxes: Boxes
    scores: npt.NDArray[np.float32]
    outcomes: npt.NDArray[np.int8]
    found_with: npt.NDArray[np.float32]


def match(picture: LabelledPicture, faces: Sequence[Face]) -> Match:
    """Give each predicted face, best score first, the unused drawn face that it overlaps most."""
    ranked = sorted(faces, key=lambda face: -face.score)
    boxes = boxes_of(ranked)
    overlap = intersection_over_union(boxes, picture.faces)
    mutual = _holds_centre(boxes, picture.faces) & _holds_centre(picture.faces, boxes).T
    fits = (overlap >= SURE_OVERLAP) | (mutual & (overlap >= LEAST_OVERLAP))
    ignorable = _ignorable(boxes, picture.ignored)
    scores = np.array([face.score for face in ranked], np.float32)
    found_with = np.zeros(len(picture.faces), np.float32)
    outcomes = np.zeros(len(boxes), np.int8)
    for i in range(len(boxes)):
        candidates = np.flatnonzero(fits[i] & (found_with == 0))
        if len(candidates):
            found_with[candidates[np.argmax(overlap[i, candidates])]] = scores[i]
            outcomes[i] = Outcome.FOUND
        elif ignorable[i]:
            outcomes[i] = Outcome.IGNORED
    return Match(picture, boxes, scores, outcomes, found_with)


def _holds_centre(boxes: Boxes, others: Boxes) -> npt.NDArray[np.bool_]:
    centres = others[:, :2] + others[:, 2:] / 2
    low, high = boxes[:, None, :2], boxes[:, None, :2] + boxes[:, None, 2:]
    held: npt.NDArray[np.bool_] = np.all((centres[None] >= low) & (centres[None] <= high), axis=2)
    return held


def _ignorable(boxes: Boxes, ignored: Boxes) -> npt.NDArray[np.bool_]:
    share = intersections(boxes, ignored) / np.maximum(areas(boxes)[:, None], np.float32(1e-6))
    spared: npt.NDArray[np.bool_] = np.any((share >= IGNORED_SHARE) | _holds_centre(ignored, boxes).T, axis=1)
    return spared


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of drawn faces, found ones and false boxes."""

    faces: int
    found: int
    false: int

    @property
    def precision(self) -> float:
        """Share of the predicted boxes that are faces; 1 where there are none."""
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        """Share of the faces that are found; 1 where there are none."""
        return self.found / self.faces if self.faces else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.found / (self.found + self.false + self.faces) if self.faces + self.false else 1.0


def tally(matches: Iterable[Match], threshold: float) -> Tally:
    """Count what is left at a threshold of the score.

    Dropping the lowest scores never changes what became of the others, so one matching serves every threshold.
    """
    faces = found = false = 0
    for one in matches:
        kept = one.outcomes[one.scores >= threshold]
        faces += len(one.picture.faces)
        found += int((kept == Outcome.FOUND).sum())
        false += int((kept == Outcome.FALSE).sum())
    return Tally(faces, found, false)
