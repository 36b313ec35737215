"""Look at a doubtful face closer, also in the mirror: what resembles one from afar often does not from near."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from bot.recognition.bundle import Bundle
from bot.recognition.detection.boxes import Boxes, Scores, intersection_over_union
from bot.recognition.detection.heatmap import read_faces
from bot.recognition.detection.letterbox import letterbox
from bot.recognition.interpreter import Network
from bot.recognition.results import Image

DOUBTFUL = (0.28, 0.6)
"""Scores between which a second pass can change the answer, and is worth its two milliseconds."""
SURE = 0.6
"""The score of a second pass from which the mirrored one is not needed."""
MOST = 16
"""Boxes that are examined again in one picture, the best first."""
SIDE = 128
"""Pixels of the network's input."""
AROUND = 2.6
"""The width of the examined part, in widths of the box."""
SAME = 0.35
"""Intersection over union from which a face of the second pass is the one in question."""
FAINT = 0.02
"""The lowest score that is read from the second pass."""


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a picture round a box: its pixels, and the box in them."""

    image: Image
    box: Boxes

    def mirrored(self) -> "_Part":
        """The same, left and right changed over."""
        box = self.box.copy()
        box[:, 0] = self.image.shape[1] - box[:, 0] - box[:, 2]
        return _Part(cv2.flip(self.image, 1).astype(np.uint8, copy=False), box)


class Refiner:
    """Scores boxes again with a detector's network. Not thread-safe.

    Raises:
        BundleError: the runtime cannot load it.
    """

    def __init__(self, bundle: Bundle) -> None:
        # An interpreter of its own keeps its small input: changing sizes back and forth would cost more than the pass.
        small = replace(bundle.info, input=replace(bundle.info.input, width=SIDE, height=SIDE))
        self._network = Network(replace(bundle, info=small))

    def rescore(self, image: Image, boxes: Boxes, scores: Scores) -> Scores:
        """Return the scores, doubtful ones as the mean of the first pass and the second.

        Where the second pass is not sure, it counts as the lower one of the part as it is and in the mirror: a face
        is one in both.

        Args:
            image: RGB uint8.
            boxes: In its pixels, ``(count, 4)``, best score first.
            scores: ``(count,)``.
        """
        low, high = DOUBTFUL
        again = scores.copy()
        for i in np.flatnonzero((scores >= low) & (scores < high))[:MOST]:
            part = _around(image, boxes[i : i + 1])
            closer = self._score(part)
            again[i] = (scores[i] + (closer if closer >= SURE else min(closer, self._score(part.mirrored())))) / 2
        return again

    def _score(self, part: _Part) -> float:
        shown = letterbox(part.image, SIDE, SIDE, SIDE)
        answer = self._network.run_image(shown.canvas)
        scores = answer["scores"][..., 0]
        boxes, found = read_faces(scores, answer["distances"], SIDE / scores.shape[0], FAINT)
        same = intersection_over_union(shown.to_picture(boxes), part.box)[:, 0] >= SAME
        return float(found[same].max(initial=0))


def _around(image: Image, box: Boxes) -> _Part:
    height, width = image.shape[:2]
    reach = float(box[0, 2:].max()) * AROUND / 2
    centre = box[0, :2] + box[0, 2:] / 2
    # At least one pixel, even of a box in the padding beside the picture.
    left, top = np.clip((centre - reach).astype(int), 0, (width - 1, height - 1))
    right, bottom = np.clip((centre + reach).astype(int), (left + 1, top + 1), (width, height))
    return _Part(image[top:bottom, left:right], box - np.array([left, top, 0, 0], np.float32))
