"""Characters for whom the network has no logit: they are compared by their prototypes, as the taught are."""

from dataclasses import replace

import numpy as np
import pytest

from bot.recognition.bundle import Bundle, BundleInfo, Comparison, Feature, InputSpec, Recognition
from bot.recognition.gallery import EMPTY, Gallery
from bot.recognition.naming.comparison import Values
from bot.recognition.naming.recogniser import Recogniser

LABELS = ("a", "b", "compared", "also_compared")
DIMENSIONS = 16


def units(count: int, seed: int) -> Values:
    vectors = np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


PROTOTYPES = units(5, 1)
PROTOTYPES[3] = np.sqrt(np.float32(0.75)) * PROTOTYPES[2] + np.float32(0.5) * PROTOTYPES[3]
PROTOTYPES[3] /= np.linalg.norm(PROTOTYPES[3])
RECOGNITION = Recognition(
    PROTOTYPES,
    np.array([0, 1, 2, 2, 3]),
    np.zeros(4, np.float32),
    {Feature.NEAREST: 20.0},
    bias=-12.0,
    closeness=10.0,
    comparison=Comparison(np.eye(DIMENSIONS + 1, DIMENSIONS, dtype=np.float32), units(300, 2), 4.0, -8.0),
    compared=2,
)
NO_OPINION = np.zeros((1, 2), np.float32)


def recogniser(recognition: Recognition = RECOGNITION) -> Recogniser:
    return Recogniser(Bundle("id", BundleInfo("classifier", "x", InputSpec(8, 8)), LABELS, b"", recognition))


def best(face: Values, gallery: Gallery = EMPTY) -> tuple[str, float]:
    ranking = recogniser().rank(NO_OPINION, face[np.newaxis], gallery)
    place = int(ranking.probabilities[0].argmax())
    return ranking.characters[place], float(ranking.probabilities[0, place])


@pytest.mark.parametrize(("place", "name"), list(enumerate(["a", "b", "compared", "compared", "also_compared"])))
def test_every_prototype_names_its_own_character(place: int, name: str) -> None:
    found, probability = best(PROTOTYPES[place])
    assert found == name
    assert probability > 0.9


def test_a_stranger_matches_no_character() -> None:
    assert best(units(1, 9)[0])[1] < 0.2


def test_what_is_taught_of_a_compared_character_adds_to_its_prototypes() -> None:
    face = units(1, 9)[0]
    name, probability = best(face, Gallery.of([("also_compared", face)]))
    assert name == "also_compared"
    assert probability > best(face)[1] + 0.3


def test_taught_and_compared_characters_stand_side_by_side() -> None:
    face = units(1, 9)[0]
    gallery = Gallery.of([("taught", face)])
    assert best(face, gallery)[0] == "taught"
    assert best(PROTOTYPES[4], gallery)[0] == "also_compared"


def test_only_the_taught_are_asked_for_where_a_chat_wants_that() -> None:
    gallery = Gallery.of([("taught", units(1, 9)[0])])
    ranking = recogniser().rank(NO_OPINION, PROTOTYPES[4:5], gallery, only_taught=True)
    assert ranking.characters == ("taught",)


def test_without_embeddings_nothing_is_compared() -> None:
    probabilities = recogniser().rank(NO_OPINION).probabilities
    assert probabilities[0, 2:].tolist() == [0, 0]


@pytest.mark.parametrize("compared", [-1, 4])
def test_the_network_needs_a_logit(compared: int) -> None:
    with pytest.raises(ValueError, match="cannot compare"):
        replace(RECOGNITION, compared=compared).check(4)


def test_comparing_needs_something_to_compare_with() -> None:
    with pytest.raises(ValueError, match="cannot compare"):
        replace(RECOGNITION, comparison=None).check(4)
