"""Labels that a detector proposes for pictures without any, for a later stage to learn from."""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from bot.recognition.detection.boxes import Scores, intersection_over_union
from bot.recognition.detection.detector import Detector
from bot.recognition.results import Image
from trainer.detector.labels import Boxes, LabelledPicture, boxes_of, read_image
from trainer.detector.matching import Outcome, match

AGREEMENT = 0.5
"""IoU from which a box in a picture and one in its mirror image are one face."""
RUNNER_UP = 0.5
"""A crop of a head whose second best box has a larger share of the best one's score may show two faces."""


def propose(detector: Detector, picture: LabelledPicture, sure: float) -> LabelledPicture:
    """Label a picture with what a detector finds in it and, as a second opinion, in its mirror image.

    A face counts with a score of at least `sure` in the one and any score in the other; else it is ignored.
    """
    boxes, scores, agreed = _detect_twice(detector, read_image(picture.path))
    counts = agreed & (scores >= sure)
    return replace(picture, faces=boxes[counts], ignored=boxes[~counts])


def propose_head(detector: Detector, picture: LabelledPicture, sure: float) -> LabelledPicture | None:
    """Label a crop of one head with the face in it; None where that is doubtful."""
    image = read_image(picture.path)
    height, width = image.shape[:2]
    # Alone, a crop would be enlarged beyond what faces look like in pictures.
    padded = cv2.copyMakeBorder(image, 0, height, 0, width, cv2.BORDER_CONSTANT, value=(127, 127, 127))
    boxes, scores, agreed = _detect_twice(detector, padded.astype(np.uint8, copy=False))
    if not len(boxes) or not agreed[0] or scores[0] < sure or (scores[1:] > RUNNER_UP * scores[0]).any():
        return None
    return replace(picture, faces=boxes[:1])


def mine(detector: Detector, picture: LabelledPicture) -> LabelledPicture:
    """Mark what a detector falsely takes for faces in a labelled picture as its decoys."""
    seen = match(picture, detector.detect(read_image(picture.path)))
    return replace(picture, decoys=seen.boxes[seen.outcomes == Outcome.FALSE])


def _detect_twice(detector: Detector, image: Image) -> tuple[Boxes, Scores, npt.NDArray[np.bool_]]:
    """The boxes in an image, best first, their scores, and which of them its mirror image shows too."""
    found = detector.detect(image)
    mirrored = boxes_of(detector.detect(np.ascontiguousarray(image[:, ::-1])))
    mirrored[:, 0] = image.shape[1] - mirrored[:, 0] - mirrored[:, 2]
    boxes = boxes_of(found)
    agreed = intersection_over_union(boxes, mirrored).max(axis=1, initial=0) >= AGREEMENT
    return boxes, np.array([face.score for face in found], np.float32), agreed
