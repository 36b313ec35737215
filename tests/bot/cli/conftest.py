"""A command line to test: in this process where it can be, else as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.support import tiny

Whobot: TypeAlias = Callable[..., Result]
Start: TypeAlias = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Variables that lead to the tiny models and to nothing else; the working folder is ``tmp_path / "here"``."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in [name for name in os.environ if name.startswith("WHOBOT_")]:
        monkeypatch.delenv(name)
    tiny.tiny_models(tmp_path)
    return {
        "WHOBOT_MODELS__DIRECTORY": str(tmp_path),
        "WHOBOT_MODELS__CLASSIFIER": "tiny.tflite",
        "WHOBOT_MODELS__DETECTOR": str(tiny.CASCADE),
    }


@pytest.fixture
def whobot(environment: dict[str, str], restored_logs: None) -> Whobot:
    """Run a command in this process."""

    def run(*arguments: str | Path, **variables: str) -> Result:
        wide = {"COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}
        return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment | wide | variables)

    return run


def _heed_interrupts() -> None:
    # A shell starts what runs in its background deaf to Ctrl-C, and so would this be if the tests run there.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Start a command in a process of its own, all three streams piped; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str, **how: Any) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
        variables = os.environ | environment | pipes.pop("env", {})
        pipes.setdefault("preexec_fn", _heed_interrupts)
        process = subprocess.Popen([sys.executable, "-m", "bot", *arguments], env=variables, text=True, **pipes)
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        with process:  # closes the pipes, and waits
            pass
