"""The map that tells how faces are tilted, and the copies that it is fitted to."""

from pathlib import Path

import numpy as np
import pytest

from bot.recognition.interpreter import Network
from bot.recognition.naming.straighten import crop_upright, tilt_of
from bot.recognition.results import Box
from tests.support import tiny
from tests.trainer.conftest import Transcript
from trainer.base_network.data import STRANGER, Faces
from trainer.base_network.tilt import fit_tilt, learn_tilt, turned_copies
from trainer.common.measure import Values

SIDE = 64


def told(vectors: Values) -> Values:
    return np.array([tilt_of(*map(float, vector)) for vector in vectors], np.float32)


def apart(one: Values, other: Values) -> Values:
    return np.asarray(np.abs((one - other + 180) % 360 - 180))


def features_of(angles: Values, size: int, seed: int) -> Values:
    """What a network might say: the angle, in some directions, among much that has nothing to do with it."""
    ways = np.random.default_rng(0).normal(size=(2, size))
    radians = np.deg2rad(angles)
    clear = np.stack([np.cos(radians), np.sin(radians)], axis=1) @ ways
    noise = np.random.default_rng(seed).normal(size=(len(angles), size))
    return ((clear + noise) * np.linspace(0.1, 30, size) + 5).astype(np.float32)


@pytest.mark.parametrize("size", [80, 700])
def test_the_angle_of_new_faces_is_predicted(size: int) -> None:
    """With more faces than features, and with fewer."""
    rng = np.random.default_rng(1)
    trained, asked = rng.uniform(-180, 180, 400).astype(np.float32), rng.uniform(-180, 180, 200).astype(np.float32)
    tilt = fit_tilt(features_of(trained, size, 2), trained)
    assert np.median(apart(told(tilt(features_of(asked, size, 3))), asked)) < 12


def test_both_ways_of_solving_give_one_map() -> None:
    """As many features as faces, then one face less."""
    angles = np.random.default_rng(1).uniform(-180, 180, 300).astype(np.float32)
    features = features_of(angles, 300, 2)
    asked = features_of(angles[:50], 300, 3)
    assert apart(told(fit_tilt(features, angles)(asked)), told(fit_tilt(features[1:], angles[1:])(asked))).max() < 20


def test_it_is_learnt_from_what_a_network_says_of_turned_faces(
    tmp_path: Path, console: Transcript, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tiny network's own tilt stands for its features."""
    monkeypatch.setattr("trainer.base_network.tilt.FEATURES", "tilt")
    bundle = tiny.tiny_upright(tmp_path / "upright.tflite")
    heads = np.stack([tiny.head(colour) for colour in (tiny.RED, tiny.GREEN, tiny.BLUE, tiny.GREY)] * 10)
    truth = np.tile([0, 1, 2, STRANGER], 10)
    nobody = np.full(40, "")
    faces = Faces(
        heads, heads, truth, np.zeros(40, int), np.zeros(40, int), tiny.LABELS, ("own",), nobody, nobody, "key"
    )
    tilt = learn_tilt(bundle, faces, console)
    copies, angles = turned_copies(heads[:4], np.random.default_rng(9), 20)
    network = Network(bundle)
    said = np.stack([network.run(bundle.info.input.prepare([copy])[0])["tilt"] for copy in copies])
    assert np.median(apart(told(tilt(said)), angles)) < 15
    assert 0.4 < np.median(np.linalg.norm(tilt(said), axis=1)) < 1.2
    assert "Asking upright about turned faces" in console.text


def test_a_feature_that_never_changes_says_nothing() -> None:
    angles = np.random.default_rng(1).uniform(-180, 180, 300).astype(np.float32)
    features = np.concatenate([features_of(angles, 20, 2), np.full((300, 1), 7, np.float32)], axis=1)
    kernel = fit_tilt(features, angles).kernel
    assert np.isfinite(kernel).all()
    assert np.abs(kernel[-1]).max() < 1e-6


def test_copies_are_turned_by_the_angles_that_are_told() -> None:
    """A bright spot at the top of the head, where no zoom takes it out of sight, goes where the angle says."""
    down, across = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    spot = np.where(np.hypot(across, down + SIDE / 5) < 4, 255, 0).astype(np.uint8)
    images = np.repeat(spot[..., np.newaxis], 3, axis=2)[np.newaxis]
    copies, angles = turned_copies(images, np.random.default_rng(3), 60)
    weights = copies[..., 0].astype(float) * (np.hypot(across, down) < SIDE * 0.4)
    middles = [(weights * part).sum(axis=(1, 2)) / weights.sum(axis=(1, 2)) for part in (-down, across)]
    assert apart(told(np.stack(middles, axis=1).astype(np.float32)), angles).max() < 4


def test_a_copy_that_is_turned_back_is_the_face() -> None:
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    image[24:40, 20:44] = (200, 90, 30)  # symmetric, so that mirroring does not matter
    copies, angles = turned_copies(image[np.newaxis], np.random.default_rng(4), 20)
    box = Box(SIDE / 4, SIDE / 4, SIDE / 2, SIDE / 2)
    middle = np.zeros((SIDE // 2, SIDE // 2), bool)
    middle[12:20, 8:24] = True
    for copy, angle in zip(copies, angles, strict=True):
        back = crop_upright(copy, box, 0, float(angle))
        assert np.abs(back[middle].astype(int) - (200, 90, 30)).max() < 12


def test_there_are_copies_at_every_angle_and_most_are_nearly_upright() -> None:
    images = np.zeros((200, 8, 8, 3), np.uint8)
    copies, angles = turned_copies(images, np.random.default_rng(5))
    assert copies.shape == (600, 8, 8, 3)
    assert copies.dtype == np.uint8
    assert angles.shape == (600,)
    assert np.histogram(angles, 8, (-180, 180))[0].min() > 10
    assert (np.abs(angles) < 45).mean() > 0.4


def test_the_same_chance_gives_the_same_copies() -> None:
    images = np.random.default_rng(6).integers(0, 256, (2, 16, 16, 3)).astype(np.uint8)
    one, two = (turned_copies(images, np.random.default_rng(7)) for _ in range(2))
    assert (one[0] == two[0]).all()
    assert (one[1] == two[1]).all()
