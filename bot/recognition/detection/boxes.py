"""Arithmetic on many boxes at once: float32 arrays ``(n, 4)`` of x, y, width, height."""

import cv2
import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float32]


def intersections(one: Boxes, other: Boxes) -> npt.NDArray[np.float32]:
    """Areas that boxes share, ``(n, m)``."""
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, :2] + one[:, None, 2:], other[None, :, :2] + other[None, :, 2:])
    shared: npt.NDArray[np.float32] = np.maximum(high - low, 0).prod(axis=2)
    return shared


def areas(boxes: Boxes) -> npt.NDArray[np.float32]:
    """Area of each box, ``(n,)``."""
    area: npt.NDArray[np.float32] = boxes[:, 2:].prod(axis=1)
    return area


def intersection_over_union(one: Boxes, other: Boxes) -> npt.NDArray[np.float32]:
    """Intersection over union of every pair, ``(n, m)``; 0 for boxes without area."""
    shared = intersections(one, other)
    either = areas(one)[:, None] + areas(other)[None, :] - shared
    overlap: npt.NDArray[np.float32] = shared / np.maximum(either, np.float32(1e-6))
    return overlap


def suppress(boxes: Boxes, scores: Scores, overlap: float) -> npt.NDArray[np.intp]:
    """Non-maximum suppression.

    Returns:
        Indices of the boxes to keep, best score first: none of them has an IoU above `overlap` with a better one.
    """
    kept = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), 0.0, overlap)
    return np.asarray(kept, np.intp).reshape(-1)
