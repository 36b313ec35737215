from pathlib import Path

import numpy as np
import pytest

from bot.recognition.results import Image
from trainer.detector.augment import ViewSettings, clip_boxes, collage, move_boxes, random_view, recolour
from trainer.detector.compose import paste
from trainer.detector.labels import Boxes, LabelledPicture, as_boxes

SIDE = 160


def disc(width: int, height: int, x: int, y: int, radius: int) -> tuple[Image, Boxes]:
    """A white disc on black, and the box round it."""
    rows, columns = np.mgrid[:height, :width]
    white = (rows + 0.5 - y) ** 2 + (columns + 0.5 - x) ** 2 <= radius**2
    return (white[..., None] * np.full(3, 255)).astype(np.uint8), as_boxes(
        [(x - radius, y - radius, 2 * radius, 2 * radius)]
    )


def labelled(faces: Boxes) -> LabelledPicture:
    return LabelledPicture(Path("drawn"), "drawn", faces, as_boxes([]))


def bounds(image: Image) -> np.ndarray:
    rows, columns = np.nonzero((image > 191).all(axis=2))
    return np.array([columns.min(), rows.min(), columns.max() + 1 - columns.min(), rows.max() + 1 - rows.min()])


@pytest.mark.parametrize("seed", range(40))
def test_boxes_go_where_their_faces_go(seed: int) -> None:
    image, faces = disc(300, 200, 120, 90, 40)
    rng = np.random.default_rng(seed)
    view = random_view(rng, image, labelled(faces), SIDE, ViewSettings(long_side=(200, 400), visible=0.999))
    for box in view.faces:
        # The filling may be white as well.
        x, y, width, height = box
        inside = view.image[int(y) : int(y + height) + 1, int(x) : int(x + width) + 1]
        assert bounds(inside)[2:] == pytest.approx(box[2:], abs=max(3.0, 0.12 * float(width)))


def test_views_show_most_faces() -> None:
    image, faces = disc(300, 200, 120, 90, 40)
    rng = np.random.default_rng(1)
    views = [random_view(rng, image, labelled(faces), SIDE, ViewSettings()) for _ in range(100)]
    assert sum(len(view.faces) for view in views) >= 70
    assert all(len(view.faces) + len(view.ignored) <= 1 for view in views)


def test_a_turned_face_keeps_its_size() -> None:
    radians = np.deg2rad(45)
    turn = np.array([[np.cos(radians), -np.sin(radians), 0], [np.sin(radians), np.cos(radians), 0]])
    (moved,) = move_boxes(as_boxes([(-10, -10, 20, 20)]), turn)
    assert moved == pytest.approx([-10, -10, 20, 20], abs=1e-4)


def test_a_quarter_turn_swaps_the_sides() -> None:
    (moved,) = move_boxes(as_boxes([(0, 0, 10, 20)]), np.array([[0.0, -1, 0], [1, 0, 0]]))
    assert moved == pytest.approx([-20, 0, 20, 10])


def test_clipping_tells_what_is_left() -> None:
    clipped, shown = clip_boxes(as_boxes([(-5, 0, 10, 10), (200, 0, 10, 10)]), SIDE)
    assert clipped[0].tolist() == [0, 0, 5, 10]
    assert shown.tolist() == [0.5, 0]


def test_a_collage_keeps_the_boxes_of_all_four_parts() -> None:
    image, faces = disc(100, 100, 50, 50, 30)
    rng = np.random.default_rng(3)
    views = ViewSettings(long_side=(150, 200))
    samples = [
        collage(rng, lambda side: random_view(rng, image, labelled(faces), side, views), SIDE) for _ in range(20)
    ]
    assert sum(len(sample.faces) for sample in samples) > 40
    for sample in samples:
        assert (sample.faces[:, :2] >= 0).all()
        assert (sample.faces[:, :2] + sample.faces[:, 2:] <= SIDE).all()


def test_a_pasted_head_brings_its_box_and_hides_what_lies_under_it() -> None:
    image, faces = disc(SIDE, SIDE, 80, 80, 12)
    head, face = disc(80, 80, 40, 40, 25)
    plain = ViewSettings(long_side=(320, 321))
    rng = np.random.default_rng(5)
    hidden = 0
    for _ in range(60):
        sample = random_view(rng, image, labelled(faces), SIDE, plain)
        after = paste(rng, sample, head, face)
        assert len(after.faces) <= len(sample.faces) + 1
        assert len(after.faces) >= 1
        hidden += len(after.faces) <= len(sample.faces) > 0
    assert hidden > 3


def test_recolouring_keeps_the_shape() -> None:
    image, _ = disc(SIDE, SIDE, 80, 80, 40)
    rng = np.random.default_rng(7)
    for _ in range(60):
        changed = recolour(rng, image)
        assert changed.shape == image.shape
        assert changed.dtype == np.uint8
