"""Compare faces with the characters that people have taught, and both with a cohort of other people's faces.

Two faces of one series are alike because one studio drew them. A cosine alone therefore calls strangers of that style
by a taught name; a cosine that stands out from those to the cohort does not.
"""

from dataclasses import dataclass
from typing import TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import ENOUGH, Comparison
from bot.recognition.gallery import Gallery

Values: TypeAlias = npt.NDArray[np.float32]

NEAREST = 100
"""How many of the nearest faces of the cohort a cosine is held against."""
LEAST_SPREAD = 0.02
"""The spread of cosines that is assumed at least: a cohort of few faces must not make a score endless."""


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """How near some vectors lie to the cohort: the mean and the spread, ``(count,)``, of their highest cosines."""

    mean: Values
    spread: Values


@dataclass(frozen=True, slots=True, eq=False)
class _Taught:
    """The mean of each taught character's examples, ``(characters, compared)``, and how near it lies to the cohort."""

    means: Values
    places: npt.NDArray[np.intp]
    level: _Level


class Comparer:
    """Compares by the numbers of a bundle. It remembers what it has computed of a gallery while that is in use."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._taught: WeakKeyDictionary[Gallery, _Taught] = WeakKeyDictionary()

    def odds(self, embeddings: Values, gallery: Gallery) -> Values:
        """Return the log-odds of every character of the gallery against everybody else.

        Args:
            embeddings: Unit-length embeddings, ``(count, dimensions)``.
            gallery: The taught characters.

        Returns:
            Float32 ``(count, characters)``; -inf for a character without examples.
        """
        comparison = self._comparison
        scores = self.scores(embeddings, gallery)
        examples = np.bincount(gallery.owners, minlength=len(gallery.characters))
        offsets = comparison.offset - comparison.caution * np.log(np.clip(examples, 1, ENOUGH))
        return np.asarray(comparison.scale * scores + offsets, np.float32)

    def scores(self, embeddings: Values, gallery: Gallery) -> Values:
        """Return the normalised cosines to the mean example of each character, ``(count, characters)``.

        A mean of many examples lies nearer to its character and to the cohort alike, and the cohort takes most of that
        out.
        """
        scores = np.full((len(embeddings), len(gallery.characters)), -np.inf, np.float32)
        taught = self._taught.get(gallery)
        if taught is None:
            taught = self._taught[gallery] = self._learn(gallery)
        if len(taught.places) and len(embeddings):
            faces = _mapped(embeddings, self._comparison.whitening)
            level = self._level(faces)
            cosines = faces @ taught.means.T
            of_face = (cosines - level.mean[:, np.newaxis]) / level.spread[:, np.newaxis]
            of_character = (cosines - taught.level.mean) / taught.level.spread
            scores[:, taught.places] = (of_face + of_character) / 2
        return scores

    def _learn(self, gallery: Gallery) -> _Taught:
        places = np.unique(gallery.owners)
        compared = self._comparison.whitening.shape[1]
        sums = np.zeros((len(gallery.characters), compared), np.float32)
        if len(places):
            np.add.at(sums, gallery.owners, _mapped(gallery.embeddings, self._comparison.whitening))
        means = _unit(sums[places])
        return _Taught(means, places, self._level(means))

    def _level(self, vectors: Values) -> _Level:
        cohort = self._comparison.cohort
        nearest = min(NEAREST, len(cohort))
        cosines = np.partition(vectors @ cohort.T, -nearest, axis=1)[:, -nearest:]
        return _Level(cosines.mean(axis=1), np.maximum(cosines.std(axis=1), LEAST_SPREAD))


def _mapped(embeddings: Values, whitening: Values) -> Values:
    return _unit(embeddings @ whitening[:-1] + whitening[-1])


def _unit(vectors: Values) -> Values:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6), np.float32)
