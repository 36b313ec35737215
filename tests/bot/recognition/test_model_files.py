"""Loading the pair of networks from files."""

import os
from functools import partial
from pathlib import Path

import pytest

from bot.errors import BundleError, ConfigError
from bot.recognition.bundle import BundleInfo, InputSpec, write_bundle
from bot.recognition.decoding.frames import open_frames
from bot.recognition.drawing.fonts import FontBook
from bot.recognition.engine import Engine
from bot.recognition.model_files import ModelFiles
from tests.support import tiny

make_engine = partial(
    Engine, open_frames=open_frames, max_pixels=10**6, max_frames=1, max_faces=5, fonts=FontBook(folders=())
)


@pytest.fixture
def files(tmp_path: Path) -> ModelFiles:
    tiny.tiny_bundle(tmp_path / "tiny.tflite")
    return ModelFiles(tmp_path / "tiny.tflite", tiny.CASCADE)


def test_both_are_loaded(files: ModelFiles) -> None:
    models = files.load(make_engine)
    assert models.classifier.labels == tiny.LABELS
    assert models.detector == tiny.CASCADE


def test_where_one_precision_was_left_out_the_other_one_runs(tmp_path: Path) -> None:
    asked, other = tmp_path / "mine-int8.tflite", tmp_path / "mine-float16.tflite"
    assert ModelFiles.choose(tmp_path, asked.name, "cascade").classifier == asked, "what is missing is named as asked"
    tiny.tiny_bundle(other)
    assert ModelFiles.choose(tmp_path, asked.name, "cascade").classifier == other
    tiny.tiny_bundle(asked)
    assert ModelFiles.choose(tmp_path, asked.name, "cascade").classifier == asked


def test_names_come_from_the_table_beside_the_bundle_and_a_changed_table_is_noticed(files: ModelFiles) -> None:
    assert files.load(make_engine).characters.name("aoi_umino") == "Aoi Umino"
    before = files.stamp()
    files.characters.write_text('[aoi_umino]\nname = "Umino A."\n', "utf-8")
    assert files.stamp() != before
    characters = files.load(make_engine).characters
    assert (characters.name("aoi_umino"), characters.name("akane_hoshino")) == ("Umino A.", "Akane Hoshino")
    files.characters.write_text("[aoi_umino", "utf-8")
    with pytest.raises(ConfigError, match=r"characters\.toml is not valid TOML"):
        files.load(make_engine)


def test_it_is_found_out_whether_a_bundle_can_be_taught(files: ModelFiles) -> None:
    assert not files.load(make_engine).embeds
    tiny.tiny_base(files.classifier)
    assert files.load(make_engine).embeds


def test_files_are_chosen_by_name(tmp_path: Path) -> None:
    assert ModelFiles.choose(tmp_path, "a.tflite", "b.tflite") == ModelFiles(
        tmp_path / "a.tflite", tmp_path / "b.tflite"
    )
    cascade = ModelFiles.choose(tmp_path, "a.tflite", "cascade").detector
    assert cascade == tmp_path / "lbpcascade_animeface.xml"


def test_the_shipped_cascade_loads(files: ModelFiles) -> None:
    shipped = Path(__file__).resolve().parents[3] / "models"
    detector = ModelFiles.choose(shipped, "any", "cascade").detector
    assert ModelFiles(files.classifier, detector).load(make_engine).detector == detector


def test_a_missing_classifier_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"nowhere\.tflite"):
        ModelFiles(tmp_path / "nowhere.tflite", tiny.CASCADE).load(make_engine)


def test_a_missing_cascade_is_named(files: ModelFiles, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.xml"):
        ModelFiles(files.classifier, tmp_path / "nowhere.xml").load(make_engine)


def test_a_detector_in_the_classifiers_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "detector.tflite"
    write_bundle(path, tiny.NETWORK.read_bytes(), BundleInfo("detector", "d", InputSpec(32, 32)))
    with pytest.raises(BundleError, match="is a detector; name a classifier"):
        ModelFiles(path, tiny.CASCADE).load(make_engine)


def test_a_detector_that_cannot_run_is_refused(files: ModelFiles, tmp_path: Path) -> None:
    """It loads, but its outputs are those of a classifier."""
    path = tmp_path / "detector.tflite"
    write_bundle(path, tiny.NETWORK.read_bytes(), BundleInfo("detector", "d", InputSpec(32, 32)))
    with pytest.raises(BundleError, match="detector"):
        ModelFiles(files.classifier, path).load(make_engine)


def test_the_stamp_tells_changed_files(files: ModelFiles) -> None:
    before = files.stamp()
    assert files.stamp() == before
    tiny.tiny_bundle(files.classifier, ("a", "b", "c"))
    changed = files.stamp()
    assert changed != before
    os.utime(files.classifier, ns=(1, 1))
    assert files.stamp() != changed
    files.classifier.unlink()
    assert files.stamp()[0] is None
