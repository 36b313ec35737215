"""How well characters are named, strangers noticed, and new characters learnt: from a network's outputs alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Values: TypeAlias = npt.NDArray[np.float32]
Truth: TypeAlias = npt.NDArray[np.intp]
Hits: TypeAlias = npt.NDArray[np.bool_]
DRAWS = 1000
"""Of a bootstrap, or of the pictures that teach a character."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A mean over `count` pictures, with the bounds of its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class OpenSet:
    """Known against unknown: the area under the ROC curve, and the unknown named where 95 % of the known are."""

    auroc: float
    wrongly_named: Measured
    known: int


def share(hits: Hits) -> Measured:
    """Return a share with its bootstrap interval."""
    count = len(hits)
    if not count:
        return Measured(float("nan"), float("nan"), float("nan"), 0)
    # So many hits has a sample drawn with replacement.
    drawn = np.random.default_rng(0).binomial(count, hits.mean(), DRAWS) / count
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Measured(float(hits.mean()), float(low), float(high), count)


def within_top(logits: Values, truth: Truth, k: int) -> Hits:
    """Tell of each picture whether the right character is among the `k` best."""
    given = logits[np.arange(len(truth)), truth]
    return np.asarray((logits > given[:, np.newaxis]).sum(axis=1) < k)


def bootstrap(statistic: Callable[..., float], *samples: npt.NDArray[Any]) -> Measured:
    """Return a statistic of one or several samples with its bootstrap interval; its count is that of the last one.

    Each sample is drawn from anew, with replacement.
    """
    rng = np.random.default_rng(0)
    drawn = [statistic(*(one[rng.integers(0, len(one), len(one))] for one in samples)) for _ in range(DRAWS)]
    low, high = np.nanquantile(drawn, (0.025, 0.975)) if np.isfinite(drawn).any() else (np.nan, np.nan)
    return Measured(float(statistic(*samples)), float(low), float(high), len(samples[-1]))


def auroc(known: Values, unknown: Values) -> float:
    """Return the chance that a known face scores higher than an unknown one; equal scores count half."""
    ordered = np.sort(unknown)
    below = np.searchsorted(ordered, known, "left") + np.searchsorted(ordered, known, "right")
    return float(below.mean() / 2 / len(unknown))


def named_like_known(known: Values, unknown: Values) -> float:
    """Return the share of unknown faces that score as high as 95 % of the known ones do."""
    return float((unknown >= np.quantile(known, 0.05)).mean())


def open_set(known: Values, unknown: Values) -> OpenSet:
    """Compare the scores, higher is surer, of faces of the roster with those of strangers."""
    return OpenSet(auroc(known, unknown), share(unknown >= np.quantile(known, 0.05)), len(known))
