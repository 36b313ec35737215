"""Cutting faces out of a picture."""

import numpy as np
import pytest

from bot.recognition.crop import crop_face
from bot.recognition.results import Box, Image


def ramp(height: int = 40, width: int = 60) -> Image:
    """Each pixel's red is its column, its green its row."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0] = np.arange(width)
    image[..., 1] = np.arange(height)[:, np.newaxis]
    return image


def test_the_crop_is_the_box() -> None:
    crop = crop_face(ramp(), Box(10, 20, 8, 8), margin=0)
    assert crop.shape == (8, 8, 3)
    assert crop[0, 0].tolist() == [10, 20, 0]
    assert crop[-1, -1].tolist() == [17, 27, 0]


def test_the_margin_widens_each_side_by_a_share_of_the_longer_one() -> None:
    crop = crop_face(ramp(), Box(20, 15, 10, 8), margin=0.2)
    assert crop.shape == (14, 14, 3)
    assert crop[0, 0].tolist() == [18, 12, 0]


def test_a_crop_is_a_square_round_the_middle_of_the_box() -> None:
    crop = crop_face(ramp(), Box(10, 15, 20, 10), margin=0)
    assert crop.shape == (20, 20, 3)
    assert crop[0, 0].tolist() == [10, 10, 0]


@pytest.mark.parametrize(
    "box", [Box(-5, -5, 10, 10), Box(55, 35, 10, 10), Box(-100, 500, 30, 30), Box(-20, -20, 200, 200)]
)
def test_over_the_edge_the_edge_is_repeated(box: Box) -> None:
    image = ramp()
    crop = crop_face(image, box, margin=0)
    assert crop.shape == (round(box.width), round(box.width), 3)
    columns = np.clip(np.arange(round(box.x), round(box.x) + crop.shape[1]), 0, 59)
    rows = np.clip(np.arange(round(box.y), round(box.y) + crop.shape[0]), 0, 39)
    assert (crop[..., 0] == columns).all()
    assert (crop[..., 1] == rows[:, np.newaxis]).all()


def test_the_crop_is_a_copy() -> None:
    image = ramp()
    crop_face(image, Box(0, 0, 10, 10), margin=0)[:] = 255
    assert (image == ramp()).all()


def test_a_box_without_extent_still_gives_a_pixel() -> None:
    assert crop_face(ramp(), Box(5, 5, 0, 0), margin=0.3).shape == (1, 1, 3)
