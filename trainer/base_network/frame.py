"""Bring crops of other making to the framing of our detector."""

import cv2

from bot.recognition.crop import crop_face
from bot.recognition.detection.detector import Detector
from bot.recognition.results import Image


def reframe(image: Image, detector: Detector, margin: float) -> Image:
    """Crop a crop once more, as the bot would: round the largest face that is found in it.

    A crop in which none is found stays as it is.
    """
    edge = max(image.shape[:2]) // 2
    # A face that fills the picture to its edges is no picture that a detector has learnt.
    padded = cv2.copyMakeBorder(image, edge, edge, edge, edge, cv2.BORDER_REPLICATE).astype("uint8", copy=False)
    faces = detector.detect(padded)
    if not faces:
        return image
    return crop_face(padded, max((face.box for face in faces), key=lambda box: box.width * box.height), margin)


def fit_square(image: Image, side: int) -> Image:
    """Resize an RGB uint8 image to ``(side, side, 3)``."""
    shrinks = max(image.shape[:2]) > side
    resized = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return resized.astype("uint8", copy=False)
