"""Classifying: labels, order, calibration, and bundles that cannot answer."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.errors import BundleError
from bot.recognition.bundle import Recognition
from bot.recognition.characters import Character, Characters
from bot.recognition.engine import Models
from bot.recognition.gallery import Gallery
from bot.recognition.interpreter import Network
from bot.recognition.naming import classifier
from bot.recognition.naming.classifier import TILTED, Classifier
from bot.recognition.naming.comparison import Values
from bot.recognition.naming.straighten import crop_upright
from bot.recognition.results import Box, Image
from tests.support import tiny


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


def test_names_are_those_of_the_table_or_made_of_the_label(tiny_models: Models) -> None:
    characters = Characters([Character("aoi_umino", "Umino, A.", "Tests!")])
    (guesses,) = Classifier(tiny_models.classifier, characters).classify([square(tiny.BLUE)])
    assert {(guess.character, guess.name, guess.series) for guess in guesses} == {
        ("aoi_umino", "Umino, A.", "Tests!"),
        ("akane_hoshino", "Akane Hoshino", None),
        ("midori_hayashi", "Midori Hayashi", None),
    }


def test_a_base_network_gives_embeddings_and_learns_from_them(tmp_path: Path) -> None:
    classifier = Classifier(tiny.tiny_base(tmp_path / "base.tflite"))
    assert classifier.embeds
    seen = classifier.predict([square((250, 200, 10)), square(tiny.GREY), square((240, 210, 0))])
    assert seen.embeddings is not None
    assert np.linalg.norm(seen.embeddings, axis=1) == pytest.approx(1, abs=1e-5)
    assert classifier.predict([]).embeddings is not None
    named = classifier.name(seen, Gallery.of([("My yellow_OC", seen.embeddings[0])]))
    best = [guesses[0] for guesses in named]
    assert (best[2].character, best[2].name) == ("My yellow_OC", "My yellow_OC")
    assert best[1].character != "My yellow_OC"
    only = classifier.name(seen, Gallery.of([("My yellow_OC", seen.embeddings[0])]), only_taught=True)
    assert [guess.character for guess in only[1]] == ["My yellow_OC"]


def test_without_embeddings_nothing_can_be_taught(tiny_models: Models) -> None:
    classifier = Classifier(tiny_models.classifier)
    assert not classifier.embeds
    seen = classifier.predict([square(tiny.RED)])
    assert seen.embeddings is None
    assert classifier.name(seen, Gallery.of([("x", np.ones(3, np.float32))])) == classifier.classify([square(tiny.RED)])


def test_prototypes_of_another_shape_are_refused(tmp_path: Path) -> None:
    odd = Recognition(np.eye(3, 5, dtype=np.float32), np.arange(3), np.zeros(3, np.float32))
    with pytest.raises(BundleError, match="prototypes of another shape"):
        Classifier(tiny.tiny_base(tmp_path / "base.tflite", recognition=odd))


def tilted(image: Image, angle: float) -> Image:
    """Turn a square image clockwise."""
    return crop_upright(image, Box(0, 0, *image.shape[:2]), 0, -angle)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Values]:
    """What networks were shown, each ``(1, height, width, 3)``."""
    shown = []
    run = Network.run

    def counted(network: Network, image: Values) -> dict[str, Values]:
        shown.append(image)
        return run(network, image)

    monkeypatch.setattr(Network, "run", counted)
    return shown


def test_a_doubtful_face_is_classified_mirrored_too(tmp_path: Path, runs: list[Values]) -> None:
    classifier = Classifier(tiny.tiny_base(tmp_path / "base.tflite", recognition=tiny.tiny_recognition()))
    runs.clear()
    grey = np.zeros((32, 32, 3), np.uint8)
    grey[:, ::2] = tiny.GREY
    classifier.predict([square(tiny.RED), grey])
    red, first, second = runs
    assert red.shape == first.shape
    assert np.array_equal(second, first[..., ::-1, :])
    assert not np.array_equal(second, first)


def test_the_two_passes_are_averaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    classifier = Classifier(tiny.tiny_base(tmp_path / "base.tflite"))
    answers = iter([[1, 0, 0], [0, 0.6, 0]])

    def answered(*_: object) -> dict[str, Values]:
        answer = np.array(next(answers), np.float32)
        return {"logits": answer, "embedding": answer}

    monkeypatch.setattr(Network, "run", answered)
    seen = classifier.predict([square(tiny.GREY)])
    assert seen.logits.tolist() == [pytest.approx([0.5, 0.3, 0])]
    assert seen.embeddings is not None
    assert seen.embeddings.tolist() == [pytest.approx([0.8575, 0.5145, 0], abs=1e-4)]


def test_a_network_without_embeddings_runs_once(tiny_models: Models, runs: list[Values]) -> None:
    classifier = Classifier(tiny_models.classifier)
    runs.clear()
    classifier.predict([square(tiny.GREY)])
    assert len(runs) == 1


@pytest.fixture
def upright(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classifier:
    """A classifier that doubts everything and turns what is tilted."""
    monkeypatch.setattr(classifier, "SURE", 1.1)
    return Classifier(tiny.tiny_upright(tmp_path / "upright.tflite"))


@pytest.mark.parametrize("angle", [-135, -90, 40, 90, 180])
def test_a_tilted_face_is_named_as_if_it_were_upright(upright: Classifier, angle: float) -> None:
    colours = (tiny.RED, tiny.GREEN, tiny.BLUE)
    seen = upright.predict([tilted(tiny.head(colour), angle) for colour in colours])
    assert [guesses[0].character for guesses in upright.name(seen)] == list(tiny.LABELS)
    assert seen.tilts is not None
    # A square that is turned has little to say of its angle.
    assert np.cos(np.deg2rad(seen.tilts - angle)).min() > np.cos(np.deg2rad(15))
    straight = upright.predict([tiny.head(colour) for colour in colours])
    assert seen.embeddings is not None
    assert straight.embeddings is not None
    assert (seen.embeddings * straight.embeddings).sum(axis=1).min() > 0.95


@pytest.mark.parametrize("angle", [0, -10, 15])
def test_a_slightly_tilted_face_is_not_straightened(upright: Classifier, angle: float, runs: list[Values]) -> None:
    runs.clear()
    seen = upright.predict([tilted(tiny.head(tiny.BLUE), angle)])
    assert seen.tilts is not None
    assert seen.tilts.tolist() == [0]
    first, second = runs
    assert np.array_equal(second, first[..., ::-1, :])


def test_a_face_that_is_known_for_sure_is_left_tilted(tmp_path: Path, runs: list[Values]) -> None:
    sure = Classifier(
        tiny.tiny_upright(
            tmp_path / "upright.tflite", recognition=replace(tiny.tiny_recognition(), bias=30.0, contested=False)
        )
    )
    runs.clear()
    seen = sure.predict([tilted(tiny.head(tiny.BLUE), 40)])
    assert seen.tilts is not None
    assert seen.tilts.tolist() == [0]
    assert len(runs) == 1


def test_a_tilted_face_is_cropped_anew_where_its_picture_is_at_hand(upright: Classifier) -> None:
    asked = []

    def turn(place: int, tilt: float) -> Image:
        asked.append((place, tilt))
        return tiny.head(tiny.GREEN)

    crops = [tiny.head(tiny.RED), tilted(tiny.head(tiny.RED), 90)]
    seen = upright.predict(crops, turn)
    assert [guesses[0].character for guesses in upright.name(seen)] == ["akane_hoshino", "midori_hayashi"]
    ((place, tilt),) = asked
    assert place == 1
    assert tilt == pytest.approx(90, abs=5)
    assert tilt > TILTED


def test_without_predicted_tilts_no_face_is_turned(tmp_path: Path) -> None:
    unable = Classifier(tiny.tiny_base(tmp_path / "base.tflite"))
    unasked = Classifier(tiny.tiny_upright(tmp_path / "upright.tflite"), retry_doubtful=False)

    def turn(_: int, __: float) -> Image:
        raise AssertionError

    for one in (unable, unasked):
        assert one.predict([tilted(tiny.head(tiny.RED), 90)], turn).tilts is None


def test_a_tilt_that_is_no_angle_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tiny.tiny_upright(tmp_path / "upright.tflite")
    run = Network.run
    monkeypatch.setattr(Network, "run", lambda *arguments: run(*arguments) | {"tilt": np.zeros(3, np.float32)})
    with pytest.raises(BundleError, match="tilt as cosine and sine"):
        Classifier(bundle)
