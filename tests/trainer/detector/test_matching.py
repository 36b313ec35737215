from pathlib import Path

import pytest

from bot.recognition.results import Box, Face
from trainer.detector.labels import LabelledPicture, as_boxes
from trainer.detector.matching import Outcome, Tally, match, tally

Rectangle = tuple[float, float, float, float]


def labelled(*faces: Rectangle, ignored: tuple[Rectangle, ...] = ()) -> LabelledPicture:
    return LabelledPicture(Path("x"), "x", as_boxes(faces), as_boxes(ignored))


def face(x: float, y: float, width: float, height: float, score: float = 0.9) -> Face:
    return Face(Box(x, y, width, height), score)


def test_a_face_is_found_once() -> None:
    seen = match(labelled((0, 0, 100, 100)), [face(5, 0, 100, 100, 0.6), face(0, 5, 100, 100, 0.8)])
    assert seen.scores == pytest.approx([0.8, 0.6])
    assert seen.outcomes.tolist() == [Outcome.FOUND, Outcome.FALSE]
    assert seen.found_with == pytest.approx([0.8])


def test_a_box_takes_the_face_that_it_overlaps_most() -> None:
    seen = match(
        labelled((0, 0, 100, 100), (40, 0, 100, 100)), [face(38, 0, 100, 100, 0.9), face(10, 0, 100, 100, 0.5)]
    )
    assert seen.found_with == pytest.approx([0.5, 0.9])


def test_a_tight_box_within_a_wide_one_counts_when_each_holds_the_others_centre() -> None:
    assert match(labelled((0, 0, 100, 100)), [face(30, 30, 45, 45)]).outcomes.tolist() == [Outcome.FOUND]
    assert match(labelled((0, 0, 100, 100)), [face(55, 55, 44, 44)]).outcomes.tolist() == [Outcome.FALSE]


def test_ignored_boxes_neither_count_nor_cost() -> None:
    picture = labelled(ignored=((0, 0, 100, 100),))
    seen = match(picture, [face(20, 20, 30, 30), face(300, 0, 30, 30)])
    assert seen.outcomes.tolist() == [Outcome.IGNORED, Outcome.FALSE]
    assert tally([seen], 0) == Tally(faces=0, found=0, false=1)


def test_counting_at_a_threshold() -> None:
    seen = match(labelled((0, 0, 100, 100), (200, 0, 50, 50)), [face(0, 0, 100, 100, 0.8), face(400, 0, 50, 50, 0.4)])
    counts = tally([seen], 0.3)
    assert (counts.precision, counts.recall, counts.f1) == (0.5, 0.5, 0.5)
    assert tally([seen], 0.5).precision == 1
    assert tally([seen], 0.9) == Tally(faces=2, found=0, false=0)


def test_nothing_to_find_and_nothing_found_is_perfect() -> None:
    counts = Tally(0, 0, 0)
    assert (counts.precision, counts.recall, counts.f1) == (1, 1, 1)
