"""A few of the kills of ``python -m tests.checks.kills``, in a process without pytest's threads."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def test_nothing_is_lost_over_kills_at_random_moments() -> None:
    command = [sys.executable, "-m", "tests.checks.kills", "--kills", "10", "--seed", "7"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "10 kills with seed 7: 0 lost something" in done.stdout
