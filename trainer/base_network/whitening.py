"""Turn a network's features into embeddings in which new characters are told apart by little."""

from dataclasses import dataclass

import numpy as np

from trainer.common.measure import Truth, Values

SHRINKAGE = 0.5
"""How far the covariance is drawn to a sphere: what differs within the characters that trained is not all that can."""


@dataclass(frozen=True)
class Whitening:
    """An affine map, ``features @ kernel + bias``, and then unit length; kernel ``(features, dimensions)``."""

    kernel: Values
    bias: Values

    def __call__(self, features: Values) -> Values:
        """Return unit-length embeddings, ``(count, dimensions)``."""
        projected = features.astype(np.float32) @ self.kernel + self.bias
        return np.asarray(projected / np.maximum(np.linalg.norm(projected, axis=1, keepdims=True), 1e-6))


def fit_whitening(features: Values, truth: Truth, dimensions: int) -> Whitening:
    """Fit the map that makes faces of one character vary alike in all directions, and keep those that vary most.

    The embedding that the loss trained forgets what it did not need to tell its own characters apart; the features
    before it know more, and this brings it out.

    Args:
        features: Of the faces that trained, ``(count, features)``.
        truth: Each one's character.
        dimensions: Of the embedding.

    Source: within-class covariance normalisation (Hatch et al., 2006,
    https://www.isca-archive.org/interspeech_2006/hatch06_interspeech.html), then principal components.
    """
    features = features.astype(np.float64)
    characters, column = np.unique(truth, return_inverse=True)
    means = np.zeros((len(characters), features.shape[1]))
    np.add.at(means, column, features)
    means /= np.bincount(column)[:, np.newaxis]
    within = _covariance(features - means[column])
    size = len(within)
    within = (1 - SHRINKAGE) * within + SHRINKAGE * np.trace(within) / size * np.eye(size)
    spread, axes = np.linalg.eigh(within)
    whitened = axes / np.sqrt(spread)
    middle = features.mean(axis=0)
    _, components = np.linalg.eigh(_covariance((features - middle) @ whitened))
    kernel = whitened @ components[:, -dimensions:]
    return Whitening(kernel.astype(np.float32), (-middle @ kernel).astype(np.float32))


def _covariance(
    centred: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.asarray(centred.T @ centred / len(centred))
