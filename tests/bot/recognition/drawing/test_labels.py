"""Placing labels: inside the picture, beside their faces, never over each other where that can be helped."""

import itertools
import random

import pytest

from bot.recognition.drawing.labels import Label, Place, overlap, place_labels
from bot.recognition.results import Box

REGION = Box(0, 0, 1000, 700)
LABEL = Label(height=40, full=260, short=50)


def inside(box: Box, region: Box = REGION) -> bool:
    return (
        box.x >= region.x
        and box.y >= region.y
        and box.x + box.width <= region.x + region.width
        and box.y + box.height <= region.y + region.height
    )


def place(*faces: Box) -> list[Place]:
    return place_labels(faces, [LABEL] * len(faces), REGION)


def test_a_lone_label_lies_above_its_face_with_the_name() -> None:
    (label,) = place(Box(300, 300, 150, 150))
    assert label == Place(Box(300, 260, 260, 40), full=True)


@pytest.mark.parametrize(
    "face",
    [Box(0, 0, 120, 120), Box(880, 0, 120, 120), Box(0, 580, 120, 120), Box(880, 580, 120, 120), Box(-30, -30, 90, 90)],
)
def test_a_label_at_the_edge_stays_inside_and_shows_the_face(face: Box) -> None:
    (label,) = place(face)
    assert label.full
    assert inside(label.box)
    assert overlap(label.box, face) == 0


def test_a_face_that_fills_the_picture_has_its_label_inside() -> None:
    (label,) = place(REGION)
    assert label.full
    assert inside(label.box)


def test_faces_side_by_side_keep_their_names_apart() -> None:
    labels = place(Box(200, 300, 100, 100), Box(310, 300, 100, 100), Box(420, 300, 100, 100))
    assert all(label.full for label in labels)
    assert all(overlap(a.box, b.box) == 0 for a, b in itertools.combinations(labels, 2))


def test_in_a_dense_crowd_the_number_alone_remains() -> None:
    crowd = [Box(400 + 60 * column, 300 + 60 * row, 50, 50) for row in range(4) for column in range(5)]
    labels = place(*crowd)
    assert any(not label.full for label in labels)
    hidden = sum(overlap(a.box, b.box) for a, b in itertools.combinations(labels, 2))
    assert hidden < 0.02 * sum(label.box.width * label.box.height for label in labels)


@pytest.mark.parametrize("seed", range(20))
def test_random_faces(seed: int) -> None:
    chance = random.Random(seed)
    faces = [
        Box(chance.uniform(0, 900), chance.uniform(0, 600), side := chance.uniform(20, 140), side)
        for _ in range(chance.randrange(1, 9))
    ]
    labels = place(*faces)
    assert len(labels) == len(faces)
    assert all(inside(label.box) for label in labels)
    assert all(overlap(a.box, b.box) == 0 for a, b in itertools.combinations(labels, 2))


def test_a_name_is_given_up_before_it_covers_a_neighbours_face() -> None:
    own = Box(400, 300, 100, 100)
    # Above, below and on both sides there is somebody, so that a name would lie over one of them.
    around = [Box(400 + dx, 300 + dy, 100, 100) for dx in (-110, 0, 110) for dy in (-110, 0, 110) if (dx, dy) != (0, 0)]
    label, *_ = place(own, *around)
    assert not label.full
    assert all(overlap(label.box, face) <= 0.02 * face.width * face.height for face in around)


def test_overlap_is_the_shared_area() -> None:
    assert overlap(Box(0, 0, 10, 10), Box(5, 8, 10, 10)) == 10
    assert overlap(Box(0, 0, 10, 10), Box(10, 0, 10, 10)) == 0
