"""The command line: help without TensorFlow, errors in words, and how to go on after an interruption."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.recognition.bundle import read_bundle
from tests.support import tiny
from tests.trainer.conftest import draw_crop, save
from trainer.__main__ import app
from trainer.classifier.export import TOLERANCE, Tolerance
from trainer.common.settings import Precision

RUNNER = CliRunner()
STEPS = ("crop", "split", "fit", "evaluate", "export", "all", "index")


@pytest.mark.parametrize("command", STEPS)
def test_every_step_explains_itself(command: str) -> None:
    assert command in RUNNER.invoke(app, ["--help"]).output
    assert RUNNER.invoke(app, [command, "--help"]).exit_code == 0


def test_cropping_and_splitting_go_without_tensorflow(tmp_path: Path) -> None:
    save(tmp_path / "pictures" / "rei" / "1.png", tiny.picture(tiny.RED, tiny.BLUE, tiny.RED))
    save(tmp_path / "pictures" / "aki" / "1.png", tiny.picture(tiny.BLUE, tiny.GREEN, tiny.GREEN))
    program = (
        "import sys; from trainer.__main__ import app; app(sys.argv[1:], standalone_mode=False);"
        "sys.exit('TensorFlow was loaded' if 'tensorflow' in sys.modules else 0)"
    )

    def run(*arguments: str | Path) -> None:
        subprocess.run([sys.executable, "-c", program, *map(str, arguments)], check=True, cwd=Path(__file__).parents[2])

    run("--help")
    run(
        "crop",
        tmp_path / "pictures",
        tmp_path / "crops",
        "--detector",
        "cascade",
        "--detector",
        "cascade",
        "--cascade",
        tiny.CASCADE,
    )
    run("split", tmp_path / "crops", "--out", tmp_path / "split.json", "--first", "2", "--validation-share", "0")
    assert (tmp_path / "split.json").is_file()


def test_errors_are_told_in_words(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["crop", str(tmp_path / "nowhere"), str(tmp_path / "crops")])
    assert result.exit_code == 1
    assert result.stderr == f"Error: there is no folder {tmp_path / 'nowhere'}\n"


def test_values_out_of_range_are_told_in_words(tmp_path: Path) -> None:
    result = RUNNER.invoke(app, ["fit", str(tmp_path), str(tmp_path), "--size", "-3"])
    assert result.exit_code == 2
    assert result.stderr == "Error: size: Input should be greater than 0\n"


@pytest.mark.parametrize(
    "command", [["split", "x"], ["fit", "x", "y"], ["evaluate", "x", "y"], ["export", "x", "y", "z"]]
)
def test_a_bot_without_the_trainer_says_what_to_install(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    result = RUNNER.invoke(app, command)
    assert result.exit_code == 1
    assert 'pip install "whobot[trainer]"' in result.stderr


def test_ctrl_c_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("trainer.classifier.crop.crop", interrupted)
    result = RUNNER.invoke(app, ["crop", str(tmp_path), str(tmp_path)])
    assert result.exit_code == 130
    assert "The same command goes on where it stopped." in result.stderr


def test_settings_with_a_mistake_stop_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('work = "runs"\npictures = {source = "x"}\n[[roster]]\nname = "x"\n')
    result = RUNNER.invoke(app, ["all", str(tmp_path / "settings.toml")])
    assert result.exit_code == 1
    assert "roster: there is no such key, did you mean rosters?" in result.stderr


def test_all_ends_with_a_bundle_where_int8_is_not_good(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No network comes through this: the conversions, their tests and the reports are the real ones.
    monkeypatch.setitem(TOLERANCE, Precision.INT8, Tolerance(other_answers=-1.0, difference=0.05))
    monkeypatch.chdir(tmp_path)
    for character, colour in (("rei", tiny.RED), ("aki", tiny.BLUE)):
        for number in range(8):
            save(tmp_path / "crops" / character / f"{number}.png", draw_crop(colour, number))
    Path("card.md").write_text("<!-- begin: figures --><!-- end: figures -->\n")
    Path("settings.toml").write_text(f"""
        work = "runs"
        alone = true
        pictures = {{crops = "crops"}}
        split = {{first = 5, validation = 0.0}}
        fit = {{weights = "{base}", size = 32}}
        export = {{directory = "models"}}
        [[rosters]]
        name = "friends"
        card = "card.md"
    """)
    result = RUNNER.invoke(app, ["all", "settings.toml"])
    assert result.exit_code == 0, result.output
    assert [path.name for path in Path("models").iterdir()] == ["friends-float16.tflite"]
    assert read_bundle(Path("models/friends-float16.tflite")).labels == ("aki", "rei")
    report = Path("runs/friends/report-friends-float16")
    for text in (result.output, Path("card.md").read_text(), *(path.read_text() for path in report.glob("report.*"))):
        assert "friends-int8 is left out: friends-int8 does not answer as the trained network does" in text


def test_all_goes_the_whole_way(tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for number, (left, right) in enumerate([(tiny.RED, tiny.RED), (tiny.BLUE, tiny.BLUE)]):
        save(tmp_path / "pictures" / ("rei", "aki")[number] / "1.png", tiny.picture(left, right, left, right))
    Path("README.md").write_text(
        "<!-- begin: bundles --><!-- end: bundles -->\n<!-- begin: comparison --><!-- end: comparison -->\n"
    )
    Path("card.md").write_text("<!-- begin: figures --><!-- end: figures -->\n")
    Path("settings.toml").write_text(f"""
        work = "runs"
        alone = true
        document = "README.md"
        pictures = {{source = "pictures"}}
        crop = {{detector = "cascade", cascade = "{tiny.CASCADE}"}}
        split = {{first = 3, validation = 0.0}}
        fit = {{weights = "{base}", size = 32, fine_tune_epochs = 0}}
        export = {{directory = "models", precisions = ["float16"], require = 1.0}}
        [[rosters]]
        name = "friends"
        card = "card.md"
        published = {{network = "Theirs", right = 1, pictures = 2, lowest_right = 0.5, source = "there"}}
    """)
    result = RUNNER.invoke(app, ["all", "settings.toml", "--compare", "efficientnet-lite0"])
    assert result.exit_code == 0, result.output
    assert "Final test accuracy = 100.0% (N=2)" in result.output
    readme = Path("README.md").read_text()
    assert "| `friends-float16.tflite` | classifier | 2 | 32 x 32 |" in readme
    assert "### 2 characters: Aki, Rei" in readme
    assert "| Theirs (there) | 1 of 2 | 0.500 |" in readme
    assert "| `friends-from-efficientnet-lite0-float16` | " in readme
    assert not Path("models/friends-from-efficientnet-lite0-float16.tflite").exists()
    assert "| crops/aki/1.png.4.png | Aki (score = " in readme
    assert "| Aki | 3 | 0 | 1 |" in Path("card.md").read_text()
    assert Path("runs/friends/report-friends-float16/report.html").is_file()

    evaluated = RUNNER.invoke(app, ["evaluate", "models/friends-float16.tflite", "runs/friends/split.json"])
    assert evaluated.exit_code == 0, evaluated.output
    assert "Top-1                 100.0%" in evaluated.output
    assert Path("report/report.html").read_text() == Path("runs/friends/report-friends-float16/report.html").read_text()
    Path("models/README.md").write_text("<!-- begin: bundles --><!-- end: bundles -->")
    assert RUNNER.invoke(app, ["index", "models/README.md"]).exit_code == 0
    assert "| `friends-float16.tflite` | classifier | 2 |" in Path("models/README.md").read_text()
    whole = RUNNER.invoke(app, ["evaluate", "runs/friends", "runs/crops", "--report", "whole"])
    assert whole.exit_code == 0, whole.output
    assert "Pictures                   8" in whole.output
