"""A doubtful face, looked at once more."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.recognition.bundle import read_bundle
from bot.recognition.detection.refinement import DOUBTFUL, MOST, SURE, Refiner
from tests.support.artwork import CAST, draw_backdrop, draw_portrait

SHIPPED = Path(__file__).resolve().parents[4] / "models" / "face-detector.tflite"
MIDDLE = sum(DOUBTFUL) / 2


@pytest.fixture(scope="module")
def refiner() -> Refiner:
    return Refiner(read_bundle(SHIPPED))


def rescored(refiner: Refiner, image: np.ndarray, boxes: list[list[float]], scores: list[float]) -> list[float]:
    again = refiner.rescore(image, np.array(boxes, np.float32), np.array(scores, np.float32))
    return [float(score) for score in again]


def test_what_is_a_face_gains_and_what_is_none_loses(refiner: Refiner) -> None:
    portrait = draw_portrait(next(iter(CAST.values())), 1, size=360)
    (_, face), *_ = portrait.faces
    box = [face.x, face.y, face.width, face.height]
    assert rescored(refiner, portrait.image, [box], [MIDDLE])[0] > MIDDLE
    (nothing,) = rescored(refiner, np.full((300, 300, 3), 127, np.uint8), [[100.0, 100.0, 60.0, 60.0]], [MIDDLE])
    assert nothing < MIDDLE


def test_what_is_a_face_on_one_side_of_the_mirror_only_is_none(
    refiner: Refiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    image[:, :150] = 255
    seen = []

    def score(self: Refiner, part: Any) -> float:
        seen.append((part.image.copy(), part.box.copy()))
        return 0.5 if part.image[0, 0, 0] else 0.1

    monkeypatch.setattr(Refiner, "_score", score)
    (again,) = rescored(refiner, image, [[120.0, 80.0, 40.0, 30.0]], [MIDDLE])
    assert again == pytest.approx((MIDDLE + 0.1) / 2)
    (part, box), (mirrored, their_box) = seen
    assert (mirrored == part[:, ::-1]).all()
    assert their_box[0, 0] + their_box[0, 2] == part.shape[1] - box[0, 0]
    assert (their_box[0, 1:] == box[0, 1:]).all()


def test_what_is_surely_a_face_needs_no_mirror(refiner: Refiner, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = [SURE]
    monkeypatch.setattr(Refiner, "_score", lambda *_: scores.pop())
    (again,) = rescored(refiner, np.zeros((200, 300, 3), np.uint8), [[120.0, 80.0, 40.0, 30.0]], [MIDDLE])
    assert again == pytest.approx((MIDDLE + SURE) / 2)


def test_only_doubtful_boxes_are_examined_again(refiner: Refiner) -> None:
    backdrop = draw_backdrop(1).image
    low, high = DOUBTFUL
    assert rescored(refiner, backdrop, [[100, 100, 60, 60]] * 2, [high, low - 0.01]) == pytest.approx(
        [high, low - 0.01]
    )


def test_in_a_crowd_only_the_best_boxes_are_examined_again(refiner: Refiner) -> None:
    boxes = [[100.0, 100.0, 60.0, 60.0]] * (MOST + 2)
    again = rescored(refiner, np.full((300, 300, 3), 127, np.uint8), boxes, [MIDDLE] * (MOST + 2))
    assert [score < MIDDLE - 0.01 for score in again] == [True] * MOST + [False] * 2


@pytest.mark.parametrize("box", [[-20, -20, 40, 40], [290, 190, 400, 400], [0, 0, 0.2, 0.2], [500, 500, 9, 9]])
def test_a_box_may_lie_anywhere(refiner: Refiner, box: list[float]) -> None:
    assert 0 <= rescored(refiner, np.zeros((200, 300, 3), np.uint8), [box], [MIDDLE])[0] <= MIDDLE


def test_nothing_is_examined_where_nothing_was_found(refiner: Refiner) -> None:
    assert (
        refiner.rescore(np.zeros((9, 9, 3), np.uint8), np.zeros((0, 4), np.float32), np.zeros(0, np.float32)).size == 0
    )
