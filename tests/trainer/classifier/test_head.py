"""A head on features that are known by heart."""

import numpy as np
import pytest

from trainer.classifier.head import cross_validate, fit_head
from trainer.common.measure import Truth, Values

TRUTH = np.repeat([0, 1, 2], 10)


def features(scale: float = 1.0, noise: float = 0.2) -> Values:
    """One view of thirty pictures, of three characters in three directions."""
    random = np.random.default_rng(0)
    values = (np.eye(4)[TRUTH] + random.normal(0, noise, (30, 4))) * scale
    return np.asarray(values[np.newaxis], np.float32)


def alone(count: int) -> list[list[int]]:
    return [[i] for i in range(count)]


def accuracy(logits: Values, truth: Truth) -> float:
    return float((logits.argmax(axis=1) == truth).mean())


def test_characters_that_lie_apart_are_told_apart() -> None:
    head = fit_head(features(), TRUTH, 3, 0.1)
    assert accuracy(head(features()[0]), TRUTH) == 1
    assert (head.kernel.shape, head.bias.shape) == ((4, 3), (3,))


def test_the_scale_of_features_does_not_matter() -> None:
    one, other = (fit_head(features(scale), TRUTH, 3, 0.1)(features(scale)[0]) for scale in (1, 250))
    np.testing.assert_allclose(one, other, atol=0.01)


def test_a_penalty_makes_it_less_sure() -> None:
    weak, strong = (fit_head(features(), TRUTH, 3, penalty)(features()[0]) for penalty in (0.01, 10))
    assert np.ptp(strong, axis=1).mean() < np.ptp(weak, axis=1).mean() / 2


def test_changed_copies_train_along() -> None:
    lone = np.zeros((1, 30, 4), np.float32)
    lone[0, :, 3] = 1
    taught = fit_head(np.concatenate([lone, features()]), TRUTH, 3, 0.1)
    assert accuracy(taught(features()[0]), TRUTH) == 1


def test_every_picture_is_judged_by_a_head_that_has_not_seen_it() -> None:
    # Noise alone: what has been learnt by heart would be right, what is asked for is right by chance.
    random = np.random.default_rng(0).normal(size=(1, 30, 60)).astype(np.float32)
    assert accuracy(fit_head(random, TRUTH, 3, 0.001)(random[0]), TRUTH) == 1
    held_out = cross_validate(random, TRUTH, 3, 0.001, alone(30))
    assert sorted(held_out.truth) == sorted(TRUTH)
    assert accuracy(held_out.logits, held_out.truth) < 0.7


def test_near_duplicates_do_not_train_for_each_other() -> None:
    random = np.random.default_rng(0).normal(size=(1, 21, 60)).astype(np.float32)
    twice, truth = np.concatenate([random, random], axis=1), np.tile(np.repeat([0, 1, 2], 7), 2)
    leaked = cross_validate(twice, truth, 3, 0.001, alone(42))
    apart = cross_validate(twice, truth, 3, 0.001, [[i, i + 21] for i in range(21)])
    assert accuracy(leaked.logits, leaked.truth) > accuracy(apart.logits, apart.truth) + 0.2


def test_a_character_whose_pictures_are_all_alike_is_not_asked_for() -> None:
    groups = [list(range(10)), *([i] for i in range(10, 30))]
    steps: list[int] = []
    held_out = cross_validate(features(), TRUTH, 3, 0.1, groups, lambda: steps.append(1))
    assert sorted(set(held_out.truth)) == [1, 2]
    assert len(held_out.truth) == 20
    assert sum(steps) == 5


@pytest.mark.parametrize("count", [1, 2, 3])
def test_few_pictures_are_enough(count: int) -> None:
    chosen = np.concatenate([np.arange(count) + 10 * one for one in range(3)])
    held_out = cross_validate(features()[:, chosen], TRUTH[chosen], 3, 0.1, alone(len(chosen)))
    assert len(held_out.truth) == (0 if count == 1 else 3 * count)
