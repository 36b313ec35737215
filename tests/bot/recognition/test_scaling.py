"""Making pictures smaller and larger: what the eye is to see stays."""

import numpy as np
import pytest
from PIL import Image as Pillow

from bot.recognition.scaling import scaled
from tests.support.artwork import CAST, draw_scene


@pytest.mark.parametrize(
    ("width", "height"), [(1, 1), (1, 900), (900, 1), (333, 77), (640, 360), (1279, 719), (1280, 720), (2000, 900)]
)
def test_a_picture_gets_exactly_the_size_that_is_asked_for(width: int, height: int) -> None:
    image = np.full((720, 1280, 3), (200, 30, 90), np.uint8)
    resized = scaled(image, width, height)
    assert resized.shape == (height, width, 3)
    assert (resized == (200, 30, 90)).all()


@pytest.mark.parametrize("width", [150, 400, 500, 900, 1100, 2000])
def test_a_scaled_drawing_is_close_to_the_best_filters(width: int) -> None:
    image = draw_scene(list(CAST.values())[:2], 3).image
    height = round(width * image.shape[0] / image.shape[1])
    best = np.asarray(Pillow.fromarray(image).resize((width, height), Pillow.Resampling.LANCZOS), np.float32)
    error = float(np.square(scaled(image, width, height) - best).mean())
    assert 10 * np.log10(255**2 / error) > 27, "decibels; the squares that do not fit shift it by up to a half pixel"


def test_fine_lines_become_an_even_grey() -> None:
    lines = np.zeros((900, 900, 3), np.uint8)
    lines[:, ::2] = 255
    assert np.ptp(scaled(lines, 300, 300).astype(int)) <= 90
    assert np.ptp(scaled(lines, 225, 225).astype(int)) <= 2
