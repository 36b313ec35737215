"""``whobot adopt`` and ``whobot rollback``: the better bundle runs, and the other is kept."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.cli.comparing import Balance
from bot.recognition.bundle import Reference, read_bundle, write_bundle
from bot.recognition.bundle.reference import NOBODY
from bot.recognition.gallery import Embedding
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
    assert result.exit_code == 1
    assert "it does not take over: it no longer knows 1 of 3 characters. --replace" in result.stderr
    result = whobot("adopt", models / "new.tflite", "--store", store, "--replace")
    assert result.exit_code == 0, result.output
    assert "knows 3 characters, instead of 3" in result.stdout
    assert "knows also: akane_hoshino" in result.stdout
    assert "no longer knows: somebody_new" in result.stdout
    assert "at this cost: it no longer knows 1 of 3 characters" in result.stdout
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
    assert "it does not take over: it no longer knows 1 of 3 characters. --replace" in result.stderr
    assert "akane_hoshino: akane_hoshino -> aoi_umino (worse)" in result.stdout
    assert (models / "tiny.tflite").read_bytes() == before
    assert not (models / "tiny.previous.tflite").exists()
    assert whobot("adopt", models / "new.tflite", "--store", store, "--force").exit_code == 0
    assert running(models) == "new"


def test_an_equal_bundle_takes_over(whobot: Whobot, models: Path, store: Path) -> None:
    tiny.tiny_bundle(models / "new.tflite", name="new", threshold=0.5)
    assert whobot("adopt", models / "new.tflite", "--store", store).exit_code == 0
    assert running(models) == "new"


def test_a_stranger_is_best_left_unknown(whobot: Whobot, models: Path, store: Path) -> None:
    tiny.tiny_bundle(models / "new.tflite", name="new", threshold=1.0)
    result = whobot("adopt", models / "new.tflite", "--store", store)
    assert "verdict aoi_umino, unknown: aoi_umino -> unknown (better)" in result.stdout
    assert running(models) == "new"


def test_without_faces_there_is_nothing_to_go_by(whobot: Whobot, models: Path) -> None:
    tiny.tiny_bundle(models / "new.tflite", name="new")
    result = whobot("adopt", models / "new.tflite", "--store", "gone.db")
    assert result.exit_code == 1
    assert "nothing to compare on" in result.stderr
    assert running(models) == "tiny"


def test_a_bundle_that_cannot_be_taught_is_worse_than_one_that_can(
    whobot: Whobot, models: Path, store: Path, environment: dict[str, str]
) -> None:
    tiny.tiny_base(models / "base.tflite")
    environment["WHOBOT_MODELS__CLASSIFIER"] = "base.tflite"
    tiny.tiny_bundle(models / "new.tflite", name="new")
    result = whobot("adopt", models / "new.tflite", "--store", store)
    assert result.exit_code == 1
    assert "nothing can be taught" in result.stderr


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


YELLOW = (240, 220, 20)


@pytest.fixture
def base(models: Path, environment: dict[str, str]) -> Path:
    """A bundle runs that can be taught and be added to, with faces of its roster and of a stranger."""
    embeddings = np.concatenate([tiny.tiny_recognition().prototypes, direction((127, 127, 220))[np.newaxis]])
    logits = np.eye(4, 3, dtype=np.float32) * 6
    reference = Reference(logits, embeddings, np.array([0, 1, 2, NOBODY]))
    recognition = replace(tiny.comparing_recognition(), reference=reference)
    tiny.tiny_base(models / "base.tflite", recognition=recognition)
    environment["WHOBOT_MODELS__CLASSIFIER"] = "base.tflite"
    return models / "base.tflite"


def direction(colour: tiny.Colour) -> Embedding:
    away = np.asarray(colour, np.float32) - 127
    return np.asarray(away / np.linalg.norm(away), np.float32)


def grown(base: Path, name: str, colour: tiny.Colour) -> Path:
    """Write the running bundle with one more character, who has this colour."""
    bundle = read_bundle(base)
    found = bundle.recognition
    assert found is not None
    found = replace(
        found,
        prototypes=np.concatenate([found.prototypes, direction(colour)[np.newaxis]]),
        owners=np.append(found.owners, 3),
        offsets=np.append(found.offsets, np.float32(0)),
        compared=1,
    )
    write_bundle(
        base.with_name("new.tflite"), bundle.network, replace(bundle.info, name="new"), (*tiny.LABELS, name), found
    )
    return base.with_name("new.tflite")


def taught(tmp_path: Path) -> Path:
    """A chat has taught a character, each face in a tone of its own, and says of a grey face that it is nobody's."""
    tones = [(240, 220, 20), (240, 200, 30), (220, 225, 40)]
    faces = [example("Ki Iro", face(tone, number)) for number, tone in enumerate(tones)]
    return write_store(tmp_path / "ki_iro.db", faces, [stranger(face(tiny.GREY), "aoi_umino")])


def test_what_a_chat_has_taught_counts_but_no_face_for_itself(whobot: Whobot, base: Path, tmp_path: Path) -> None:
    result = whobot("adopt", grown(base, "ki_iro", YELLOW), "--store", taught(tmp_path))
    assert result.exit_code == 0, result.output
    for name in ("base", "new"):
        assert re.search(rf"^{name} \(\w+\): 4 of 4 faces as people name them", result.stdout, re.MULTILINE)
    assert "knows also: ki_iro" in result.stdout
    assert "faces of the roster: 3 of 3 right, instead of 3" in result.stdout
    assert "faces of strangers to it: 1 of 1 right, instead of 1" in result.stdout
    alone = write_store(tmp_path / "one.db", [example("Ki Iro", face(YELLOW))])
    whobot("rollback")
    result = whobot("adopt", grown(base, "ki_iro", YELLOW), "--store", alone)
    assert "unknown -> ki_iro (better)" in result.stdout, "nothing is left that has taught the running one"


def test_an_adoption_that_costs_known_faces_says_what(whobot: Whobot, base: Path, tmp_path: Path) -> None:
    bundle = read_bundle(base)
    recognition = bundle.recognition
    assert recognition is not None
    assert recognition.reference is not None
    many = recognition.reference.of(np.repeat([0, 3], 8))
    write_bundle(base, bundle.network, bundle.info, bundle.labels, replace(recognition, reference=many))
    new = grown(base, "ki_iro", YELLOW)
    worse = read_bundle(new)
    assert worse.recognition is not None
    blind = replace(worse.recognition, bias=-100.0)
    write_bundle(new, worse.network, worse.info, worse.labels, blind)
    store = taught(tmp_path)
    result = whobot("adopt", new, "--store", store)
    assert result.exit_code == 1
    cost = "of 8 faces of the roster, 8 that were right are wrong, and 0 the other way round"
    assert f"it does not take over: {cost}. --replace has it do so at that cost" in result.stderr
    assert read_bundle(base).id != worse.id
    result = whobot("adopt", new, "--store", store, "--force")
    assert result.exit_code == 0
    assert f"at this cost: {cost}" in result.stdout


def test_faces_of_the_roster_are_for_bundles_of_the_same_network(
    whobot: Whobot, base: Path, models: Path, tmp_path: Path
) -> None:
    tiny.tiny_upright(models / "other.tflite", recognition=tiny.comparing_recognition())
    result = whobot("adopt", models / "other.tflite", "--store", taught(tmp_path))
    assert "faces of the roster" not in result.stdout


@pytest.mark.parametrize(
    ("lost", "won", "falls"), [(4, 0, False), (5, 0, True), (9, 1, True), (5, 4, False), (0, 9, False)]
)
def test_a_fall_is_what_chance_does_not_explain(lost: int, won: int, falls: bool) -> None:
    pairs = [(True, False)] * lost + [(False, True)] * won + [(True, True)] * 50
    balance = Balance.of("faces", pairs)
    assert (balance.before, balance.after, balance.count) == (50 + lost, 50 + won, 50 + lost + won)
    assert balance.falls is falls
