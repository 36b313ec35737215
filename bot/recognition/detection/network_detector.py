"""Find faces with a network of our own, read from a bundle."""

import numpy as np

from bot.errors import BundleError
from bot.recognition.bundle import Bundle
from bot.recognition.detection.boxes import Boxes, Scores, suppress
from bot.recognition.detection.heatmap import read_faces
from bot.recognition.detection.letterbox import letterbox
from bot.recognition.detection.refinement import Refiner
from bot.recognition.detection.tiles import Window, grid
from bot.recognition.interpreter import Network
from bot.recognition.results import Box, Face, Image

GRAIN = 32
"""The stride of the network's coarsest features: its input is a multiple of this high and wide."""
OVERLAP = 0.45
"""Boxes with a higher intersection over union are one face."""
SUSPICION = 0.5
"""Share of the threshold from which a small face that does not count makes a second pass worth while."""
SMALL = 28.0
"""Pixels of the network's input. Smaller faces are found better in a second pass over an enlarged part."""
COMPANY = 0.6
"""A face needs this share of the score of the picture's best one: where one is seen so well, others would be too."""
LARGE = 1100
"""Pixels. In a smaller picture, a second pass finds little more, and mostly false faces."""
STRIP = 2.5
"""A picture that is so many times as long as wide is searched in parts."""
MOST_PARTS = 16
"""However long a strip is: the reduced picture is then so narrow that no more would show a face worth naming, and a
file of a hundred bytes could ask for thousands."""

SHAPES = 4
"""Shapes of input that stay prepared: of pictures in a row, two in three then need no preparing, where one kept shape
serves one in four."""


class NetworkDetector:
    """Finds faces with a bundle's network. Not thread-safe.

    It searches the whole picture and, where that is large and shows small faces, its quarters; then once more, and
    closer, at what may be a face or not.

    Args:
        bundle: A detector's bundle.
        threshold: Faces with lower scores are left out; None for the bundle's own threshold.

    Raises:
        BundleError: the bundle is no detector, or the runtime cannot load it.
    """

    def __init__(self, bundle: Bundle, threshold: float | None = None) -> None:
        if bundle.info.kind != "detector":
            raise BundleError(f"the bundle {bundle.info.name} is a {bundle.info.kind}, not a detector")
        self._network = Network(bundle, shapes=SHAPES)
        self._refiner = Refiner(bundle)
        self._size = (bundle.info.input.width, bundle.info.input.height)
        self._usual = bundle.info.threshold
        self._threshold = self._usual if threshold is None else threshold

    def detect(self, image: Image) -> tuple[Face, ...]:
        """Return the faces in an RGB uint8 image, best score first, boxes in its pixels."""
        height, width = image.shape[:2]
        boxes, scores = self._detect_in(image, Window(0, 0, width, height))
        for window in self._closer(boxes, scores, width, height):
            more, their_scores = self._detect_in(image, window)
            boxes, scores = np.concatenate([boxes, more]), np.concatenate([scores, their_scores])
        kept = suppress(boxes, scores, OVERLAP)
        kept = kept[scores[kept] >= COMPANY * scores.max(initial=0)]
        boxes, scores = boxes[kept], self._refiner.rescore(image, boxes[kept], scores[kept])
        best_first = np.argsort(-scores, kind="stable")
        return tuple(
            Face(Box(*boxes[i].tolist()), float(scores[i])) for i in best_first if scores[i] >= self._threshold
        )

    def _detect_in(self, image: Image, window: Window) -> tuple[Boxes, Scores]:
        """Whatever a window shows, suspicions included, in the picture's pixels."""
        shown = letterbox(window.of(image), *self._size, GRAIN)
        answer = self._network.run_image(shown.canvas)
        scores, distances = answer["scores"][..., 0], answer["distances"]
        least = min(self._threshold, self._usual * SUSPICION)
        boxes, found = read_faces(scores, distances, shown.canvas.shape[0] / scores.shape[0], least)
        boxes = shown.to_picture(boxes) + np.array([window.x, window.y, 0, 0], np.float32)
        whole = window.whole(boxes, image.shape[1], image.shape[0])
        return boxes[whole], found[whole]

    def _closer(self, boxes: Boxes, scores: Scores, width: int, height: int) -> tuple[Window, ...]:
        """The windows that are worth a second pass."""
        longer, shorter = max(width, height), min(width, height)
        if longer > STRIP * shorter:
            parts = min(round(longer / shorter), MOST_PARTS)
            return grid(width, height, *((parts, 1) if width > height else (1, parts)))
        small = boxes[:, 2:].max(axis=1, initial=0) < SMALL * longer / max(self._size)
        suspected = small & (scores >= self._usual * SUSPICION)
        return grid(width, height, 2, 2) if longer > LARGE and suspected.any() else ()
