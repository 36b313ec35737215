"""Say who a face may be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from bot.errors import BundleError
from bot.recognition.bundle import Bundle
from bot.recognition.characters import Characters
from bot.recognition.gallery import EMPTY, Gallery
from bot.recognition.interpreter import RUNTIME_ERRORS, Network
from bot.recognition.naming.comparison import Values
from bot.recognition.naming.recogniser import Recogniser
from bot.recognition.naming.straighten import crop_upright, tilt_of
from bot.recognition.results import Box, Guess, Image

LOGITS, EMBEDDING, TILT = "logits", "embedding", "tilt"
"""The names that a classifier's signature gives its outputs; only a base network has those beyond the first.

The last is about the cosine and the sine of the angle by which the face is tilted, clockwise from upright.
"""
SURE = 0.85
"""The probability of a best guess from which one pass is enough."""
TILTED = 30.0
"""Degrees from upright beyond which a face is turned back: networks know those that are tilted less as they are."""
LYING = 60.0
"""Degrees from upright beyond which the first pass, over the face as it is, no longer counts."""

Turn: TypeAlias = Callable[[int, float], Image]
"""Gives a face's crop anew, by its place and the degrees clockwise by which it is to be turned back."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """What the network says of some faces.

    `logits` are ``(count, labels)``; `embeddings` are ``(count, dimensions)``, unit length, None where there are none.
    `tilts` are the degrees clockwise by which faces were tilted and turned back, 0 where they were classified as they
    are; None where the network cannot tell, or was not asked.
    """

    logits: Values
    embeddings: Values | None
    tilts: Values | None = None


class Classifier:
    """A classifier bundle at work. Not thread-safe: each worker thread makes its own.

    Args:
        bundle: The network and its numbers.
        characters: How people write the names. Labels that it lacks get a name made of the label.
        look_again: Whether to classify doubtful faces again, upright and mirrored. Only a base network does.

    Raises:
        BundleError: the network does not load, or does not give one finite logit for each label.
    """

    def __init__(self, bundle: Bundle, characters: Characters | None = None, *, retry_doubtful: bool = True) -> None:
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
        logits, embedding, tilt = (outputs.get(name) for name in (LOGITS, EMBEDDING, TILT))
        if logits is None or logits.shape != (bundle.logits,) or not np.isfinite(logits).all():
            raise BundleError(f"the bundle {info.name} does not give one finite logit for each of its labels")
        if tilt is not None and tilt.shape != (2,):
            raise BundleError(f"the bundle {info.name} does not give a tilt as cosine and sine")
        self._dimensions = 0 if embedding is None else len(embedding)
        self._retries_doubtful = retry_doubtful and self.embeds
        self._straightens = self._retries_doubtful and tilt is not None
        recognition = bundle.recognition
        if recognition is not None and recognition.prototypes.shape[1] != self._dimensions:
            raise BundleError(f"the bundle {info.name} has prototypes of another shape than its embedding")

    @property
    def embeds(self) -> bool:
        """Whether the bundle gives embeddings, so that it can be taught."""
        return self._dimensions > 0

    def predict(self, crops: Sequence[Image], turn: Turn | None = None) -> Predictions:
        """Show RGB uint8 face crops of any size to the network; a base network gets doubtful ones again.

        A doubtful face is turned upright where it is tilted, and mirrored; the outputs of all passes are averaged.

        Args:
            crops: The faces as they are in their pictures.
            turn: Crops a face anew. Without it the crop itself is turned: it has less to show in its corners.
        """
        faces, tilts = [], []
        for place, crop in enumerate(crops):
            face, tilt = self._consider(crop, partial(turn, place) if turn else partial(_turned, crop))
            faces.append(face)
            tilts.append(tilt)
        logits = np.stack([face[LOGITS] for face in faces]) if faces else np.empty((0, self._bundle.logits))
        angles = np.array(tilts, np.float32) if self._straightens else None
        if not self.embeds:
            return Predictions(logits.astype(np.float32), None, angles)
        embeddings = np.stack([face[EMBEDDING] for face in faces]) if faces else np.empty((0, self._dimensions))
        return Predictions(logits.astype(np.float32), _unit(embeddings), angles)

    def name(
        self, seen: Predictions, gallery: Gallery = EMPTY, *, only_taught: bool = False
    ) -> list[tuple[Guess, ...]]:
        """Say who the faces may be.

        Args:
            seen: What `predict` said of them.
            gallery: Characters that were taught beside the bundle's own, embedded by this bundle.
            only_taught: Whether to answer from the gallery alone.

        Returns:
            For each face every character, by falling probability. What their probabilities leave to 1 is that of
            unknown; a bundle without `bot.recognition.bundle.Recognition` leaves nothing.
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
        return self.name(self.predict(crops))

    def _run(self, crop: Image) -> dict[str, Values]:
        return self._network.run(self._bundle.info.input.prepare([crop])[0])

    def _consider(self, crop: Image, upright: Callable[[float], Image]) -> tuple[dict[str, Values], float]:
        """Classify a face in as many passes as it takes; return the mean output, and the degrees of its turn."""
        looks = [self._run(crop)]
        tilt = 0.0
        if self._doubts(looks[0]):
            tilt = self._tilt(looks[0])
            if tilt:
                crop = upright(tilt)
                looks = [*(looks if abs(tilt) < LYING else ()), self._run(crop)]
            looks.append(self._run(cv2.flip(crop, 1).astype(np.uint8, copy=False)))
        return _mean(looks), tilt

    def _doubts(self, output: dict[str, Values]) -> bool:
        """Return whether another pass is needed."""
        if not self._retries_doubtful:
            return False
        ranking = self._recogniser.rank(output[LOGITS][np.newaxis], _unit(output[EMBEDDING][np.newaxis]))
        return float(ranking.probabilities.max()) < SURE

    def _tilt(self, output: dict[str, Values]) -> float:
        """Return by how many degrees a face has to be turned back; 0 where it may stay as it is."""
        tilt = tilt_of(*map(float, output[TILT])) if self._straightens else 0.0
        return tilt if abs(tilt) > TILTED else 0.0


def _mean(looks: Sequence[dict[str, Values]]) -> dict[str, Values]:
    return {name: np.mean([analyse[name] for analyse in looks], axis=0, dtype=np.float32) for name in looks[0]}


def _unit(embeddings: npt.NDArray[np.floating]) -> Values:
    # Networks leave it to us: in 8 bits, unit length would cost the precision of the parts.
    lengths = np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-6)
    return np.asarray(embeddings / lengths, np.float32)


def _turned(crop: Image, tilt: float) -> Image:
    return crop_upright(crop, Box(0, 0, crop.shape[1], crop.shape[0]), 0, tilt)
