import numpy as np
import pytest

from trainer.detector.labels import as_boxes
from trainer.detector.targets import encode

keras = pytest.importorskip("keras")

from trainer.detector.targets import detection_loss, generalised_iou, to_corners  # noqa: E402

SIDE = 160
FACE = as_boxes([(40, 60, 40, 48)])


def answer(target: np.ndarray) -> np.ndarray:
    """The network's perfect answer to a target."""
    rows, columns = np.mgrid[: target.shape[0], : target.shape[1]] + 0.5
    x0, y0, x1, y1 = np.moveaxis(target[..., 1:5], -1, 0)
    distances = np.stack([columns - x0, rows - y0, x1 - columns, y1 - rows], axis=-1)
    logit = np.where(target[..., :1] == 1, 12.0, -12.0)
    return np.concatenate([logit, np.log(np.maximum(distances, 1e-3))], axis=-1).astype(np.float32)


def loss(target: np.ndarray, given: np.ndarray) -> float:
    return float(detection_loss(target[None], given[None])[0])


def test_a_face_peaks_in_the_cell_of_its_centre() -> None:
    target = encode(FACE, as_boxes([]), SIDE)
    assert target.shape == (20, 20, 7)
    assert np.argwhere(target[..., 0] == 1).tolist() == [[10, 7]]
    assert target[10, 7, 1:5].tolist() == [5, 7.5, 10, 13.5]


def test_where_faces_overlap_the_smaller_one_speaks() -> None:
    target = encode(as_boxes([(60, 60, 16, 16), (20, 20, 120, 120)]), as_boxes([]), SIDE)
    assert target[8, 8, 1:5].tolist() == [7.5, 7.5, 9.5, 9.5]
    assert (target[..., 0] == 1).sum() == 2


def test_a_perfect_answer_costs_next_to_nothing_and_a_wrong_one_does() -> None:
    target = encode(FACE, as_boxes([]), SIDE)
    good = answer(target)
    assert loss(target, good) < 0.01
    missed, false, wide = good.copy(), good.copy(), good.copy()
    missed[10, 7, 0] = -12
    false[2, 2, 0] = 12
    wide[..., 1:] += 1
    assert min(loss(target, missed), loss(target, false), loss(target, wide)) > 1


def test_ignored_cells_cost_nothing() -> None:
    target = encode(FACE, as_boxes([(0, 0, 30, 30)]), SIDE)
    false = answer(target)
    false[2, 2, 0] = 12
    assert loss(target, false) < 0.01


def test_a_face_counts_even_inside_an_ignored_box() -> None:
    target = encode(FACE, as_boxes([(0, 0, SIDE, SIDE)]), SIDE)
    missed = answer(target)
    missed[10, 7, 0] = -12
    assert loss(target, missed) > 1


def test_corners_from_distances() -> None:
    logarithms = np.log(np.full((1, 2, 3, 4), 0.5, np.float32))
    assert np.asarray(to_corners(logarithms))[0, 1, 2] == pytest.approx([2, 1, 3, 2])


def test_generalised_iou_of_the_same_and_of_distant_boxes() -> None:
    one = np.array([0.0, 0, 1, 1], np.float32)
    assert float(generalised_iou(one, one)) == pytest.approx(1)
    assert float(generalised_iou(one, one + 9)) == pytest.approx(-0.98)
