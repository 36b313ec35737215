"""Measure what it costs to decode in a process of its own: ``make bench-decoders``.

    python -m tests.checks.bench_decoders [PICTURE ...] [--repeats 200]

Each picture is decoded in turn here and in a decoder process, so that a busy machine slows both alike; the medians and
the fastest count. Without a picture it takes a JPEG of 1000 x 700 pixels, drawn.
"""

import argparse
import io
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
from PIL import Image as Pillow

from bot.recognition.decoding.decoders import Decoders
from bot.recognition.decoding.frames import open_frames
from tests.support.artwork import CAST, draw_portrait

LIMITS: dict[str, Any] = {"most": 1, "max_pixels": 50_000_000, "max_frames": 1, "max_seconds": 60.0}
SIZE = (1000, 700)


def main() -> None:
    """Measure, and print a line for each picture."""
    parser = argparse.ArgumentParser(prog="python -m tests.checks.bench_decoders", description=__doc__)
    parser.add_argument("pictures", nargs="*", type=Path)
    parser.add_argument("--repeats", type=int, default=200)
    given = parser.parse_args()
    files = {path.name: path.read_bytes() for path in given.pictures} or {"drawn.jpg": drawn()}
    cv2.setNumThreads(1)
    decoders = Decoders()
    decoders.start(1)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; milliseconds, median (fastest)")
    for name, data in files.items():
        here, there = compete(
            lambda data=data: open_frames(data, **LIMITS),  # type: ignore[misc]
            lambda data=data: decoders.open_frames(data, **LIMITS),  # type: ignore[misc]
            given.repeats,
        )
        means = f"here {told(here)}, in a decoder {told(there)}"
        beyond = statistics.median(there) - statistics.median(here)
        print(f"{name}, {len(data) / 1000:.0f} kB: {means}, {beyond:+.2f} ({min(there) - min(here):+.2f})")
    decoders.close()


def drawn() -> bytes:
    """A JPEG of an ordinary size."""
    portrait = draw_portrait(CAST["minase_yuzu"], 1, tilt=0, expression="calm").encode()
    buffer = io.BytesIO()
    with Pillow.open(io.BytesIO(portrait)) as picture:
        picture.convert("RGB").resize(SIZE).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def compete(one: Callable[[], object], other: Callable[[], object], repeats: int) -> tuple[list[float], list[float]]:
    """Return the milliseconds of both, in turn, after a first time that does not count."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats + 1):
        for contender, seen in zip((one, other), times, strict=True):
            begun = time.perf_counter()
            contender()
            seen.append(1000 * (time.perf_counter() - begun))
    return times[0][1:], times[1][1:]


def told(times: list[float]) -> str:
    """The median and the fastest."""
    return f"{statistics.median(times):.2f} ({min(times):.2f})"


if __name__ == "__main__":
    main()
