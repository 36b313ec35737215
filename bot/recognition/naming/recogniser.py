"""From what a network says of faces to who they may be, unknown included.

Everything works on batches, so that the trainer can measure and fit exactly what answers in a chat: `count` faces are
logits ``(count, labels)`` and unit-length embeddings ``(count, dimensions)``, float32.

All possible answers compete in log-odds against "unknown", which stands at 0: the roster shares the
log-odds of being known as the softmax of its logits says, and every taught character brings its own.
"""

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from bot.recognition.bundle import Bundle, Recognition, Teaching
from bot.recognition.gallery import EMPTY, Gallery
from bot.recognition.naming.comparison import Comparer, Values
from bot.recognition.naming.roster import Roster, closest

UNJUDGED = 3.0
"""Log-odds of the roster as a whole in a bundle without `Recognition`, against which taught characters compete."""
NEAR = 0.8
"""A face that is at least so close to one that is denied counts as the same face, the more the closer it is."""
DENIAL = 10.0
"""How much the log-odds of a character sink for the very face that people have denied."""


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The probability, ``(count, len(characters))``, that a face is each character's; the rest to 1 is unknown."""

    characters: tuple[str, ...]
    probabilities: Values


class Recogniser:
    """Decides by the numbers of a bundle."""

    def __init__(self, bundle: Bundle) -> None:
        self._labels = bundle.labels
        self._temperature = bundle.info.temperature
        self._roster = None
        if bundle.recognition is not None:
            self._roster = Roster(_with_logits(bundle.recognition, bundle.logits), self._temperature)
        self._compared = _compared(bundle)
        self._together: WeakKeyDictionary[Gallery, Gallery] = WeakKeyDictionary()
        self._teaching = Teaching() if bundle.recognition is None else bundle.recognition.teaching
        comparison = None if bundle.recognition is None else bundle.recognition.comparison
        self._comparer = None if comparison is None else Comparer(comparison)

    def rank(
        self, logits: Values, embeddings: Values | None = None, gallery: Gallery = EMPTY, *, only_taught: bool = False
    ) -> Ranking:
        """Say who faces may be.

        Args:
            logits: One row a face.
            embeddings: One row a face; without them the gallery and the bundle's `Recognition` count nothing.
            gallery: Characters that were taught with embeddings of this very bundle.
            only_taught: Whether to answer from the gallery alone.
        """
        if embeddings is None or not _fits(gallery, embeddings):
            gallery = EMPTY
        roster = () if only_taught else self._labels
        characters = tuple(dict.fromkeys((*roster, *gallery.characters)))
        odds = np.full((len(logits), len(characters)), -np.inf, np.float32)
        unknown_odds = 0.0
        if not only_taught:
            judged = embeddings is not None and self._roster is not None
            unknown_odds = 0.0 if judged else -np.inf
            odds[:, : logits.shape[1]] = self._roster_odds(logits, embeddings)
            gallery = self._with_compared(gallery)
        if embeddings is not None and gallery.characters:
            places = {character: place for place, character in enumerate(characters)}
            columns = [places[character] for character in gallery.characters]
            taught = np.logaddexp(odds[:, columns], uncrowded(self._taught_odds(embeddings, gallery)))
            odds[:, columns] = taught - denial(embeddings, gallery)
        return Ranking(characters, _probabilities(odds, unknown_odds))

    def _roster_odds(self, logits: Values, embeddings: Values | None) -> Values:
        if embeddings is None or self._roster is None:
            return UNJUDGED + _log_softmax(logits / self._temperature)
        return self._roster.odds(logits, embeddings)

    def _with_compared(self, gallery: Gallery) -> Gallery:
        """Return what is compared: the characters of the bundle that have no logit, and those that were taught."""
        if not self._compared.characters:
            return gallery
        together = self._together.get(gallery)
        if together is None:
            together = self._together[gallery] = self._compared.joined(gallery)
        return together

    def _taught_odds(self, embeddings: Values, gallery: Gallery) -> Values:
        if self._comparer is not None:
            return self._comparer.odds(embeddings, gallery)
        return taught_odds(embeddings, gallery, self._teaching)


def _with_logits(recognition: Recognition, logits: int) -> Recognition:
    """Return the part of a recognition that tells apart the characters for which the network has a logit."""
    own = recognition.owners < logits
    return replace(
        recognition,
        prototypes=recognition.prototypes[own],
        owners=recognition.owners[own],
        offsets=recognition.offsets[:logits],
        compared=0,
    )


def _compared(bundle: Bundle) -> Gallery:
    recognition = bundle.recognition
    if recognition is None or not recognition.compared:
        return EMPTY
    rest = recognition.owners >= bundle.logits
    return Gallery(
        bundle.labels[bundle.logits :], recognition.prototypes[rest], recognition.owners[rest] - bundle.logits
    )


def likeness(embeddings: Values, gallery: Gallery, kinship: float) -> Values:
    """Return how like a face is to each character of the gallery; -inf for one without examples.

    It is the cosine to the mean of the unit-length examples (nearest class mean: Mensink et al., 2013,
    https://doi.org/10.1109/TPAMI.2013.83), scaled to what one example would give: a mean of many lies nearer to every
    face of its character than one of few does, and would win for that alone.
    """
    sums = np.zeros((len(gallery.characters), embeddings.shape[1]), np.float32)
    if len(gallery.owners):
        np.add.at(sums, gallery.owners, gallery.embeddings)
    counts = np.bincount(gallery.owners, minlength=len(gallery.characters))
    taught = counts > 0
    means = sums[taught] / np.maximum(np.linalg.norm(sums[taught], axis=1, keepdims=True), 1e-6)
    likeness = np.full((len(embeddings), len(gallery.characters)), -np.inf, np.float32)
    likeness[:, taught] = embeddings @ means.T * np.sqrt(kinship + (1 - kinship) / counts[taught])
    return likeness


def taught_odds(embeddings: Values, gallery: Gallery, teaching: Teaching) -> Values:
    """Return the log-odds of every character of the gallery, where a bundle has no cohort to compare with."""
    return np.asarray(teaching.scale * likeness(embeddings, gallery, teaching.kinship) + teaching.offset, np.float32)


def uncrowded(odds: Values) -> Values:
    """Lower the log-odds of all characters but the best so that together they count as much as the second best.

    Otherwise each character that a chat teaches would take a little from everybody else, and a hundred of them all.

    Args:
        odds: ``(count, characters)``; -inf where a character has no examples.
    """
    if odds.shape[1] < 3:
        return odds
    best = odds.argmax(axis=1)[:, np.newaxis] == np.arange(odds.shape[1])
    rest = np.where(best, -np.inf, odds)
    second = rest.max(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):  # of characters without examples alone
        excess = np.nan_to_num(np.logaddexp.reduce(rest, axis=1, keepdims=True) - second)
    return np.where(best, odds, odds - excess).astype(np.float32)


def denial(embeddings: Values, gallery: Gallery) -> Values:
    """Return how much the log-odds of each character of the gallery sink for faces that people said are not theirs.

    A face that lies nearer still to one of the character's own examples is not denied.
    """
    count = len(gallery.characters)
    if not len(gallery.denied):
        return np.zeros((len(embeddings), count), np.float32)
    denied = closest(embeddings, gallery.denied, gallery.denied_owners, count)
    shown = closest(embeddings, gallery.embeddings, gallery.owners, count)
    sameness = np.clip((denied - NEAR) / (1 - NEAR), 0, 1)
    return np.where(denied > shown, DENIAL * sameness, 0).astype(np.float32)


def softmax(logits: Values) -> Values:
    """Turn logits into probabilities along the last axis, safe from overflow."""
    return np.asarray(np.exp(_log_softmax(logits)), np.float32)


def _fits(gallery: Gallery, embeddings: Values) -> bool:
    """What was read just before another bundle took over may be of other dimensions."""
    return all(table.shape[1] in (0, embeddings.shape[1]) for table in (gallery.embeddings, gallery.denied))


def _log_softmax(logits: Values) -> Values:
    # The highest becomes 0 first: float32 keeps few digits of a large logit.
    lowered = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(lowered - np.log(np.exp(lowered).sum(axis=-1, keepdims=True)), np.float32)


def _probabilities(odds: Values, unknown_odds: float) -> Values:
    all_odds = np.concatenate([odds, np.full((len(odds), 1), unknown_odds, np.float32)], axis=1)
    return softmax(all_odds)[:, :-1]
