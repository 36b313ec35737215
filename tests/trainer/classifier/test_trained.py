"""What is left of a training on disk, and what counts as finished."""

import json
from pathlib import Path

import pytest

from trainer.classifier.trained import Trained
from trainer.common.errors import TrainerError


def test_what_another_version_has_trained_is_to_be_trained_anew(tmp_path: Path) -> None:
    assert Trained.finished(tmp_path, "now") is None
    (tmp_path / "fit.json").write_text(json.dumps({"key": "then", "labels": ["a"]}))
    assert Trained.finished(tmp_path, "now") is None
    with pytest.raises(TrainerError, match="was trained by another version: train it anew"):
        Trained.read(tmp_path)


def test_damage_is_reported(tmp_path: Path) -> None:
    (tmp_path / "fit.json").write_text("{")
    with pytest.raises(TrainerError, match="is no trained network"):
        Trained.finished(tmp_path, "now")
