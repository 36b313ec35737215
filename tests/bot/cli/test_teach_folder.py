"""Teaching a folder of folders on the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.support import tiny
from tests.support.web.running_bot import YELLOW, sheet

CYAN = (10, 200, 220)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    tiny.tiny_base(tmp_path / "running.tflite", recognition=tiny.tiny_recognition())
    return {
        "WHOBOT_MODELS__DIRECTORY": str(tmp_path),
        "WHOBOT_MODELS__CLASSIFIER": "running.tflite",
        "WHOBOT_MODELS__DETECTOR": str(tiny.CASCADE),
        "WHOBOT_STORE__URL": f"sqlite+aiosqlite:///{tmp_path}/whobot.db",
        "COLUMNS": "200",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, colour in (("ki_iro", YELLOW), ("Mizuiro", CYAN)):
        (tmp_path / "cast" / name).mkdir(parents=True)
        (tmp_path / "cast" / name / "one.png").write_bytes(sheet(colour))
        (tmp_path / "cast" / name / "notes.txt").write_text("not a picture")
    return tmp_path / "cast"


def whobot(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env=environment)


def test_each_folder_is_a_character_and_a_second_time_changes_nothing(
    environment: dict[str, str], folder: Path, restored_logs: None
) -> None:
    taught = whobot(environment, "teach", "--folder", str(folder))
    assert taught.exit_code == 0, taught.output
    assert "ki iro is taught by 1 picture now" in taught.stdout
    assert "Mizuiro is taught by 1 picture now" in taught.stdout
    assert "notes.txt" not in taught.stdout
    again = whobot(environment, "teach", "--folder", str(folder))
    assert again.exit_code == 0
    assert again.stdout.count("taught before") == 2


def test_a_picture_of_no_use_is_told_of_and_the_others_count(
    environment: dict[str, str], folder: Path, restored_logs: None
) -> None:
    (folder / "Mizuiro" / "two.png").write_bytes(sheet(CYAN, YELLOW))
    taught = whobot(environment, "teach", "--folder", str(folder))
    assert taught.exit_code == 1
    assert "2 faces, which one is it?" in taught.stdout
    assert "Mizuiro is taught by 1 picture now" in taught.stdout


def test_a_folder_without_folders_none_at_all_and_a_name_beside_one_are_refused(
    environment: dict[str, str], folder: Path, restored_logs: None
) -> None:
    empty = whobot(environment, "teach", "--folder", str(folder / "Mizuiro"))
    assert empty.exit_code == 2
    assert "has no folder with pictures in it" in empty.stderr
    missing = whobot(environment, "teach", "--folder", str(folder / "nowhere"))
    assert missing.exit_code == 2
    assert "No such file or directory" in missing.stderr
    assert whobot(environment, "teach", "Rin", "--folder", str(folder)).exit_code == 2
    assert whobot(environment, "teach", "Rin").exit_code == 2
