"""Parts of a picture to search on their own, so that small faces become large."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from bot.recognition.detection.boxes import Boxes
from bot.recognition.results import Image

SHARED = 1 / 3
"""Share of a window that its neighbour shows too: a smaller face is whole in one of them."""
EDGE = 2.0
"""Pixels. A box that comes closer to where a window was cut may belong to a face that is cut too."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int

    def of(self, image: Image) -> Image:
        """The part of the image that the window shows; a view."""
        return image[self.y : self.y + self.height, self.x : self.x + self.width]

    def whole(self, boxes: Boxes, width: int, height: int) -> npt.NDArray[np.bool_]:
        """Tell which boxes, in pixels of a picture of `width` x `height`, the window's cut edges leave alone."""
        left = boxes[:, 0] >= self.x + EDGE if self.x else True
        top = boxes[:, 1] >= self.y + EDGE if self.y else True
        right = boxes[:, 0] + boxes[:, 2] <= self.x + self.width - EDGE if self.x + self.width < width else True
        bottom = boxes[:, 1] + boxes[:, 3] <= self.y + self.height - EDGE if self.y + self.height < height else True
        return np.full(len(boxes), True) & left & top & right & bottom


def grid(width: int, height: int, columns: int, rows: int) -> tuple[Window, ...]:
    """Cover a picture with windows of one size that overlap by `SHARED`."""
    wide = min(width, ceil(width / (columns - (columns - 1) * SHARED)))
    high = min(height, ceil(height / (rows - (rows - 1) * SHARED)))
    return tuple(
        Window(round(x), round(y), wide, high)
        for y in np.linspace(0, height - high, rows)
        for x in np.linspace(0, width - wide, columns)
    )
