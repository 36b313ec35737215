"""Choose the few frames of a clip that are worth analysing."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from bot.recognition.results import Image

ALIKE = 6.0
"""Mean difference of two frames' small versions, of 255, up to which they show the same."""
BLANK = 0.02
"""A frame with less than this share of the sharpest one's detail shows nothing: it is black, or fades."""

_SMALL = (320, 320)
_TINY = (16, 16)


def clearest(frames: Sequence[Image], most: int) -> list[Image]:
    """Choose sharp frames that differ: of similar ones the sharpest, and then the most different ones.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a
    comparative study", 2000), at one size for all.

    Args:
        frames: At least one, RGB uint8 ``(height, width, 3)``, in the order of time.
        most: How many to choose at most, at least one.

    Returns:
        Copies of the chosen ones, in the order of time.
    """
    sharpness = [_sharpness(frame) for frame in frames]
    thumbnails = [cv2.resize(frame, _TINY, interpolation=cv2.INTER_AREA).astype(np.float32) for frame in frames]
    by_sharpness = sorted(range(len(frames)), key=lambda index: -sharpness[index])
    different: list[int] = []
    for index in by_sharpness:
        worthy = sharpness[index] >= BLANK * sharpness[by_sharpness[0]]
        if worthy and all(_difference(thumbnails[index], thumbnails[other]) > ALIKE for other in different):
            different.append(index)
    chosen = different[:1]
    while len(chosen) < min(most, len(different)):
        left = [index for index in different if index not in chosen]
        chosen.append(max(left, key=lambda i: min(_difference(thumbnails[i], thumbnails[other]) for other in chosen)))
    return [frames[index].copy() for index in sorted(chosen)]


def _sharpness(frame: Image) -> float:
    grey = cv2.cvtColor(cv2.resize(frame, _SMALL, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())


def _difference(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> float:
    return float(np.abs(one - other).mean())
