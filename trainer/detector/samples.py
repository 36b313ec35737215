"""An endless stream of training samples, drawn from weighted sources."""

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import InputSpec
from bot.recognition.results import Image
from trainer.detector import augment, compose, targets
from trainer.detector.augment import Sample, ViewSettings
from trainer.detector.labels import LabelledPicture, read_image

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


PLAIN_VIEW = ViewSettings()


@dataclass(frozen=True, slots=True)
class Source:
    """Pictures, and how often one of them is drawn rather than one of another source.

    Within a source a picture's chance grows with the square root of its number of faces.
    """

    pictures: Sequence[LabelledPicture]
    weight: float
    view: ViewSettings = PLAIN_VIEW


@dataclass(frozen=True, slots=True)
class Mixture:
    """How often a sample is a collage of four views, has heads pasted into it, or patches without a face."""

    side: int
    collages: float
    pasted: float
    decoys: float = 0.0


class SampleStream:
    """Draws samples; the same seed draws the same ones. Decoded pictures are kept, they are small.

    Args:
        sources: Where views are drawn from.
        heads: Crops of heads to paste, each with one face.
        decoys: Patches without a face to paste.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        heads: Sequence[LabelledPicture],
        mixture: Mixture,
        seed: int,
        decoys: Sequence[LabelledPicture] = (),
    ) -> None:
        self._sources = [source for source in sources if source.pictures and source.weight]
        weights = np.array([source.weight for source in self._sources])
        self._chances = weights / weights.sum()
        self._within = [_chances(source.pictures) for source in self._sources]
        self._heads = heads
        self._decoys = decoys
        self._mixture = mixture
        self._rng = np.random.default_rng(seed)
        self._images: dict[Path, Image] = {}

    def batches(self, size: int) -> Iterator[Batch]:
        """Yield batches of float32 images, scaled to -1 to 1, and targets (see `targets.encode`), without end."""
        while True:
            samples = [self.draw() for _ in range(size)]
            images = np.stack([sample.image for sample in samples])
            yield (
                InputSpec(self._mixture.side, self._mixture.side).scale(images),
                np.stack([targets.encode(sample.faces, sample.ignored, self._mixture.side) for sample in samples]),
            )

    def draw(self) -> Sample:
        """Draw one sample."""
        side = self._mixture.side
        if self._rng.random() < self._mixture.collages:
            sample = augment.collage(self._rng, self._view, side)
        else:
            sample = self._view(side)
        if self._heads and self._rng.random() < self._mixture.pasted:
            for _ in range(int(self._rng.integers(1, 6))):
                head = self._heads[int(self._rng.integers(len(self._heads)))]
                sample = compose.paste(self._rng, sample, self._image(head), head.faces)
        if self._decoys and self._rng.random() < self._mixture.decoys:
            for _ in range(int(self._rng.integers(1, 4))):
                decoy = self._decoys[int(self._rng.integers(len(self._decoys)))]
                sample = compose.paste_decoy(self._rng, sample, self._image(decoy))
        return Sample(augment.recolour(self._rng, sample.image), sample.faces, sample.ignored)

    def _view(self, side: int) -> Sample:
        index = int(self._rng.choice(len(self._sources), p=self._chances))
        source = self._sources[index]
        picture = source.pictures[int(self._rng.choice(len(source.pictures), p=self._within[index]))]
        return augment.random_view(self._rng, self._image(picture), picture, side, source.view)

    def _image(self, picture: LabelledPicture) -> Image:
        if picture.path not in self._images:
            self._images[picture.path] = read_image(picture.path)
        return self._images[picture.path]


def _chances(pictures: Sequence[LabelledPicture]) -> npt.NDArray[np.float64]:
    weights = np.sqrt([1.0 + len(picture.faces) for picture in pictures])
    chances: npt.NDArray[np.float64] = weights / weights.sum()
    return chances


def ahead(batches: Iterator[Batch], depth: int) -> Iterator[Batch]:
    """Draw up to `depth` batches ahead in a thread of its own, so that the next step need not wait for its data."""
    ready: queue.Queue[Batch | Exception] = queue.Queue(depth)

    def fill() -> None:
        # OpenCV's own threads would take the cores that the training step runs on.
        cv2.setNumThreads(1)
        try:
            for batch in batches:
                ready.put(batch)
        except Exception as error:  # noqa: BLE001 - raised again where the batch was to be used
            ready.put(error)

    threading.Thread(target=fill, daemon=True, name="samples").start()
    while True:
        batch = ready.get()
        if isinstance(batch, Exception):
            raise batch
        yield batch
