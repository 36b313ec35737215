"""Figures of a classifier, from the probabilities that it gives to test pictures."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

PRIOR_WIDTH = 0.5
"""Of the logarithm of the temperature: it is expected between about 0.6 and 1.6."""

Probabilities: TypeAlias = npt.NDArray[np.float32]
"""One row a picture, one column a character, rows that sum to 1."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a classifier is on `count` pictures.

    `lowest_right` is the smallest probability among right answers, NaN where none is right.
    """

    count: int
    top1: float
    top3: float
    macro_recall: float
    log_loss: float
    calibration_error: float
    lowest_right: float


def measure(probabilities: Probabilities, truth: npt.NDArray[np.intp]) -> Figures:
    """Measure a classifier.

    Args:
        probabilities: Of each picture for each character, float ``(pictures, characters)``.
        truth: The right column of each picture, int ``(pictures,)``.
    """
    right = probabilities.argmax(axis=1) == truth
    given = probabilities[np.arange(len(truth)), truth]
    rank = (probabilities > given[:, np.newaxis]).sum(axis=1)
    return Figures(
        count=len(truth),
        top1=float(right.mean()),
        top3=float((rank < 3).mean()),
        macro_recall=float(np.mean([right[truth == column].mean() for column in np.unique(truth)])),
        log_loss=float(-np.log(np.clip(given, 1e-7, None)).mean()),
        calibration_error=expected_calibration_error(probabilities.max(axis=1), right),
        lowest_right=float(given[right].min()) if right.any() else float("nan"),
    )


def confusion(probabilities: Probabilities, truth: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Count pictures by their character (row) and by the character that they were taken for (column)."""
    characters = probabilities.shape[1]
    table = np.zeros((characters, characters), np.intp)
    np.add.at(table, (truth, probabilities.argmax(axis=1)), 1)
    return table


def expected_calibration_error(confidence: npt.NDArray[np.floating], right: npt.NDArray[np.bool_]) -> float:
    """Return how far confidence lies from accuracy, on average over ten equal bins of confidence.

    Source: section 3 of https://arxiv.org/abs/1706.04599
    """
    bins = np.clip((confidence * 10).astype(int), 0, 9)
    gaps = [abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return float(sum(gaps))


def softmax(logits: npt.NDArray[np.float32], temperature: float) -> Probabilities:
    """Turn logits, float32 ``(pictures, characters)``, into probabilities."""
    scaled = logits / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True), np.float32)


def fit_temperature(logits: npt.NDArray[np.float32], truth: npt.NDArray[np.intp]) -> float:
    """Return the temperature under which the probabilities fit what is true, on pictures that did not train.

    The log loss of few pictures says little, and nothing where all are right: it would ask for a network that is never
    in doubt. So it is weighed against a log-normal prior round 1.

    Source: https://arxiv.org/abs/1706.04599 (the temperature, without the prior)
    """
    if not len(truth):
        return 1.0
    candidates = np.geomspace(0.1, 10, 401)
    losses = [
        measure(softmax(logits, t), truth).log_loss * len(truth) + (np.log(t) / PRIOR_WIDTH) ** 2 / 2
        for t in candidates
    ]
    return round(float(candidates[int(np.argmin(losses))]), 4)
