"""Judge a detector by pictures that it has never seen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np

from bot.recognition.bundle import Bundle
from bot.recognition.detection.detector import Detector
from bot.recognition.detection.network_detector import NetworkDetector
from trainer.detector.augment import move_boxes
from trainer.detector.data import DetectorData
from trainer.detector.labels import LabelledPicture, read_image
from trainer.detector.matching import Match, match, tally

LOWEST = 0.05
"""Score from which faces are counted: lower ones lie below every useful threshold."""
THRESHOLDS = tuple(round(float(t), 2) for t in np.arange(LOWEST, 0.9, 0.01))
FALSE_SHARE = 0.01
"""Share of pictures without a face in which a false box may be tolerated at most."""

Track: TypeAlias = Callable[[Sequence[LabelledPicture], str], Iterable[LabelledPicture]]
"""Shows progress through pictures under a title."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What became of every prediction: on held-back pictures, on the seed's, and where there is no face."""

    held: tuple[Match, ...]
    seed: tuple[Match, ...]
    empty: tuple[Match, ...]


def evaluate(detector: Detector, data: DetectorData, track: Track) -> Evaluation:
    """Run a detector over all that is held back. Give it a threshold of `LOWEST` to see the whole curve."""

    def over(pictures: Sequence[LabelledPicture], title: str) -> tuple[Match, ...]:
        return tuple(match(one, detector.detect(read_image(one.path))) for one in track(pictures, title))

    return Evaluation(
        over(data.held, "held-back pictures"),
        over(data.seed, "the seed's pictures"),
        over(data.empty_held, "pictures without a face"),
    )


def sensitive(bundle: Bundle) -> NetworkDetector:
    """A bundle's detector that reports everything down to `LOWEST`."""
    return NetworkDetector(bundle, threshold=LOWEST)


def best_threshold(evaluation: Evaluation) -> float:
    """The threshold with the highest F1 on held-back pictures among those with few false boxes on empty ones.

    The seed's pictures, which the figures of the experiment are compared on, have no say.
    """
    allowed = int(FALSE_SHARE * len(evaluation.empty))
    modest = [t for t in THRESHOLDS if tally(evaluation.empty, t).false <= allowed] or [THRESHOLDS[-1]]
    scores = [tally(evaluation.held, t).f1 for t in modest]
    equal = [t for t, score in zip(modest, scores, strict=True) if score == max(scores)]
    return equal[len(equal) // 2]


def turned(detector: Detector, pictures: Iterable[LabelledPicture], degrees: float) -> list[Match]:
    """Match a detector's faces in pictures that are turned by an angle, with room for their corners."""
    matches = []
    for picture in pictures:
        image = read_image(picture.path)
        height, width = image.shape[:2]
        turn = np.asarray(cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0), np.float64)
        bounds = np.abs(turn[:, :2]) @ (width, height)
        turn[:, 2] += bounds / 2 - (width / 2, height / 2)
        size = (int(bounds[0]), int(bounds[1]))
        moved = cv2.warpAffine(image, turn, size, borderValue=(127, 127, 127)).astype(np.uint8, copy=False)
        faces, ignored = move_boxes(picture.faces, turn), move_boxes(picture.ignored, turn)
        matches.append(match(LabelledPicture(picture.path, picture.source, faces, ignored), detector.detect(moved)))
    return matches
