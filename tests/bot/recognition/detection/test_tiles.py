import numpy as np
import pytest

from bot.recognition.detection.tiles import Window, grid


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (641, 1301), (3, 2), (1, 1)])
@pytest.mark.parametrize(("columns", "rows"), [(2, 2), (5, 1), (1, 1)])
def test_windows_cover_the_picture_and_nothing_else(width: int, height: int, columns: int, rows: int) -> None:
    seen = np.zeros((height, width), int)
    for window in grid(width, height, columns, rows):
        part = window.of(np.zeros((height, width, 3), np.uint8))
        assert part.shape == (window.height, window.width, 3)
        seen[window.y : window.y + window.height, window.x : window.x + window.width] += 1
    assert seen.min() >= 1


def test_a_face_smaller_than_the_shared_part_is_whole_in_some_window() -> None:
    windows = grid(1200, 900, 2, 2)
    face = 0.3 * min(windows[0].width, windows[0].height)
    for x, y in np.random.default_rng(1).uniform(0, (1200 - face, 900 - face), (500, 2)):
        box = np.array([[x, y, face, face]], np.float32)
        assert any(
            window.whole(box, 1200, 900)[0] and window.x <= x < window.x + window.width and window.y <= y
            for window in windows
        )


def test_the_edges_of_the_picture_cut_nothing() -> None:
    boxes = np.array([[0, 0, 30, 30], [100, 10, 50, 30]], np.float32)
    assert Window(0, 0, 150, 200).whole(boxes, 300, 200).tolist() == [True, False]
    assert Window(0, 0, 150, 200).whole(boxes, 150, 200).tolist() == [True, True]
