"""What a bundle says of folders of pictures, by the very code that answers in a chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import Bundle
from bot.recognition.crop import crop_face
from bot.recognition.detection.detector import Detector
from bot.recognition.gallery import EMPTY, Gallery
from bot.recognition.naming.classifier import Classifier, Predictions
from bot.recognition.naming.straighten import crop_upright
from bot.recognition.results import Guess, Image
from trainer.common.console import Console
from trainer.common.dataset import read_picture
from trainer.common.measure import Values


@dataclass(frozen=True)
class Faces:
    """The face of each picture. `found` tells where there is one; `seen` has a row for each that was found."""

    found: npt.NDArray[np.bool_]
    seen: Predictions

    def __len__(self) -> int:
        return len(self.found)


class BundleRunner:
    """A bundle that is shown pictures.

    Args:
        bundle: The classifier.
        detector: Finds the faces; the largest of a picture counts. Without one, each picture is a face crop.

    Raises:
        BundleError: the bundle cannot run.
    """

    def __init__(self, bundle: Bundle, detector: Detector | None) -> None:
        self.bundle = bundle
        self._classifier = Classifier(bundle)
        self._detector = detector

    @property
    def embeds(self) -> bool:
        """Whether the bundle can be taught."""
        return self._classifier.embeds

    def run(self, paths: Sequence[Path], what: str, console: Console) -> Faces:
        """Find the face in each picture and show it to the network.

        Raises:
            DatasetError: a picture cannot be read.
        """
        found, rows = [], []
        with console.steps(f"Looking at {what}", len(paths)) as advance:
            for path in paths:
                seen = self._see(read_picture(path))
                found.append(seen is not None)
                if seen is not None:
                    rows.append(seen)
                advance(1)
        return Faces(np.array(found, bool), _joined(rows or [self._classifier.predict([])]))

    def name(
        self, seen: Predictions, gallery: Gallery = EMPTY, *, only_taught: bool = False
    ) -> list[tuple[Guess, ...]]:
        """Say who faces may be, best first, as in a chat."""
        return self._classifier.name(seen, gallery, only_taught=only_taught)

    def probabilities(self, faces: Faces) -> Values:
        """Return how likely each face is each of the roster's characters, ``(pictures, labels)``, in their order.

        The rest to 1 is unknown; all of it where no face was found.
        """
        column = {label: place for place, label in enumerate(self.bundle.labels)}
        given = np.zeros((len(faces), len(column)), np.float32)
        for row, guesses in zip(np.flatnonzero(faces.found), self.name(faces.seen), strict=True):
            for guess in guesses:
                given[row, column[guess.character]] = guess.probability
        return given

    def _see(self, image: Image) -> Predictions | None:
        if self._detector is None:
            return self._classifier.predict([image])
        faces = self._detector.detect(image)
        if not faces:
            return None
        box = max((face.box for face in faces), key=lambda box: box.width * box.height)
        margin = self.bundle.info.margin
        crop = crop_face(image, box, margin)
        return self._classifier.predict([crop], lambda _, tilt: crop_upright(image, box, margin, tilt))


def chosen(seen: Predictions, rows: npt.NDArray[np.intp]) -> Predictions:
    """Return what was said of some of the faces."""
    return Predictions(seen.logits[rows], None if seen.embeddings is None else seen.embeddings[rows])


def _joined(parts: Sequence[Predictions]) -> Predictions:
    embeddings = [part.embeddings for part in parts if part.embeddings is not None]
    return Predictions(
        np.concatenate([part.logits for part in parts]), np.concatenate(embeddings) if embeddings else None
    )
