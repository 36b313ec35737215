"""The whole way, in little: fit two stages, export, judge; and an interruption that changes nothing."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.recognition.bundle import read_bundle
from bot.recognition.interpreter import Network
from bot.recognition.naming.recogniser import Recogniser
from tests.trainer.base_network.test_data import draw_boxed
from tests.trainer.conftest import COLOURS, draw_crop, save
from trainer.base_network.commands import app
from trainer.base_network.data import read_faces
from trainer.base_network.run import load
from trainer.base_network.settings import DEFAULT, read_settings

CAST = {**COLOURS, "kiiro_sato": (230, 220, 40)}
SECTIONS = ("taught", "closed", "turned", "strangers", "characters")


def own_settings() -> str:
    """The shipped settings, but small, and with a set of our own."""
    text = DEFAULT.read_text()
    text = re.sub(r"(?s)^\[\[sets\]\].*?(?=^\[augment\])", "", text, flags=re.M)
    for key, value in {
        "steps": 4,
        "batch": 4,
        "side": 32,
        "embedding": 16,
        "calibration": 8,
        "validation": 0.2,
        "start": '"imagenet"',
        "averaged": 2,
        "start_share": 0,
        "lessons": 0.5,
        "unseen": 0.4,
    }.items():
        text = re.sub(rf'^{key} = ([\d.]+|".*?")', f"{key} = {value}", text, flags=re.M)
    boxed = '\n[[sets]]\nname = "boxed"\nfolder = "boxed"\nboxed = true\nzoom = [0.9, 1.1]\n'
    return text + '\n[[sets]]\nname = "own"\nfolder = "crops"\nzoom = [0.9, 1.1]\n' + boxed


def call(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pretrain")
    for row, (character, colour) in enumerate(CAST.items()):
        for number in range(10):
            save(root / "crops" / character / f"{number}.png", draw_crop(colour, 100 * row + number))
    draw_boxed(root / "boxed", [f"girl_{number}" for number in range(12)], 2)
    (root / "settings.toml").write_text(own_settings())
    call("fit", "--data", root, "--run", root / "run", "--settings", root / "settings.toml")
    return root


def test_a_run_that_was_interrupted_ends_in_the_same_weights(run: Path) -> None:
    weights = run / "run/wide-larger/fitted.npz"
    with np.load(weights) as first:
        before = {name: first[name] for name in first.files}
    weights.unlink()
    stamp = (run / "run/wide/fitted.npz").stat().st_mtime_ns
    call("fit", "--data", run, "--run", run / "run", "--settings", run / "settings.toml")
    with np.load(weights) as again:
        assert all((again[name] == value).all() for name, value in before.items())
    assert (run / "run/wide/fitted.npz").stat().st_mtime_ns == stamp


def test_what_ships_is_the_mean_of_the_last_stages(run: Path) -> None:
    settings, faces = read_settings(run / "settings.toml"), read_faces(run / "run")
    stages = settings.stages[-settings.export.averaged :]
    assert len(stages) == 2
    first, last, mean = (
        load(some, settings, faces, run / "run").get_weights() for some in (stages[:1], stages[1:], stages)
    )
    for one, other, both in zip(first, last, mean, strict=True):
        np.testing.assert_allclose(both, (one + other) / 2, atol=1e-6)


def test_what_was_fitted_becomes_bundles_that_can_be_judged(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # After four steps the network has hardly a preference, and 8 bits may change it.
    monkeypatch.setattr("trainer.base_network.export.LEAST_AGREEMENT", 0)
    settings = ("--settings", run / "settings.toml")
    call("export", "--run", run / "run", "--name", "little", "--directory", run, *settings)
    paths = [run / f"little-{precision}.tflite" for precision in ("float16", "int8")]
    for path in paths:
        bundle = read_bundle(path)
        assert set(CAST) < set(bundle.labels)
        assert bundle.info.margin == 0.4
        embedding = Network(bundle).run(bundle.info.input.prepare([draw_crop((9, 9, 9), 1)])[0])["embedding"]
        assert embedding.shape == (16,)
        assert np.isfinite(embedding).all()
        tilt = Network(bundle).run(bundle.info.input.prepare([draw_crop((9, 9, 9), 1)])[0])["tilt"]
        assert tilt.shape == (2,)
        assert np.isfinite(tilt).all()
        assert bundle.recognition is not None
        assert bundle.recognition.prototypes.shape[1] == 16
        # What is missing to 1 is the chance of a stranger, which this network has hardly learnt to tell.
        said = Network(bundle).run(bundle.info.input.prepare([draw_crop((9, 9, 9), 1)])[0])
        (chances,) = Recogniser(bundle).rank(said["logits"][np.newaxis], said["embedding"][np.newaxis]).probabilities
        assert 0 < chances.sum() <= 1 + 1e-6
    card = run / "card.md"
    card.write_text("".join(f"<!-- begin: {name} -->\n<!-- end: {name} -->\n" for name in SECTIONS))
    both = [argument for path in paths for argument in ("--bundle", path)]
    told = call("evaluate", "--run", run / "run", *both, "--card", card)
    assert "| `little-int8` | characters of today's games |" in told
    assert "| `little-int8` | the bot's | own | 4 |" in card.read_text()
    assert "| `little-int8` | 180° | " in card.read_text()
    assert card.with_suffix(".png").stat().st_size > 10_000
