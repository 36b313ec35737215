"""Counting a GIF's frames."""

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from bot.recognition.decoding.gif import count_frames


def animation(frames: int, *, palette_each: bool = False) -> bytes:
    rng = np.random.default_rng(frames)
    pictures = [Pillow.fromarray(rng.integers(0, 256, (40, 50, 3), np.uint8)) for _ in range(frames)]
    if not palette_each:
        pictures = [picture.convert("L") for picture in pictures]
    buffer = io.BytesIO()
    pictures[0].save(buffer, "GIF", save_all=True, append_images=pictures[1:], comment=b"x" * 700)
    return buffer.getvalue()


@pytest.mark.parametrize("palette_each", [False, True])
@pytest.mark.parametrize("frames", [1, 2, 7])
def test_the_count_is_pillows(frames: int, palette_each: bool) -> None:
    data = animation(frames, palette_each=palette_each)
    with Pillow.open(io.BytesIO(data)) as picture:
        assert picture.n_frames == frames  # type: ignore[attr-defined]
    assert count_frames(data, 100) == frames


def test_counting_stops_at_the_limit() -> None:
    assert count_frames(animation(7), 3) == 3


@pytest.mark.parametrize("length", [0, 5, 13, 30, 900])
def test_a_cut_file_counts_as_far_as_it_goes(length: int) -> None:
    assert count_frames(animation(3)[:length], 100) <= 1


def test_what_follows_the_pictures_is_not_counted() -> None:
    assert count_frames(animation(2) + animation(5), 100) == 2
