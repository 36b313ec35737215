"""Which frames of a clip are looked at."""

import cv2
import numpy as np

from bot.recognition.decoding.frame_choice import clearest
from bot.recognition.results import Image


def scene(seed: int) -> Image:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (9, 12, 3), np.uint8).repeat(20, axis=0).repeat(20, axis=1)


def blurred(image: Image) -> Image:
    return cv2.GaussianBlur(image, (0, 0), 2).astype(np.uint8)


def test_the_sharpest_of_similar_frames_is_taken() -> None:
    sharp = scene(1)
    (chosen,) = clearest([blurred(sharp), sharp, blurred(blurred(sharp))], 5)
    np.testing.assert_array_equal(chosen, sharp)


def test_different_scenes_are_kept_in_the_order_of_time() -> None:
    scenes = [scene(seed) for seed in range(4)]
    chosen = clearest([frame for one in scenes for frame in (blurred(one), one)], 5)
    assert [int(frame.sum()) for frame in chosen] == [int(one.sum()) for one in scenes]


def test_there_are_no_more_than_asked_for_and_they_differ_most() -> None:
    one, other = scene(1), scene(2)
    like_one = cv2.addWeighted(one, 0.9, other, 0.1, 0).astype(np.uint8)
    chosen = clearest([one, like_one, other], 2)
    assert len(chosen) == 2
    np.testing.assert_array_equal(chosen[1], other)


def test_a_fade_to_black_is_left_out() -> None:
    black = np.zeros((180, 240, 3), np.uint8)
    (chosen,) = clearest([black, scene(1), black], 5)
    np.testing.assert_array_equal(chosen, scene(1))


def test_a_clip_without_any_detail_gives_a_frame_all_the_same() -> None:
    assert len(clearest([np.zeros((180, 240, 3), np.uint8)] * 3, 5)) == 1
