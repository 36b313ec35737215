"""Find the faces in a picture."""

from pathlib import Path
from typing import Protocol

import cv2

from bot.errors import ConfigError
from bot.recognition.results import Box, Face, Image


class Detector(Protocol):
    """Finds faces. Not thread-safe: each worker thread makes its own."""

    def detect(self, image: Image) -> tuple[Face, ...]:
        """Return the faces in an RGB uint8 image, best score first, boxes in its pixels."""
        ...


class CascadeDetector:
    """Viola-Jones detection with an OpenCV LBP or Haar cascade, with the settings of the published experiment.

    A cascade gives no score: every face has 1.0.

    Source: https://github.com/nagadomi/lbpcascade_animeface

    Raises:
        ConfigError: the file is no cascade.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._cascade = cv2.CascadeClassifier(str(path))
        except (cv2.error, SystemError) as error:
            raise ConfigError(f"{path} is no OpenCV cascade") from error
        if self._cascade.empty():
            raise ConfigError(f"{path} is missing, or is no OpenCV cascade")

    def detect(self, image: Image) -> tuple[Face, ...]:
        """Return the faces in an RGB uint8 image, largest first, boxes in its pixels."""
        grey = cv2.equalizeHist(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
        boxes = self._cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=5, minSize=(30, 30))
        faces = (Face(Box(*(float(v) for v in box)), 1.0) for box in boxes)
        return tuple(sorted(faces, key=lambda face: -face.box.width * face.box.height))
