"""What the loss rewards."""

import numpy as np
import pytest

from trainer.base_network.loss import loss
from trainer.base_network.settings import LossSettings

SETTINGS = LossSettings(scale=10, margin=0.2, smoothing=0)
FIRST = np.array([[1, 0, 0]], np.float32)


STRANGER = np.zeros((1, 3), np.float32)


def value(
    logits: list[float],
    cosines: list[float],
    inner: list[float] | None = None,
    target: np.ndarray[tuple[int, int], np.dtype[np.float32]] = FIRST,
) -> float:
    outputs = {
        "logits": np.array([logits], np.float32),
        "cosines": np.array([cosines], np.float32),
        "inner_cosines": np.array([inner or cosines], np.float32),
    }
    return float(loss(outputs, target, SETTINGS))


def test_a_network_that_knows_nothing_pays_for_the_margin() -> None:
    # ln 3 for the linear head; the right cosines are lowered by 10 x 0.2 before their shares are taken.
    assert value([0, 0, 0], [0, 0, 0]) == pytest.approx(np.log(3) + 2 * np.log(1 + 2 * np.exp(2)), rel=1e-5)


def test_every_head_counts() -> None:
    assert value([9, 0, 0], [0, 0, 0]) < value([0, 0, 0], [0, 0, 0])
    assert value([0, 0, 0], [0.9, 0, 0], [0, 0, 0]) < value([0, 0, 0], [0, 0, 0])
    assert value([0, 0, 0], [0, 0, 0], [0.9, 0, 0]) < value([0, 0, 0], [0, 0, 0])


def test_the_loss_wants_a_stranger_equally_far_from_all() -> None:
    assert value([0, 0, 0], [0, 0, 0], target=STRANGER) == pytest.approx(3 * np.log(3))
    assert value([3, 0, 0], [0, 0, 0], target=STRANGER) > value([0, 0, 0], [0, 0, 0], target=STRANGER)
    assert value([0, 0, 0], [0.5, 0, 0], target=STRANGER) > value([0, 0, 0], [0, 0, 0], target=STRANGER)
