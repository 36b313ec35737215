"""Hold two installed runtimes against each other: ``make check-tflite-runtime``.

Runs ``whobot who --json`` on drawn portraits under this Python and under another one, and compares what they answer.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.support.artwork import CAST, draw_portrait

BUNDLE = "three-characters-float16.tflite"
TOLERANCE = 0.002
"""Two runtimes add up in another order, and their OpenCVs round differently; people see whole percents."""


def main() -> None:
    """Compare; exit with 1 where the answers differ."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks.runtimes", description=__doc__)
    parser.add_argument("python", help="the other Python, which has whobot installed with another runtime")
    other = parser.parse_args().python
    with tempfile.TemporaryDirectory() as folder:
        pictures = [draw(Path(folder), name, seed) for name in CAST for seed in range(3)]
        here, there = (answers(python, pictures) for python in (sys.executable, other))
    furthest = max(
        abs(probability - there[picture][character])
        for picture, guesses in here.items()
        for character, probability in guesses.items()
    )
    print(f"{runtime(sys.executable)} and {runtime(other)}: {len(here)} portraits, {BUNDLE}")
    print(f"probabilities differ by {furthest:.6f} at most (allowed: {TOLERANCE})")
    sys.exit(furthest > TOLERANCE)


def draw(folder: Path, name: str, seed: int) -> str:
    """Write one portrait; return its path."""
    path = folder / f"{name}-{seed}.png"
    path.write_bytes(draw_portrait(CAST[name], seed, size=256).encode())
    return str(path)


def answers(python: str, pictures: list[str]) -> dict[str, dict[str, float]]:
    """Return each picture's probability of each character, as that Python's whobot sees it."""
    environment = {"WHOBOT_MODELS__CLASSIFIER": BUNDLE}
    command = [python, "-m", "bot", "who", "--face", "--json", "--no-picture", *pictures]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        line["path"]: {guess["character"]: guess["probability"] for guess in line["faces"][0]["guesses"]}
        for line in lines
    }


def runtime(python: str) -> str:
    """Name the runtime that a Python's whobot uses."""
    code = "from bot.recognition.interpreter import Interpreter; print(Interpreter.__module__.split('.')[0])"
    return subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
