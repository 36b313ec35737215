"""Bundles: what is written comes back, what is damaged is refused, what was there stays."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.errors import BundleError
from bot.recognition.bundle import SMALLEST_NETWORK, BundleInfo, InputSpec, read_bundle, write_bundle
from bot.recognition.bundle.file import add_checksum
from tests.support import tiny

MODELS = Path(__file__).resolve().parents[4] / "models"
NETWORK = tiny.NETWORK.read_bytes()
INFO = BundleInfo(
    "classifier",
    "three",
    InputSpec(96, 96, 1.0, 2.0),
    margin=0.2,
    temperature=1.5,
    threshold=0.7,
    metrics={"top1": 0.97},
    trained={"seed": 7, "who": "Ninomae Ina'nis", "日本": "語"},
)
LABELS = ("akane", "ninomae_ina'nis", "日本")


def rewritten(path: Path, **changes: object) -> Path:
    """Write a bundle at `path` whose bundle.json has some values changed."""
    write_bundle(path, NETWORK, INFO, LABELS)
    with zipfile.ZipFile(path) as archive:
        values = json.loads(archive.read("bundle.json")) | changes
    path.write_bytes(NETWORK)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("labels.txt", "a\nb\n")
        archive.writestr("bundle.json", json.dumps(values))
    return path


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "three.tflite"
    written = write_bundle(path, NETWORK, INFO, LABELS)
    assert read_bundle(path) == written
    assert (written.info, written.labels, written.network) == (INFO, LABELS, NETWORK)


def test_the_same_content_gives_the_same_bytes_and_id(tmp_path: Path) -> None:
    one = write_bundle(tmp_path / "one.tflite", NETWORK, INFO, LABELS)
    two = write_bundle(tmp_path / "two.tflite", NETWORK, INFO, LABELS)
    assert (tmp_path / "one.tflite").read_bytes() == (tmp_path / "two.tflite").read_bytes()
    assert one.id == two.id
    assert write_bundle(tmp_path / "three.tflite", NETWORK, replace(INFO, name="other"), LABELS).id != one.id


def test_a_bundle_is_a_network_and_a_zip_for_anyone_else(tmp_path: Path) -> None:
    path = tmp_path / "three.tflite"
    write_bundle(path, NETWORK, INFO, LABELS)
    assert path.read_bytes().startswith(NETWORK)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["labels.txt", "bundle.json"]
        assert archive.read("labels.txt").decode().split() == list(LABELS)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere\.tflite: No such file"):
        read_bundle(tmp_path / "nowhere.tflite")


@pytest.mark.parametrize("keep", [0, 10, 20_000, -1, -30, -200])
def test_a_cut_file_is_damaged(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "cut.tflite"
    write_bundle(path, NETWORK, INFO, LABELS)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(BundleError, match=r"cut\.tflite"):
        read_bundle(path)


def test_a_description_that_is_no_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.tflite"
    path.write_bytes(NETWORK)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("labels.txt", "a\nb\n")
        archive.writestr("bundle.json", "[]")
    with pytest.raises(BundleError, match="no JSON object"):
        read_bundle(path)


def places(path: Path) -> list[int]:
    """25 bytes of a bundle: over all of it, the ends of the network and of the archive among them."""
    size, start = path.stat().st_size, len(read_bundle(path).network)
    ends = [0, start - 1, start, size - 94, size - 73, size - 72, size - 71, size - 65, size - 1]
    return [*ends, *map(int, np.random.default_rng(0).integers(0, size, 16))]


def test_a_flipped_bit_anywhere_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "flipped.tflite"
    write_bundle(path, NETWORK, INFO, LABELS)
    content = path.read_bytes()
    for position in [*places(path), *range(len(NETWORK), len(content))]:
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        path.write_bytes(flipped)
        with pytest.raises(BundleError):
            read_bundle(path)


@pytest.mark.parametrize("name", ["face-detector", "three-characters-float16", "three-characters-int8"])
def test_a_flipped_bit_in_a_bundle_that_ships_is_refused(tmp_path: Path, name: str) -> None:
    content = (MODELS / f"{name}.tflite").read_bytes()
    path = tmp_path / "flipped.tflite"
    for position in places(MODELS / f"{name}.tflite"):
        flipped = bytearray(content)
        flipped[position] ^= 1 << position % 8
        path.write_bytes(flipped)
        with pytest.raises(BundleError):
            read_bundle(path)


def test_a_bundle_without_a_checksum_is_read_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    summed = write_bundle(tmp_path / "summed.tflite", NETWORK, INFO, LABELS)
    assert not caplog.messages
    path = rewritten(tmp_path / "older.tflite")
    caplog.clear()
    older = read_bundle(path)
    assert older.info == summed.info
    assert [message for message in caplog.messages if "older.tflite has no checksum" in message]
    path.write_bytes(add_checksum(path.read_bytes()))
    caplog.clear()
    again = read_bundle(path)
    assert (again.network, again.info, again.labels) == (older.network, older.info, older.labels)
    assert not caplog.messages
    with pytest.raises(ValueError, match="comment already"):
        add_checksum(path.read_bytes())


def test_a_comment_that_is_no_checksum_may_be_a_damaged_one(tmp_path: Path) -> None:
    path = rewritten(tmp_path / "three.tflite")
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"hello"
    with pytest.raises(BundleError, match="its checksum does not match"):
        read_bundle(path)


def test_a_plain_network_is_no_bundle(tmp_path: Path) -> None:
    path = tmp_path / "plain.tflite"
    path.write_bytes(NETWORK)
    with pytest.raises(BundleError, match="no whobot bundle"):
        read_bundle(path)


def test_a_zip_without_a_network_is_no_bundle(tmp_path: Path) -> None:
    path = tmp_path / "empty.tflite"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("labels.txt", "a\nb\n")
        archive.writestr("bundle.json", "{}")
    with pytest.raises(BundleError):
        read_bundle(path)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"format": 2}, "its format is 2"),
        ({"kind": "poem"}, "its kind is 'poem'"),
        ({"input": {"width": 96}}, "height"),
        ({"surprise": 1}, "surprise"),
        ({"input": None}, "damaged"),
        ({"input": {"width": 0, "height": 96}}, "width is 0"),
        ({"input": {"width": 96, "height": "96"}}, "height is '96'"),
        ({"input": {"width": 96, "height": 96, "std": 0}}, "std is 0"),
        ({"temperature": 0}, "temperature is 0"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"threshold": "high"}, "threshold is 'high'"),
    ],
)
def test_a_description_that_makes_no_sense_is_refused(
    tmp_path: Path, changes: dict[str, object], complaint: str
) -> None:
    with pytest.raises(BundleError, match=complaint):
        read_bundle(rewritten(tmp_path / "odd.tflite", **changes))


@pytest.mark.parametrize("labels", [("one",), ()])
def test_a_classifier_needs_two_labels(tmp_path: Path, labels: tuple[str, ...]) -> None:
    with pytest.raises(BundleError, match="at least two"):
        write_bundle(tmp_path / "few.tflite", NETWORK, INFO, labels)


@pytest.mark.parametrize("label", ["", "two\nlines"])
def test_labels_are_one_line_each(tmp_path: Path, label: str) -> None:
    with pytest.raises(BundleError, match="one line each"):
        write_bundle(tmp_path / "odd.tflite", NETWORK, INFO, ("a", label))


def test_a_network_without_weights_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="lost its weights"):
        write_bundle(tmp_path / "empty.tflite", NETWORK[: SMALLEST_NETWORK - 1], INFO, LABELS)
    assert not list(tmp_path.iterdir())


def test_writing_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "three.tflite"
    before = write_bundle(path, NETWORK, INFO, LABELS)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BundleError, match="No space left on device"):
        write_bundle(path, NETWORK, replace(INFO, name="other"), LABELS)
    assert read_bundle(path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_read_back_does_not_take_over(tmp_path: Path) -> None:
    path = tmp_path / "three.tflite"
    before = write_bundle(path, NETWORK, INFO, LABELS)
    with pytest.raises(BundleError, match="holds no TFLite network"):
        write_bundle(path, b"x" * SMALLEST_NETWORK, INFO, LABELS)
    assert read_bundle(path) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("side", "value"), [(10, 127), (32, 0), (400, 255)])
def test_preparing_scales_size_and_values(side: int, value: int) -> None:
    prepared = InputSpec(32, 24, mean=127.0, std=128.0).prepare([np.full((side, side, 3), value, np.uint8)])
    assert prepared.shape == (1, 24, 32, 3)
    assert prepared.dtype == np.float32
    assert prepared == pytest.approx((value - 127) / 128)


def test_preparing_nothing_gives_an_empty_batch() -> None:
    assert InputSpec(32, 24).prepare([]).shape == (0, 24, 32, 3)


def test_a_crop_sharper_than_any_that_trained_is_softened() -> None:
    lines = np.zeros((200, 200, 3), np.uint8)
    lines[:, ::8] = lines[:, 1::8] = 255
    sharp, soft = InputSpec(100, 100).fit(lines), InputSpec(100, 100, sharpest=100).fit(lines)
    assert sharp.shape == soft.shape
    assert soft.std() < 0.6 * sharp.std()
    small = lines[:100, :100]
    assert (InputSpec(100, 100, sharpest=100).fit(small) == small).all()
    assert InputSpec(32, 32, sharpest=100).fit(np.zeros((1, 3000, 3), np.uint8)).shape == (32, 32, 3)
