from pathlib import Path

import keras
import numpy as np
import pytest

from bot.recognition.bundle import BundleInfo, InputSpec, write_bundle
from bot.recognition.interpreter import Network
from bot.recognition.results import Image
from tests.support.artwork import CAST, draw_portrait
from trainer.common import backbones
from trainer.detector.export import to_tflite
from trainer.detector.network import build_network

SIZE = 96


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return build_network()


def portraits() -> list[Image]:
    return [draw_portrait(character, 1, size=SIZE).image for character in list(CAST.values())[:3]]


def test_folding_the_normalisation_in_changes_nothing(network: keras.Model) -> None:
    pretrained = backbones.build("efficientnet-lite0", SIZE)
    images = InputSpec(SIZE, SIZE).prepare(portraits())
    last = "block14_add"
    expected = keras.Model(pretrained.input, pretrained.get_layer(last).output)(images)
    folded = keras.Model(network.input, network.get_layer(last).output)(images)
    assert np.asarray(folded) == pytest.approx(np.asarray(expected), abs=1e-3)


def test_the_first_layers_are_frozen_and_no_other(network: keras.Model) -> None:
    frozen = {layer.name.split("_")[0] for layer in network.layers if layer.weights and not layer.trainable}
    assert frozen == {"stem", "block0", "block1", "block2"}


def test_the_exported_network_answers_like_the_fitted_one_at_any_size(network: keras.Model, tmp_path: Path) -> None:
    spec = InputSpec(SIZE, SIZE)
    info = BundleInfo("detector", "tiny", spec)
    bundle = write_bundle(tmp_path / "tiny.tflite", to_tflite(network, portraits(), spec), info)
    lite = Network(bundle)
    for image in portraits()[0], portraits()[1][:64], portraits()[2][:, :32]:
        answer = np.asarray(network(spec.scale(image)[np.newaxis]))[0]
        quantised = lite.run_image(image)
        assert quantised["scores"].shape == (image.shape[0] // 8, image.shape[1] // 8, 1)
        assert quantised["scores"] == pytest.approx(1 / (1 + np.exp(-answer[..., :1])), abs=0.05)
        assert quantised["distances"] == pytest.approx(answer[..., 1:], abs=0.25)
