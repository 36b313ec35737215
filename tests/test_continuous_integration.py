"""What runs on each change is what contributors run, on every Python that whobot supports."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.support.required import REQUIRE_ALL

REPOSITORY = Path(__file__).resolve().parent.parent
WORKFLOW = (REPOSITORY / ".github/workflows/ci.yml").read_text()
CHECK, _, TEST = WORKFLOW.partition("\n  test:\n")


def test_the_tests_run_on_every_python_that_is_supported() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    supported = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    assert re.findall(r'python: "(3\.\d+)"', TEST) == supported


def test_format_types_the_site_and_the_wheel_are_checked_once() -> None:
    assert ".ci/run check docs wheel" in CHECK
    assert "check" not in re.findall(r"step: (\w+)", TEST)


def test_one_run_of_the_tests_is_held_to_the_floor_of_coverage() -> None:
    assert sorted(re.findall(r"step: (\w+)", TEST)) == ["coverage", "test", "test"]


def test_no_test_is_skipped_for_want_of_a_program() -> None:
    assert f'{REQUIRE_ALL}: "1"' in TEST


@pytest.mark.parametrize("step", ["check", "docs", "wheel", "test", "coverage"])
def test_each_step_has_its_command(step: str) -> None:
    target = {"wheel": "check-wheel"}.get(step, step)
    assert re.search(rf"^{target}: ", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert step in (REPOSITORY / ".ci/run").read_text()


def test_a_step_that_there_is_not_is_refused() -> None:
    done = subprocess.run([REPOSITORY / ".ci/run", "chekc"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "chekc" in done.stderr


def test_what_checks_each_commit_checks_what_make_check_does() -> None:
    hooks = (REPOSITORY / ".pre-commit-config.yaml").read_text()
    check = re.search(r"^check:.*\n((?:\t.*\n)+)", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)
    assert check is not None
    for tool in re.findall(r"\$\(BIN\)/(\w[\w-]*(?: (?:format|check))?)", check[1]):
        assert hooks.count(f".venv/bin/{tool}") == 1
