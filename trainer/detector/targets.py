"""What the network should answer for a sample, cell by cell, and how wrong an answer is.

The targets and losses are those of TTFNet: a Gaussian bump per face trained with CenterNet's focal loss, and the box
regressed (as FCOS does, by its distances to the four sides) not at the centre alone but wherever the bump is high.
Sources: https://arxiv.org/abs/1909.00700 (TTFNet), https://arxiv.org/abs/1904.07850 (CenterNet),
https://arxiv.org/abs/1902.09630 (generalised IoU).
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from keras import ops

from trainer.detector.labels import Boxes

STRIDE = 8
"""Pixels of the network's input that one cell of its output stands for."""
SPREAD = 0.54 / 6
"""Standard deviation of a face's bump, as a share of its box (TTFNet's alpha over six)."""
SHARPNESS = 4.0
"""Exponent with which cells near a face's centre are excused from being background (CenterNet's beta)."""


def encode(faces: Boxes, ignored: Boxes, side: int) -> npt.NDArray[np.float32]:
    """Draw the targets of a square sample.

    Args:
        faces: Boxes to find, in pixels of the sample.
        ignored: Boxes where any answer is right.
        side: Pixels of the sample, a multiple of `STRIDE`.

    Returns:
        ``(side / STRIDE, side / STRIDE, 7)``: the bumps; the box that a cell belongs to (left, top, right, bottom, in
        cells); the weight of that box in the cell; and 0 where the cell is ignored, else 1.
    """
    cells = side // STRIDE
    target = np.zeros((cells, cells, 7), np.float32)
    target[..., 6] = 1
    centres = np.arange(cells, dtype=np.float32) + 0.5
    for x, y, width, height in ignored / STRIDE:
        rows = slice(max(0, int(y)), max(0, int(np.ceil(y + height))))
        columns = slice(max(0, int(x)), max(0, int(np.ceil(x + width))))
        target[rows, columns, 6] = 0
    # Large faces first: where two overlap, a cell speaks for the smaller one.
    for x, y, width, height in faces[np.argsort(-faces[:, 2:].prod(axis=1))] / STRIDE:
        column = min(cells - 1, int(x + width / 2))
        row = min(cells - 1, int(y + height / 2))
        across = np.exp(-((centres - centres[column]) ** 2) / (2 * (SPREAD * width) ** 2))
        down = np.exp(-((centres - centres[row]) ** 2) / (2 * (SPREAD * height) ** 2))
        bump = np.outer(down, across)
        near = bump > 0.05
        target[..., 0] = np.maximum(target[..., 0], bump)
        target[near, 1:5] = (x, y, x + width, y + height)
        # Every face weighs the same in all, whatever the number of its cells, but larger ones a little more.
        target[near, 5] = bump[near] / bump[near].sum() * np.log1p(width * height)
        target[row, column, 6] = 1
    return target


def detection_loss(target: Any, answer: Any) -> Any:
    """Focal loss of the bumps plus five times the generalised IoU loss of the boxes, a number per sample."""
    faces = ops.maximum(ops.sum(ops.cast(target[..., 0] == 1, "float32"), axis=(1, 2)), 1.0)
    heat = focal_loss(target[..., 0], answer[..., 0]) * target[..., 6]
    weight = target[..., 5]
    boxes = (1 - generalised_iou(target[..., 1:5], to_corners(answer[..., 1:5]))) * weight
    total = ops.maximum(ops.sum(weight, axis=(1, 2)), 1.0)
    return ops.sum(heat, axis=(1, 2)) / faces + 5 * ops.sum(boxes, axis=(1, 2)) / total


def focal_loss(bump: Any, logit: Any) -> Any:
    """CenterNet's penalty-reduced focal loss per cell."""
    score = ops.sigmoid(logit)
    missed = (1 - score) ** 2 * ops.softplus(-logit)
    false = (1 - bump) ** SHARPNESS * score**2 * ops.softplus(logit)
    return ops.where(bump == 1, missed, false)


def to_corners(logarithms: Any) -> Any:
    """Turn log distances ``(batch, rows, columns, 4)`` from cells' centres to the sides into corners, in cells."""
    distances = ops.exp(ops.clip(logarithms, -4.0, 4.5))
    rows = ops.reshape(ops.arange(ops.shape(logarithms)[1], dtype="float32") + 0.5, (1, -1, 1))
    columns = ops.reshape(ops.arange(ops.shape(logarithms)[2], dtype="float32") + 0.5, (1, 1, -1))
    return ops.stack(
        [
            columns - distances[..., 0],
            rows - distances[..., 1],
            columns + distances[..., 2],
            rows + distances[..., 3],
        ],
        axis=-1,
    )


def generalised_iou(one: Any, other: Any) -> Any:
    """Generalised intersection over union, -1 to 1, of boxes given by their corners along the last axis."""
    low, high = ops.maximum(one[..., :2], other[..., :2]), ops.minimum(one[..., 2:], other[..., 2:])
    both = ops.prod(ops.maximum(high - low, 0.0), axis=-1)
    either = ops.prod(one[..., 2:] - one[..., :2], axis=-1) + ops.prod(other[..., 2:] - other[..., :2], axis=-1) - both
    hull_low, hull_high = ops.minimum(one[..., :2], other[..., :2]), ops.maximum(one[..., 2:], other[..., 2:])
    hull = ops.prod(hull_high - hull_low, axis=-1)
    return both / ops.maximum(either, 1e-6) - (hull - either) / ops.maximum(hull, 1e-6)
