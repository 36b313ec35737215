"""Faces are compared with taught characters so that a shared style is no resemblance, and more examples only help."""

from dataclasses import replace

import numpy as np
import pytest

from bot.recognition.bundle import ENOUGH, Comparison
from bot.recognition.gallery import Gallery
from bot.recognition.naming.comparison import Comparer, Values

DIMENSIONS, STYLES, STYLE, IDENTITY = 64, 6, 1.0, 0.8
PLAIN = np.concatenate([np.eye(DIMENSIONS), np.zeros((1, DIMENSIONS))]).astype(np.float32)
"""A whitening that changes nothing."""


class World:
    """Draws faces: a character's own direction, that of its style, and what is different in every drawing."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)
        self._styles = self._unit(STYLES)

    def character(self, style: int) -> Values:
        return np.asarray(STYLE * self._styles[style] + IDENTITY * self._unit(1)[0], np.float32)

    def faces(self, character: Values, count: int) -> Values:
        drawn = character + self._unit(count)
        return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)

    def _unit(self, count: int) -> Values:
        vectors = self._rng.normal(size=(count, DIMENSIONS))
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def comparer(world: World) -> Comparer:
    cohort = np.concatenate([world.faces(world.character(n % STYLES), 3) for n in range(300)])
    return Comparer(Comparison(PLAIN, cohort, 1.0, 0.0))


def test_a_stranger_of_the_same_style_scores_far_lower_than_the_character(world: World, comparer: Comparer) -> None:
    character = world.character(0)
    gallery = Gallery.of(("x", face) for face in world.faces(character, 3))
    own = comparer.scores(world.faces(character, 200), gallery)[:, 0]
    strangers = np.concatenate([world.faces(world.character(0), 1) for _ in range(200)])
    assert np.quantile(own, 0.2) > np.quantile(comparer.scores(strangers, gallery)[:, 0], 0.97)


def test_a_character_is_known_better_the_more_it_is_shown_and_strangers_are_not(
    world: World, comparer: Comparer
) -> None:
    character = world.character(1)
    examples, asked = world.faces(character, 20), world.faces(character, 400)
    strangers = np.concatenate([world.faces(world.character(1), 1) for _ in range(400)])
    known, called = [], []
    for shots in (1, 2, 5, 10, 20):
        gallery = Gallery.of(("x", face) for face in examples[:shots])
        known.append((comparer.scores(asked, gallery)[:, 0] > 2.2).mean())
        called.append((comparer.scores(strangers, gallery)[:, 0] > 2.2).mean())
    assert known == sorted(known)
    assert known[-1] > known[0]
    assert max(called) < 0.05


def test_the_numbers_of_the_bundle_make_log_odds_of_a_score(world: World, comparer: Comparer) -> None:
    character = world.character(2)
    gallery = Gallery.of([("x", world.faces(character, 1)[0])], denied=[("y", world.faces(character, 1)[0])])
    asked = world.faces(character, 5)
    cohort = world.faces(character, 50)
    scaled = Comparer(Comparison(PLAIN, cohort, 2.0, -3.0)).odds(asked, gallery)
    scores = Comparer(Comparison(PLAIN, cohort, 1.0, 0.0)).scores(asked, gallery)
    assert scaled[:, 0] == pytest.approx(2 * scores[:, 0] - 3, rel=1e-5)
    assert (scaled[:, 1] == -np.inf).all(), "a character without an example has no score"


def test_several_examples_ask_for_a_higher_score_but_many_no_more_than_some(world: World) -> None:
    character = world.character(2)
    asked, cohort, examples = world.faces(character, 5), world.faces(character, 50), world.faces(character, 20)
    comparison = Comparison(PLAIN, cohort, 2.0, -3.0)

    def sunk(count: int) -> Values:
        gallery = Gallery.of(("x", face) for face in examples[:count])
        odds, without = (Comparer(replace(comparison, caution=caution)).odds(asked, gallery) for caution in (0.5, 0.0))
        return without - odds

    assert sunk(1) == pytest.approx(0)
    assert sunk(3) == pytest.approx(0.5 * np.log(3), rel=1e-5)
    assert sunk(20) == pytest.approx(0.5 * np.log(ENOUGH), rel=1e-5)


def test_a_gallery_is_compared_with_the_cohort_once(world: World, comparer: Comparer) -> None:
    gallery = Gallery.of(("x", face) for face in world.faces(world.character(0), 3))
    asked = world.faces(world.character(0), 4)
    assert comparer.scores(asked, gallery).tolist() == comparer.scores(asked, gallery).tolist()
    assert len(comparer._taught) == 1
    del gallery
    assert len(comparer._taught) == 0, "what was learnt of a gallery goes with it"
