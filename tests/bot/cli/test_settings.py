"""``whobot settings``, and what every command shares."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.config import Settings, example, load
from bot.platforms.registry import sections
from tests.bot.cli.conftest import Whobot
from tests.support.tokens import DISCORD_TOKEN


@pytest.fixture
def file(environment: dict[str, str]) -> Path:
    environment.clear()
    path = Path("config.toml")
    path.write_text("[limits]\nbytes = 1000\n")
    return path


def test_json_tells_where_each_value_comes_from(whobot: Whobot, file: Path) -> None:
    result = whobot("settings", "--json", WHOBOT_WEB__PORT="81", WHOBOT_DISCORD__TOKEN=DISCORD_TOKEN)
    assert result.exit_code == 0
    shown = json.loads(result.stdout)
    assert shown["file"] == "config.toml"
    settings = shown["settings"]
    assert settings["limits"]["bytes"] == {"value": 1000, "source": "file", "place": "config.toml, line 2"}
    assert settings["web"]["port"] == {"value": 81, "source": "environment", "place": "WHOBOT_WEB__PORT"}
    assert settings["limits"]["faces"] == {"value": Settings().limits.faces, "source": "default", "place": None}
    assert settings["discord"]["token"]["value"] == "**********"
    assert settings["telegram"]["token"]["value"] is None
    assert DISCORD_TOKEN not in result.output


def test_what_is_printed_is_a_config_that_means_the_same(whobot: Whobot, file: Path, tmp_path: Path) -> None:
    variables = {"WHOBOT_WEB__ALLOWED_HOSTS": "a.example.org", "WHOBOT_LOG__LEVEL": "error"}
    result = whobot("settings", **variables)
    assert result.exit_code == 0
    again = tmp_path / "again.toml"
    again.write_text(result.stdout)
    assert load(again, {}, sections()).settings == load(file, variables, sections()).settings


def test_secrets_are_masked_wherever_they_stand(whobot: Whobot, file: Path) -> None:
    variables = {"WHOBOT_DISCORD__TOKEN": DISCORD_TOKEN, "WHOBOT_STORE__URL": "postgresql+asyncpg://me:opensesame@db/x"}
    for options in ((), ("--json",)):
        result = whobot("settings", *options, **variables)
        assert result.exit_code == 0
        assert DISCORD_TOKEN not in result.output
        assert "opensesame" not in result.output
        assert "me:" in result.stdout


def test_the_example_is_printed_whatever_else_is_wrong(whobot: Whobot, file: Path) -> None:
    file.write_text("[nonsense]\n")
    result = whobot("settings", "--example")
    assert (result.exit_code, result.stdout) == (0, example(sections()))


def test_mistakes_end_it(whobot: Whobot, file: Path) -> None:
    file.write_text(f'[limts]\n[discord]\ntoken = "{DISCORD_TOKEN}"\n')
    result = whobot("settings")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Did you mean [limits]?" in result.stderr
    assert "WHOBOT_DISCORD__TOKEN" in result.stderr
    assert DISCORD_TOKEN not in result.output


def test_a_named_file_must_be_there(whobot: Whobot, file: Path) -> None:
    file.rename("other.toml")
    assert json.loads(whobot("settings", "--json").stdout)["file"] is None
    assert json.loads(whobot("settings", "--json", "-c", "other.toml").stdout)["file"] == "other.toml"
    assert json.loads(whobot("settings", "--json", WHOBOT_CONFIG="other.toml").stdout)["file"] == "other.toml"
    result = whobot("settings", "-c", "gone.toml")
    assert result.exit_code == 2
    assert "gone.toml: No such file" in result.stderr


def test_help_teaches_every_command(whobot: Whobot) -> None:
    result = whobot()
    assert "Tells who is in an anime picture" in result.output
    for command in ("run", "who", "check", "settings"):
        assert command in result.output
        help_text = whobot(command, "--help")
        assert help_text.exit_code == 0
        assert "Exit codes" in help_text.stdout


def test_the_version_is_that_of_the_package(whobot: Whobot) -> None:
    pyproject = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    assert whobot("--version").stdout == f"whobot {pyproject['project']['version']}\n"


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        (["--help"], ["discord", "telegram", "aiohttp", "sqlalchemy", "cv2", "numpy"]),
        (["settings"], ["discord", "telegram", "aiohttp", "sqlalchemy", "cv2", "numpy"]),
        (["who", "gone.png"], ["discord", "telegram", "aiohttp", "sqlalchemy", "alembic", "av", "babel"]),
    ],
)
def test_a_command_imports_no_more_than_it_needs(
    environment: dict[str, str], command: list[str], heavy: list[str]
) -> None:
    script = (
        "import sys, runpy\n"
        "try: runpy.run_module('bot', run_name='__main__')\n"
        f"finally: print([name for name in {heavy} if name in sys.modules], file=sys.stderr)"
    )
    arguments = [sys.executable, "-c", script, *command]
    done = subprocess.run(arguments, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == "[]", done.stderr
