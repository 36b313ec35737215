"""What is installed: the bot without TensorFlow, with everything that it reads at run time."""

import re
import tomllib
import zipfile
from importlib.metadata import entry_points, requires
from pathlib import Path

import pytest

from tests.support.artwork import CAST, draw_portrait
from tests.support.installed import Installed

REPOSITORY = Path(__file__).resolve().parent.parent
NEEDED_AT_RUN_TIME = (
    r"bot/platforms/web/page\.html",
    r"bot/storage/migrations/versions/.+\.py",
    r"bot/recognition/drawing/typefaces/.+\.ttf",
    r"models/.+-int8\.tflite",
    r"models/.+-float16\.tflite",
    r"models/lbpcascade_animeface\.xml",
)
TYPED = ("bot", "trainer")
"""Packages whose annotations type checkers are to read where whobot is installed (PEP 561)."""


@pytest.fixture(scope="module")
def contents(installed: Installed) -> list[str]:
    with zipfile.ZipFile(installed.wheel) as archive:
        return archive.namelist()


@pytest.mark.parametrize("pattern", NEEDED_AT_RUN_TIME)
def test_the_wheel_holds_what_the_bot_reads(contents: list[str], pattern: str) -> None:
    assert any(re.fullmatch(pattern, name) for name in contents)


@pytest.mark.parametrize("package", TYPED)
def test_the_wheel_says_that_it_is_typed(contents: list[str], package: str) -> None:
    assert f"{package}/py.typed" in contents


def test_the_wheel_holds_no_tests(contents: list[str]) -> None:
    assert not [name for name in contents if name.startswith("tests/")]


def test_tensorflow_is_for_the_trainer_only() -> None:
    wants = [line for line in requires("whobot") or [] if line.startswith("tensorflow")]
    assert wants
    assert all(re.search(r"extra == .trainer.", line) for line in wants)


def test_the_commands_are_installed() -> None:
    scripts = {script.name: script.value for script in entry_points(group="console_scripts")}
    assert scripts["whobot"] == "bot.__main__:main"
    assert scripts["whobot-train"] == "trainer.__main__:main"


def test_the_installed_commands_run_with_the_models_inside(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "face.png").write_bytes(draw_portrait(CAST["minase_yuzu"], 1, tilt=0, expression="calm").encode())
    home = installed.run("python -c 'import bot; print(bot.__file__)'", tmp_path)
    assert Path(home.stdout).is_relative_to(installed.commands.parent)
    version = installed.run("whobot --version", tmp_path)
    assert (
        version.stdout.split()[-1] == tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    )
    checked = installed.run("whobot check", tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert re.search(r"knows \d+ characters", " ".join(checked.stdout.split()))
    answered = installed.run("whobot who --json face.png", tmp_path)
    assert answered.returncode == 0, answered.stderr
    assert '"faces": [{' in answered.stdout
