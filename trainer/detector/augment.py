"""Random views of labelled pictures: geometry that carries the boxes along, and colours that leave them alone."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from bot.recognition.results import Image
from bot.recognition.scaling import halved
from trainer.detector.labels import Boxes, LabelledPicture

Generator = np.random.Generator


@dataclass(frozen=True, slots=True)
class Sample:
    """One training image, RGB uint8 ``(side, side, 3)``, with its boxes in its own pixels."""

    image: Image
    faces: Boxes
    ignored: Boxes


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """How far a view may stray from the picture as it is.

    `long_side` bounds the pixels of the picture's longer side in the view. A face that shows less than `visible` of
    its area, or is smaller than `smallest` pixels, is ignored; one that shows less than a third of `visible` is gone.
    """

    long_side: tuple[int, int] = (240, 640)
    smallest: float = 7.0
    largest: float = 280.0
    visible: float = 0.6


def random_view(rng: Generator, image: Image, boxes: LabelledPicture, side: int, how: ViewSettings) -> Sample:
    """Show a random, turned, scaled part of a picture on a square canvas of `side` pixels: often a face or a decoy."""
    faces, ignored = boxes.faces, boxes.ignored
    height, width = image.shape[:2]
    scale = float(np.exp(rng.uniform(*np.log(how.long_side)))) / max(height, width) * side / 320
    anchor = None
    worthy = boxes.decoys if len(boxes.decoys) and rng.random() < 0.5 else faces
    if len(worthy) and rng.random() < 0.85:
        anchor = worthy[rng.integers(len(worthy))]
        longest = float(anchor[2:].max())
        scale = float(np.clip(scale, how.smallest / longest, how.largest * side / 320 / longest))
    # Sampling alone would alias; averaging first is also what the detector does with a picture.
    image = halved(image, scale)
    shrunk = image.shape[1] / width
    scale /= shrunk
    matrix = random_turn(rng) @ np.diag([scale, scale])
    if anchor is None:
        focus = np.array([width, height]) * rng.uniform(0.1, 0.9, 2)
        target = side * rng.uniform(0.2, 0.8, 2)
    else:
        focus = anchor[:2] + anchor[2:] / 2
        edge = min(0.45, float(anchor[2:].max()) * scale * shrunk / 2 / side)
        target = side * rng.uniform(edge, 1 - edge, 2)
    shift = target - matrix @ (focus * shrunk)
    if rng.random() < 0.75:
        shift = _filling_shift(shift, matrix, image, side)
    affine = np.column_stack([matrix, shift])
    filling = (127, 127, 127) if rng.random() < 0.6 else tuple(int(v) for v in rng.integers(0, 256, 3))
    canvas = cv2.warpAffine(image, affine, (side, side), flags=cv2.INTER_LINEAR, borderValue=filling)
    moved_faces = move_boxes(faces * shrunk, affine)
    moved_ignored, _ = clip_boxes(move_boxes(ignored * shrunk, affine), side)
    clipped, shown = clip_boxes(moved_faces, side)
    counts = (shown >= how.visible) & (clipped[:, 2:].min(axis=1, initial=np.inf) >= how.smallest)
    doubtful = ~counts & (shown > how.visible / 3)
    kept = moved_ignored[(moved_ignored[:, 2:] > 1).all(axis=1)]
    return Sample(canvas.astype(np.uint8, copy=False), clipped[counts], np.concatenate([kept, clipped[doubtful]]))


def random_turn(rng: Generator) -> npt.NDArray[np.float64]:
    """A random 2 x 2 matrix: mostly upright, sometimes tilted, seldom on its head; half of them mirrored."""
    kind = rng.random()
    if kind < 0.6:
        angle = rng.normal(0, 8)
    elif kind < 0.9:
        angle = rng.uniform(-65, 65)
    else:
        angle = rng.uniform(-180, 180)
    radians = np.deg2rad(angle)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    stretch = np.exp(rng.normal(0, 0.07))
    mirror = -1 if rng.random() < 0.5 else 1
    moved: npt.NDArray[np.float64] = turn @ np.diag([stretch * mirror, 1 / stretch])
    return moved


def _filling_shift(
    shift: npt.NDArray[np.float64], matrix: npt.NDArray[np.float64], image: Image, side: int
) -> npt.NDArray[np.float64]:
    """The nearest shift that leaves no more of the canvas empty than must be."""
    height, width = image.shape[:2]
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ matrix.T
    ends = np.stack([-corners.min(axis=0), side - corners.max(axis=0)])
    return np.clip(shift, ends.min(axis=0), ends.max(axis=0))


def move_boxes(boxes: Boxes, affine: npt.NDArray[np.float64]) -> Boxes:
    """Carry boxes through a 2 x 3 affine map.

    A face is taken for the ellipse within its box, and its new box for the one round the moved ellipse: the box round
    the moved corners would grow by up to two fifths with the angle.
    """
    centres = (boxes[:, :2] + boxes[:, 2:] / 2) @ affine[:, :2].T + affine[:, 2]
    halves = np.sqrt((boxes[:, None, 2:] ** 2 / 4 * affine[None, :, :2] ** 2).sum(axis=2))
    return np.concatenate([centres - halves, 2 * halves], axis=1).astype(np.float32)


def clip_boxes(boxes: Boxes, side: int) -> tuple[Boxes, npt.NDArray[np.float32]]:
    """Cut boxes at the canvas; the second value is the share of each box's area that is left."""
    low = np.clip(boxes[:, :2], 0, side)
    high = np.clip(boxes[:, :2] + boxes[:, 2:], 0, side)
    clipped = np.concatenate([low, high - low], axis=1)
    shown = clipped[:, 2:].prod(axis=1) / np.maximum(boxes[:, 2:].prod(axis=1), 1e-6)
    return clipped, shown


def collage(rng: Generator, part: Callable[[int], Sample], side: int) -> Sample:
    """Four samples of random shares in one image: many small faces, and edges where nothing was."""
    x, y = (int(v) for v in side * rng.uniform(0.35, 0.65, 2))
    canvas = np.empty((side, side, 3), np.uint8)
    faces: list[Boxes] = []
    ignored: list[Boxes] = []
    for left, top, width, height in (0, 0, x, y), (x, 0, side - x, y), (0, y, x, side - y), (x, y, side - x, side - y):
        sample = part(max(width, height))
        canvas[top : top + height, left : left + width] = sample.image[:height, :width]
        for boxes, out in ((sample.faces, faces), (sample.ignored, ignored)):
            low = boxes[:, :2].clip(0, (width, height))
            high = (boxes[:, :2] + boxes[:, 2:]).clip(0, (width, height))
            cut = np.concatenate([low, high - low], axis=1)
            shown = cut[:, 2:].prod(axis=1) / np.maximum(boxes[:, 2:].prod(axis=1), 1e-6)
            cut[:, :2] += (left, top)
            out.append(cut[shown >= 0.6])
            ignored.append(cut[(shown < 0.6) & (shown > 0.1)])
    return Sample(canvas, np.concatenate(faces), np.concatenate(ignored))


def recolour(rng: Generator, image: Image) -> Image:
    """Change light, colour, sharpness and compression at random."""
    pixels: npt.NDArray[np.uint8] = image
    chance = rng.random
    if chance() < 0.6:
        hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV).astype(np.int16)
        hsv[..., 0] = (hsv[..., 0] + int(rng.normal(0, 12))) % 180
        hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.4, 1.5), 0, 255)
        pixels = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB).astype(np.uint8, copy=False)
    if chance() < 0.6:
        curve = np.linspace(0, 1, 256) ** np.exp(rng.normal(0, 0.3))
        curve = (curve - 0.5) * rng.uniform(0.6, 1.3) + 0.5 + rng.normal(0, 0.08)
        pixels = cv2.LUT(pixels, (curve * 255).clip(0, 255).astype(np.uint8)).astype(np.uint8, copy=False)
    if chance() < 0.12:
        pixels = _colourless(rng, pixels)
    if chance() < 0.03:
        pixels = pixels[..., rng.permutation(3)]
    if chance() < 0.15:
        pixels = _blur(rng, pixels)
    if chance() < 0.1:
        noisy = pixels + rng.normal(0, rng.uniform(2, 14), pixels.shape)
        pixels = noisy.clip(0, 255).astype(np.uint8)
    if chance() < 0.35:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))]
        _, encoded = cv2.imencode(".jpg", pixels, quality)
        pixels = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(pixels)


def _colourless(rng: Generator, image: Image) -> Image:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    if rng.random() < 0.3:
        # Line art: what is darker than its surroundings, by a colour dodge.
        grey = cv2.divide(grey, cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(1.5, 5))), scale=245)
    tint = rng.uniform(0.85, 1.0, 3) if rng.random() < 0.3 else np.ones(3)
    return (grey[..., None] * tint).clip(0, 255).astype(np.uint8)


def _blur(rng: Generator, image: Image) -> Image:
    side = image.shape[0]
    if rng.random() < 0.5:
        return cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.5, 1.6))).astype(np.uint8, copy=False)
    small = cv2.resize(image, None, fx=(f := float(rng.uniform(0.4, 0.8))), fy=f, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
