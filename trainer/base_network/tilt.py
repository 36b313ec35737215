"""Fit what tells how a face is tilted: a linear map of what the network sees at an inner layer, place by place."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from numpy.random import Generator

from bot.recognition.bundle import Bundle
from bot.recognition.results import Image
from trainer.base_network.data import Faces
from trainer.base_network.outputs import ask_bundle
from trainer.common.console import Console
from trainer.common.measure import Values
from trainer.common.tilt import FEATURES

FACES = 1500
"""How many faces the map is fitted to."""
FRAMED = 0.6
"""The share of them that are shown as our detector frames them."""
COPIES = 3
"""Turned copies of each face."""
RIDGE = 1.0
"""How strongly the map is drawn to always saying the mean angle, as a share of the spread that the features have."""
UPRIGHT, SPREAD = 0.5, 40.0
"""The share of copies that are turned by few degrees, and by how many: faces seldom lie, and hardly ever hang."""
ZOOM = (0.95, 1.4)
"""By how much copies are enlarged: the more, the less of their corners is made up."""
FILLS = (cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101)


@dataclass(frozen=True)
class TiltMap:
    """An affine map, ``features @ kernel + bias``; kernel ``(features, 2)``, bias ``(2,)``."""

    kernel: Values
    bias: Values

    def __call__(self, features: Values) -> Values:
        """Return about the cosine and the sine of each face's tilt, clockwise from upright, ``(count, 2)``."""
        return np.asarray(features.astype(np.float32) @ self.kernel + self.bias, np.float32)


def fit_tilt(features: Values, angles: Values) -> TiltMap:
    """Fit the map to faces whose tilt is known, by ridge regression on standardised features.

    Args:
        features: ``(count, features)``.
        angles: Degrees clockwise from upright, ``(count,)``.

    Source: Hoerl and Kennard, 1970, https://doi.org/10.1080/00401706.1970.10488634
    """
    radians = np.deg2rad(angles.astype(np.float64))
    said = np.stack([np.cos(radians), np.sin(radians)], axis=1)
    middle, mean = features.mean(axis=0, dtype=np.float64), said.mean(axis=0)
    spread = features.std(axis=0, dtype=np.float64)
    # What is nearly the same in all faces would be made loud.
    spread += 1e-3 * spread.mean() + 1e-9
    table = (features - middle) / spread
    count, size = table.shape
    penalty = RIDGE * count
    if size <= count:
        found = np.linalg.solve(table.T @ table + penalty * np.eye(size), table.T @ (said - mean))
    else:  # the same map, by the smaller of the two systems of equations
        found = table.T @ np.linalg.solve(table @ table.T + penalty * np.eye(count), said - mean)
    kernel = found / spread[:, np.newaxis]
    return TiltMap(kernel.astype(np.float32), (mean - middle @ kernel).astype(np.float32))


def learn_tilt(bundle: Bundle, faces: Faces, console: Console, seed: int = 0) -> TiltMap:
    """Show turned copies of faces that trained, in either framing, to a bundle that gives `FEATURES`; fit the map.

    They are of characters, and of strangers.

    Raises:
        BundleError: the network does not load.
    """
    rng = np.random.default_rng(seed)
    trained = rng.permutation(np.concatenate([faces.of("train"), faces.strangers("train")]))[:FACES]
    crops = np.stack([(faces.framed if rng.random() < FRAMED else faces.images)[i] for i in trained])
    copies, angles = turned_copies(crops, rng)
    said = ask_bundle(bundle, copies, console, f"Asking {bundle.info.name} about turned faces", FEATURES)
    return fit_tilt(said.embeddings, angles)


def turned_copies(images: npt.NDArray[np.uint8], rng: Generator, copies: int = COPIES) -> tuple[Image, Values]:
    """Turn upright faces by known angles; half of them are mirrored first.

    What a turned crop lacks in its corners is made up in several ways, so that none of them can betray the angle.

    Args:
        images: RGB uint8 crops ``(count, side, side, 3)``.
        rng: Chooses the angles.
        copies: Of each crop.

    Returns:
        RGB uint8 ``(count * copies, side, side, 3)``, and the degrees clockwise that each copy is turned by.
    """
    turned, angles = [], []
    for image in images:
        for _ in range(copies):
            near = np.clip(rng.normal(0, SPREAD), -180, 180)
            angle = float(near if rng.random() < UPRIGHT else rng.uniform(-180, 180))
            turned.append(_turn(image, angle, rng))
            angles.append(angle)
    return np.stack(turned), np.array(angles, np.float32)


def _turn(image: Image, angle: float, rng: Generator) -> Image:
    side = image.shape[0]
    middle = np.float32((side - 1) / 2)
    # Where in the crop each pixel of the copy comes from.
    down, across = (np.mgrid[:side, :side] - middle).astype(np.float32) / np.float32(rng.uniform(*ZOOM))
    cosine, sine = np.float32(np.cos(np.deg2rad(angle))), np.float32(np.sin(np.deg2rad(angle)))
    across, down = cosine * across + sine * down, cosine * down - sine * across
    if rng.random() < 0.5:
        across = -across
    fill = int(rng.integers(len(FILLS) + 1))
    if fill == len(FILLS):
        # The edge of the largest disc is repeated outwards: that is the same at every angle.
        shrink = np.minimum(1, (middle - 1) / np.maximum(np.hypot(across, down), 1))
        across, down = across * shrink, down * shrink
    border = FILLS[fill % len(FILLS)]
    turned = cv2.remap(image, across + middle, down + middle, cv2.INTER_LINEAR, borderMode=border)
    return turned.astype(np.uint8, copy=False)
