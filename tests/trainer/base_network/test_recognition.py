"""Telling the known from strangers, fitted to made-up answers of a network."""

from dataclasses import replace

import numpy as np

from bot.recognition.bundle import Recognition
from bot.recognition.naming.roster import Roster
from trainer.base_network.outputs import Shown
from trainer.base_network.recognition import blank, fit_closeness, fit_teaching, fit_weights
from trainer.common.measure import Values, named_like_known

KNOWN, DIMENSIONS = 4, 16
ENOUGH_CROPS = np.full(KNOWN, 50)
NO_FACES = np.empty((0, DIMENSIONS), np.float32)


def people(characters: range, each: int, seed: int, *, spread: float = 0.25) -> Shown:
    """Faces round one direction a character; the network's logits are their cosines to the known ones."""
    rng = np.random.default_rng(seed)
    directions = np.eye(DIMENSIONS)
    truth = np.repeat(np.array(characters), each)
    faces = directions[truth] + rng.normal(size=(len(truth), DIMENSIONS)) * spread
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    logits = 9 * faces @ directions[:KNOWN].T
    return Shown(logits.astype(np.float32), faces.astype(np.float32), np.where(truth < KNOWN, truth, -1))


def known_odds(logits: Values, embeddings: Values, recognition: Recognition) -> Values:
    roster = Roster(recognition, 1.0)
    return roster.known_odds(roster.look(logits, embeddings))


def norm(vectors: Values) -> Values:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def test_strangers_get_lower_odds_than_the_known() -> None:
    trained, known, strangers = people(range(4), 20, 1), people(range(4), 20, 2), people(range(5, 12), 10, 3)
    recognition = blank(trained, NO_FACES, KNOWN, 1)
    fitted = fit_weights(recognition, 1.0, known, strangers, ENOUGH_CROPS)
    asked, others = people(range(4), 20, 4), people(range(12, 16), 20, 5)
    odds = [known_odds(one.logits, one.embeddings, fitted) for one in (asked, others)]
    assert np.mean(odds[0] > 0) > 0.9
    assert np.mean(odds[1] > 0) < 0.3


def test_a_character_that_resembles_strangers_gets_lower_odds() -> None:
    """The strangers to fit to lie as near to the known as these do: only those at hand betray them."""
    trained, known, strangers = people(range(4), 20, 1), people(range(4), 20, 2), people(range(5, 9), 20, 3)
    asked, others, hand = people(range(4), 20, 4), people(range(5, 9), 20, 5), people(range(5, 9), 20, 6)
    towards = trained.embeddings.mean(axis=0) * 2
    near = [np.asarray(norm(one.embeddings + towards), np.float32) for one in (strangers, others, hand)]

    def named(cohort: Values) -> float:
        fitted = fit_weights(
            blank(trained, cohort, KNOWN, 1),
            1.0,
            known,
            replace(strangers, embeddings=near[0]),
            ENOUGH_CROPS,
        )
        odds = [known_odds(*each, fitted) for each in ((asked.logits, asked.embeddings), (others.logits, near[1]))]
        return named_like_known(*odds)

    assert named(near[2]) < named(NO_FACES)


def test_names_that_strangers_are_often_called_by_take_more() -> None:
    """The first two characters trained on one crop each, and strangers are alike them."""
    trained, known = people(range(4), 20, 1, spread=0.4), people(range(4), 20, 2, spread=0.4)
    strangers = people(range(2), 40, 3, spread=0.5)
    recognition = blank(trained, NO_FACES, KNOWN, 1)
    fitted = fit_weights(recognition, 1.0, known, strangers, np.array([1, 1, 30, 30]))
    assert fitted.offsets[0] == fitted.offsets[1] < fitted.offsets[2] == fitted.offsets[3]


def test_closeness_and_temperature_are_those_of_least_surprise() -> None:
    trained, known = people(range(4), 20, 1), people(range(4), 60, 2, spread=0.7)
    recognition = blank(trained, NO_FACES, KNOWN, 1)
    loud = Shown(known.logits * 4, known.embeddings, known.truth)
    assert fit_closeness(recognition, loud)[1] > fit_closeness(recognition, known)[1]


def test_what_was_taught_is_met_and_others_are_not() -> None:
    new = people(range(5, 10), 25, 6)
    teaching = fit_teaching(
        Shown(new.logits, new.embeddings, np.repeat(np.arange(5), 25)), people(range(4), 20, 7).embeddings
    )
    assert 0 < teaching.kinship < 1
    assert teaching.scale * teaching.kinship + teaching.offset > 0
    assert teaching.offset < -2
