"""Show a network a picture of any shape: scaled as a whole, padded with grey to what the network can take."""

from dataclasses import dataclass

import cv2
import numpy as np

from bot.recognition.detection.boxes import Boxes
from bot.recognition.results import Image
from bot.recognition.scaling import halved

GREY = 127


@dataclass(frozen=True, slots=True)
class Letterbox:
    """A picture in the upper left corner of a canvas. `across` and `down` are canvas pixels to a picture's pixel."""

    canvas: Image
    across: float
    down: float

    def to_picture(self, boxes: Boxes) -> Boxes:
        """Turn boxes on the canvas into boxes on the picture."""
        moved: Boxes = (boxes / np.array([self.across, self.down] * 2)).astype(np.float32)
        return moved


def letterbox(image: Image, width: int, height: int, grain: int) -> Letterbox:
    """Scale an RGB uint8 image to fit `width` x `height`, on a canvas as small as multiples of `grain` allow."""
    rows, columns = image.shape[:2]
    scale = min(width / columns, height / rows)
    wide, high = max(1, round(columns * scale)), max(1, round(rows * scale))
    canvas = np.full((_up(high, grain), _up(wide, grain), 3), GREY, np.uint8)
    cv2.resize(halved(image, scale), (wide, high), dst=canvas[:high, :wide], interpolation=cv2.INTER_LINEAR)
    return Letterbox(canvas, wide / columns, high / rows)


def _up(length: int, grain: int) -> int:
    return -(-length // grain) * grain
