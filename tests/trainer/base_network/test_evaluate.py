"""Strangers are judged by the bundle's own answers: who is named, and by whose name."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.recognition.bundle import write_bundle
from tests.support import tiny
from tests.trainer.conftest import Transcript
from trainer.base_network.data import PARTS, STRANGER, Faces, Part
from trainer.base_network.evaluate import Met, judge_strangers
from trainer.base_network.outputs import Answers, Outputs, ask_bundle
from trainer.base_network.strangers import Ground, decide, remember

PEOPLE: dict[str, tuple[tuple[int, int, int], tuple[Part, ...]]] = {
    tiny.LABELS[0]: (tiny.RED, ("train", "validation", "test")),
    tiny.LABELS[1]: (tiny.GREEN, ("train", "validation", "test")),
    tiny.LABELS[2]: (tiny.BLUE, ("train", "validation", "test")),
    "cyan": ((20, 220, 220), ("lessons",)),
    "pink": ((230, 20, 230), ("lessons",)),
    "yellow": ((240, 230, 10), ("unseen",)),
    "brown": ((150, 120, 20), ("franchise",)),
    "crimson": (tiny.RED, ("franchise",)),
    "": (tiny.GREY, ("train", "test")),
}
EACH = 20


@pytest.fixture
def faces() -> Faces:
    """Squares of the people's colours; one of the franchise looks like a character of the roster."""
    rng = np.random.default_rng(0)
    rows = [(name, colour, part) for name, (colour, parts) in PEOPLE.items() for part in parts for _ in range(EACH)]
    colours = np.array([colour for _, colour, _ in rows]) + rng.normal(0, 12, (len(rows), 3))
    images = np.tile(np.clip(colours, 0, 255).astype(np.uint8)[:, np.newaxis, np.newaxis], (1, 32, 32, 1))
    truth = np.array([tiny.LABELS.index(name) if name in tiny.LABELS else STRANGER for name, _, _ in rows])
    parts = np.array([PARTS.index(part) for *_, part in rows])
    names = np.array([name for name, _, _ in rows])
    drawings = np.array([f"{name}/{i}" if name else "" for i, (name, *_) in enumerate(rows)])
    return Faces(images, images, truth, truth * 0, parts, tiny.LABELS, ("own",), names, drawings, "key")


@pytest.fixture
def met(faces: Faces, tmp_path: Path, console: Transcript) -> Met:
    path = tmp_path / "base.tflite"
    bundle = tiny.tiny_base(path)
    said = ask_bundle(bundle, faces.images, console, "Asking", "embedding")
    outputs = Outputs(said.logits, said.embeddings / np.linalg.norm(said.embeddings, axis=1, keepdims=True))
    remembered = remember(Ground(faces, Answers(outputs, outputs)), 1, 20)
    fitted = decide(replace(bundle, recognition=remembered), faces, (), console)
    write_bundle(path, bundle.network, fitted.info, bundle.labels, fitted.recognition)
    return judge_strangers(path, faces, console)


def test_strangers_are_noticed(met: Met) -> None:
    groups = {row.group: row for row in met.strangers}
    row = groups["characters of today's games"]
    assert row.open_set.auroc > 0.95
    assert row.open_set.known == 3 * EACH
    assert row.named.count == EACH
    assert row.named.value < 0.3
    assert groups["all"].named.count == 4 * EACH
    assert groups["posters, screenshots, cards"].named.count == EACH


def test_confused_characters_are_listed(met: Met) -> None:
    worst = met.mistaken[0]
    assert (worst.stranger, worst.name, worst.faces) == ("crimson", tiny.LABELS[0], EACH)
    assert worst.times > EACH / 2


def test_strangers_are_taught_and_asked_for(met: Met) -> None:
    row = next(row for row in met.taught if "franchise" in row.lesson.group and row.lesson.drawings == 5)
    assert row.named.count == 2 * (EACH - 5) * 5
    # Half of the faces asked for are crimson's, who looks like a character of the roster.
    assert row.first.value > 0.3
    assert row.known_before.count == 3 * EACH
