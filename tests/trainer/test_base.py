"""The base network's file: what is kept, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from trainer.base import BASE, About, read_base
from trainer.errors import TrainerError, WeightsError
from trainer.settings import MARGIN, Fit
from trainer.starts import choose


def test_it_comes_back_as_it_was_but_for_half_precision(base: Path) -> None:
    network = read_base(base)
    assert network.about == About(32, 0.4, "none")
    said = network.build(32).predict_on_batch(np.random.default_rng(0).normal(size=(2, 32, 32, 3)))
    assert said["embedding"].shape == (2, 16)
    lengths = np.linalg.norm(said["embedding"], axis=1, keepdims=True)
    assert said["features"] == pytest.approx(said["embedding"] / lengths, abs=1e-5)
    assert base.stat().st_size < 8_000_000


def test_heads_are_left_out(base: Path) -> None:
    with np.load(base) as file:
        names = {name.split(".")[0] for name in file.files}
    assert {"about", "stem", "block14_project_norm", "projection"} <= names
    assert not {"logits", "cosines", "top", "block15_expand"} & names


def test_fitting_starts_from_it_with_the_pictures_that_it_knows(base: Path) -> None:
    start = choose(Fit(weights=base))
    assert (start.spec.width, start.fine_tune_epochs) == (32, 0)
    assert choose(Fit(weights=base, size=64)).spec.width == 64
    imagenet = choose(Fit(backbone="efficientnet-lite0"))
    assert (imagenet.spec.width, imagenet.fine_tune_epochs) == (96, 30)


def test_the_one_that_ships_has_seen_what_crop_cuts_out() -> None:
    assert read_base(BASE).about.margin == MARGIN


def test_other_files_are_refused(base: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot read the base network"):
        choose(Fit(weights=tmp_path / "missing.npz"))
    (tmp_path / "text.npz").write_text("text")
    np.savez(tmp_path / "other.npz", w0=np.zeros(3))
    for name in ("text.npz", "other.npz"):
        with pytest.raises(WeightsError, match="is no base network"):
            choose(Fit(weights=tmp_path / name))
    with np.load(base) as file:
        np.savez(tmp_path / "older.npz", **{name: file[name] for name in file.files if name != "stem.0"})
    with pytest.raises(WeightsError, match="of another version of whobot"):
        choose(Fit(weights=tmp_path / "older.npz")).check()


def test_a_name_that_nobody_knows_is_answered_with_those_that_are_known() -> None:
    with pytest.raises(TrainerError, match="known are base, efficientnet-lite0, mobilenet-v2, inception-v3"):
        choose(Fit(backbone="resnet"))
