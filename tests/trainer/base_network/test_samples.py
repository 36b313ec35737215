"""What a batch shows."""

import numpy as np
import pytest

from bot.recognition.bundle import InputSpec
from trainer.base_network.augment import Framing
from trainer.base_network.data import STRANGER, Faces
from trainer.base_network.samples import Samples
from trainer.base_network.settings import DEFAULT, read_settings

RED, BLUE, WHITE = (200, 40, 40), (40, 40, 200), (255, 255, 255)
CYAN, YELLOW = (40, 200, 200), (200, 200, 40)


@pytest.fixture
def faces() -> Faces:
    """Ten red faces of one character, ten blue ones of another, and five white ones of nobody; framed ones are dark."""
    colours = [RED] * 10 + [BLUE] * 10 + [WHITE] * 5
    images = np.array([np.full((32, 32, 3), colour) for colour in colours], np.uint8)
    truth = np.array([0] * 10 + [1] * 10 + [STRANGER] * 5)
    names = np.array(["blue"] * 10 + ["red"] * 10 + [""] * 5)
    sets = parts = np.zeros(25, int)
    return Faces(images, images // 2, truth, sets, parts, ("blue", "red"), ("own",), names, names, "key")


def samples(faces: Faces, casts: int = 1, **changes: float) -> Samples:
    shipped = read_settings(DEFAULT).augment
    still = dict.fromkeys(("tilt", "shift", "colour", "grey", "blur", "jpeg", "erase", "mix", "balance"), 0.0)
    settings = shipped.model_copy(update=still | changes)
    chosen, others = faces.of("train"), faces.strangers("train")
    return Samples(faces, chosen, others, (Framing((1, 1)),), settings, InputSpec(32, 32), casts, 20, 1)


def test_a_batch_holds_the_strangers_that_are_asked_for(faces: Faces) -> None:
    stream = samples(faces, others=0.25, framed=0.0)
    images, targets = stream.draw(3, stream.chances())
    # Strangers are shown as the detector frames them, so that the white ones are grey here.
    grey = np.ptp(images, axis=3).max(axis=(1, 2)) < 0.05
    assert grey.sum() == 5
    assert (targets.sum(axis=1) == np.where(grey, 0, 1)).all()


def test_a_crop_of_other_hues_is_a_character_of_its_own(faces: Faces) -> None:
    stream = samples(faces, casts=2, others=0.0, recast=0.5, framed=0.0)
    images, targets = stream.draw(3, stream.chances())
    # Turning the hues rounds.
    shown = {
        tuple(np.rint((image[0, 0] * 128 + 127) / 10).astype(int) * 10): who
        for image, who in zip(images, targets, strict=True)
    }
    assert {colour: list(who).index(1) for colour, who in shown.items()} == {RED: 0, BLUE: 1, CYAN: 2, YELLOW: 3}


def test_both_framings_are_shown(faces: Faces) -> None:
    stream = samples(faces, others=0.0, recast=0.0, framed=0.5)
    images, _ = stream.draw(1, stream.chances())
    brightest = images.max(axis=(1, 2, 3))
    assert 3 < (brightest > 0.4).sum() < 17


def test_the_same_step_draws_the_same_batch(faces: Faces) -> None:
    stream = samples(faces)
    for one, other in zip(stream.draw(7, stream.chances()), stream.draw(7, stream.chances()), strict=True):
        assert (one == other).all()
