"""Faces that are turned before they are asked for."""

from pathlib import Path

import numpy as np
import pytest

from tests.support import tiny
from tests.trainer.conftest import Transcript
from trainer.base_network.data import PARTS, Faces
from trainer.base_network.turned import EVERY, judge_turned, turned_table

ASKED = 12


@pytest.fixture
def faces() -> Faces:
    """Heads with hair in three colours, all of them held back; as their sets have them, they are grey."""
    truth = np.repeat(np.arange(3), ASKED * EVERY // 3)
    framed = np.stack([tiny.head((tiny.RED, tiny.GREEN, tiny.BLUE)[one]) for one in truth])
    parts = np.full(len(truth), PARTS.index("test"))
    names = np.array(tiny.LABELS)[truth]
    return Faces(np.full_like(framed, 127), framed, truth, truth * 0, parts, tiny.LABELS, ("own",), names, names, "key")


def test_turned_faces_are_named_at_every_angle(faces: Faces, tmp_path: Path, console: Transcript) -> None:
    path = tmp_path / "upright.tflite"
    tiny.tiny_upright(path, recognition=tiny.tiny_recognition())
    upright, aside, hanging = judge_turned(path, faces, console, (0, 90, 180))
    assert [row.angle for row in (upright, aside, hanging)] == [0, 90, 180]
    assert upright.once.value == upright.again.value == 1
    assert upright.turned_back.value == 0
    assert np.isnan(upright.error)
    for row in (aside, hanging):
        assert (row.bundle, row.once.count) == ("upright", ASKED)
        assert row.again.value == row.turned_back.value == 1
        assert row.error < 2
    assert hanging.once.value < 0.5
    assert "turned by 180°" in console.text


def test_a_bundle_that_cannot_tell_tilts_straightens_nothing(faces: Faces, tmp_path: Path, console: Transcript) -> None:
    path = tmp_path / "tiny.tflite"
    tiny.tiny_bundle(path)
    (row,) = judge_turned(path, faces, console, (90,))
    assert row.once == row.again
    assert row.turned_back.value == 0


def test_rows_become_a_table(faces: Faces, tmp_path: Path, console: Transcript) -> None:
    path = tmp_path / "upright.tflite"
    tiny.tiny_upright(path)
    lines = turned_table(judge_turned(path, faces, console, (0, 180))).splitlines()
    assert lines[0].startswith("| Bundle | Turned by | Faces |")
    assert lines[2] == "| `upright` | 0° | 12 | 100.0% (100.0% to 100.0%) | 100.0% (100.0% to 100.0%) | 0% |  |"
    assert lines[3].startswith("| `upright` | 180° | 12 | ")
    assert lines[3].endswith("| 100.0% (100.0% to 100.0%) | 100% | 0° |")
