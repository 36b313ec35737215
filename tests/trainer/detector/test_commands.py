"""The whole way, in little: fit two stages on artwork, export, judge."""

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.recognition.bundle import read_bundle, write_bundle
from trainer.detector.commands import app
from trainer.detector.fit import FITTED

SETTINGS = """
[data]
held_back = 0.2
[samples]
side = 64
collages = 0.2
pasted = 0.5
decoys = 0.5
seed = 1
[proposals]
sure = 0.01
sure_head = 0.01
doubtful = 0.005
heads = 2
decoy = 0.01
[export]
longest = 96
calibration = 2
[[stages]]
name = "first"
steps = 2
batch = 2
rate = 1e-3
fit = 0.9
empty = 0.1
[[stages]]
name = "second"
steps = 2
batch = 2
rate = 1e-3
fit = 0.7
proposed = 0.2
heads = 0.1
mined = true
"""


def call(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def run(artwork_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    (folder / "settings.toml").write_text(SETTINGS)
    call("fit", "--data", artwork_data, "--run", folder, "--settings", folder / "settings.toml")
    return folder


def test_a_finished_stage_is_not_fitted_again(artwork_data: Path, run: Path) -> None:
    before = [(run / stage / FITTED).stat().st_mtime_ns for stage in ("first", "second")]
    (run / "second" / FITTED).unlink()
    call("fit", "--data", artwork_data, "--run", run, "--settings", run / "settings.toml")
    after = [(run / stage / FITTED).stat().st_mtime_ns for stage in ("first", "second")]
    assert after[0] == before[0]
    assert after[1] > before[1]


def test_what_was_fitted_becomes_a_bundle_that_can_be_judged(artwork_data: Path, run: Path) -> None:
    bundle, settings = run / "own.tflite", ("--settings", run / "settings.toml")
    call("export", "--data", artwork_data, "--run", run, "--bundle", bundle, *settings)
    info = read_bundle(bundle).info
    assert (info.kind, info.name, info.input.width) == ("detector", "own", 96)
    assert set(info.metrics) == {"precision", "recall", "f1"}
    assert info.trained["settings"]["stages"][0]["steps"] == 2
    card = run / "card.md"
    card.write_text(
        "".join(f"<!-- begin: {name} -->\n<!-- end: {name} -->\n" for name in ("sources", "sizes", "angles"))
    )
    call("evaluate", "--data", artwork_data, "--bundle", bundle, "--card", card, *settings)
    assert "| **held back, all** |" in card.read_text()
    assert card.with_suffix(".png").stat().st_size > 10_000


def test_a_threshold_is_chosen_anew_without_another_network(artwork_data: Path, run: Path) -> None:
    bundle, settings = run / "again.tflite", ("--settings", run / "settings.toml")
    call("export", "--data", artwork_data, "--run", run, "--bundle", bundle, *settings)
    exported = read_bundle(bundle)
    write_bundle(bundle, exported.network, replace(exported.info, threshold=0.87, metrics={}))
    call("threshold", "--data", artwork_data, "--bundle", bundle, *settings)
    chosen = read_bundle(bundle)
    assert chosen.network == exported.network
    assert chosen.info.threshold != 0.87
    assert set(chosen.info.metrics) == {"precision", "recall", "f1"}
    assert chosen.info.trained == exported.info.trained
