"""How likely a face is each of the characters for which a bundle's network has a logit.

Everything works on batches, float32: `count` faces are logits ``(count, characters)`` and unit-length embeddings
``(count, dimensions)``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import Feature, Recognition
from bot.recognition.gallery import Gallery
from bot.recognition.naming.comparison import Comparer, Values

COHORT = 3
"""How many of the nearest strangers a face is compared with: one alone may be near by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a network says of some faces, by the numbers of its bundle.

    The softmax over the roster is taken of `scores`, ``(count, characters)``: logits over the temperature, and
    nearness. `features`, ``(count, len(Feature))`` in the order of `Feature`, tell whether a face is of the roster.
    """

    scores: Values
    features: Values


class Roster:
    """The characters that a network gives logits for, by the numbers of a bundle.

    Args:
        recognition: Its prototypes are those of these characters.
        temperature: Of the logits.
    """

    def __init__(self, recognition: Recognition, temperature: float) -> None:
        self._recognition = recognition
        self._temperature = temperature
        self._comparer = None if recognition.comparison is None else Comparer(recognition.comparison)
        names = tuple(map(str, range(len(recognition.offsets))))
        self._prototypes = Gallery(names, recognition.prototypes, recognition.owners)

    def nearness(self, embeddings: Values) -> Values:
        """Return how near faces lie to each character, ``(count, characters)``.

        It is the score of `Comparer` for the character's prototypes, and without a comparison the highest cosine to one
        of them.
        """
        if self._comparer is None:
            return self._cosines(embeddings)
        return self._comparer.scores(embeddings, self._prototypes)

    def look(self, logits: Values, embeddings: Values) -> Look:
        """Compute what a network's answers say; of the recognition its coefficients and offsets do not matter."""
        cosines, nearness = self._cosines(embeddings), self.nearness(embeddings)
        logits = logits / self._temperature
        scores = np.asarray(logits + self._recognition.closeness * nearness, np.float32)
        energy = np.logaddexp.reduce(logits, axis=1)
        best = (np.arange(len(scores)), scores.argmax(axis=1))
        columns = {
            Feature.NEAREST: cosines.max(axis=1),
            Feature.LEAD: _lead(cosines),
            Feature.ENERGY: energy,
            Feature.STRANGE: _strangeness(embeddings, self._recognition.strangers),
            Feature.SHARE: logits[best] - energy,
            Feature.NEARNESS: nearness[best],
        }
        return Look(scores, np.stack([columns[feature] for feature in Feature], axis=1).astype(np.float32))

    def known_odds(self, look: Look) -> Values:
        """Return the log-odds, ``(count,)``, that a face is of the roster: of its best guess against unknown.

        How unsure the best guess is among the roster does not count again here: the features hold it already, since it
        tells of strangers too.
        """
        recognition = self._recognition
        weights = np.array([recognition.weights.get(feature, 0.0) for feature in Feature], np.float32)
        offsets = recognition.offsets[look.scores.argmax(axis=1)]
        return np.asarray(look.features @ weights + recognition.bias + offsets, np.float32)

    def odds(self, logits: Values, embeddings: Values) -> Values:
        """Return the log-odds of every character against unknown, ``(count, characters)``.

        The best guess has those of being known at all; the others lie behind it as the softmax of the scores says.
        """
        look = self.look(logits, embeddings)
        known = self.known_odds(look)
        guesses = look.scores - look.scores.max(axis=1, keepdims=True)
        odds = known[:, np.newaxis] + guesses
        if not self._recognition.contested:
            # So much more that its probability is that of being known: as if the others had taken nothing from it.
            best = (np.arange(len(odds)), guesses.argmax(axis=1))
            guesses[best] = -np.inf
            odds[best] += known + np.logaddexp(np.logaddexp.reduce(guesses, axis=1), -known)
        return np.asarray(odds, np.float32)

    def _cosines(self, embeddings: Values) -> Values:
        recognition = self._recognition
        return closest(embeddings, recognition.prototypes, recognition.owners, len(recognition.offsets))


def closest(embeddings: Values, prototypes: Values, owners: npt.NDArray[np.intp], characters: int) -> Values:
    """Return each character's highest cosine, ``(count, characters)``; -1 for one without prototypes."""
    if np.array_equal(owners, np.arange(characters)):
        return np.asarray(embeddings @ prototypes.T)
    best = np.full((characters, len(embeddings)), -1, np.float32)
    if len(prototypes):
        np.maximum.at(best, owners, prototypes @ embeddings.T)
    return best.T


def _strangeness(embeddings: Values, strangers: Values) -> Values:
    """Return each face's mean cosine to the nearest strangers; 0 where there are too few to compare with."""
    if len(strangers) < COHORT:
        return np.zeros(len(embeddings), np.float32)
    cosines = embeddings @ strangers.T
    return np.asarray(np.partition(cosines, -COHORT, axis=1)[:, -COHORT:].mean(axis=1))


def _lead(values: Values) -> Values:
    """Return how far the highest value of each row lies above the second."""
    two = np.partition(values, -2, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0])
