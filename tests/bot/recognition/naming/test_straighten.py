"""Turning tilted faces upright."""

import cv2
import numpy as np
import pytest

from bot.recognition.crop import crop_face
from bot.recognition.naming.straighten import crop_upright, tilt_of
from bot.recognition.results import Box, Image

BOX = Box(60, 40, 40, 40)


def scene(tilt: float) -> Image:
    """A smooth picture of 160 x 120 that is turned clockwise round the middle of `BOX`."""
    down, across = np.mgrid[0:120, 0:160] + 0.5
    turn = np.deg2rad(tilt)
    x, y = across - 80, down - 60
    upright = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    waves = [np.sin(upright[0] / 9), np.cos(upright[1] / 7 + 1), np.sin((upright[0] + 2 * upright[1]) / 19)]
    return (127 + 120 * np.stack(waves, axis=2)).astype(np.uint8)


@pytest.mark.parametrize("tilt", [-150, -90, -45, 30, 60, 90, 180])
def test_a_turned_face_is_cut_out_as_if_it_were_upright(tilt: float) -> None:
    upright = crop_face(scene(0), BOX, 0.2).astype(int)
    assert np.abs(crop_face(scene(tilt), BOX, 0.2) - upright).mean() > 20
    assert np.abs(crop_upright(scene(tilt), BOX, 0.2, tilt) - upright).max() <= 6


def test_turned_by_nothing_it_is_the_crop() -> None:
    assert (crop_upright(scene(20), BOX, 0.2, 0) == crop_face(scene(20), BOX, 0.2)).all()


def test_clockwise_is_as_people_see_it() -> None:
    """What lies to the right of a face that is tilted by a quarter clockwise is its top."""
    image = np.zeros((60, 60, 3), np.uint8)
    image[:, 40:] = 255
    crop = crop_upright(image, Box(15, 15, 30, 30), 0, 90)
    assert crop[:4].min() == 255
    assert crop[8:].max() == 0


@pytest.mark.parametrize("box", [Box(-30, -30, 50, 50), Box(150, 110, 40, 30), Box(500, -400, 20, 20)])
def test_beyond_the_picture_its_edge_is_repeated(box: Box) -> None:
    padded = cv2.copyMakeBorder(scene(0), 600, 600, 600, 600, cv2.BORDER_REPLICATE).astype(np.uint8)
    inside = Box(box.x + 600, box.y + 600, box.width, box.height)
    assert (crop_upright(scene(0), box, 0.4, 37) == crop_upright(padded, inside, 0.4, 37)).all()


def test_a_long_strip_can_be_turned() -> None:
    strip = np.zeros((20, 40_000, 3), np.uint8)
    strip[:, 39_000:] = 200
    assert crop_upright(strip, Box(39_500, 5, 10, 10), 0.4, 45).tolist() == np.full((18, 18, 3), 200).tolist()


def test_a_box_without_extent_still_gives_a_pixel() -> None:
    assert crop_upright(scene(0), Box(5, 5, 0, 0), 0.3, 45).shape == (1, 1, 3)


def test_the_angle_is_read_from_a_vector_of_any_length() -> None:
    assert tilt_of(0.3, 0) == 0
    assert tilt_of(0, 0.2) == pytest.approx(90)
    assert tilt_of(-2, -2) == pytest.approx(-135)
    assert tilt_of(0, 0) == 0
