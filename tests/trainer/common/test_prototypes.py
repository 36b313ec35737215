"""Prototypes and log-odds of what is known beforehand."""

import numpy as np
import pytest

from trainer.common.prototypes import logistic_regression, make_prototypes


def test_a_character_of_several_appearances_gets_several_prototypes() -> None:
    embeddings = np.repeat(np.eye(16, dtype=np.float32)[:3], 15, axis=0)
    means, owners = make_prototypes(embeddings, np.array([0] * 30 + [1] * 15), 3, 2)
    assert owners.tolist() == [0, 0, 1, 2]
    assert (means[:2] @ embeddings[[0, 15]].T).max(axis=0) == pytest.approx([1, 1], abs=1e-3)
    # Somebody without a face is near nobody.
    assert not means[3].any()


def test_logistic_regression_finds_the_odds() -> None:
    rng = np.random.default_rng(8)
    values = rng.normal(size=(4000, 2))
    truth = (rng.random(4000) < 1 / (1 + np.exp(-(2 * values[:, 0] - values[:, 1])))).astype(float)
    weights, bias = logistic_regression(values, truth)
    assert weights == pytest.approx([2, -1], abs=0.25)
    assert abs(bias) < 0.2
    assert logistic_regression(values, truth, 0.9)[1] - bias == pytest.approx(np.log(9), abs=0.2)


@pytest.mark.parametrize(
    ("prior", "weights", "bias"),
    [
        (0.5, [7.61303, -0.09897], -2.7749),
        (0.9, [7.37593, -0.0949], -0.64157),
    ],
)
def test_logistic_regression_reaches_the_minimum(prior: float, weights: list[float], bias: float) -> None:
    """The figures are those that Newton's method found, on values of different scales."""
    x, y = np.meshgrid(np.linspace(0, 1, 21), np.linspace(-30, 50, 17))
    values = np.column_stack([x.ravel(), y.ravel()])
    truth = (4 * values[:, 0] - 0.05 * values[:, 1] + np.sin(7 * np.arange(len(values))) > 1.5).astype(float)
    found, offset = logistic_regression(values, truth, prior)
    assert found == pytest.approx(weights, abs=1e-3)
    assert offset == pytest.approx(bias, abs=1e-3)
