"""Strangers told by embeddings that are known by heart."""

import numpy as np
import pytest

from bot.recognition.bundle import Bundle, BundleInfo, Feature, InputSpec, Teaching
from bot.recognition.naming.recogniser import Recogniser
from bot.recognition.naming.roster import Roster
from trainer.classifier.recognition import Fitted, fit_recognition, fit_threshold
from trainer.common.measure import Truth, Values

CHARACTERS, PICTURES, DIMENSIONS = 6, 20, 32
TRUTH = np.repeat(np.arange(CHARACTERS), PICTURES)
TEACHING = Teaching(12.0, -7.0, 0.4)
NO_FACES = np.empty((0, 0), np.float32)


def faces(characters: int, count: int, seed: int, noise: float = 0.12) -> Values:
    """Embeddings of characters in directions of their own, those of one seed other than those of another."""
    random = np.random.default_rng(seed)
    directions = random.normal(size=(characters, DIMENSIONS))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    values = np.repeat(directions, count, axis=0) + random.normal(0, noise, (characters * count, DIMENSIONS))
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


def alone(count: int) -> list[list[int]]:
    return [[i] for i in range(count)]


def fitted(views: Values, truth: Truth = TRUTH, groups: list[list[int]] | None = None) -> Fitted:
    found = fit_recognition(views, truth, int(truth.max()) + 1, groups or alone(len(truth)), TEACHING, NO_FACES)
    assert found is not None
    return found


def odds(found: Fitted, embeddings: Values) -> Values:
    roster = Roster(found.recognition, 1.0)
    return roster.known_odds(roster.look(np.zeros((len(embeddings), CHARACTERS), np.float32), embeddings))


def test_strangers_are_separated_from_trained_characters() -> None:
    both = faces(CHARACTERS, 2 * PICTURES, seed=1).reshape(CHARACTERS, 2, PICTURES, DIMENSIONS)
    own, new = (both[:, half].reshape(-1, DIMENSIONS) for half in (0, 1))
    found = fitted(own[np.newaxis])
    found.recognition.check(CHARACTERS)
    assert set(found.recognition.weights) == {Feature.NEAREST}
    assert found.recognition.teaching == TEACHING
    known, strangers = odds(found, new), odds(found, faces(40, 5, seed=2))
    assert (known > 0).mean() > 0.9
    # Fitted as if nine of ten faces were known: a stranger or two get the benefit of the doubt.
    assert (strangers < 0).mean() > 0.8


def test_odds_in_cross_validation_are_those_that_new_faces_get() -> None:
    both = faces(CHARACTERS, 10, seed=3, noise=0.3).reshape(CHARACTERS, 2, 5, DIMENSIONS)
    own, new = (both[:, half].reshape(-1, DIMENSIONS) for half in (0, 1))
    truth = np.repeat(np.arange(CHARACTERS), 5)
    found = fitted(own[np.newaxis], truth)
    asked_again, asked = odds(found, own).mean(), odds(found, new).mean()
    assert found.odds.mean() < asked_again - 1, "a prototype is near the faces that it was made of"
    assert abs(found.odds.mean() - asked) < (asked_again - asked) / 2


def test_near_duplicates_do_not_contribute_to_their_own_prototype() -> None:
    own = faces(CHARACTERS, 6, seed=4, noise=0.3)
    twice, truth = np.concatenate([own, own]), np.tile(np.repeat(np.arange(CHARACTERS), 6), 2)
    leaked = fitted(twice[np.newaxis], truth)
    apart = fitted(twice[np.newaxis], truth, [[i, i + len(own)] for i in range(len(own))])
    # The same prototypes and strangers: what differs is how near the known were found to be.
    cosine = [(one.odds - one.recognition.bias) / one.recognition.weights[Feature.NEAREST] for one in (leaked, apart)]
    assert cosine[0].mean() > cosine[1].mean() + 0.05


def test_a_mirrored_view_counts_in_the_prototypes() -> None:
    own, mirrored = faces(CHARACTERS, PICTURES, seed=1), faces(CHARACTERS, PICTURES, seed=5)
    found = fitted(np.stack([own, mirrored]))
    means = own.reshape(CHARACTERS, PICTURES, -1).mean(axis=1) + mirrored.reshape(CHARACTERS, PICTURES, -1).mean(axis=1)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(found.recognition.prototypes, means, atol=1e-5)


def test_embeddings_that_tell_nothing_are_not_used() -> None:
    noise = faces(1, len(TRUTH), seed=6, noise=1.0)[np.newaxis]
    random = np.random.default_rng(0).permutation(TRUTH)
    found = [fit_recognition(noise, random, CHARACTERS, alone(len(random)), TEACHING, NO_FACES), None]
    assert found[0] is None or found[0].recognition.weights[Feature.NEAREST] < 5
    same = np.full((1, len(TRUTH), 4), 0.5, np.float32)
    assert fit_recognition(same, TRUTH, CHARACTERS, alone(len(TRUTH)), TEACHING, NO_FACES) is None


def test_pictures_that_are_all_alike_tell_nothing() -> None:
    one_each = [np.flatnonzero(character == TRUTH).tolist() for character in range(CHARACTERS)]
    assert (
        fit_recognition(faces(CHARACTERS, PICTURES, 1)[np.newaxis], TRUTH, CHARACTERS, one_each, TEACHING, NO_FACES)
        is None
    )


@pytest.mark.parametrize("temperature", [0.5, 2.0])
def test_the_threshold_names_the_known(temperature: float) -> None:
    own = faces(CHARACTERS, PICTURES, seed=1, noise=0.3)
    found = fitted(own[np.newaxis])
    logits = np.asarray(10 * own @ found.recognition.prototypes.T, np.float32)
    threshold = fit_threshold(logits, found.odds, temperature)
    info = BundleInfo("classifier", "fitted", InputSpec(1, 1), temperature=temperature)
    bundle = Bundle("fitted", info, tuple("abcdef"), b"", found.recognition)
    given = Recogniser(bundle).rank(logits, own).probabilities.max(axis=1)
    # Its own prototypes ask more kindly than those of cross-validation.
    assert (given >= threshold).mean() >= 0.95
    behind = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature).sum(axis=1)
    confidence = 1 / (behind + np.exp(-found.odds))
    assert (confidence >= threshold).mean() == pytest.approx(0.95, abs=0.01)


def test_a_face_that_is_surely_known_is_named_however_sure_others_are() -> None:
    sure = np.tile(np.array([[30, 0]], np.float32), (40, 1))
    assert fit_threshold(sure, np.full(40, 20.0), 1.0) == 0.95


def test_no_more_is_asked_than_of_taught_characters() -> None:
    """Pictures that the base network knows are all alike: new ones will not be."""
    own = faces(CHARACTERS, PICTURES, seed=1, noise=0.01)[np.newaxis]
    lenient, strict = (
        fit_recognition(own, TRUTH, CHARACTERS, alone(len(TRUTH)), Teaching(12.0, offset, 0.4), NO_FACES)
        for offset in (-2, -40)
    )
    assert lenient is not None
    assert strict is not None
    cut = [-one.recognition.bias / one.recognition.weights[Feature.NEAREST] for one in (lenient, strict)]
    # Odds of 9 to 1, shared by six, and not of 1 to 9; and a mean of twenty pictures is nearer than one of them is.
    assert cut[0] == pytest.approx((2 - np.log(9 / 6) + np.log(1 / 9)) / (12 * np.sqrt(0.4 + 0.6 / 20)), abs=1e-6)
    assert cut[0] < 0.3 < cut[1] < 0.9


def test_no_more_is_asked_than_to_lie_nearer_than_most_strangers() -> None:
    own = faces(CHARACTERS, PICTURES, seed=1, noise=0.01)[np.newaxis]
    strict = Teaching(12.0, -40.0, 0.4)
    strangers = faces(200, 1, seed=2)
    alone_, beside = (
        fit_recognition(own, TRUTH, CHARACTERS, alone(len(TRUTH)), strict, some) for some in (NO_FACES, strangers)
    )
    assert alone_ is not None
    assert beside is not None
    cut = [-one.recognition.bias / one.recognition.weights[Feature.NEAREST] for one in (alone_, beside)]
    nearest = (strangers @ beside.recognition.prototypes.T).max(axis=1)
    assert np.mean(nearest > cut[1]) == pytest.approx(0.05, abs=0.005)
    assert cut[1] < cut[0]
