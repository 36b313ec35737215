"""The detectors that the trainer can crop with."""

from importlib import metadata
from pathlib import Path

import cv2
from PIL import Image as Pillow

from bot.recognition.bundle import read_bundle
from bot.recognition.detection.detector import CascadeDetector, Detector
from bot.recognition.detection.network_detector import NetworkDetector
from bot.recognition.results import Box, Face, Image
from trainer.common.errors import TrainerError
from trainer.common.settings import Crop

MODELS = Path(__file__).resolve().parents[2] / "models"
OURS = MODELS / "face-detector.tflite"
CASCADE = MODELS / "lbpcascade_animeface.xml"
ANIMEFACE_SIDE = 640
"""Pixels. Larger pictures are reduced to it: AnimeFace takes seconds and much memory otherwise."""


def make_detector(settings: Crop) -> Detector:
    """Make the detector that the settings ask for.

    Raises:
        TrainerError: it cannot work with what is installed, or the file that is named is for another detector.
        ConfigError: the cascade's file is missing, or is no cascade.
        BundleError: the bundle is missing, or is no detector.
    """
    for file, kind in ((settings.cascade, "cascade"), (settings.bundle, "ours")):
        if file is not None and settings.detector != kind:
            raise TrainerError(f'{file} is for the detector "{kind}", but "{settings.detector}" is chosen: name one')
    if settings.detector == "animeface":
        return AnimefaceDetector()
    if settings.detector == "cascade":
        return CascadeDetector(settings.cascade or CASCADE)
    return NetworkDetector(read_bundle(settings.bundle or OURS))


class AnimefaceDetector:
    """AnimeFace 2009, the second detector of the published experiment.

    Source: https://github.com/nagadomi/animeface-2009 (PyPI: animeface)

    Raises:
        TrainerError: it is not installed, or would find nothing.
    """

    def __init__(self) -> None:
        try:
            pillow = metadata.version("pillow")
            metadata.version("animeface")
        except metadata.PackageNotFoundError as error:
            raise TrainerError('animeface is not installed: pip install "whobot[animeface]"') from error
        if int(pillow.split(".")[0]) >= 12:
            raise TrainerError(
                f"animeface silently finds no faces under Pillow {pillow}, it needs one before 12: "
                'pip install "whobot[animeface]" in an environment of its own'
            )
        import animeface  # noqa: PLC0415 - an extra

        self._detect = animeface.detect

    def detect(self, image: Image) -> tuple[Face, ...]:
        """Return the faces in an RGB uint8 image, best score first, boxes in its pixels."""
        height, width = image.shape[:2]
        share = min(1.0, ANIMEFACE_SIDE / max(height, width))
        size = (max(1, round(width * share)), max(1, round(height * share)))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if share < 1 else image
        faces = []
        for found in self._detect(Pillow.fromarray(small)):
            place = found.face.pos
            box = Box(place.x / share, place.y / share, place.width / share, place.height / share)
            faces.append(Face(box, float(found.likelihood)))
        return tuple(sorted(faces, key=lambda face: -face.score))
