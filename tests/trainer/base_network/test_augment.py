"""Varied and mixed crops."""

import numpy as np
import pytest

from tests.trainer.conftest import draw_crop
from trainer.base_network.augment import Framing, mix, recast, vary
from trainer.base_network.settings import AugmentSettings

SHOWN = {"framed": 0.5, "framed_zoom": (1, 1), "others": 0.1, "recast": 0.1, "balance": 0.5}
CHANGES = ("shift", "colour", "grey", "blur", "jpeg", "erase", "mix")
STILL = AugmentSettings(tilt=0, **SHOWN, **dict.fromkeys(CHANGES, 0))
EVERYTHING = AugmentSettings(tilt=15, **SHOWN, **{**dict.fromkeys(CHANGES, 1), "shift": 0.1})


@pytest.mark.parametrize("settings", [STILL, EVERYTHING])
def test_a_crop_gets_the_side_that_is_asked_for(settings: AugmentSettings) -> None:
    for seed in range(20):
        varied = vary(
            draw_crop((200, 50, 50), seed, 64), 48, Framing((0.8, 1.5), 0.2), settings, np.random.default_rng(seed)
        )
        assert varied.shape == (48, 48, 3)
        assert varied.dtype == np.uint8


def test_a_crop_keeps_its_place_and_its_colours_where_nothing_is_to_change() -> None:
    crop = draw_crop((200, 50, 50), 1, 64)
    varied = [vary(crop, 64, Framing((1, 1)), STILL, np.random.default_rng(seed)).astype(int) for seed in range(8)]
    differences = [min(np.abs(v - crop).mean(), np.abs(v - crop[:, ::-1]).mean()) for v in varied]
    # What is left is the stretching by a few percent.
    assert max(differences) < 30
    assert np.abs(varied[0] - draw_crop((50, 50, 200), 9, 64)).mean() > 40


def test_the_same_chance_gives_the_same_crop() -> None:
    crop = draw_crop((200, 50, 50), 1, 64)
    first, second = (vary(crop, 48, Framing((0.8, 1.2)), EVERYTHING, np.random.default_rng(5)) for _ in range(2))
    assert (first == second).all()
    assert (first != vary(crop, 48, Framing((0.8, 1.2)), EVERYTHING, np.random.default_rng(6))).any()


def test_a_grey_crop_has_no_colour() -> None:
    settings = STILL.model_copy(update={"grey": 1.0})
    varied = vary(draw_crop((200, 50, 50), 1, 64), 48, Framing((1, 1)), settings, np.random.default_rng(0))
    assert (varied.max(axis=2) == varied.min(axis=2)).all()


def test_targets_are_shared_as_the_pixels_are() -> None:
    images = np.stack([np.full((20, 20, 3), value, np.float32) for value in range(4)])
    targets = np.eye(4, dtype=np.float32)
    for seed in range(30):
        mixed, shares = mix(images, targets, np.random.default_rng(seed))
        assert shares.sum(axis=1) == pytest.approx(np.ones(4))
        assert mixed.mean(axis=(1, 2, 3)) == pytest.approx(shares @ np.arange(4), abs=1e-4)


def test_an_enlarged_crop_has_its_face_in_the_middle() -> None:
    crop = np.zeros((100, 100, 3), np.uint8)
    crop[60:80, 40:60] = 255
    varied = vary(crop, 100, Framing((2, 2), 0.2), STILL, np.random.default_rng(1))
    rows = np.flatnonzero(varied[:, 50, 0] > 127)
    whole = vary(crop, 100, Framing((1, 1)), STILL, np.random.default_rng(1))
    assert 50 < rows.mean() < 90
    assert rows.size > np.flatnonzero(whole[:, 50, 0] > 127).size


@pytest.mark.parametrize("turn", [1 / 4, 1 / 3, 1 / 2, 2 / 3])
def test_a_recast_crop_changes_hair_and_keeps_skin(turn: float) -> None:
    crop = np.full((40, 40, 3), (250, 214, 190), np.uint8)
    crop[:20] = (60, 90, 220)
    other = recast(crop, turn).astype(int)
    assert np.abs(other[:20] - crop[:20]).max() > 60
    assert np.abs(other[20:] - crop[20:]).max() <= 4


def test_pale_hair_is_given_a_colour() -> None:
    grey = np.full((40, 40, 3), 170, np.uint8)
    assert np.ptp(recast(grey, 1 / 3)[0, 0]) > 40
