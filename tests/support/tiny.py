"""Small, fast stand-ins for what ships in ``models/``: real files that go the whole way, without TensorFlow.

The classifier knows three characters by colour, the cascade finds dark squares on a white ground, and `picture` draws
pictures of such squares: so a test knows beforehand who must be seen where.

    picture(RED, BLUE)   two faces: akane_hoshino, then aoi_umino
    picture(GREY)        one face, unknown
    picture()            no face
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image as Pillow

from bot.recognition.bundle import Bundle, BundleInfo, Comparison, Feature, InputSpec, Recognition, write_bundle
from bot.recognition.engine import Models
from bot.recognition.results import Box, Image

DATA = Path(__file__).resolve().parent / "data"
NETWORK = DATA / "tiny_classifier.tflite"
BASE = DATA / "tiny_base.tflite"
UPRIGHT = DATA / "tiny_upright.tflite"
CASCADE = DATA / "squares_cascade.xml"

Colour: TypeAlias = tuple[int, int, int]
RED, GREEN, BLUE, GREY = (230, 30, 30), (20, 160, 40), (30, 60, 230), (110, 110, 110)
LABELS = ("akane_hoshino", "midori_hayashi", "aoi_umino")
"""The characters that the classifier sees in red, green and blue."""
SIDE, GAP = 60, 40
"""Pixels of a square and of the white round it."""


def tiny_bundle(path: Path, labels: Sequence[str] = LABELS, *, name: str = "tiny", threshold: float = 0.6) -> Bundle:
    """Write the tiny classifier to `path`; other names (three of them) or another threshold make another bundle."""
    info = BundleInfo("classifier", name, InputSpec(32, 32), threshold=threshold)
    return write_bundle(path, NETWORK.read_bytes(), info, labels)


def tiny_recognition() -> Recognition:
    """Tell the three colours that `tiny_base` knows from all others, by their direction from grey."""
    colours = np.array([RED, GREEN, BLUE], np.float32) - 127
    prototypes = colours / np.linalg.norm(colours, axis=1, keepdims=True)
    return Recognition(prototypes, np.arange(3), np.zeros(3, np.float32), {Feature.NEAREST: 30.0}, bias=-27.0)


def comparing_recognition() -> Recognition:
    """Tell the three colours as `tiny_recognition` does, and compare others with a cohort of all colours."""
    cohort = np.random.default_rng(0).normal(size=(400, 3)).astype(np.float32)
    cohort /= np.linalg.norm(cohort, axis=1, keepdims=True)
    return replace(tiny_recognition(), comparison=Comparison(np.eye(4, 3, dtype=np.float32), cohort, 10.0, -9.0))


def tiny_base(path: Path, *, name: str = "base", mean: float = 127.0, recognition: Recognition | None = None) -> Bundle:
    """Write a classifier of `LABELS` that also gives an embedding, the direction of the mean colour from `mean`."""
    info = BundleInfo("classifier", name, InputSpec(32, 32, mean=mean), threshold=0.6)
    return write_bundle(path, BASE.read_bytes(), info, LABELS, recognition)


def tiny_upright(path: Path, *, recognition: Recognition | None = None) -> Bundle:
    """Write a classifier of `LABELS` that sees the hair of a `head` alone, and predicts how the head is tilted."""
    info = BundleInfo("classifier", "upright", InputSpec(32, 32), threshold=0.6)
    return write_bundle(path, UPRIGHT.read_bytes(), info, LABELS, recognition)


def head(colour: Colour, side: int = SIDE) -> Image:
    """Draw an upright face: hair in its uppermost quarter, the rest dark red; RGB uint8 ``(side, side, 3)``."""
    image = np.full((side, side, 3), (50, 15, 15), np.uint8)
    image[: side // 4] = colour
    return image


def tiny_models(folder: Path) -> Models:
    """Write the tiny classifier into `folder` and pair it with the cascade that finds squares."""
    return Models(tiny_bundle(folder / "tiny.tflite"), CASCADE)


def picture(*colours: Colour) -> Image:
    """Draw squares in a row, five to a line, on white; RGB uint8."""
    pitch = SIDE + GAP
    columns, rows = max(1, min(5, len(colours))), max(1, -(-len(colours) // 5))
    image = np.full((rows * pitch + GAP, columns * pitch + GAP, 3), 255, np.uint8)
    for colour, box in zip(colours, boxes(len(colours)), strict=True):
        image[int(box.y) : int(box.y) + SIDE, int(box.x) : int(box.x) + SIDE] = colour
    return image


def boxes(count: int) -> tuple[Box, ...]:
    """Where `picture` draws its squares; the cascade's boxes lie inside or closely round them."""
    pitch = SIDE + GAP
    return tuple(Box(GAP + index % 5 * pitch, GAP + index // 5 * pitch, SIDE, SIDE) for index in range(count))


def encoded(image: Image, kind: str = "PNG") -> bytes:
    """Encode an image as one of Pillow's formats."""
    buffer = io.BytesIO()
    Pillow.fromarray(image).save(buffer, kind)
    return buffer.getvalue()
