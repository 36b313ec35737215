"""Labels that a detector proposes for pictures without any: sure faces count, doubtful ones are ignored."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from bot.vision.boxes import intersection_over_union
from bot.vision.detect import Detector
from trainer.detector.labels import LabelledPicture, boxes_of, read_image


def propose(detector: Detector, picture: LabelledPicture, sure: float) -> LabelledPicture:
    """Label a picture with what a detector finds in it and, as a second opinion, in its mirror image.

    A face counts with a score of at least `sure` in the one and any score in the other; else it is doubtful.
    """
    image = read_image(picture.path)
    found = detector.detect(image)
    mirrored = boxes_of(detector.detect(np.ascontiguousarray(image[:, ::-1])))
    mirrored[:, 0] = image.shape[1] - mirrored[:, 0] - mirrored[:, 2]
    boxes = boxes_of(found)
    agreed = intersection_over_union(boxes, mirrored).max(axis=1, initial=0) >= 0.5
    counts = agreed & (np.array([face.score for face in found]) >= sure)
    return replace(picture, faces=boxes[counts], ignored=boxes[~counts])


def lone_heads(pictures: Iterable[LabelledPicture]) -> list[LabelledPicture]:
    """Of proposals for crops of heads, those with one sure face of a plausible size, and nothing doubtful."""
    return [
        picture
        for picture in pictures
        if len(picture.faces) == 1 and not len(picture.ignored) and 30 <= picture.faces[0, 2:].max() <= 130
    ]
