"""Change crops at random, as other detectors, artists and servers would differ; and mix them."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from bot.recognition.results import Image
from trainer.base_network.settings import AugmentSettings


@dataclass(frozen=True, slots=True)
class Framing:
    """How much crops of a set are enlarged, and how far the face's middle lies under theirs: see `SetSettings`."""

    zoom: tuple[float, float]
    lower: float = 0


PALE = 35
"""Of 255: the mean saturation under which turning the hues changes too little."""
COLOURED = 120
"""Of 255: the saturation that such a crop is given."""
HUES = 180
"""In OpenCV's 8-bit circle of hues."""
FILLS = (cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101)


def vary(image: Image, side: int, framing: Framing, settings: AugmentSettings, rng: Generator) -> Image:
    """Return a moved, mirrored, recoloured and damaged version of a square RGB uint8 crop, ``(side, side, 3)``."""
    moved = _move(image, side, framing, settings, rng)
    if rng.random() < settings.colour:
        moved = _recolour(moved, rng)
    if rng.random() < settings.grey:
        moved = np.repeat(cv2.cvtColor(moved, cv2.COLOR_RGB2GRAY)[..., np.newaxis], 3, axis=2).astype(np.uint8)
    if rng.random() < settings.blur:
        moved = _blur(moved, rng)
    if rng.random() < settings.jpeg:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 90))]
        moved = np.asarray(cv2.imdecode(cv2.imencode(".jpg", moved, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    if rng.random() < settings.erase:
        moved = _erase(moved, rng)
    return moved


def mix(
    images: npt.NDArray[np.float32], targets: npt.NDArray[np.float32], rng: Generator
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Blend each crop of a batch with another (mixup), or paste a rectangle of the other into it (CutMix).

    Args:
        images: ``(batch, side, side, 3)``.
        targets: Each crop's share of each character, ``(batch, characters)``.

    Source: https://arxiv.org/abs/1710.09412 and https://arxiv.org/abs/1905.04899
    """
    other = rng.permutation(len(images))
    if rng.random() < 0.5:
        share = float(rng.beta(0.4, 0.4))
        mixed = share * images + (1 - share) * images[other]
    else:
        side = images.shape[1]
        height, width = (int(v) for v in side * rng.uniform(0.25, 0.6, 2))
        top, left = int(rng.integers(0, side - height + 1)), int(rng.integers(0, side - width + 1))
        mixed = images.copy()
        mixed[:, top : top + height, left : left + width] = images[other, top : top + height, left : left + width]
        share = 1 - height * width / side**2
    return mixed.astype(np.float32), (share * targets + (1 - share) * targets[other]).astype(np.float32)


def recast(image: Image, turn: float) -> Image:
    """Turn the hues of an RGB uint8 crop, the skin's apart, by a share of the circle: it then shows another character.

    What has little colour is given some.
    """
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    hue, saturation, value = (hsv[..., i] for i in range(3))
    skin = ((hue < 18) | (hue > 176)) & (saturation > 15) & (saturation < 120) & (value > 150)
    if saturation[~skin].mean() < PALE:
        hsv[..., 1] = np.where(skin, saturation, np.maximum(saturation, COLOURED))
    turned = (hue.astype(np.int16) + round(turn * HUES)) % HUES
    hsv[..., 0] = np.where(skin, hue, turned)
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB).astype(np.uint8, copy=False)


def _move(image: Image, side: int, framing: Framing, settings: AugmentSettings, rng: Generator) -> Image:
    before = image.shape[0]
    enlarged = float(rng.random())
    scale = framing.zoom[0] ** (1 - enlarged) * framing.zoom[1] ** enlarged * side / before
    middle = np.array([0.5, 0.5 + enlarged * framing.lower]) * before
    stretch = float(np.exp(rng.uniform(-0.08, 0.08)))
    tilt = np.deg2rad(rng.uniform(-settings.tilt, settings.tilt))
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    matrix = turn @ np.diag([scale * stretch, scale / stretch])
    if rng.random() < 0.5:
        matrix[:, 0] *= -1
    centre = side / 2 + rng.uniform(-settings.shift, settings.shift, 2) * side
    affine = np.column_stack([matrix, centre - matrix @ middle])
    fill = FILLS[int(rng.integers(len(FILLS)))]
    moved = cv2.warpAffine(image, affine, (side, side), flags=cv2.INTER_LINEAR, borderMode=fill)
    return moved.astype(np.uint8, copy=False)


def _recolour(image: Image, rng: Generator) -> Image:
    """Change light, contrast, saturation, and hue a little: it is by their hair that many characters are known."""
    values = image.astype(np.float32)
    grey = values @ np.array([0.299, 0.587, 0.114], np.float32)
    values = grey[..., np.newaxis] + (values - grey[..., np.newaxis]) * np.float32(rng.uniform(0.6, 1.4))
    values = (values - 127) * np.float32(rng.uniform(0.7, 1.3)) + 127
    values *= rng.uniform(0.9, 1.1, 3).astype(np.float32)
    return np.asarray(np.clip(values + np.float32(rng.uniform(-28, 28)), 0, 255), np.uint8)


def _blur(image: Image, rng: Generator) -> Image:
    side = image.shape[0]
    if rng.random() < 0.4:
        return cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.4, 1.3))).astype(np.uint8, copy=False)
    small = int(side * rng.uniform(0.3, 0.8))
    reduced = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    return cv2.resize(reduced, (side, side), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def _erase(image: Image, rng: Generator) -> Image:
    side = image.shape[0]
    height, width = (int(v) for v in side * rng.uniform(0.12, 0.4, 2))
    top, left = int(rng.integers(0, side - height)), int(rng.integers(0, side - width))
    erased = image.copy()
    erased[top : top + height, left : left + width] = rng.integers(0, 256, 3)
    return erased
