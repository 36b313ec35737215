"""Running a network: the numbers are those of its weights, in every precision, and damage is refused."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.errors import BundleError
from bot.recognition import interpreter
from bot.recognition.bundle import Bundle, read_bundle
from bot.recognition.engine import Models
from bot.recognition.interpreter import Network
from bot.recognition.naming.classifier import Classifier

SHIPPED = Path(__file__).resolve().parents[3] / "models"
CLASSIFIERS = sorted(path.name for path in SHIPPED.glob("three-characters-*.tflite"))


@pytest.fixture
def bundle(tiny_models: Models) -> Bundle:
    return tiny_models.classifier


def noise(bundle: Bundle, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    shape = (bundle.info.input.height, bundle.info.input.width, 3)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def test_the_logits_are_those_that_the_weights_give(bundle: Bundle) -> None:
    image = bundle.info.input.scale(noise(bundle))
    mean = image.mean(axis=(0, 1))
    expected = 6.0 * (1.5 * mean - 0.5 * mean.sum()) / 2
    assert Network(bundle).run(image)["logits"] == pytest.approx(expected, abs=1e-4)


def test_an_image_gives_what_its_scaled_values_give(bundle: Bundle) -> None:
    network, image = Network(bundle), noise(bundle)
    by_image, by_values = network.run_image(image), network.run(bundle.info.input.scale(image))
    assert by_image["logits"] == pytest.approx(by_values["logits"])


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_what_ships_answers_in_float_whatever_its_precision(name: str) -> None:
    bundle = read_bundle(SHIPPED / name)
    network, image = Network(bundle), noise(bundle)
    logits = network.run(bundle.info.input.scale(image))["logits"]
    assert logits.dtype == np.float32
    assert logits.shape == (len(bundle.labels),)
    assert network.run_image(image)["logits"] == pytest.approx(logits)


def test_the_precisions_that_ship_agree() -> None:
    assert len(CLASSIFIERS) >= 2
    bundles = [read_bundle(SHIPPED / name) for name in CLASSIFIERS]
    networks = [Network(bundle) for bundle in bundles]
    for seed in range(5):
        image = noise(bundles[0], seed)
        best = {int(network.run_image(image)["logits"].argmax()) for network in networks}
        assert len(best) == 1


def test_two_networks_do_not_share_their_memory(bundle: Bundle) -> None:
    one, two = Network(bundle), Network(bundle)
    before = one.run_image(noise(bundle, 1))["logits"]
    two.run_image(noise(bundle, 2))
    assert one.run_image(noise(bundle, 1))["logits"] == pytest.approx(before)


def test_a_network_of_another_size_is_refused(bundle: Bundle) -> None:
    info = replace(bundle.info, input=replace(bundle.info.input, width=48))
    with pytest.raises(BundleError, match="cannot load the bundle tiny"):
        Network(replace(bundle, info=info))


def test_damaged_networks_run_or_are_refused(bundle: Bundle) -> None:
    """Bits are flipped in the tables around the weights, where a careless reader would follow a wild pointer."""
    chance, refused = random.Random(0), 0
    tables = [*range(500), *range(len(bundle.network) - 500, len(bundle.network))]
    for _ in range(200):
        flipped = bytearray(bundle.network)
        flipped[chance.choice(tables)] ^= 1 << chance.randrange(8)
        try:
            Classifier(replace(bundle, network=bytes(flipped))).classify([noise(bundle)])
        except BundleError:
            refused += 1
    assert refused > 10


SHAPES = [(384, 288), (288, 384), (384, 384), (384, 288), (288, 384), (384, 256), (384, 288)]


def answers(network: Network) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    rng = np.random.default_rng(0)
    return [network.run_image(rng.integers(0, 256, (*shape, 3), np.uint8))["scores"] for shape in SHAPES]


def test_shapes_that_stay_prepared_change_no_answer() -> None:
    bundle = read_bundle(SHIPPED / "face-detector.tflite")
    for one, other in zip(answers(Network(bundle)), answers(Network(bundle, shapes=3)), strict=True):
        assert np.array_equal(one, other)


@pytest.mark.parametrize(("kept", "prepared"), [(1, 8), (3, 4), (9, 4)])
def test_the_shapes_used_last_stay_prepared(monkeypatch: pytest.MonkeyPatch, kept: int, prepared: int) -> None:
    runtime: Any = vars(interpreter)["Interpreter"]
    made: list[Any] = []
    allocated: list[int] = []

    class Counting(runtime):  # type: ignore[misc] # the runtime has no types
        def __init__(self, **arguments: object) -> None:
            super().__init__(**arguments)
            made.append(self)

        def allocate_tensors(self) -> None:
            allocated.append(1)
            super().allocate_tensors()

    monkeypatch.setattr(interpreter, "Interpreter", Counting)
    answers(Network(read_bundle(SHIPPED / "face-detector.tflite"), shapes=kept))
    assert len(made) == min(kept, 4), "no more are kept than asked for"
    assert len(allocated) == prepared
