"""What a training takes over from the base network's own roster."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.recognition.bundle import Comparison, InputSpec, Recognition, Teaching, read_bundle, write_bundle
from tests.support import tiny
from trainer.classifier.starts import choose
from trainer.common.settings import Fit

TEACHING = Teaching(11.0, -3.0, 0.4)


@pytest.fixture
def beside(base: Path, tmp_path: Path) -> Path:
    """The file of a base network, alone in its folder."""
    return Path(shutil.copy(base, tmp_path / "base.npz"))


def write_roster(folder: Path, pictures: str) -> None:
    bundle = tiny.tiny_base(folder / "characters-float16.tflite", recognition=tiny.tiny_recognition())
    recognition: Recognition | None = bundle.recognition
    assert recognition is not None
    info = replace(bundle.info, input=replace(bundle.info.input, sharpest=90), trained={"pictures": pictures})
    path = folder / "characters-float16.tflite"
    size = recognition.prototypes.shape[1]
    whitening = np.eye(size + 1, size, dtype=np.float32)
    comparison = Comparison(whitening, whitening[:1], 2.0, -3.0)
    fitted = replace(recognition, teaching=TEACHING, comparison=comparison)
    write_bundle(path, bundle.network, info, bundle.labels, fitted)
    assert read_bundle(path).info.input.sharpest == 90


def test_what_was_fitted_to_the_base_network_is_taken_over(beside: Path) -> None:
    write_roster(beside.parent, pictures="none")
    start = choose(Fit(weights=beside))
    assert start.teaching == TEACHING
    assert start.comparison is not None
    assert (start.comparison.scale, start.comparison.offset) == (2.0, -3.0)
    assert start.spec == InputSpec(32, 32, sharpest=90)


def test_what_was_fitted_to_another_is_not(beside: Path) -> None:
    write_roster(beside.parent, pictures="others")
    (beside.parent / "characters-int8.tflite").write_text("damaged")
    start = choose(Fit(weights=beside))
    assert start.teaching == Teaching()
    assert start.spec == InputSpec(32, 32)


def test_an_embedding_that_fine_tuning_changes_tells_nothing(beside: Path) -> None:
    assert choose(Fit(weights=beside, fine_tune_epochs=2)).teaching is None
    assert choose(Fit(backbone="efficientnet-lite0")).teaching is None
