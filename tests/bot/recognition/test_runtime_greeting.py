"""The runtime greets on standard error, past Python: that shall not stand between the lines of a log."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.recognition.engine import Models
from bot.recognition.runtime_greeting import GREETING
from tests.conftest import REPOSITORY

NETWORK = """
import sys
from pathlib import Path
from bot.recognition.bundle import read_bundle
from bot.recognition.interpreter import Network

Network(read_bundle(Path(sys.argv[1])))
"""
MUTED = """
import os
from bot.recognition.runtime_greeting import GREETING, without_greeting

for _ in range(2):
    try:
        with without_greeting():
            os.write(2, GREETING + b"\\nan error\\n")
            raise ValueError
    except ValueError:
        os.write(2, b"caught\\n")
"""
CLOSED = "import os; os.close(2)\n"


def said(program: str, *arguments: str) -> bytes:
    """What a program writes to standard error."""
    call = [sys.executable, "-c", program, *arguments]
    return subprocess.run(call, cwd=REPOSITORY, stderr=subprocess.PIPE, timeout=300, check=True).stderr


@pytest.mark.parametrize("before", ["", CLOSED])
def test_the_first_network_of_a_process_is_made_in_silence(tiny_models: Models, tmp_path: Path, before: str) -> None:
    bundle = str(tmp_path / "tiny.tflite")
    assert said(before + NETWORK, bundle) == b""


def test_all_else_is_still_said_and_the_greeting_only_once_expected() -> None:
    assert said(MUTED) == b"an error\ncaught\n" + GREETING + b"\nan error\ncaught\n"
