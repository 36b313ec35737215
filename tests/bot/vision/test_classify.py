"""Classifying: labels, order, calibration, and bundles that cannot answer."""

from dataclasses import replace

import numpy as np
import pytest

from bot.errors import BundleError
from bot.vision.classify import Classifier, softmax
from bot.vision.engine import Models
from tests import tiny


def square(colour: tiny.Colour, side: int = 50) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((side, side, 3), colour, np.uint8)


def test_every_character_is_guessed_the_best_first(tiny_models: Models) -> None:
    (guesses,) = Classifier(tiny_models.classifier).classify([square(tiny.BLUE)])
    assert guesses[0].character == "aoi_umino"
    assert {guess.character for guess in guesses} == set(tiny.LABELS)
    probabilities = [guess.probability for guess in guesses]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1)


def test_crops_of_any_size_are_answered_in_their_order(tiny_models: Models) -> None:
    crops = [square(tiny.RED, 7), square(tiny.GREEN, 300), square(tiny.BLUE, 32)]
    best = [guesses[0].character for guesses in Classifier(tiny_models.classifier).classify(crops)]
    assert best == list(tiny.LABELS)


def test_no_crops_no_guesses(tiny_models: Models) -> None:
    assert Classifier(tiny_models.classifier).classify([]) == []


def test_the_temperature_softens_and_never_reorders(tiny_models: Models) -> None:
    bundle = tiny_models.classifier
    softer = replace(bundle, info=replace(bundle.info, temperature=4.0))
    crop = [square((200, 120, 90))]
    (sharp,), (soft,) = Classifier(bundle).classify(crop), Classifier(softer).classify(crop)
    assert [g.character for g in sharp] == [g.character for g in soft]
    odds = sharp[0].probability / sharp[-1].probability, soft[0].probability / soft[-1].probability
    assert odds[1] == pytest.approx(odds[0] ** 0.25, rel=1e-4)


def test_another_number_of_labels_is_refused(tiny_models: Models) -> None:
    with pytest.raises(BundleError, match="one finite logit for each"):
        Classifier(replace(tiny_models.classifier, labels=("a", "b")))


def test_a_network_that_does_not_load_is_refused(tiny_models: Models) -> None:
    broken = replace(tiny_models.classifier, network=tiny_models.classifier.network[:20_000])
    with pytest.raises(BundleError, match="cannot load"):
        Classifier(broken)


def test_softmax_survives_large_logits() -> None:
    assert softmax(np.array([5000.0, 4999.0], np.float32)) == pytest.approx([0.7311, 0.2689], abs=1e-4)
