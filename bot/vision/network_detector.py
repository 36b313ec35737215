"""Find faces with a network of our own, read from a bundle."""

from bot.bundle import Bundle
from bot.domain import Box, Face, Image
from bot.errors import BundleError
from bot.vision.boxes import suppress
from bot.vision.heatmap import read_faces
from bot.vision.interpreter import Network
from bot.vision.letterbox import letterbox

GRAIN = 32
"""The stride of the network's coarsest features: its input is a multiple of this high and wide."""
OVERLAP = 0.45
"""Boxes with a higher intersection over union are one face."""


class NetworkDetector:
    """Finds faces with a bundle's network, in one look at the whole picture. Not thread-safe.

    Args:
        bundle: A detector's bundle.
        threshold: Faces with lower scores are left out; None for the bundle's own threshold.

    Raises:
        BundleError: the bundle is no detector, or the runtime cannot load it.
    """

    def __init__(self, bundle: Bundle, threshold: float | None = None) -> None:
        if bundle.info.kind != "detector":
            raise BundleError(f"the bundle {bundle.info.name} is a {bundle.info.kind}, not a detector")
        self._network = Network(bundle)
        self._size = (bundle.info.input.width, bundle.info.input.height)
        self._threshold = bundle.info.threshold if threshold is None else threshold

    def detect(self, image: Image) -> tuple[Face, ...]:
        """Return the faces in an RGB uint8 image, best score first, boxes in its pixels."""
        shown = letterbox(image, *self._size, GRAIN)
        answer = self._network.run_image(shown.canvas)
        scores, distances = answer["scores"][..., 0], answer["distances"]
        boxes, found = read_faces(scores, distances, shown.canvas.shape[0] / scores.shape[0], self._threshold)
        boxes = shown.to_picture(boxes)
        return tuple(Face(Box(*boxes[i].tolist()), float(found[i])) for i in suppress(boxes, found, OVERLAP))
