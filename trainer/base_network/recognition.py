"""Fit how the base network tells the known from strangers, and how it meets characters that people teach."""

from dataclasses import replace

import numpy as np

from bot.recognition.bundle import Feature, Recognition, Teaching
from bot.recognition.gallery import Gallery
from bot.recognition.naming.recogniser import likeness
from bot.recognition.naming.roster import Roster
from trainer.base_network.data import Indices
from trainer.base_network.outputs import Shown
from trainer.common.measure import Truth, Values
from trainer.common.prototypes import TAUGHT_PRIOR, logistic_regression, make_prototypes

CLOSENESS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
TEMPERATURES = tuple(float(t) for t in np.geomspace(0.2, 2.0, 24))
SHOTS = (1, 2, 5, 10)
ENOUGH = 20
"""Crops of a character that trained: more of them do not make her name any safer from strangers."""


def blank(trained: Shown, strangers: Values, characters: int, most: int) -> Recognition:
    """Return a recognition with prototypes and strangers alone, to fit the rest to."""
    means, owners = make_prototypes(trained.embeddings, trained.truth, characters, most)
    return Recognition(means, owners, np.zeros(characters, np.float32), strangers=strangers)


def fit_closeness(recognition: Recognition, known: Shown) -> tuple[float, float]:
    """Choose how much prototypes count in telling characters apart: the closeness and temperature of least surprise."""
    nearness = Roster(recognition, 1.0).nearness(known.embeddings)
    losses = {
        (closeness, temperature): _surprise(known.logits / temperature + closeness * nearness, known.truth)
        for closeness in CLOSENESS
        for temperature in TEMPERATURES
    }
    return min(losses, key=losses.__getitem__)


def fit_weights(
    recognition: Recognition, temperature: float, known: Shown, strangers: Shown, crops: Indices
) -> Recognition:
    """Fit the log-odds of being known, as if half of all faces were.

    Strangers are called by the names of characters that trained on few crops more easily than by others: each
    character's offset says how much.

    Args:
        recognition: With its prototypes, comparison and closeness.
        temperature: Of the logits.
        known: Faces of the roster that trained nothing.
        strangers: Faces of none of them.
        crops: Of how many crops the network has learnt each character, ``(characters,)``.
    """
    roster = Roster(recognition, temperature)
    looks = [roster.look(one.logits, one.embeddings) for one in (known, strangers)]
    support = np.log(np.clip(crops, 1, ENOUGH))
    best = np.concatenate([look.scores.argmax(axis=1) for look in looks])
    values = np.column_stack([np.concatenate([look.features for look in looks]), support[best]])
    truth = np.concatenate([np.ones(len(known.truth)), np.zeros(len(strangers.truth))])
    weights, bias = logistic_regression(values, truth)
    return replace(
        recognition,
        weights={feature: float(weight) for feature, weight in zip(Feature, weights[:-1], strict=True)},
        offsets=(weights[-1] * support).astype(np.float32),
        bias=bias,
        contested=False,
    )


def fit_teaching(faces: Shown, others: Values, seed: int = 0) -> Teaching:
    """Fit how alike a face has to be, on characters that the network has not met.

    Each character in turn is taught from some faces and asked for by its others, by the other characters', and by
    `others`, embeddings of strangers.
    """
    characters = np.unique(faces.truth)
    kinship = float(np.mean([_mean_cosine(faces.embeddings[faces.truth == one]) for one in characters]))
    rng = np.random.default_rng(seed)
    alike, truth = [], []
    for character in characters:
        own = rng.permutation(np.flatnonzero(faces.truth == character))
        foreign = np.concatenate([faces.embeddings[faces.truth != character], others])
        for shots in (shots for shots in SHOTS if shots < len(own)):
            gallery = Gallery(("one",), faces.embeddings[own[:shots]], np.zeros(shots, np.intp))
            for asked, right in ((faces.embeddings[own[shots:]], 1.0), (foreign, 0.0)):
                alike.append(likeness(asked, gallery, kinship)[:, 0])
                truth.append(np.full(len(asked), right))
    (scale,), offset = logistic_regression(np.concatenate(alike)[:, np.newaxis], np.concatenate(truth), TAUGHT_PRIOR)
    return Teaching(float(scale), float(offset), kinship)


def _surprise(values: Values, truth: Truth) -> float:
    chances = values - np.logaddexp.reduce(values, axis=1, keepdims=True)
    return float(-chances[np.arange(len(truth)), truth].mean())


def _mean_cosine(embeddings: Values) -> float:
    """The mean cosine between two different faces."""
    count = len(embeddings)
    total = float(np.square(np.linalg.norm(embeddings.sum(axis=0))))
    return (total - count) / (count * (count - 1)) if count > 1 else 1.0
