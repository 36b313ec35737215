"""Fit how the base network tells the known from strangers, and how it meets characters that people teach.

The stage that met no stranger says how strangers look to such a network: on it the coefficients are fitted. The
prototypes are the shipped network's own.
"""

from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from bot.bundle import Feature, Recognition, Teaching
from bot.gallery import Gallery
from bot.vision.recognise import features, likeness, scores
from trainer.measure import Truth, Values
from trainer.pretrain.outputs import Shown

Floats: TypeAlias = npt.NDArray[np.floating]

PRIOR = 0.8
"""The share of faces asked about that are taken to be of the roster: people ask about whom they expect to be known."""
TAUGHT_PRIOR = 0.1
"""The same for a single character that was taught: most faces are somebody else's."""
RIDGE = 1.0
"""How strongly coefficients are drawn to 0, as a number of faces."""
PICTURES_A_PROTOTYPE = 12
CLOSENESS = (0.0, 2.0, 4.0, 8.0, 12.0, 16.0)
TEMPERATURES = tuple(float(t) for t in np.geomspace(0.2, 2.0, 24))
SHOTS = (1, 2, 5, 10)


def make_prototypes(
    embeddings: Values, truth: Truth, characters: int, most: int
) -> tuple[Values, npt.NDArray[np.intp]]:
    """Cluster each character's unit-length embeddings into at most `most` prototypes.

    Returns:
        Unit-length prototypes ``(count, dimensions)``, and each one's character; a character without a face gets the
        zero vector, which is near nobody.

    Source: k-means++ (Arthur and Vassilvitskii, 2007), on the sphere.
    """
    tables, owners = [], []
    for character in range(characters):
        own = embeddings[truth == character]
        count = max(1, min(most, len(own) // PICTURES_A_PROTOTYPE))
        tables.append(_clusters(own, count) if len(own) else np.zeros((1, embeddings.shape[1]), np.float32))
        owners += [character] * len(tables[-1])
    means = np.concatenate(tables)
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return (means / np.where(lengths > 0, lengths, 1)).astype(np.float32), np.array(owners, np.intp)


def blank(embeddings: Values, truth: Truth, characters: int, most: int) -> Recognition:
    """Return a recognition with prototypes alone, to fit the rest to."""
    means, owners = make_prototypes(embeddings, truth, characters, most)
    return Recognition(means, owners, np.zeros(characters, np.float32))


def fit_closeness(recognition: Recognition, known: Shown) -> tuple[float, float]:
    """Choose how much prototypes count in telling characters apart: the closeness and temperature of least surprise."""
    losses = {
        (closeness, temperature): _surprise(
            scores(known.logits, known.embeddings, replace(recognition, closeness=closeness), temperature), known.truth
        )
        for closeness in CLOSENESS
        for temperature in TEMPERATURES
    }
    return min(losses, key=losses.__getitem__)


def fit_weights(
    recognition: Recognition, temperature: float, known: Shown, strangers: Shown, groups: Truth
) -> tuple[Recognition, Values]:
    """Fit the log-odds of being known, as if the share `PRIOR` of all faces were.

    Args:
        recognition: With its prototypes and closeness.
        temperature: Of the logits.
        known: Faces of the roster that trained nothing.
        strangers: Faces of nobody in it.
        groups: Of each character: those of a group get one offset, since single ones have too few strangers to fit one.

    Returns:
        The recognition with weights, bias and offsets; and each group's offset.
    """
    tables, members = [], []
    for one in (known, strangers):
        tables.append(features(one.logits, one.embeddings, recognition, temperature))
        best = scores(one.logits, one.embeddings, recognition, temperature).argmax(axis=1)
        members.append(np.eye(groups.max() + 1, dtype=np.float32)[groups[best]])
    truth = np.concatenate([np.ones(len(tables[0])), np.zeros(len(tables[1]))])
    values = np.concatenate([np.concatenate(tables), np.concatenate(members)], axis=1)
    found, bias = logistic_regression(values, truth, PRIOR)
    weights, offsets = found[: len(Feature)], found[len(Feature) :].astype(np.float32)
    fitted = replace(
        recognition,
        weights={feature: float(weight) for feature, weight in zip(Feature, weights, strict=True)},
        bias=bias,
        offsets=offsets[groups],
    )
    return fitted, offsets


def fit_teaching(faces: Shown, others: Values, seed: int = 0) -> Teaching:
    """Fit how alike a face has to be, on characters that the network has not met.

    Each character in turn is taught from some faces and asked for by its others, by the other characters', and by
    `others`, embeddings of nobody.
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


def logistic_regression(values: Floats, truth: Floats, prior: float = 0.5) -> tuple[npt.NDArray[np.float64], float]:
    """Fit coefficients and intercept by Newton's method on standardised values.

    Args:
        values: ``(count, features)``.
        truth: 1 or 0 for each.
        prior: The share that those with 1 are to have of the whole weight.
    """
    values = values.astype(np.float64)
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-9
    table = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    weights = np.where(truth > 0, prior / max(truth.sum(), 1), (1 - prior) / max((1 - truth).sum(), 1)) * len(truth)
    ridge = np.diag([RIDGE] * values.shape[1] + [0.0])
    found = np.zeros(table.shape[1])
    for _ in range(50):
        chances = 1 / (1 + np.exp(-table @ found))
        slope = table.T @ (weights * (truth - chances)) - ridge @ found
        curve = (table * (weights * chances * (1 - chances) + 1e-9)[:, np.newaxis]).T @ table + ridge
        found = found + np.linalg.solve(curve, slope)
    coefficients = found[:-1] / spread
    return coefficients, float(found[-1] - coefficients @ mean)


def _clusters(embeddings: Values, count: int) -> Values:
    if count == 1:
        return np.asarray(embeddings.mean(axis=0, keepdims=True))
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 50, 1e-4)
    best = np.zeros((len(embeddings), 1), np.int32)
    _, _, centres = cv2.kmeans(np.ascontiguousarray(embeddings), count, best, criteria, 3, cv2.KMEANS_PP_CENTERS)
    return np.asarray(centres, np.float32)


def _surprise(values: Values, truth: Truth) -> float:
    chances = values - np.logaddexp.reduce(values, axis=1, keepdims=True)
    return float(-chances[np.arange(len(truth)), truth].mean())


def _mean_cosine(embeddings: Values) -> float:
    """The mean cosine between two different faces."""
    count = len(embeddings)
    total = float(np.square(np.linalg.norm(embeddings.sum(axis=0))))
    return (total - count) / (count * (count - 1)) if count > 1 else 1.0
