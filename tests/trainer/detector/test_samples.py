from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.detector.labels import LabelledPicture, as_boxes
from trainer.detector.samples import Mixture, SampleStream, Source, ahead
from trainer.detector.targets import STRIDE

MIXTURE = Mixture(side=96, collages=0.5, pasted=0.5)


@pytest.fixture
def pictures(tmp_path: Path) -> list[LabelledPicture]:
    rng = np.random.default_rng(0)
    for n in range(3):
        cv2.imwrite(str(tmp_path / f"{n}.png"), rng.integers(0, 256, (120, 90, 3), np.uint8))
    return [LabelledPicture(tmp_path / f"{n}.png", "x", as_boxes([(20, 30, 40, 40)]), as_boxes([])) for n in range(3)]


def stream(pictures: list[LabelledPicture], seed: int) -> SampleStream:
    return SampleStream([Source(pictures, 0.9), Source([], 0.1)], pictures[:1], MIXTURE, seed)


def test_batches_are_what_the_network_is_fitted_with(pictures: list[LabelledPicture]) -> None:
    images, targets = next(stream(pictures, 1).batches(5))
    assert images.shape == (5, 96, 96, 3)
    assert images.dtype == np.float32
    assert -1 <= images.min() < images.max() <= 1
    assert targets.shape == (5, 96 // STRIDE, 96 // STRIDE, 7)
    assert (targets[..., 0] == 1).any()


def test_a_seed_always_draws_the_same(pictures: list[LabelledPicture]) -> None:
    first, again, other = (next(stream(pictures, seed).batches(2))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_batches_drawn_ahead_come_in_order(pictures: list[LabelledPicture]) -> None:
    plain = [images for images, _ in islice(stream(pictures, 1).batches(2), 4)]
    early = [images for images, _ in islice(ahead(stream(pictures, 1).batches(2), depth=2), 4)]
    assert np.array_equal(plain, early)


def test_a_picture_that_cannot_be_read_ends_the_stream(tmp_path: Path) -> None:
    gone = LabelledPicture(tmp_path / "gone.png", "x", as_boxes([]), as_boxes([]))
    with pytest.raises(FileNotFoundError, match=r"gone\.png"):
        next(ahead(SampleStream([Source([gone], 1)], (), MIXTURE, 1).batches(2), depth=2))
