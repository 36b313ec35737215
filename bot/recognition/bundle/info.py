"""What a bundle says of itself, and how crops are prepared for its network."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from bot.recognition.results import Image

FORMAT = 1
LARGEST_INPUT = 4096
"""Pixels on a side."""

Kind: TypeAlias = Literal["classifier", "detector"]


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What the network wants to be shown: RGB of `width` x `height`, each value as ``(value - mean) / std``.

    `sharpest` is the longer side, in pixels, of the largest crops that the network has learnt from, 0 where it does not
    matter: larger ones are reduced to half of it first, so that they are no sharper than those.
    """

    width: int
    height: int
    mean: float = 127.0
    std: float = 128.0
    sharpest: int = 0

    def fit(self, image: Image) -> Image:
        """Resize an RGB uint8 image to ``(height, width, 3)``, by area when it shrinks and linearly when it grows."""
        image = soften(image, self.sharpest)
        shrinks = image.shape[0] > self.height or image.shape[1] > self.width
        size = (self.width, self.height)
        resized = cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        return resized.astype(np.uint8, copy=False)

    def scale(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Map uint8 values to the network's range, as float32 of the same shape."""
        scaled: npt.NDArray[np.float32] = (images.astype(np.float32) - self.mean) / self.std
        return scaled

    def prepare(self, crops: Sequence[Image]) -> npt.NDArray[np.float32]:
        """Turn RGB uint8 crops of any size into the network's input, float32 ``(len(crops), height, width, 3)``."""
        if not crops:
            return np.empty((0, self.height, self.width, 3), np.float32)
        return self.scale(np.stack([self.fit(crop) for crop in crops]))


def soften(image: Image, sharpest: int) -> Image:
    """Reduce an RGB uint8 image whose longer side is above `sharpest` pixels to half of that; 0 leaves it as it is."""
    longer = max(image.shape[:2])
    if not sharpest or longer <= sharpest:
        return image
    size = (
        max(1, round(image.shape[1] * sharpest / 2 / longer)),
        max(1, round(image.shape[0] * sharpest / 2 / longer)),
    )
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


@dataclass(frozen=True, slots=True)
class BundleInfo:
    """The content of ``bundle.json``.

    `margin` is how far a crop reaches beyond the face's box on each side, as a share of the box's longer side.
    `temperature` divides the logits before the softmax; `threshold` is the probability under which the best guess of a
    classifier counts as unknown, and the score under which a detector's box does not count. `metrics` holds figures
    measured on the exported file itself.
    """

    kind: Kind
    name: str
    input: InputSpec
    margin: float = 0.0
    temperature: float = 1.0
    threshold: float = 0.5
    metrics: Mapping[str, float] = field(default_factory=dict)
    trained: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT


def parse_info(values: Any) -> BundleInfo:
    """Make a `BundleInfo` of the content of ``bundle.json``.

    Raises:
        TypeError, ValueError, KeyError: it is not one that this version knows.
    """
    if not isinstance(values, dict):
        raise TypeError("its bundle.json is no JSON object")
    if values.get("format") != FORMAT:
        raise ValueError(f"its format is {values.get('format')!r}, this version reads {FORMAT}")
    if values.get("kind") not in ("classifier", "detector"):
        raise ValueError(f"its kind is {values.get('kind')!r}")
    info = BundleInfo(**{**values, "input": InputSpec(**values["input"])})
    _check_numbers(info)
    return info


def _check_numbers(info: BundleInfo) -> None:
    """Find numbers that would fail, or mislead, only when a picture is analysed."""
    shown = info.input
    for name, value, least in (("width", shown.width, 1), ("height", shown.height, 1), ("sharpest", shown.sharpest, 0)):
        if not isinstance(value, int) or not least <= value <= LARGEST_INPUT:
            raise ValueError(f"its input's {name} is {value!r}")
    for name, number, positive in (
        ("mean", shown.mean, False),
        ("std", shown.std, True),
        ("margin", info.margin, False),
        ("temperature", info.temperature, True),
        ("threshold", info.threshold, False),
    ):
        if not isinstance(number, int | float) or not math.isfinite(number) or (positive and number <= 0):
            raise ValueError(f"its {name} is {number!r}")
