"""Fit how faces are compared with taught characters: the space, the cohort, and how much a score says."""

import math
from dataclasses import replace

import numpy as np

from bot.recognition.bundle import ENOUGH, Comparison
from bot.recognition.gallery import Gallery
from bot.recognition.naming.comparison import Comparer
from trainer.base_network.whitening import Whitening, fit_whitening
from trainer.common.measure import Values
from trainer.common.prototypes import logistic_regression
from trainer.evaluation.taught import Crops

SHOTS = (1, 2, 3, 5, 10, 20)
ASKERS = 400
"""Faces of other characters that each lesson is held against."""
PRIOR = 0.1
"""The share of faces that a single taught character's are taken to be: a chat teaches many, and meets more."""


def blank_comparison(space: Crops, others: Values, most: int, seed: int = 0) -> Comparison:
    """Fit the whitening and the cohort to the faces of `space`; what a score says is left to `calibrate`.

    Args:
        space: Faces of many characters in many styles.
        others: Unit-length embeddings of strangers to add to the cohort, ``(count, dimensions)``.
        most: Faces of a character that the cohort holds at most.
        seed: Chooses the faces.
    """
    rng = np.random.default_rng(seed)
    whitening = fit_whitening(space.embeddings, space.characters, space.embeddings.shape[1])
    chosen = np.concatenate(
        [rng.permutation(np.flatnonzero(space.characters == one))[:most] for one in np.unique(space.characters)]
    )
    cohort = whitening(np.concatenate([space.embeddings[chosen], others]))
    return Comparison(_table(whitening), cohort.astype(np.float32), 1.0, 0.0)


def calibrate(comparison: Comparison, lessons: Crops, seed: int = 0) -> Comparison:
    """Fit what a score says: each character is taught from some drawings, and asked for by the rest and by the others.

    Args:
        comparison: Its scale, offset and caution do not matter.
        lessons: Faces of characters that neither trained nor are in the cohort.
        seed: Chooses the drawings.
    """
    rng = np.random.default_rng(seed)
    comparer = Comparer(comparison)
    values, truth = [], []
    for character in np.unique(lessons.characters):
        own = lessons.characters == character
        drawings = rng.permutation(np.unique(lessons.drawings[own]))
        others = rng.permutation(np.flatnonzero(~own))[:ASKERS]
        for shots in (shots for shots in SHOTS if shots < len(drawings)):
            teaches = own & np.isin(lessons.drawings, drawings[:shots])
            gallery = Gallery.of(("one", embedding) for embedding in lessons.embeddings[teaches])
            for asked, right in ((np.flatnonzero(own & ~teaches), 1.0), (others, 0.0)):
                scores = comparer.scores(lessons.embeddings[asked], gallery)[:, 0]
                values.append(np.column_stack([scores, np.full(len(scores), math.log(min(shots, ENOUGH)))]))
                truth.append(np.full(len(asked), right))
    (scale, growth), offset = logistic_regression(np.concatenate(values), np.concatenate(truth), PRIOR)
    return replace(comparison, scale=float(scale), offset=offset, caution=max(0.0, -float(growth)))


def _table(whitening: Whitening) -> Values:
    return np.concatenate([whitening.kernel, whitening.bias[np.newaxis]]).astype(np.float32)
