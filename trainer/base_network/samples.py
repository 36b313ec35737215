"""Endless batches of varied crops; which crops and how they vary is a function of the step's number alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from bot.recognition.bundle import InputSpec
from bot.recognition.results import Image
from trainer.base_network.augment import Framing, mix, recast, vary
from trainer.base_network.data import STRANGER, Faces, Indices
from trainer.base_network.settings import AugmentSettings

Batch: TypeAlias = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]
"""Inputs ``(batch, side, side, 3)``, and the shares of the characters in each, ``(batch, casts * characters)``."""
AHEAD = 3


@dataclass(frozen=True)
class Samples:
    """Draws batches from the crops `chosen` and from `others`, strangers; `framings` has an entry for each set.

    Each character is `casts` characters: first come all with their own hues, then all with theirs turned by a step.
    """

    faces: Faces
    chosen: Indices
    others: Indices
    framings: tuple[Framing, ...]
    settings: AugmentSettings
    spec: InputSpec
    casts: int
    batch: int
    seed: int

    def __post_init__(self) -> None:
        # OpenCV's own threads would take the cores that the training step runs on.
        cv2.setNumThreads(1)

    def chances(self) -> npt.NDArray[np.float64]:
        """How likely each crop is drawn: characters with few pictures more often than their share."""
        counts = np.bincount(self.faces.truth[self.chosen], minlength=len(self.faces.labels))
        weights = 1.0 / counts[self.faces.truth[self.chosen]] ** self.settings.balance
        shares: npt.NDArray[np.float64] = weights / weights.sum()
        return shares

    def draw(self, step: int, chances: npt.NDArray[np.float64]) -> Batch:
        """Return the batch of a step."""
        rng = np.random.default_rng((self.seed, step))
        drawn = rng.choice(self.chosen, self.batch, p=chances)
        turned, others = self._shares()
        drawn[turned : turned + others] = rng.choice(self.others, others) if others else ()
        crops = [self._crop(i, rng) for i in drawn]
        truth = self.faces.truth[drawn]
        for place in range(turned):
            cast = int(rng.integers(1, self.casts))
            crops[place] = recast(crops[place], cast / self.casts)
            truth[place] += cast * len(self.faces.labels)
        targets = np.zeros((self.batch, self.casts * len(self.faces.labels)), np.float32)
        own = np.flatnonzero(truth != STRANGER)
        targets[own, truth[own]] = 1
        images = self.spec.scale(np.stack(crops))
        return mix(images, targets, rng) if rng.random() < self.settings.mix else (images, targets)

    def _shares(self) -> tuple[int, int]:
        """How many crops of a batch are given other hues, and how many are of strangers."""
        settings = self.settings
        turned = round(settings.recast * self.batch) if self.casts > 1 else 0
        return turned, round(settings.others * self.batch) if len(self.others) else 0

    def _crop(self, index: int, rng: np.random.Generator) -> Image:
        framed = self.faces.truth[index] == STRANGER or rng.random() < self.settings.framed
        framing = Framing(self.settings.framed_zoom) if framed else self.framings[self.faces.sets[index]]
        images = self.faces.framed if framed else self.faces.images
        return vary(images[index], self.spec.width, framing, self.settings, rng)

    def batches(self, start: int, stop: int) -> Iterator[Batch]:
        """Yield the batches of some steps, drawn ahead in a thread of its own."""
        chances = self.chances()
        with ThreadPoolExecutor(1, "samples") as pool:
            ready = [pool.submit(self.draw, step, chances) for step in range(start, min(start + AHEAD, stop))]
            for step in range(start, stop):
                if step + AHEAD < stop:
                    ready.append(pool.submit(self.draw, step + AHEAD, chances))
                yield ready.pop(0).result()
