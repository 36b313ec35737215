"""Turn tilted faces upright before they are classified."""

import math

import cv2
import numpy as np

from bot.recognition.crop import cut_square, side_of
from bot.recognition.results import Box, Image


def tilt_of(cosine: float, sine: float) -> float:
    """Return the angle, in degrees clockwise from upright, between -180 and 180, of which these speak.

    They need not be those of a unit vector: what is estimated seldom is one.
    """
    return math.degrees(math.atan2(sine, cosine))


def crop_upright(image: Image, box: Box, margin: float, tilt: float) -> Image:
    """Cut out a face as `bot.recognition.crop.crop_face` does, turned back by the angle by which it is tilted.

    What comes into the corners is what the picture shows there; beyond the picture its edge's pixels are repeated.

    Args:
        image: RGB uint8 ``(height, width, 3)``.
        box: Of the face in the image as it is.
        margin: On each side, as a share of the box's longer side.
        tilt: Degrees clockwise from upright.

    Returns:
        RGB uint8 ``(side, side, 3)``, a copy.
    """
    side = side_of(box, margin)
    # OpenCV turns no picture beyond 32,767 pixels: it is given what can come into sight, and a pixel to blend with.
    reach = math.ceil(side / math.sqrt(2)) + 1
    x, y = box.x + box.width / 2, box.y + box.height / 2
    left, top = math.floor(x) - reach, math.floor(y) - reach
    around = cut_square(image, left, top, 2 * reach + 1)
    # Pixels are counted by their middles, boxes by the edges between them.
    source = (x - left - 0.5, y - top - 0.5)
    turn = cv2.getRotationMatrix2D(source, tilt, 1.0)
    target = np.array([(side - 1) / 2] * 2)
    placed = np.column_stack([turn[:, :2], turn[:, 2] + target - source])
    turned = cv2.warpAffine(around, placed, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return turned.astype(np.uint8, copy=False)
