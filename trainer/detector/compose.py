"""Paste into samples: heads for crowds and overlaps that no picture has, and patches that only look like faces."""

import cv2
import numpy as np
import numpy.typing as npt

from bot.recognition.results import Image
from bot.recognition.scaling import halved
from trainer.detector.augment import Generator, Sample, move_boxes, random_turn
from trainer.detector.labels import Boxes

HIDDEN = 0.45
"""A face of which something pasted covers a larger share is ignored."""
GONE = 0.8
"""A face of which something pasted covers a larger share is no face any more."""


def paste(rng: Generator, sample: Sample, head: Image, face: Boxes) -> Sample:
    """Paste a head at a random place, size and angle, with soft edges.

    Args:
        head: RGB uint8 crop of a head.
        face: The face in it, ``(1, 4)``.
    """
    blended, alpha, affine = _blend(rng, sample.image, head, face)
    new = move_boxes(face, affine)
    return _hide(sample, blended, alpha, new)


def paste_decoy(rng: Generator, sample: Sample, patch: Image) -> Sample:
    """Paste a patch without a face, as `paste` does a head; what it covers is hidden, and nothing is there to find."""
    height, width = patch.shape[:2]
    middle = np.array([[width, height, 2 * width, 2 * height]], np.float32) / np.float32(4)
    blended, alpha, _ = _blend(rng, sample.image, patch, middle)
    return _hide(sample, blended, alpha, np.zeros((0, 4), np.float32))


def _blend(
    rng: Generator, image: Image, patch: Image, part: Boxes
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float64]]:
    """Blend a patch into an image so that `part` of it gets a random place, size and angle.

    Returns:
        The image, what of it shows the patch (0 to 1), and the map from the patch's pixels to the image's.
    """
    side = image.shape[0]
    size = float(np.exp(rng.uniform(np.log(10), np.log(side * 0.4))))
    scale = size / float(part[0, 2:].max())
    small = halved(patch, scale)
    shrunk = small.shape[1] / patch.shape[1]
    scale /= shrunk
    matrix = random_turn(rng) * scale
    middle = (part[0, :2] + part[0, 2:] / 2) * shrunk
    place = rng.uniform(size * 0.5, side - size * 0.5, 2)
    affine = np.column_stack([matrix, place - matrix @ middle])
    mask = _mask(rng, small.shape[0], small.shape[1])
    alpha = cv2.warpAffine(mask, affine, (side, side)).astype(np.float32, copy=False)
    pasted = cv2.warpAffine(small, affine, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    blended = image + (pasted.astype(np.float32) - image) * alpha[..., None]
    return blended, alpha, np.column_stack([affine[:, :2] * shrunk, affine[:, 2]])


def _hide(sample: Sample, blended: npt.NDArray[np.float32], alpha: npt.NDArray[np.float32], new: Boxes) -> Sample:
    covered = _covered(alpha, sample.faces)
    return Sample(
        blended.clip(0, 255).astype(np.uint8),
        np.concatenate([sample.faces[covered <= HIDDEN], new]),
        np.concatenate([sample.ignored, sample.faces[(covered > HIDDEN) & (covered <= GONE)]]),
    )


def _mask(rng: Generator, height: int, width: int) -> npt.NDArray[np.float32]:
    """What of a head to paste, 0 to 1: an ellipse or nearly all of it."""
    mask = np.zeros((height, width), np.float32)
    reach = 0.47 if rng.random() < 0.7 else 0.7
    cv2.ellipse(mask, (width // 2, height // 2), (int(width * reach), int(height * reach)), 0, 0, 360, 1.0, -1)
    mask[[0, -1]] = mask[:, [0, -1]] = 0
    return cv2.blur(mask, (k := max(1, int(min(height, width) * rng.uniform(0.02, 0.12))), k)).astype(np.float32)


def _covered(alpha: npt.NDArray[np.float32], boxes: Boxes) -> npt.NDArray[np.float32]:
    """The share of each box that something pasted covers."""
    sums = cv2.integral(alpha)
    low = boxes[:, :2].astype(int).clip(0, alpha.shape[0])
    high = np.ceil(boxes[:, :2] + boxes[:, 2:]).astype(int).clip(0, alpha.shape[0])
    (x0, y0), (x1, y1) = low.T, high.T
    inside = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
    share: npt.NDArray[np.float32] = (inside / np.maximum((high - low).prod(axis=1), 1)).astype(np.float32)
    return share
