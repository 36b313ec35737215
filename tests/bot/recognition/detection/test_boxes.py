import numpy as np
import pytest

from bot.recognition.detection.boxes import intersection_over_union, suppress


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_intersection_over_union() -> None:
    overlap = intersection_over_union(boxes((0, 0, 10, 10)), boxes((0, 0, 10, 10), (5, 0, 10, 10), (20, 20, 5, 5)))
    assert overlap[0] == pytest.approx([1, 1 / 3, 0])


def test_boxes_without_area_overlap_nothing() -> None:
    empty = boxes((3, 3, 0, 0))
    assert intersection_over_union(empty, empty)[0, 0] == 0


def test_suppression_keeps_the_best_of_a_heap_and_neighbours_that_only_touch() -> None:
    heap = boxes((0, 0, 20, 20), (2, 1, 20, 20), (15, 0, 20, 20))
    assert suppress(heap, np.array([0.5, 0.9, 0.7], np.float32), 0.45).tolist() == [1, 2]


def test_suppression_of_nothing() -> None:
    assert suppress(boxes(), np.zeros(0, np.float32), 0.45).tolist() == []
