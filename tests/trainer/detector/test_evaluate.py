from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from bot.recognition.results import Box, Face, Image
from trainer.detector.data import DetectorData
from trainer.detector.evaluate import Evaluation, best_threshold, evaluate, turned
from trainer.detector.labels import LabelledPicture, as_boxes
from trainer.detector.matching import match, tally


class Scripted:
    """Finds the white square of a picture with a score as high as the red of its first pixel says, in percent."""

    def detect(self, image: Image) -> tuple[Face, ...]:
        rows, columns = np.nonzero((image > 250).all(axis=2))
        score = image[0, 0, 0] / 100
        if not len(rows):
            return (Face(Box(0, 0, 20, 20), score),)
        x, y = columns.min(), rows.min()
        return (Face(Box(x, y, columns.max() + 1 - x, rows.max() + 1 - y), score),)


def picture(path: Path, percent: int, *, face: bool) -> LabelledPicture:
    image = np.zeros((60, 80, 3), np.uint8)
    if face:
        image[20:40, 30:50] = 255
    image[0, 0, 2] = percent
    cv2.imwrite(str(path), image)
    return LabelledPicture(path, "drawn", as_boxes([(30, 20, 20, 20)] if face else []), as_boxes([]))


def data(tmp_path: Path, held: Sequence[int], empty: Sequence[int]) -> DetectorData:
    """Held-back faces and empty pictures whose scores are given in percent."""
    faces = tuple(picture(tmp_path / f"face{n}.png", percent, face=True) for n, percent in enumerate(held))
    empties = tuple(picture(tmp_path / f"empty{n}.png", percent, face=False) for n, percent in enumerate(empty))
    return DetectorData(tmp_path, (), faces, (), (), empties, (), ())


def quietly(pictures: Sequence[LabelledPicture], title: str) -> Iterable[LabelledPicture]:
    return pictures


def test_the_threshold_separates_faces_from_false_boxes(tmp_path: Path) -> None:
    seen = evaluate(Scripted(), data(tmp_path, held=(60, 70, 80), empty=(20, 30)), quietly)
    threshold = best_threshold(seen)
    assert 0.3 < threshold <= 0.6
    assert tally(seen.held, threshold).f1 == 1
    assert tally(seen.empty, threshold).false == 0


def test_false_boxes_without_a_face_in_sight_weigh_more_than_a_lost_face(tmp_path: Path) -> None:
    seen = evaluate(Scripted(), data(tmp_path, held=(40, 70, 80), empty=(50,)), quietly)
    assert best_threshold(seen) > 0.5


@pytest.mark.parametrize(("pictures", "tolerated"), [(99, 0), (100, 1), (191, 1), (199, 1), (200, 2)])
def test_no_more_than_one_false_box_in_a_hundred_pictures_is_tolerated(pictures: int, tolerated: int) -> None:
    face, empty = (LabelledPicture(Path(), "drawn", as_boxes(boxes), as_boxes([])) for boxes in ([(0, 0, 9, 9)], []))
    held = tuple(match(face, [Face(Box(0, 0, 9, 9), score)]) for score in (0.2, 0.4, 0.6, 0.8))
    # To tolerate one more would buy one more face each time.
    false = tuple(match(empty, [Face(Box(0, 0, 9, 9), score)]) for score in (0.3, 0.5))
    seen = Evaluation(held, (), false + (match(empty, []),) * (pictures - len(false)))
    assert tally(seen.empty, best_threshold(seen)).false == tolerated


@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_turned_pictures_keep_their_faces(tmp_path: Path, degrees: int) -> None:
    held = data(tmp_path, held=(60,), empty=()).held
    counts = tally(turned(Scripted(), held, degrees), 0)
    assert (counts.faces, counts.found, counts.false) == (1, 1, 0)
