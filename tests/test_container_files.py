"""What the container is made of fits together, so far as it shows without an engine: `make check-container` runs it."""

import re
import runpy
import shlex
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from bot.cli import app
from bot.config import keys, load
from bot.errors import ConfigError
from bot.platforms.registry import sections
from tests.checks.container import LOCKED, MEMORY

REPOSITORY = Path(__file__).resolve().parent.parent
DOCKERFILE = (REPOSITORY / "Dockerfile").read_text()
STAGES = {
    name or "last": text
    for name, text in re.findall(r"^FROM \S+(?: AS (\w+))?\n((?:(?!FROM ).*\n)+)", DOCKERFILE, re.M)
}
SERVICE: dict[str, Any] = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())["services"]["whobot"]


def test_compose_pulls_the_image_and_its_override_builds_it() -> None:
    assert "build" not in SERVICE
    assert SERVICE["image"] == "${WHOBOT_IMAGE:-whobot:local}"
    override = yaml.safe_load((REPOSITORY / "compose.build.yaml").read_text())["services"]["whobot"]
    assert override == {"image": "whobot:local", "pull_policy": "build", "build": "."}


def test_the_release_puts_its_image_into_compose() -> None:
    workflow = (REPOSITORY / ".github/workflows/release.yml").read_text()
    assert "s|\\" + SERVICE["image"] + "|" in workflow
    jobs = yaml.safe_load(workflow)["jobs"]
    assert {job: steps.get("needs") for job, steps in jobs.items()} == {
        "wheel": None,
        "image": "wheel",
        "release": ["wheel", "image"],
    }
    (push,) = [step["with"] for step in jobs["image"]["steps"] if step.get("id") == "push"]
    assert push["platforms"] == "linux/amd64,linux/arm64"
    assert push["sbom"] is True


def test_the_check_runs_the_image_as_locked_down_as_compose_does() -> None:
    assert SERVICE["read_only"] is True
    assert SERVICE["cap_drop"] == ["ALL"]
    assert SERVICE["security_opt"] == ["no-new-privileges:true"]
    assert SERVICE["mem_limit"] == MEMORY
    assert {"--read-only", "--cap-drop", "--security-opt", "--tmpfs", *SERVICE["tmpfs"]} <= set(LOCKED)


def test_the_log_does_not_fill_the_disk() -> None:
    assert SERVICE["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "3"}}


def with_secrets(folder: Path, **secrets: str) -> dict[str, str]:
    """The variables of compose.yaml, with its secrets in a folder."""
    for name, text in secrets.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    variables: dict[str, str] = SERVICE["environment"]
    return {name: text.replace("/run/secrets", str(folder)) for name, text in variables.items()}


def test_compose_starts_with_a_password_and_empty_tokens(tmp_path: Path) -> None:
    environment = with_secrets(tmp_path, web_password="a long secret\n", discord_token="", telegram_token="\n")
    configuration = load(None, environment, sections())
    held = {str(key) for key in configuration.keys if key.secret and configuration.value(key) is not None}
    assert held == {"web.password"}
    assert not configuration.warnings


def test_an_empty_password_is_reported_with_advice(tmp_path: Path) -> None:
    environment = with_secrets(tmp_path, web_password="", discord_token="", telegram_token="")
    with pytest.raises(ConfigError, match=r"web_password must hold the password and nothing else"):
        load(None, environment, sections())


def test_every_variable_and_secret_exists() -> None:
    known = {key.variable for key in keys(sections()).values()}
    assert set(SERVICE["environment"]) <= known
    assert set(re.findall(r"(WHOBOT_\w+)=", DOCKERFILE)) <= known
    compose = yaml.safe_load((REPOSITORY / "compose.yaml").read_text())
    files = {text for text in SERVICE["environment"].values() if text.startswith("/run/secrets/")}
    assert files == {f"/run/secrets/{name}" for name in SERVICE["secrets"]}
    assert set(compose["secrets"]) == set(SERVICE["secrets"])


def test_a_change_of_the_code_installs_no_package_again() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", STAGES["packages"], re.MULTILINE)
    assert copied == ["requirements/bot.txt .ci/slim.py"]
    assert "--no-deps" in STAGES["last"]
    assert STAGES["last"].index("--from=packages") < STAGES["last"].index("from=wheel")


def test_what_is_copied_is_there_and_not_left_out() -> None:
    taken = [line[1:] for line in (REPOSITORY / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for stage in ("packages", "wheel"):
        for sources in re.findall(r"^COPY (.+) \S+$", STAGES[stage], re.MULTILINE):
            for source in sources.split():
                assert (REPOSITORY / source).exists()
                assert any(source == one or source.startswith(f"{one}/") for one in taken)


def test_the_health_check_and_the_start_are_commands_of_ours() -> None:
    ours: Any = get_command(app)
    known = set(ours.commands)
    checked = re.search(r'CMD \["whobot", "(\w+)"\]\nSTOPSIGNAL', DOCKERFILE)
    started = re.search(r'^CMD \["(\w+)"\]', DOCKERFILE, re.MULTILINE)
    assert checked is not None
    assert started is not None
    assert {checked[1], started[1]} <= known


def test_the_image_keeps_the_languages_that_whobot_speaks() -> None:
    line = re.search(r"slim\.py (/opt/\S+) (.+)", DOCKERFILE)
    assert line is not None
    spoken = {path.stem.split("-")[0] for path in (REPOSITORY / "bot/chat/locales").glob("*.po")}
    assert set(shlex.split(line[2])) == spoken | {"en"}


def test_what_the_image_leaves_out_of_a_package_is_in_that_package() -> None:
    packages = Path(sysconfig.get_path("purelib"))
    unread = runpy.run_path(str(REPOSITORY / ".ci/slim.py"))["UNREAD"]
    assert [pattern for pattern in unread if pattern[0] != "*" and not any(packages.glob(pattern))] == []


def test_the_image_installs_no_tensorflow() -> None:
    locked = re.findall(r"^([\w.-]+)==", (REPOSITORY / "requirements/bot.txt").read_text(), re.MULTILINE)
    assert "ai-edge-litert" in locked
    assert "tensorflow" not in locked
    makefile = (REPOSITORY / "Makefile").read_text()
    stamp = re.search(r"^check-container: \$\(VENV\)/(\S+) ##", makefile, re.MULTILINE)
    assert stamp is not None
    recipe = re.search(rf"^\$\(VENV\)/{re.escape(stamp[1])}: .*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe is not None
    assert "trainer" not in recipe[1]
