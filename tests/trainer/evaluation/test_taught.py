"""Characters are taught from some drawings, and asked for by others."""

from pathlib import Path

import numpy as np

from tests.support import tiny
from trainer.evaluation.taught import Crops, Lesson, judge_taught, taught_table

DRAWINGS = 4


def test_the_taught_are_asked_for_by_other_drawings_than_those_that_taught(tmp_path: Path) -> None:
    bundle = tiny.tiny_base(tmp_path / "tiny.tflite", recognition=tiny.tiny_recognition())
    assert bundle.recognition is not None
    size = bundle.recognition.prototypes.shape[1]
    characters = np.repeat(np.arange(6), DRAWINGS)
    embeddings = np.random.default_rng(0).normal(size=(len(characters), size)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    logits = np.zeros((len(characters), len(bundle.labels)), np.float32)
    crops = Crops(logits, embeddings, characters, np.arange(len(characters)), tuple("abcdef"))
    known = Crops(logits[:2], embeddings[:2], np.array([0, 1]), np.array([0, 1]), bundle.labels[:2])
    (found,) = judge_taught(bundle, crops, known, [Lesson("drawings", 2, 3)])
    assert found.first.count == 2 * 5, "one drawing of each is left, in each of five draws"
    assert found.strangers_named.count == 4 * DRAWINGS * 5
    assert "2 of drawings" in taught_table([found])
