"""Strangers are judged by the bundle's own answers, half of them fitted to and the other half asked for."""

from pathlib import Path

import numpy as np
import pytest

from tests.support import tiny
from tests.trainer.conftest import Transcript
from trainer.base_network.data import PARTS, STRANGER, Faces
from trainer.base_network.evaluate import Strangers, judge_strangers
from trainer.base_network.outputs import Answers, Outputs, ask_bundle
from trainer.base_network.strangers import Ground

STRANGERS = ("cyan", "pink", "yellow", "brown")
COLOURS = (tiny.RED, tiny.GREEN, tiny.BLUE, (20, 220, 220), (230, 20, 230), (240, 230, 10), (150, 120, 20))
EACH = 20


@pytest.fixture
def faces() -> Faces:
    """Squares of seven characters' colours, of whom the first three are known, and of nobody."""
    rng = np.random.default_rng(0)
    truth = np.append(np.repeat(np.arange(len(COLOURS)), EACH), [STRANGER] * EACH)
    colours = np.array([*COLOURS, tiny.GREY])[truth] + rng.normal(0, 12, (len(truth), 3))
    images = np.tile(np.clip(colours, 0, 255).astype(np.uint8)[:, np.newaxis, np.newaxis], (1, 32, 32, 1))
    # Half of each train, a tenth validate, the others are held back.
    parts = np.tile(
        np.repeat([PARTS.index(part) for part in ("train", "validation", "test")], (10, 2, 8)), len(truth) // 20
    )
    return Faces(images, images, truth, truth * 0, parts, (*tiny.LABELS, *STRANGERS), ("own",), "key")


@pytest.fixture
def judged(faces: Faces, tmp_path: Path, console: Transcript) -> Strangers:
    bundle = tiny.tiny_base(tmp_path / "base.tflite")
    said = ask_bundle(bundle, faces.images, console, "Asking", "embedding")
    unit = said.embeddings / np.linalg.norm(said.embeddings, axis=1, keepdims=True)
    outputs = Outputs(said.logits, unit)
    return judge_strangers(Ground(faces, Answers(outputs, outputs), tiny.LABELS), bundle, STRANGERS, 1, console)


def test_strangers_are_noticed(judged: Strangers) -> None:
    noticed = judged.open_sets["the bot's answer", "all"]
    assert noticed.auroc > 0.95
    assert noticed.known == 3 * 8 * 2
    # Both halves of the strangers, in both framings.
    assert noticed.wrongly_named.count == len(STRANGERS) * EACH * 2
    assert noticed.wrongly_named.value < 0.3
    assert judged.open_sets["the bot's answer", "posters, screenshots, cards"].wrongly_named.count == 8 * 2 * 2


def test_strangers_are_known_once_they_are_taught(judged: Strangers) -> None:
    assert judged.few_shots["4 of all sets", 5].value > 0.95
    assert judged.few_shots["4 of all sets", 5].count == len(STRANGERS) * 10
