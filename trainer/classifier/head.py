"""A linear head on the features of a frozen network: logistic regression, judged by cross-validation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from trainer.common.measure import Hits, Truth, Values
from trainer.common.metrics import softmax

FOLDS = 5
LENGTH = 10.0
"""Of features from their mean, on average: what a penalty means does not depend on the network that gives them."""
MOST_STEPS = 200


@dataclass(frozen=True)
class Head:
    """Gives the logits ``features @ kernel + bias``; float32 ``(features, characters)`` and ``(characters,)``."""

    kernel: Values
    bias: Values

    def __call__(self, features: Values) -> Values:
        """Return logits, ``(count, characters)``, for features ``(count, features)``."""
        return np.asarray(features @ self.kernel + self.bias)


@dataclass(frozen=True)
class HeldOut:
    """Logits for pictures whose near-duplicates have not trained the head either, and the characters that they show."""

    logits: Values
    truth: Truth


def fit_head(views: Values, truth: Truth, characters: int, penalty: float) -> Head:
    """Fit multinomial logistic regression.

    Args:
        views: Features of each picture as it is and changed, float32 ``(views, pictures, features)``.
        truth: Each picture's character.
        characters: How many there are.
        penalty: Of the squared weights, against the mean log loss, for features of `LENGTH`.
    """
    count = views.shape[0] * views.shape[1]
    features = views.reshape(count, -1)
    mean = features.mean(axis=0)
    features = features - mean
    scale = np.float32(LENGTH / max(float(np.sqrt((features**2).sum(axis=1).mean())), 1e-6))
    features *= scale
    right = np.eye(characters, dtype=np.float32)[np.tile(truth, len(views))]
    shape = (features.shape[1] + 1, characters)

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        weights = flat.reshape(shape).astype(np.float32)
        probabilities = softmax(features @ weights[:-1] + weights[-1], 1.0)
        wrong = (probabilities - right) / np.float32(count)
        slope = np.concatenate([features.T @ wrong + np.float32(penalty) * weights[:-1], wrong.sum(axis=0)[np.newaxis]])
        value = -np.log(np.clip((probabilities * right).sum(axis=1), 1e-12, None)).mean()
        return float(value + penalty / 2 * (weights[:-1] ** 2).sum()), slope.ravel().astype(np.float64)

    found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    weights = found.x.reshape(shape).astype(np.float32)
    kernel = weights[:-1] * scale
    return Head(kernel, weights[-1] - mean @ kernel)


def cross_validate(
    views: Values,
    truth: Truth,
    characters: int,
    penalty: float,
    groups: Sequence[Sequence[int]],
    on_fold: Callable[[], None] = lambda: None,
) -> HeldOut:
    """Ask heads about pictures that have not trained them, whole groups of near-duplicates apart.

    A character whose pictures are all alike cannot be asked for.

    Args:
        views: As `fit_head`; the first view is what is asked.
        truth: As `fit_head`.
        characters: As `fit_head`.
        penalty: As `fit_head`.
        groups: Indices of near-duplicates; together they are all.
        on_fold: Called `FOLDS` times.
    """
    logits, asked = np.zeros((len(truth), characters), np.float32), np.zeros(len(truth), bool)
    for trains, able in in_turn(truth, groups):
        if able.any():
            head = fit_head(views[:, trains], truth[trains], characters, penalty)
            logits[able] = head(views[0, able])
            asked |= able
        on_fold()
    return HeldOut(logits[asked], truth[asked])


def in_turn(truth: Truth, groups: Sequence[Sequence[int]]) -> Iterator[tuple[Hits, Hits]]:
    """Yield `FOLDS` times which pictures train, and which of the others can be asked for: all in the end.

    A character whose pictures are all alike cannot be asked for.
    """
    fold = _folds(truth, groups)
    for number in range(FOLDS):
        trains = fold != number
        yield trains, ~trains & np.isin(truth, truth[trains])


def _folds(truth: Truth, groups: Sequence[Sequence[int]]) -> npt.NDArray[np.intp]:
    """Divide pictures so that every character has about as many in each fold."""
    fold = np.zeros(len(truth), np.intp)
    filled = np.zeros((int(truth.max()) + 1, FOLDS), np.intp)
    for group in sorted(groups, key=len, reverse=True):
        counts = np.bincount(truth[list(group)], minlength=len(filled))
        # Where its characters have fewest; among equals where there are fewest of all.
        load = counts @ filled * len(truth) + filled.sum(axis=0)
        fold[list(group)] = number = int(load.argmin())
        filled[:, number] += counts
    return fold
