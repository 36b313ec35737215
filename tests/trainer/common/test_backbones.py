"""The backbones: right weights in the right places, and only the last blocks trained."""

import pickle
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pytest

from trainer.common import backbones
from trainer.common.errors import TrainerError, WeightsError
from trainer.common.pth import read_pth

REFERENCE = Path(__file__).parent / "data" / "efficientnet_lite0.npz"
"""What the published PyTorch implementation (`efficientnet_lite_pytorch` 0.1.0 under torch 2.13) makes of `waves`."""


def waves(side: int) -> npt.NDArray[np.float32]:
    rows, columns, channels = np.meshgrid(np.arange(side), np.arange(side), np.arange(3), indexing="ij")
    phase = 0.13 * rows + 0.07 * columns * (1 + channels) + 0.011 * rows * columns / (side / 8)
    return np.asarray(np.sin(phase), np.float32)


@pytest.mark.parametrize("side", [96, 224])
def test_lite0_computes_what_the_published_implementation_computes(side: int) -> None:
    with np.load(REFERENCE) as reference:
        expected = reference[f"features_{side}"]
    features = backbones.build("efficientnet-lite0", side).predict_on_batch(waves(side)[np.newaxis])[0]
    assert features.shape == (1280,)
    np.testing.assert_allclose(features, expected, atol=1e-4)


def test_fine_tuning_reaches_the_last_blocks_only_and_no_batch_normalisation() -> None:
    model = backbones.build("efficientnet-lite0", 32)
    backbones.find("efficientnet-lite0").unfreeze(model, 2)
    trained = {layer.name for layer in model.layers if layer.trainable and layer.weights}
    assert trained == {"block15_expand", "block15_depthwise", "block15_project", "top"}
    backbones.find("efficientnet-lite0").unfreeze(model, 0)
    assert not model.trainable_weights


@pytest.mark.parametrize("name", ["mobilenet-v2", "inception-v3"])
def test_the_blocks_of_the_other_backbones_have_the_names_that_we_know(name: str, tmp_path: Path) -> None:
    backbone = backbones.find(name)
    application = {"mobilenet-v2": keras.applications.MobileNetV2, "inception-v3": keras.applications.InceptionV3}[name]
    names = [layer.name for layer in application(include_top=False, weights=None, input_shape=(96, 96, 3)).layers]
    places = [names.index(start) for start in backbone.block_starts]
    assert places == sorted(places)


def test_a_backbone_without_weights_of_ours_asks_for_them(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="--weights FILE"):
        backbones.build("mobilenet-v2", 32)
    with pytest.raises(WeightsError, match="no file"):
        backbones.build("mobilenet-v2", 32, tmp_path / "missing.weights.h5")


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.weights.h5"
    image = keras.Input((32, 32, 3))
    keras.Model(image, keras.layers.Conv2D(4, 3)(image)).save_weights(path)
    with pytest.raises(WeightsError, match="does not fit mobilenet"):
        backbones.build("mobilenet-v2", 32, path)


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TrainerError, match="efficientnet-lite0, mobilenet-v2, inception-v3"):
        backbones.build("resnet", 96)


def test_pictures_can_be_too_small_for_a_backbone(tmp_path: Path) -> None:
    with pytest.raises(TrainerError, match="at least 75"):
        backbones.build("inception-v3", 64, tmp_path)


class Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (Path.touch, ("harm",))


def test_a_file_of_weights_cannot_run_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "harmful.pth"
    path.write_bytes(pickle.dumps(Harmful()))
    with pytest.raises(WeightsError, match="it asks for"):
        read_pth(path)
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", pickle.dumps(1)])
def test_other_files_are_no_weights(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="no file of weights"):
        read_pth(path)


def test_missing_weights_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="No such file"):
        read_pth(tmp_path / "missing.pth")
