"""The base network's file: what is kept, and what is refused."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from bot.recognition.bundle import Bundle, BundleInfo, InputSpec
from bot.recognition.interpreter import Network
from tests.support import tiny
from trainer.classifier.starts import choose
from trainer.common import backbones
from trainer.common.base_network_file import BASE, About, mix_base, read_base, save_base
from trainer.common.errors import TrainerError, WeightsError
from trainer.common.settings import MARGIN, Fit
from trainer.common.tflite import to_tflite
from trainer.common.tilt import tilt_features, tilt_output


def test_it_comes_back_as_it_was_but_for_half_precision(base: Path) -> None:
    network = read_base(base)
    assert network.about == About(32, 0.4, "none")
    said = network.build(32).predict_on_batch(np.random.default_rng(0).normal(size=(2, 32, 32, 3)))
    assert said["embedding"].shape == (2, 16)
    lengths = np.linalg.norm(said["embedding"], axis=1, keepdims=True)
    assert said["features"] == pytest.approx(said["embedding"] / lengths, abs=1e-5)
    assert base.stat().st_size < 8_000_000


def test_heads_are_left_out(base: Path) -> None:
    with np.load(base) as file:
        names = {name.split(".")[0] for name in file.files}
    assert {"about", "stem", "block14_project_norm", "block15_project_norm", "projection"} <= names
    assert not {"logits", "cosines", "top"} & names


def test_it_has_a_share_in_the_weights_of_a_network_that_went_on_from_it(base: Path) -> None:
    ours = read_base(base).weights
    backbone = backbones.find("efficientnet-lite0").shape(32)
    layer = backbone.get_layer("block15_project")
    before = layer.get_weights()[0]
    top = backbone.get_layer("top").get_weights()[0]
    mix_base(backbone, base, 0.75)
    assert layer.get_weights()[0] == pytest.approx(0.25 * before + 0.75 * ours["block15_project.0"], abs=1e-6)
    assert (backbone.get_layer("top").get_weights()[0] == top).all(), "it has no such layer"


def test_it_tells_how_faces_are_tilted_where_it_has_learnt_to(base: Path, tmp_path: Path) -> None:
    """What it sees at the layer that is asked is 2 x 2 places of 112 channels in pictures of 32 pixels."""
    kernel = np.random.default_rng(1).normal(size=(2 * 2 * 112, 2)).astype(np.float16)
    with np.load(base) as file:
        kept: dict[str, Any] = {name: value for name, value in file.items() if not name.startswith("tilt")}
    np.savez(tmp_path / "before.npz", allow_pickle=False, **kept)
    assert "tilt" not in read_base(tmp_path / "before.npz").build(32).output
    kept |= {"tilt.0": kernel, "tilt.1": np.array([0.5, -0.25], np.float32)}
    np.savez(tmp_path / "learnt.npz", allow_pickle=False, **kept)
    network = read_base(tmp_path / "learnt.npz")
    model = network.build(32)
    save_base(tmp_path / "again.npz", model, network.about)
    again = read_base(tmp_path / "again.npz")
    assert (again.weights["tilt.0"] == kernel).all()
    assert again.weights["tilt.1"].tolist() == [0.5, -0.25]
    picture = np.random.default_rng(0).normal(size=(1, 32, 32, 3)).astype(np.float32)
    inner = keras.Model(model.input, [model.get_layer("block10_add").output, model.output["tilt"]])
    seen, tilt = inner.predict_on_batch(picture)
    assert seen.shape == (1, 2, 2, 112)
    assert tilt == pytest.approx(seen.reshape(1, -1) @ kernel.astype(np.float32) + [0.5, -0.25], rel=1e-3, abs=1e-3)
    assert "tilt" not in network.build(64).output


@pytest.mark.parametrize(("side", "parts"), [(2, 2), (3, 3), (4, 3), (8, 3), (9, 3), (10, 3), (11, 3)])
def test_all_of_a_picture_counts_in_its_tilt(side: int, parts: int) -> None:
    image = keras.Input((side, side, 1))
    model = keras.Model(image, keras.layers.Identity(name="block10_add")(image))
    told = keras.Model(image, tilt_features(model))
    pixels = np.eye(side * side, dtype=np.float32).reshape(side * side, side, side, 1)
    answers = told.predict_on_batch(pixels)
    assert answers.shape == (side * side, parts * parts)
    assert answers.max(axis=1).min() > 0
    even = told.predict_on_batch(np.ones((1, side, side, 1), np.float32))
    assert even == pytest.approx(1)


def test_eight_bits_have_room_for_every_angle() -> None:
    """A network whose tilt says how much brighter a picture is above than below is calibrated with upright heads."""
    image = keras.Input((32, 32, 3))
    rows = keras.layers.AveragePooling2D(8, name="block10_add")(image)
    kernel = np.zeros((27, 2), np.float32)
    kernel[:9, 0], kernel[18:, 0] = 1 / 9, -1 / 9
    tilt = tilt_output(keras.Model(image, rows), kernel, np.zeros(2, np.float32))
    many = keras.layers.Conv2D(64, 9)(image)
    logits = keras.layers.Dense(3)(keras.layers.GlobalAveragePooling2D()(many))
    spec = InputSpec(32, 32)
    heads = np.stack([tiny.head((200 + shade, 220, 240), 32) for shade in range(40)])
    packed = to_tflite(keras.Model(image, {"logits": logits, "tilt": tilt}), spec, heads)
    network = Network(Bundle("id", BundleInfo("classifier", "eight", spec), ("a", "b", "c"), packed))
    upright, hanging = (network.run(spec.prepare([one])[0])["tilt"][0] for one in (heads[5], heads[5, ::-1]))
    assert upright > 0.3
    assert hanging == pytest.approx(-upright, abs=0.05)


def test_fitting_starts_from_it_with_the_pictures_that_it_knows(base: Path) -> None:
    start = choose(Fit(weights=base))
    assert (start.spec.width, start.fine_tune_epochs) == (32, 0)
    assert choose(Fit(weights=base, size=64)).spec.width == 64
    imagenet = choose(Fit(backbone="efficientnet-lite0"))
    assert (imagenet.spec.width, imagenet.fine_tune_epochs) == (96, 30)


def test_the_one_that_ships_has_seen_what_crop_cuts_out() -> None:
    assert read_base(BASE).about.margin == MARGIN


def test_other_files_are_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot read the base network"):
        choose(Fit(weights=tmp_path / "missing.npz"))
    (tmp_path / "text.npz").write_text("text")
    np.savez(tmp_path / "other.npz", w0=np.zeros(3))
    for name in ("text.npz", "other.npz"):
        with pytest.raises(WeightsError, match="is no base network"):
            choose(Fit(weights=tmp_path / name))
    with np.load(base) as file:
        np.savez(tmp_path / "older.npz", **{name: file[name] for name in file.files if name != "stem.0"})
    with pytest.raises(WeightsError, match="of another version of whobot"):
        choose(Fit(weights=tmp_path / "older.npz")).check()


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TrainerError, match="known are base, efficientnet-lite0, mobilenet-v2, inception-v3"):
        choose(Fit(backbone="resnet"))
