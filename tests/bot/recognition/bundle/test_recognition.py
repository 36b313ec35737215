"""How a bundle recognises travels inside it, readable, and what does not fit is refused."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bot.errors import BundleError
from bot.recognition.bundle import (
    BundleInfo,
    Comparison,
    Feature,
    InputSpec,
    Recognition,
    Teaching,
    read_bundle,
    write_bundle,
)
from tests.support import tiny

NETWORK = tiny.NETWORK.read_bytes()
INFO = BundleInfo("classifier", "three", InputSpec(32, 32))
LABELS = ("a", "b", "c")
RECOGNITION = Recognition(
    np.array([[1, 0], [0, 1], [0.6, 0.8], [-1, 0]], np.float32),
    np.array([0, 1, 1, 2]),
    np.array([0.5, 0, -0.25], np.float32),
    {Feature.NEAREST: 12.5, Feature.ENERGY: 0.75},
    bias=-4.5,
    closeness=3.0,
    contested=False,
    teaching=Teaching(20.0, -11.0, 0.625),
    strangers=np.array([[0, -1], [0.8, -0.6]], np.float32),
    comparison=Comparison(
        np.array([[1, 0, 0], [0, 1, 0.5], [0, 0.25, 0]], np.float32), np.array([[0, 1, 0]], np.float32), 1.5, -2.5, 0.75
    ),
    compared=1,
)


def eye(size: int) -> npt.NDArray[np.float32]:
    return np.eye(size, dtype=np.float32)


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "three.tflite"
    write_bundle(path, NETWORK, INFO, LABELS, RECOGNITION)
    back = read_bundle(path).recognition
    assert back is not None
    # Float16 keeps three digits of a prototype.
    np.testing.assert_allclose(back.prototypes, RECOGNITION.prototypes, atol=1e-3)
    np.testing.assert_allclose(back.strangers, RECOGNITION.strangers, atol=1e-3)
    assert back.comparison is not None
    assert RECOGNITION.comparison is not None
    np.testing.assert_allclose(back.comparison.whitening, RECOGNITION.comparison.whitening, atol=1e-3)
    np.testing.assert_allclose(back.comparison.cohort, RECOGNITION.comparison.cohort, atol=1e-3)
    assert (back.comparison.scale, back.comparison.offset, back.comparison.caution) == (1.5, -2.5, 0.75)
    assert back.prototypes.dtype == back.strangers.dtype == np.float32
    assert back.owners.tolist() == [0, 1, 1, 2]
    assert back.offsets.tolist() == [0.5, 0, -0.25]
    assert (back.weights, back.bias, back.closeness, back.contested, back.teaching) == (
        RECOGNITION.weights,
        -4.5,
        3.0,
        False,
        Teaching(20.0, -11.0, 0.625),
    )
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read("recognition.json"))["weights"] == {"nearest": 12.5, "energy": 0.75}


def test_a_bundle_need_not_have_one_and_the_id_tells(tmp_path: Path) -> None:
    plain = write_bundle(tmp_path / "plain.tflite", NETWORK, INFO, LABELS)
    assert read_bundle(tmp_path / "plain.tflite").recognition is None
    assert write_bundle(tmp_path / "other.tflite", NETWORK, INFO, LABELS, RECOGNITION).id != plain.id


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (replace(RECOGNITION, owners=np.array([0, 1, 1, 3])), "each label at least one"),
        (replace(RECOGNITION, owners=np.array([0, 1, 1, 1])), "each label at least one"),
        (replace(RECOGNITION, owners=np.array([0, 1, 2])), "each label at least one"),
        (replace(RECOGNITION, prototypes=np.full((4, 2), np.nan, np.float32)), "finite"),
        (replace(RECOGNITION, strangers=np.ones((2, 3), np.float32)), "different dimensions"),
        (replace(RECOGNITION, strangers=np.full((1, 2), np.inf, np.float32)), "strangers are no table"),
        (replace(RECOGNITION, offsets=np.zeros(2, np.float32)), "3 finite offsets"),
        (replace(RECOGNITION, bias=float("inf")), "a number that is none"),
        (replace(RECOGNITION, teaching=Teaching(kinship=0)), "kinship"),
        (replace(RECOGNITION, comparison=Comparison(eye(3), eye(3)[:0], 1.0, 0.0)), "cohort"),
        (replace(RECOGNITION, comparison=Comparison(eye(4), eye(4), 1.0, 0.0)), "dimensions"),
        (replace(RECOGNITION, comparison=Comparison(eye(3), eye(3), 0.0, 0.0)), "scale"),
        (replace(RECOGNITION, comparison=Comparison(eye(3), eye(3), 1.0, 0.0, -1.0)), "caution"),
    ],
)
def test_what_does_not_fit_is_neither_written_nor_read(tmp_path: Path, broken: Recognition, words: str) -> None:
    path = tmp_path / "three.tflite"
    with pytest.raises(BundleError, match=words):
        write_bundle(path, NETWORK, INFO, LABELS, broken)
    assert not path.exists()


def test_one_without_strangers_leaves_them_out(tmp_path: Path) -> None:
    path = tmp_path / "three.tflite"
    write_bundle(path, NETWORK, INFO, LABELS, replace(RECOGNITION, strangers=np.empty((0, 2), np.float32)))
    with zipfile.ZipFile(path) as archive:
        assert "strangers.npy" not in archive.namelist()
    back = read_bundle(path).recognition
    assert back is not None
    assert back.strangers.size == 0


@pytest.mark.parametrize("missing", ["recognition.json", "prototypes.npy"])
def test_half_of_it_is_damage(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "three.tflite"
    write_bundle(path, NETWORK, INFO, LABELS, RECOGNITION)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != missing}
    path.write_bytes(NETWORK)
    with zipfile.ZipFile(path, "a") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with pytest.raises(BundleError, match="damaged"):
        read_bundle(path)


def test_prototypes_are_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "three.tflite"
    write_bundle(path, NETWORK, INFO, LABELS)
    pickled = tmp_path / "pickled.npy"
    np.save(pickled, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("recognition.json", RECOGNITION.pack()["recognition.json"])
        archive.write(pickled, "prototypes.npy")
    with pytest.raises(BundleError, match="damaged"):
        read_bundle(path)
