"""Deciding who a face is: by hand on small numbers, and its promises on many random ones."""

from dataclasses import replace

import numpy as np
import pytest

from bot.recognition.bundle import Bundle, BundleInfo, Feature, InputSpec, Recognition, Teaching
from bot.recognition.gallery import EMPTY, Gallery
from bot.recognition.naming.comparison import Values
from bot.recognition.naming.recogniser import (
    Recogniser,
    denial,
    likeness,
    softmax,
    taught_odds,
    uncrowded,
)

LABELS = ("a", "b", "c")
RECOGNITION = Recognition(
    np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0.6, 0.8, 0], [0, 0, 0, 1]], np.float32),
    np.array([0, 1, 1, 2]),
    np.zeros(3, np.float32),
    {Feature.NEAREST: 20.0},
    bias=-12.0,
)


def bundle(recognition: Recognition | None = RECOGNITION, temperature: float = 1.0) -> Bundle:
    return Bundle(
        "id", BundleInfo("classifier", "x", InputSpec(8, 8), temperature=temperature), LABELS, b"", recognition
    )


def units(*rows: tuple[float, ...]) -> Values:
    table = np.array(rows, np.float32)
    return np.asarray(table / np.linalg.norm(table, axis=1, keepdims=True))


def random(count: int, dimensions: int = 4, seed: int = 0) -> tuple[Values, Values]:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 4, (count, len(LABELS))).astype(np.float32)
    embeddings = rng.normal(size=(count, dimensions)).astype(np.float32)
    return logits, embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)


def test_the_best_guess_is_as_likely_as_being_known_and_the_others_follow_as_the_softmax_says() -> None:
    logits = np.array([[2, 0, 1]], np.float32)
    ranking = Recogniser(bundle(temperature=0.5)).rank(logits, units((0.6, 0, 0, 0.8)))
    known = 1 / (1 + np.exp(-(20 * 0.8 - 12)))
    assert ranking.characters == LABELS
    odds = known / (1 - known) * np.exp((logits - 2) / 0.5)
    assert ranking.probabilities == pytest.approx(odds / (1 + odds.sum()), rel=1e-4)


def test_where_it_is_not_contested_the_best_guess_is_as_likely_as_being_known() -> None:
    logits, face = np.array([[2, 0, 1]], np.float32), units((0.6, 0, 0, 0.8))
    ranking = Recogniser(bundle(replace(RECOGNITION, contested=False))).rank(logits, face)
    best, second, third = ranking.probabilities[0]
    assert best == pytest.approx(1 / (1 + np.exp(-(20 * 0.8 - 12))), rel=1e-4)
    # The others and nobody share what it leaves.
    rest = np.exp([-2, -1, -(20 * 0.8 - 12)])
    assert [second, third] == pytest.approx((1 - best) * rest[:2] / rest.sum(), rel=1e-4)


def test_closeness_to_prototypes_counts_in_naming() -> None:
    logits = np.array([[1, 0, 0]], np.float32)
    recogniser = Recogniser(bundle(replace(RECOGNITION, closeness=5.0)))
    assert recogniser.rank(logits, units((0, 0, 0, 1))).probabilities.argmax() == 2


def test_a_bundle_without_recognition_knows_no_unknown() -> None:
    logits, embeddings = random(50)
    ranking = Recogniser(bundle(None)).rank(logits, embeddings)
    assert ranking.probabilities == pytest.approx(softmax(logits), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("recognition", [None, RECOGNITION])
@pytest.mark.parametrize("only_taught", [False, True])
def test_probabilities_never_exceed_one(recognition: Recognition | None, only_taught: bool) -> None:
    logits, embeddings = random(200)
    _, taught = random(12, seed=1)
    gallery = Gallery.of(
        ((("x", "y", "b")[place % 3], row) for place, row in enumerate(taught)), denied=[("c", embeddings[0])]
    )
    ranking = Recogniser(bundle(recognition)).rank(logits, embeddings, gallery, only_taught=only_taught)
    assert set(ranking.characters) == {"x", "y", "b", "c"} | (set() if only_taught else set(LABELS))
    assert np.isfinite(ranking.probabilities).all()
    assert ranking.probabilities.min() >= 0
    assert ranking.probabilities.sum(axis=1).max() <= 1 + 1e-5


def test_faces_are_decided_one_by_one_as_in_a_batch() -> None:
    logits, embeddings = random(20)
    gallery = Gallery.of([("x", embeddings[3]), ("a", embeddings[4])])
    recogniser = Recogniser(bundle())
    batch = recogniser.rank(logits, embeddings, gallery).probabilities
    for place in range(20):
        alone = recogniser.rank(logits[place : place + 1], embeddings[place : place + 1], gallery).probabilities
        assert alone == pytest.approx(batch[place : place + 1], rel=1e-4, abs=1e-6)


# --- taught characters -----------------------------------------------------------------------------------------------


def test_with_taught_characters_alone_it_is_the_nearest_mean() -> None:
    logits, embeddings = random(300, dimensions=16)
    _, examples = random(50, dimensions=16, seed=1)
    gallery = Gallery.of((f"nr {place % 10}", row) for place, row in enumerate(examples))
    ranking = Recogniser(bundle(None)).rank(logits, embeddings, gallery, only_taught=True)
    means = np.stack([examples[place::10].mean(axis=0) for place in range(10)])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    assert ranking.probabilities.argmax(axis=1).tolist() == (embeddings @ means.T).argmax(axis=1).tolist()


def test_a_taught_face_beats_the_roster_and_a_stranger_beats_no_character() -> None:
    gallery = Gallery.of([("x", units((0, 0, 1, 0))[0])])
    recogniser = Recogniser(bundle())
    logits = np.array([[3, 0, 0], [3, 0, 0]], np.float32)
    face, stranger = recogniser.rank(logits, units((0, 0, 1, 0.1), (0.4, 0.4, -0.7, 0.4)), gallery).probabilities
    assert recogniser.rank(logits, units((1, 0, 0, 0), (1, 0, 0, 0)), gallery).probabilities[0].argmax() == 0
    assert face[3] > 0.9
    assert stranger.sum() < 0.2


def test_many_examples_are_no_advantage_in_themselves() -> None:
    """Faces of like characters, one taught by one example and one by twenty, are each known as often."""
    rng = np.random.default_rng(0)
    kinship, dimensions = 0.4, 256

    def faces(centre: Values, count: int) -> Values:
        noise = rng.normal(size=(count, dimensions)) / np.sqrt(dimensions)
        return units(*(np.sqrt(kinship) * centre + np.sqrt(1 - kinship) * noise))

    centre = units(tuple(rng.normal(size=dimensions)))[0]
    gallery = Gallery.of([("one", row) for row in faces(centre, 1)] + [("twenty", row) for row in faces(centre, 20)])
    means = likeness(faces(centre, 500), gallery, kinship).mean(axis=0)
    assert means == pytest.approx([kinship, kinship], abs=0.08)


def test_examples_of_a_character_of_the_roster_add_to_it() -> None:
    logits, embeddings = np.array([[0, 0, 3]], np.float32), units((0, -1, 0.2, 0))
    recogniser = Recogniser(bundle())
    before = recogniser.rank(logits, embeddings).probabilities[0]
    after = recogniser.rank(logits, embeddings, Gallery.of([("a", embeddings[0])])).probabilities[0]
    assert before.argmax() == 2
    assert after.argmax() == 0
    assert after[0] > 0.9


def test_a_denied_face_is_no_longer_that_character_but_others_are() -> None:
    recogniser = Recogniser(bundle())
    logits, embeddings = np.full((2, 3), 0, np.float32), units((1, 0, 0, 0), (0.6, 0, 0, 0.8))
    logits[:, 0] = 4
    gallery = Gallery.of([], denied=[("a", embeddings[0])])
    before, after = (recogniser.rank(logits, embeddings, known).probabilities for known in (EMPTY, gallery))
    assert before[0, 0] > 0.9
    assert after[0, 0] < 0.5
    assert after[1] == pytest.approx(before[1]), "a face that is not so close stays who it was"


def test_an_example_that_lies_nearer_than_the_denied_one_counts_more() -> None:
    face = units((1, 0.1, 0, 0))
    gallery = Gallery.of([("x", face[0])], denied=[("x", units((1, 0, 0, 0))[0])])
    assert denial(face, gallery) == pytest.approx(0)
    assert denial(units((1, 0, 0, 0)), gallery)[0, 0] > 5


def test_a_gallery_of_another_bundle_counts_nothing() -> None:
    logits, embeddings = random(5)
    foreign = Gallery.of([("x", np.ones(7, np.float32))])
    assert Recogniser(bundle()).rank(logits, embeddings, foreign).characters == LABELS


def test_an_empty_gallery_changes_no_answer() -> None:
    logits, embeddings = random(5)
    ranking = Recogniser(bundle()).rank(logits, embeddings, only_taught=True)
    assert (ranking.characters, ranking.probabilities.shape) == ((), (5, 0))


def test_the_numbers_of_teaching_are_used() -> None:
    gallery = Gallery.of([("x", units((1, 0))[0])])
    assert taught_odds(units((0.6, 0.8)), gallery, Teaching(10, -4, 0.5)) == pytest.approx(2)


def test_softmax_survives_large_logits() -> None:
    assert softmax(np.array([5000.0, 4999.0], np.float32)) == pytest.approx([0.7311, 0.2689], abs=1e-4)


def test_many_taught_characters_take_no_more_from_the_others_than_two_do() -> None:
    odds = np.array([[2.0, 1.0, 1.0, 1.0, -np.inf]], np.float32)
    lowered = uncrowded(odds)
    assert lowered[0, 0] == 2
    assert np.logaddexp.reduce(lowered[0, 1:]) == pytest.approx(1)
    assert lowered[0, 4] == -np.inf


@pytest.mark.parametrize("odds", [[[0.5, -1.0]], [[1.0, -np.inf, -np.inf]], [[-np.inf] * 3]])
def test_a_taught_character_alone_stays_as_likely_as_it_is(odds: list[list[float]]) -> None:
    assert uncrowded(np.array(odds, np.float32)).tolist() == odds
