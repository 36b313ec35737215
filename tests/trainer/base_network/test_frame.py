"""Crops, cropped once more."""

import numpy as np

from bot.recognition.results import Box, Face, Image
from trainer.base_network.frame import fit_square, reframe


class Bright:
    """Finds the bright square in a picture, if there is one, and something smaller."""

    def detect(self, image: Image) -> tuple[Face, ...]:
        rows, columns = np.nonzero(image[..., 0] > 200)
        if not rows.size:
            return ()
        box = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
        return Face(Box(0, 0, 4, 4), 0.9), Face(box, 0.5)


def test_a_face_is_cropped_with_its_margin() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    image[20:30, 5:15] = 255
    once = fit_square(reframe(image, Bright(), 0.5), 40)
    # The square of 10 pixels, in the middle of 20 that become 40.
    assert (once[12:28, 12:28] == 255).all()
    assert once[:8].max() == once[:, :8].max() == once[32:].max() == 0


def test_a_crop_without_a_face_stays_as_it_is() -> None:
    image = np.zeros((40, 40, 3), np.uint8)
    assert reframe(image, Bright(), 0.5) is image
