"""Read faces from the answer of a detector's network: a map of centres and, for each cell, the way to the four sides.

Source: https://arxiv.org/abs/1904.07850 (CenterNet: a face is a local maximum), https://arxiv.org/abs/1904.01355 (FCOS:
its box is given by the distances to the sides).
"""

import cv2
import numpy as np
import numpy.typing as npt

from bot.recognition.detection.boxes import Boxes, Scores


def read_faces(
    scores: npt.NDArray[np.float32], distances: npt.NDArray[np.float32], stride: float, threshold: float
) -> tuple[Boxes, Scores]:
    """Turn a network's answer into boxes, before non-maximum suppression.

    Args:
        scores: Score of a face's centre in each cell, ``(rows, columns)``, 0 to 1.
        distances: Logarithm of the distances from a cell's centre to the face's left, top, right and bottom, in cells,
            ``(rows, columns, 4)``.
        stride: Pixels of the network's input to a cell.
        threshold: Scores below it are no faces.

    Returns:
        Boxes in pixels of the network's input, and their scores.
    """
    peaks = (scores >= threshold) & (scores >= cv2.dilate(scores, np.ones((3, 3), np.uint8)))
    rows, columns = np.nonzero(peaks)
    reach = np.exp(distances[rows, columns])
    centres = np.stack([columns, rows], axis=1).astype(np.float32) + np.float32(0.5)
    low, high = centres - reach[:, :2], centres + reach[:, 2:]
    boxes = np.concatenate([low, high - low], axis=1) * np.float32(stride)
    return boxes.astype(np.float32, copy=False), scores[rows, columns]
