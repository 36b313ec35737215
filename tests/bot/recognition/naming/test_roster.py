"""What a network says of its own characters: by hand on small numbers."""

from dataclasses import replace

import numpy as np
import pytest

from bot.recognition.bundle import Comparison, Feature
from bot.recognition.gallery import Gallery
from bot.recognition.naming.comparison import Comparer
from bot.recognition.naming.roster import Roster, closest
from tests.bot.recognition.naming.test_recogniser import RECOGNITION, units


def test_the_closest_prototype_of_each_character_counts() -> None:
    cosines = closest(units((0, 0.6, 0.8, 0), (1, 0, 0, 0)), RECOGNITION.prototypes, RECOGNITION.owners, 4)
    assert cosines == pytest.approx(np.array([[0, 1, 0, -1], [1, 0, 0, -1]]), abs=1e-6)


def test_features_are_what_they_say() -> None:
    logits = np.array([[1, 5, 2]], np.float32)
    embedding = units((0.8, 0, 0, 0.6))
    values = dict(zip(Feature, Roster(RECOGNITION, 2.0).look(logits, embedding).features[0], strict=True))
    assert values[Feature.NEAREST] == pytest.approx(0.8)
    assert values[Feature.LEAD] == pytest.approx(0.2)
    assert values[Feature.ENERGY] == pytest.approx(np.log(np.exp([0.5, 2.5, 1.0]).sum()), rel=1e-5)
    assert values[Feature.STRANGE] == 0


def test_a_face_is_as_strange_as_the_three_nearest_strangers_are_near() -> None:
    strangers = units((0, 0, 0, 1), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (-1, 0, 0, 0))

    def strangeness(count: int) -> float:
        known = replace(RECOGNITION, strangers=strangers[:count])
        values = Roster(known, 1.0).look(np.zeros((1, 3), np.float32), units((0.8, 0, 0, 0.6))).features[0]
        return float(dict(zip(Feature, values, strict=True))[Feature.STRANGE])

    assert strangeness(2) == 0
    assert strangeness(5) == pytest.approx((0.8 + 0.6 + 0) / 3)


def test_being_known_is_a_logistic_regression_with_an_offset_for_each_character() -> None:
    recognition = replace(
        RECOGNITION, weights={Feature.NEAREST: 10.0, Feature.LEAD: 2.0}, offsets=np.array([0, -3, 0], np.float32)
    )
    logits = np.array([[0, 4, 0], [4, 0, 0]], np.float32)
    embeddings = units((0, 1, 0, 0), (0, 1, 0, 0))
    roster = Roster(recognition, 1.0)
    assert roster.known_odds(roster.look(logits, embeddings)) == pytest.approx([10 + 2 - 12 - 3, 10 + 2 - 12])


def test_a_comparison_scores_nearness_for_naming_and_for_being_known() -> None:
    cohort = units(*np.random.default_rng(0).normal(size=(50, 4)))
    comparison = Comparison(np.eye(5, 4, dtype=np.float32), cohort, 2.0, -8.0)
    roster = Roster(replace(RECOGNITION, comparison=comparison, closeness=5.0), 1.0)
    face = units((0, 0, 0.1, 1))
    prototypes = Gallery(("a", "b", "c"), RECOGNITION.prototypes, RECOGNITION.owners)
    nearness = Comparer(comparison).scores(face, prototypes)
    assert roster.nearness(face) == pytest.approx(nearness)
    look = roster.look(np.array([[1, 0, 0]], np.float32), face)
    assert look.scores == pytest.approx(5 * nearness + [1, 0, 0], rel=1e-5)
    assert dict(zip(Feature, look.features[0], strict=True))[Feature.NEARNESS] == pytest.approx(nearness[0, 2])
