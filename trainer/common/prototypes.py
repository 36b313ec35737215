"""What telling the known from the unknown is made of: prototypes of characters, and log-odds fitted to faces."""

import math
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from trainer.common.measure import Truth, Values

Floats: TypeAlias = npt.NDArray[np.floating]

NAMED = 0.95
"""The share of known faces that the threshold lets be named."""
PRIOR = 0.9
"""The share of faces asked about that are taken to be of the roster: people ask about whoever may be known."""
TAUGHT_PRIOR = 0.1
"""As `PRIOR`, for a single character that was taught: most faces are of another character."""
RIDGE = 1.0
"""How strongly coefficients are drawn to 0, as a number of faces."""
PICTURES_A_PROTOTYPE = 12


def make_prototypes(
    embeddings: Values, truth: Truth, characters: int, most: int
) -> tuple[Values, npt.NDArray[np.intp]]:
    """Cluster each character's unit-length embeddings into at most `most` prototypes.

    Returns:
        Unit-length prototypes ``(count, dimensions)``, and each one's character; a character without a face gets the
        zero vector, which is near no character.

    Source: k-means++ (Arthur and Vassilvitskii, 2007), on the sphere.
    """
    tables, owners = [], []
    for character in range(characters):
        own = embeddings[truth == character]
        count = max(1, min(most, len(own) // PICTURES_A_PROTOTYPE))
        tables.append(clusters(own, count) if len(own) else np.zeros((1, embeddings.shape[1]), np.float32))
        owners += [character] * len(tables[-1])
    means = np.concatenate(tables)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return (means / np.where(lengths > 0, lengths, 1)).astype(np.float32), np.array(owners, np.intp)


def logistic_regression(values: Floats, truth: Floats, prior: float = 0.5) -> tuple[npt.NDArray[np.float64], float]:
    """Fit coefficients and intercept to standardised values, with a ridge on the coefficients.

    Args:
        values: ``(count, features)``.
        truth: 1 or 0 for each.
        prior: The share that those with 1 are to have of the whole weight.
    """
    values = values.astype(np.float64)
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    table = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    weights = np.where(truth > 0, prior / max(truth.sum(), 1), (1 - prior) / max((1 - truth).sum(), 1)) * len(truth)
    sign = np.where(truth > 0, 1.0, -1.0)

    def loss(found: Floats) -> tuple[float, Floats]:
        margin = sign * (table @ found)
        slope = table.T @ (-weights * sign * expit(-margin))
        slope[:-1] += RIDGE * found[:-1]
        return float(weights @ np.logaddexp(0, -margin) + RIDGE / 2 * found[:-1] @ found[:-1]), slope

    found = minimize(loss, np.zeros(table.shape[1]), jac=True, method="BFGS", options={"gtol": 1e-6}).x
    coefficients = found[:-1] / spread
    return coefficients, float(found[-1] - coefficients @ mean)


def log_odds(chance: float) -> float:
    """Return the logarithm of the odds of a chance."""
    return math.log(chance / (1 - chance))


def clusters(embeddings: Values, count: int) -> Values:
    """Return the centres, ``(count, dimensions)``, of so many clusters of embeddings; they are of any length."""
    if count == 1:
        return np.asarray(embeddings.mean(axis=0, keepdims=True))
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 1e-4)
    best = np.zeros((len(embeddings), 1), np.int32)
    _, _, centres = cv2.kmeans(np.ascontiguousarray(embeddings), count, best, criteria, 3, cv2.KMEANS_PP_CENTERS)
    return np.asarray(centres, np.float32)
