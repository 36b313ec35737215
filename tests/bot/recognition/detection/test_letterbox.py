import numpy as np
import pytest

from bot.recognition.detection.letterbox import GREY, letterbox


@pytest.mark.parametrize(
    ("width", "height", "canvas"),
    [
        (1000, 700, (288, 384)),
        (700, 1000, (384, 288)),
        (100, 100, (384, 384)),
        (5000, 40, (32, 384)),
        (1, 1, (384, 384)),
        (1, 9000, (384, 32)),
    ],
)
def test_the_canvas_is_no_larger_than_it_must_be(width: int, height: int, canvas: tuple[int, int]) -> None:
    shown = letterbox(np.zeros((height, width, 3), np.uint8), 384, 384, 32)
    assert shown.canvas.shape == (*canvas, 3)


def test_what_is_not_picture_is_grey() -> None:
    shown = letterbox(np.zeros((100, 400, 3), np.uint8), 384, 384, 32)
    assert (shown.canvas[:96] == 0).all()
    shown = letterbox(np.zeros((110, 400, 3), np.uint8), 384, 384, 32)
    assert (shown.canvas[106:] == GREY).all()


@pytest.mark.parametrize(("width", "height"), [(1001, 703), (97, 311), (2048, 1365), (384, 384)])
def test_boxes_come_back_to_where_they_were(width: int, height: int) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    x, y, side = width // 3, height // 2, min(width, height) // 4
    image[y : y + side, x : x + side] = 255
    shown = letterbox(image, 384, 384, 32)
    rows, columns = np.nonzero(shown.canvas[..., 0] > 191)
    low, high = (columns.min(), rows.min()), (columns.max() + 1, rows.max() + 1)
    box = np.array([[*low, high[0] - low[0], high[1] - low[1]]], np.float32)
    pixel = max(1 / shown.across, 1)
    assert shown.to_picture(box)[0] == pytest.approx([x, y, side, side], abs=2 * pixel)
