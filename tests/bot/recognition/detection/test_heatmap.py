import numpy as np
import pytest

from bot.recognition.detection.heatmap import read_faces


def test_a_peak_becomes_a_box() -> None:
    scores = np.zeros((6, 8), np.float32)
    scores[2, 3], scores[2, 4] = 0.9, 0.6
    distances = np.zeros((6, 8, 4), np.float32)
    distances[2, 3] = np.log([1.0, 1.5, 2.0, 0.5])
    boxes, found = read_faces(scores, distances, stride=8, threshold=0.3)
    assert found == pytest.approx([0.9])
    # The centre of cell (2, 3) is at x 28, y 20.
    assert boxes[0] == pytest.approx([28 - 8, 20 - 12, 24, 16])


def test_neighbouring_faces_two_cells_apart_are_two() -> None:
    scores = np.zeros((4, 8), np.float32)
    scores[1, 2] = scores[1, 4] = 0.8
    scores[1, 3] = 0.4
    assert len(read_faces(scores, np.zeros((4, 8, 4), np.float32), 8, 0.3)[0]) == 2


def test_scores_below_the_threshold_are_no_faces() -> None:
    scores = np.full((4, 4), 0.2, np.float32)
    boxes, found = read_faces(scores, np.zeros((4, 4, 4), np.float32), 8, 0.3)
    assert boxes.shape == (0, 4)
    assert found.shape == (0,)
