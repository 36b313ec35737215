"""``whobot adopt`` and ``whobot rollback``: the better bundle runs, and the other is kept."""

from pathlib import Path

import pytest

from bot.recognition.bundle import read_bundle
from tests.bot.cli.conftest import Whobot
from tests.support import tiny
from tests.support.taught_store import example, face, stranger, write_store

RIGHT = tiny.LABELS
MIXED_UP = ("aoi_umino", "midori_hayashi", "somebody_new")


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two faces in red and one in green are known by name; a blue one is a stranger's."""
    return write_store(
        tmp_path / "taught.db",
        [
            example("Akane Hoshino", face(tiny.RED)),
            example("akane_hoshino", face(tiny.RED, 1)),
            example("midori_hayashi", face(tiny.GREEN)),
        ],
        [stranger(face(tiny.BLUE), "aoi_umino")],
    )


def running(models: Path) -> str:
    return read_bundle(models / "tiny.tflite").info.name


def test_a_better_bundle_takes_over_and_the_old_one_is_kept(whobot: Whobot, models: Path, store: Path) -> None:
    tiny.tiny_bundle(models / "tiny.tflite", MIXED_UP, name="old")
    tiny.tiny_bundle(models / "new.tflite", RIGHT, name="new")
    result = whobot("adopt", models / "new.tflite", "--store", store)
    assert result.exit_code == 0, result.output
    assert "knows 3 characters, instead of 3" in result.stdout
    assert "knows also: akane_hoshino" in result.stdout
    assert "no longer knows: somebody_new" in result.stdout
    assert "1 of 4 faces as people name them, 25.0%" in result.stdout
    assert "3 of 4 faces as people name them, 75.0%" in result.stdout
    assert "example 1, akane_hoshino: aoi_umino -> akane_hoshino (better)" in result.stdout
    assert running(models) == "new"
    assert read_bundle(models / "tiny.previous.tflite").info.name == "old"
    assert (models / "new.tflite").exists()
    assert not list(models.glob(".*"))


def test_a_worse_bundle_does_not_unless_it_is_forced(whobot: Whobot, models: Path, store: Path) -> None:
    before = (models / "tiny.tflite").read_bytes()
    tiny.tiny_bundle(models / "new.tflite", MIXED_UP, name="new")
    result = whobot("adopt", models / "new.tflite", "--store", store)
    assert result.exit_code == 1
    assert "it does not take over; --force" in result.stderr
    assert "akane_hoshino: akane_hoshino -> aoi_umino (worse)" in result.stdout
    assert (models / "tiny.tflite").read_bytes() == before
    assert not (models / "tiny.previous.tflite").exists()
    assert whobot("adopt", models / "new.tflite", "--store", store, "--force").exit_code == 0
    assert running(models) == "new"


def test_an_equal_bundle_takes_over(whobot: Whobot, models: Path, store: Path) -> None:
    tiny.tiny_bundle(models / "new.tflite", name="new", threshold=0.5)
    assert whobot("adopt", models / "new.tflite", "--store", store).exit_code == 0
    assert running(models) == "new"


def test_a_stranger_is_best_called_nobody(whobot: Whobot, models: Path, store: Path) -> None:
    tiny.tiny_bundle(models / "new.tflite", name="new", threshold=1.0)
    result = whobot("adopt", models / "new.tflite", "--store", store)
    assert "verdict aoi_umino, unknown: aoi_umino -> unknown (better)" in result.stdout
    assert running(models) == "new"


def test_without_faces_there_is_nothing_to_go_by(whobot: Whobot, models: Path) -> None:
    tiny.tiny_bundle(models / "new.tflite", name="new")
    result = whobot("adopt", models / "new.tflite", "--store", "gone.db")
    assert result.exit_code == 1
    assert "nothing to compare on" in result.stdout
    assert running(models) == "tiny"


def test_a_bundle_that_cannot_be_taught_is_worse_than_one_that_can(
    whobot: Whobot, models: Path, store: Path, environment: dict[str, str]
) -> None:
    tiny.tiny_base(models / "base.tflite")
    environment["WHOBOT_MODELS__CLASSIFIER"] = "base.tflite"
    tiny.tiny_bundle(models / "new.tflite", name="new")
    result = whobot("adopt", models / "new.tflite", "--store", store)
    assert result.exit_code == 1
    assert "nothing could be taught" in result.stdout


def test_what_is_no_classifier_is_refused(whobot: Whobot, models: Path, store: Path) -> None:
    (models / "text.tflite").write_text("no bundle")
    for path in ("text.tflite", "gone.tflite"):
        result = whobot("adopt", models / path, "--store", store)
        assert result.exit_code == 2
        assert path in result.stderr
    result = whobot("adopt", models / "tiny.tflite", "--store", store)
    assert result.exit_code == 0
    assert "running already" in result.stdout


def test_rolling_back_and_forth(whobot: Whobot, models: Path, store: Path) -> None:
    result = whobot("rollback")
    assert result.exit_code == 1
    assert "no bundle has taken the place" in result.stderr
    old = (models / "tiny.tflite").read_bytes()
    tiny.tiny_bundle(models / "new.tflite", name="new", threshold=0.5)
    whobot("adopt", models / "new.tflite", "--store", store)
    result = whobot("rollback")
    assert result.exit_code == 0
    assert "tiny (" in result.stdout
    assert (models / "tiny.tflite").read_bytes() == old
    assert whobot("rollback").exit_code == 0
    assert running(models) == "new"
    assert not list(models.glob(".*"))


def test_a_damaged_earlier_bundle_does_not_run_again(whobot: Whobot, models: Path) -> None:
    (models / "tiny.previous.tflite").write_text("damaged")
    result = whobot("rollback")
    assert result.exit_code == 2
    assert "tiny.previous.tflite" in result.stderr
    assert running(models) == "tiny"
