from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from trainer.detector.card import by_size, by_source, curve
from trainer.detector.evaluate import Evaluation
from trainer.detector.labels import LabelledPicture, as_boxes
from trainer.detector.matching import Match, Outcome


def seen(path: Path, source: str, score: float) -> Match:
    """A picture of 640 pixels with faces of 10 and 100 pixels; the large one is found with `score`, and a false box."""
    picture = LabelledPicture(path, source, as_boxes([(0, 0, 10, 10), (50, 50, 100, 90)]), as_boxes([]))
    return Match(
        picture,
        as_boxes([(50, 50, 100, 90), (300, 300, 50, 50)]),
        np.array([score, score / 2], np.float32),
        np.array([Outcome.FOUND, Outcome.FALSE], np.int8),
        np.array([0, score], np.float32),
    )


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    path = tmp_path / "picture.png"
    Pillow.new("RGB", (640, 400)).save(path)
    empty = LabelledPicture(path, "nonfaces", as_boxes([]), as_boxes([]))
    nothing = Match(empty, as_boxes([]), np.zeros(0, np.float32), np.zeros(0, np.int8), np.zeros(0, np.float32))
    return Evaluation((seen(path, "heads", 0.8), seen(path, "scenes", 0.5)), (seen(path, "raw", 0.8),), (nothing,))


def test_figures_by_source(evaluation: Evaluation) -> None:
    lines = by_source(evaluation, 0.6).splitlines()
    assert "| heads | 1 | 2 | 1 | 0 | 1.000 | 0.500 | 0.667 |" in lines
    assert "| scenes | 1 | 2 | 0 | 0 | 1.000 | 0.000 | 0.000 |" in lines
    assert "| **held back, all** | 2 | 4 | 1 | 0 | 1.000 | 0.250 | 0.400 |" in lines
    assert lines[-1] == "False boxes on held-back pictures without a face: 0 in 1 of `nonfaces`."


def test_figures_by_size(evaluation: Evaluation) -> None:
    lines = by_size(evaluation.held, 0.6).splitlines()
    assert lines[2:] == ["| 0 to 24 | 2 | 0 |", "| 120 to 240 | 2 | 1 |"]


def test_the_curve_is_a_picture(evaluation: Evaluation, tmp_path: Path) -> None:
    curve(evaluation, 0.3, tmp_path / "curve.png")
    with Pillow.open(tmp_path / "curve.png") as picture:
        assert picture.size[0] > 500
