"""The figures, on examples that can be worked out by hand."""

import math

import numpy as np
import pytest

from trainer.common.metrics import confusion, expected_calibration_error, fit_temperature, measure, softmax

PROBABILITIES = np.array(
    [[0.7, 0.1, 0.1, 0.1], [0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.6, 0.1], [0.5, 0.3, 0.15, 0.05]], np.float32
)
TRUTH = np.array([0, 1, 2, 3])


def test_figures() -> None:
    figures = measure(PROBABILITIES, TRUTH)
    assert figures.count == 4
    assert figures.top1 == 0.5
    assert figures.top3 == 0.75
    assert figures.macro_recall == 0.5
    assert figures.log_loss == pytest.approx(-(math.log(0.7) + math.log(0.3) + math.log(0.6) + math.log(0.05)) / 4)
    assert figures.lowest_right == pytest.approx(0.6)
    # Four bins with one picture each: |1 - 0.7|, |0 - 0.4|, |1 - 0.6|, |0 - 0.5|.
    assert figures.calibration_error == pytest.approx((0.3 + 0.4 + 0.4 + 0.5) / 4)


def test_macro_recall_counts_each_character_alike() -> None:
    truth = np.array([0, 0, 0, 1])
    probabilities = np.array([[0.9, 0.1]] * 4, np.float32)
    assert measure(probabilities, truth).top1 == 0.75
    assert measure(probabilities, truth).macro_recall == 0.5


def test_nothing_right_has_no_lowest_right_score() -> None:
    assert math.isnan(measure(np.array([[0.9, 0.1]], np.float32), np.array([1])).lowest_right)


def test_confusion_counts_by_truth_and_answer() -> None:
    np.testing.assert_array_equal(confusion(PROBABILITIES, TRUTH)[[0, 1, 3], 0], [1, 1, 1])
    assert confusion(PROBABILITIES, TRUTH).sum() == 4


def test_a_calibrated_classifier_has_no_calibration_error() -> None:
    confidence, right = np.full(10, 0.7), np.arange(10) < 7
    assert expected_calibration_error(confidence, right) == pytest.approx(0, abs=1e-9)


def test_softmax_of_large_logits_is_finite() -> None:
    np.testing.assert_allclose(softmax(np.array([[1000.0, 0.0]], np.float32), 1.0), [[1, 0]])


def test_temperature_lowers_overconfident_probabilities() -> None:
    random = np.random.default_rng(1)
    truth = random.integers(0, 3, 400)
    logits = np.eye(3, dtype=np.float32)[np.where(random.random(400) < 0.7, truth, (truth + 1) % 3)] * 12
    temperature = fit_temperature(logits, truth)
    assert temperature > 3
    assert measure(softmax(logits, temperature), truth).log_loss < measure(softmax(logits, 1.0), truth).log_loss


def test_a_few_right_answers_do_not_ask_for_certainty() -> None:
    logits = np.eye(3, dtype=np.float32) * 2
    assert 0.3 < fit_temperature(logits, np.arange(3)) < 1


def test_without_validation_the_temperature_is_one() -> None:
    assert fit_temperature(np.empty((0, 3), np.float32), np.empty(0, np.intp)) == 1
