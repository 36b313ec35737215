"""Figures from outputs that are known by heart."""

import numpy as np
import pytest

from trainer.common.measure import bootstrap, open_set, share, within_top


def test_a_share_comes_with_an_interval_round_it() -> None:
    measured = share(np.arange(200) < 150)
    assert (measured.value, measured.count) == (0.75, 200)
    assert 0.67 < measured.low < 0.72
    assert 0.78 < measured.high < 0.83


def test_a_share_of_nothing_is_no_number() -> None:
    assert np.isnan(share(np.zeros(0, bool)).value)


def test_a_statistic_comes_with_an_interval_round_it() -> None:
    values = np.arange(101, dtype=np.float32)
    measured = bootstrap(lambda one: float(np.median(one)), values)
    assert (measured.value, measured.count) == (50, 101)
    assert 30 < measured.low < 45
    assert 55 < measured.high < 70


def test_each_sample_is_drawn_from_alone_and_the_last_one_counts() -> None:
    measured = bootstrap(lambda one, other: float(one.mean() - other.mean()), np.ones(7), np.zeros(5))
    assert (measured.value, measured.low, measured.high, measured.count) == (1, 1, 1, 5)


def test_a_statistic_of_nothing_is_no_number() -> None:
    assert np.isnan(bootstrap(lambda _: float("nan"), np.ones(3)).low)


def test_the_right_character_counts_among_the_best_guesses() -> None:
    logits = np.array([[3, 2, 1], [3, 2, 1], [3, 2, 1]], np.float32)
    truth = np.array([0, 1, 2])
    assert within_top(logits, truth, 1).tolist() == [True, False, False]
    assert within_top(logits, truth, 2).tolist() == [True, True, False]


def test_strangers_below_all_known_faces_are_told_apart_perfectly() -> None:
    found = open_set(np.linspace(0.6, 1, 50, dtype=np.float32), np.linspace(0, 0.5, 20, dtype=np.float32))
    assert (found.auroc, found.wrongly_named.value, found.wrongly_named.count, found.known) == (1.0, 0.0, 20, 50)


def test_strangers_that_score_like_known_faces_are_named_like_them() -> None:
    scores = np.linspace(0, 1, 1000, dtype=np.float32)
    found = open_set(scores, scores)
    assert found.auroc == pytest.approx(0.5)
    assert found.wrongly_named.value == pytest.approx(0.95, abs=0.002)


def test_the_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert open_set(np.array([2, 3], np.float32), np.array([1, 2.5], np.float32)).auroc == 0.75
