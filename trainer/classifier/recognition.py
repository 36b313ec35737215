"""Tell the characters that a bundle knows from everybody else, by how near their faces lie in the base network's eyes.

The strangers to fit to are the characters themselves, each one's faces being strangers' to all the others, and faces of
nobody that the base network brings along. How taught characters compare is taken over from the base network's own
roster, since that is a matter of the embedding alone. Its coefficients are not: logits of another head mean something
else. (Tried: they put strangers above the known.)

A few characters say little of how strangers look, and pictures that the base network was trained on lie nearer to each
other than new ones do. So no more is asked of a face than of one of as many taught characters, and than to lie nearer
than most strangers that the base network brings along.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import Feature, Recognition, Teaching
from trainer.classifier.head import in_turn
from trainer.common.measure import Truth, Values
from trainer.common.metrics import softmax
from trainer.common.prototypes import NAMED, PRIOR, TAUGHT_PRIOR, log_odds, logistic_regression, make_prototypes

SURE = 0.95
"""Who is so likely is named in any case, however much likelier others are in cross-validation."""


@dataclass(frozen=True)
class Fitted:
    """How strangers are told, and the log-odds of being known, ``(count,)``, of each face that `in_turn` asks for.

    Those come of prototypes that the face had no part in.
    """

    recognition: Recognition
    odds: npt.NDArray[np.float64]


def fit_recognition(
    views: Values,
    truth: Truth,
    characters: int,
    groups: Sequence[Sequence[int]],
    teaching: Teaching,
    strangers: Values,
) -> Fitted | None:
    """Fit the log-odds of being known to the highest cosine to a prototype, one prototype for each character.

    Args:
        views: Unit-length embeddings of each picture as it is and changed, ``(views, pictures, dimensions)``.
        truth: Each picture's character.
        characters: How many there are.
        groups: Indices of near-duplicates; together they are all.
        teaching: How taught characters compare.
        strangers: Embeddings of strangers' faces, ``(count, dimensions)``; there may be none.

    Returns:
        None where faces are no nearer to their own character than to others: such embeddings tell nothing.
    """
    prototypes, owners = _prototypes(views, truth, characters)
    cosines = views[0] @ prototypes.T
    cosines[np.arange(len(truth)), truth] = -1
    others = cosines.max(axis=1)
    known, asked = others.copy(), np.zeros(len(truth), bool)
    for trains, able in in_turn(truth, groups):
        own, _ = _prototypes(views[:, trains], truth[trains], characters)
        known[able] = np.maximum(others[able], (views[0, able] * own[truth[able]]).sum(axis=1))
        asked |= able
    known = known[asked]
    if not len(known):
        return None
    foreign = (strangers.reshape(-1, prototypes.shape[1]) @ prototypes.T).max(axis=1)
    nearest = np.concatenate([known, others, foreign])
    (weight,), bias = logistic_regression(
        nearest[:, np.newaxis], np.concatenate([np.ones(len(known)), np.zeros(len(others) + len(foreign))]), PRIOR
    )
    if weight <= 0:
        return None
    scale = _scale(teaching, len(truth) / characters)
    cut, enough = -bias / weight, _enough(teaching, characters, scale)
    if len(foreign):
        enough = min(enough, float(np.quantile(foreign, NAMED)))
    if cut > enough:
        cut, weight = enough, max(weight, scale)
    recognition = Recognition(
        prototypes,
        owners,
        np.zeros(characters, np.float32),
        {Feature.NEAREST: float(weight)},
        -weight * cut,
        teaching=teaching,
    )
    return Fitted(recognition, weight * (known - cut))


def fit_threshold(logits: Values, odds: npt.NDArray[np.float64], temperature: float) -> float:
    """Return the probability that the share `NAMED` of the faces, who are known, are given for their best guess.

    It is `SURE` at most.

    Args:
        logits: Of faces, by heads that they have not trained.
        odds: Their log-odds of being known.
        temperature: Of the logits.
    """
    # As `bot.recognition.naming.roster.Roster.odds` has it: the best guess is as likely as being known, the others
    # follow.
    confidence = 1 / (1 / softmax(logits, temperature).max(axis=1) + np.exp(-odds))
    return min(SURE, round(float(np.quantile(confidence, 1 - NAMED)), 3))


def _scale(teaching: Teaching, pictures: float) -> float:
    """Return how fast the log-odds of a taught character rise with the cosine to a prototype of so many pictures."""
    # As likenesses are made comparable in `bot.recognition.naming.recogniser.likeness`.
    return teaching.scale * math.sqrt(teaching.kinship + (1 - teaching.kinship) / pictures)


def _enough(teaching: Teaching, characters: int, scale: float) -> float:
    """Return the cosine to a prototype at which a face is as likely known as not.

    That is, if the characters were taught, and share the odds that a face is anybody's whom the bundle knows.
    """
    shared = log_odds(PRIOR) - math.log(characters) - log_odds(TAUGHT_PRIOR)
    return -(teaching.offset + shared) / scale


def _prototypes(views: Values, truth: Truth, characters: int) -> tuple[Values, npt.NDArray[np.intp]]:
    return make_prototypes(views.reshape(-1, views.shape[-1]), np.tile(truth, len(views)), characters, 1)
