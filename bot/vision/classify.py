"""Say who a face may be."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.bundle import Bundle
from bot.characters import Characters
from bot.domain import Guess, Image
from bot.errors import BundleError
from bot.gallery import EMPTY, Gallery
from bot.vision.interpreter import RUNTIME_ERRORS, Network
from bot.vision.recognise import Recogniser, Values

LOGITS, EMBEDDING = "logits", "embedding"
"""The names that a classifier's signature gives its outputs; only a base network has the second."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the network says of some faces.

    `logits` are ``(count, labels)``; `embeddings` are ``(count, dimensions)``, unit length, None where there are none.
    """

    logits: Values
    embeddings: Values | None


class Classifier:
    """A classifier bundle at work. Not thread-safe: each worker thread makes its own.

    Args:
        bundle: The network and its numbers.
        characters: How people write the names. Labels that it lacks get a name made of the label.

    Raises:
        BundleError: the network does not load, or does not give one finite logit for each label.
    """

    def __init__(self, bundle: Bundle, characters: Characters | None = None) -> None:
        self._bundle = bundle
        self._network = Network(bundle)
        self._recogniser = Recogniser(bundle)
        self._characters = (characters or Characters()).including(bundle.labels)
        info = bundle.info
        blank = np.full((info.input.height, info.input.width, 3), 127, np.uint8)
        try:
            outputs = self._network.run(info.input.prepare([blank])[0])
        except RUNTIME_ERRORS as error:
            raise BundleError(f"the bundle {info.name} cannot run: {error}") from error
        logits, embedding = outputs.get(LOGITS), outputs.get(EMBEDDING)
        if logits is None or logits.shape != (len(bundle.labels),) or not np.isfinite(logits).all():
            raise BundleError(f"the bundle {info.name} does not give one finite logit for each of its labels")
        self._dimensions = 0 if embedding is None else len(embedding)
        recognition = bundle.recognition
        if recognition is not None and recognition.prototypes.shape[1] != self._dimensions:
            raise BundleError(f"the bundle {info.name} has prototypes of another shape than its embedding")

    @property
    def embeds(self) -> bool:
        """Whether the bundle gives embeddings, so that it can be taught."""
        return self._dimensions > 0

    def see(self, crops: Sequence[Image]) -> Seen:
        """Show RGB uint8 face crops of any size to the network."""
        outputs = [self._network.run(image) for image in self._bundle.info.input.prepare(crops)]
        logits = (
            np.stack([output[LOGITS] for output in outputs]) if outputs else np.empty((0, len(self._bundle.labels)))
        )
        if not self.embeds:
            return Seen(logits.astype(np.float32), None)
        embeddings = np.stack([output[EMBEDDING] for output in outputs]) if outputs else np.empty((0, self._dimensions))
        # Networks leave it to us: in 8 bits, unit length would cost the precision of the parts.
        lengths = np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-6)
        return Seen(logits.astype(np.float32), (embeddings / lengths).astype(np.float32))

    def name(self, seen: Seen, gallery: Gallery = EMPTY, *, only_taught: bool = False) -> list[tuple[Guess, ...]]:
        """Say who the faces may be.

        Args:
            seen: What `see` said of them.
            gallery: Characters that were taught beside the bundle's own, embedded by this bundle.
            only_taught: Whether to answer from the gallery alone.

        Returns:
            For each face every character, by falling probability. What their probabilities leave to 1 is that of
            nobody known; a bundle without `bot.bundle.Recognition` leaves nothing.
        """
        ranking = self._recogniser.rank(seen.logits, seen.embeddings, gallery, only_taught=only_taught)
        names = self._characters
        return [
            tuple(
                Guess(id_, float(row[place]), names.name(id_), names.series(id_))
                for place in np.argsort(-row, kind="stable")
                for id_ in (ranking.characters[place],)
            )
            for row in ranking.probabilities
        ]

    def classify(self, crops: Sequence[Image]) -> list[tuple[Guess, ...]]:
        """Name RGB uint8 face crops of any size among the bundle's own characters; see `name`."""
        return self.name(self.see(crops))
