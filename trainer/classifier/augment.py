"""Change training crops a little in each epoch, as other pictures of the same face would differ."""

import cv2
import numpy as np

from bot.recognition.results import Image

SHIFT = 0.06
"""Largest shift, as a share of the side: about what detectors differ by."""
ZOOM = 0.12
TILT = 12.0
"""Degrees."""
BRIGHTNESS = 24.0
CONTRAST = 0.2


def augment(image: Image, random: np.random.Generator) -> Image:
    """Return a mirrored, shifted, scaled, tilted, lighter or darker version of a square RGB uint8 image.

    Colours keep their hue: it is by their hair that many characters are known.
    """
    side = image.shape[0]
    shift = random.uniform(-SHIFT, SHIFT, 2) * side
    zoom, tilt = 1 + random.uniform(-ZOOM, ZOOM), random.uniform(-TILT, TILT)
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), tilt, zoom)
    matrix[:, 2] += shift
    moved = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if random.random() < 0.5:
        moved = moved[:, ::-1]
    contrast, brightness = 1 + random.uniform(-CONTRAST, CONTRAST), random.uniform(-BRIGHTNESS, BRIGHTNESS)
    values = (moved.astype(np.float32) - 127) * contrast + 127 + brightness
    return np.asarray(np.clip(values, 0, 255), np.uint8)
