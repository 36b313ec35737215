"""Say who a face may be."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.bundle import Bundle
from bot.domain import Guess, Image
from bot.errors import BundleError
from bot.vision.interpreter import RUNTIME_ERRORS, Network

OUTPUT = "logits"
"""The name that a classifier's signature gives its output."""


class Classifier:
    """A classifier bundle at work. Not thread-safe: each worker thread makes its own.

    Raises:
        BundleError: the network does not load, or does not give one finite logit for each label.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._network = Network(bundle)
        info = bundle.info
        blank = np.full((info.input.height, info.input.width, 3), 127, np.uint8)
        try:
            logits = self._network.run(info.input.prepare([blank])[0]).get(OUTPUT)
        except RUNTIME_ERRORS as error:
            raise BundleError(f"the bundle {info.name} cannot run: {error}") from error
        if logits is None or logits.shape != (len(bundle.labels),) or not np.isfinite(logits).all():
            raise BundleError(f"the bundle {info.name} does not give one finite logit for each of its labels")

    def classify(self, crops: Sequence[Image]) -> list[tuple[Guess, ...]]:
        """Name RGB uint8 face crops of any size.

        Returns:
            For each crop every character of the bundle, by falling probability; the probabilities sum to 1.
        """
        return [self._rank(image) for image in self._bundle.info.input.prepare(crops)]

    def _rank(self, image: npt.NDArray[np.float32]) -> tuple[Guess, ...]:
        probabilities = softmax(self._network.run(image)[OUTPUT] / self._bundle.info.temperature)
        order = np.argsort(-probabilities, kind="stable")
        return tuple(Guess(self._bundle.labels[index], float(probabilities[index])) for index in order)


def softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Turn logits of shape ``(classes,)`` into probabilities, safe from overflow."""
    exponentials = np.exp(logits - logits.max())
    probabilities: npt.NDArray[np.float32] = exponentials / exponentials.sum()
    return probabilities
