"""Every installed detector side by side: what it finds, how long it takes, what it needs."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

from bot.recognition.detection.detector import Detector
from bot.recognition.results import display_name
from trainer.common.detectors import CASCADE, OURS, make_detector
from trainer.common.documents import markdown_table
from trainer.common.settings import Crop
from trainer.detector.data import DetectorData
from trainer.detector.evaluate import Track, evaluate
from trainer.detector.labels import read_image
from trainer.detector.matching import Match, Tally, tally

ORDINARY = (1000, 700)
"""Width and height of the pictures that detectors are timed with."""
HUGE = (6500, 4500)
"""Width and height of the picture that memory is measured with."""
TIMED = 25
"""Pictures that are timed; the median counts."""


@dataclass(frozen=True, slots=True)
class Row:
    """One detector's figures: counts at its own threshold, milliseconds, megabytes."""

    name: str
    seed: Tally
    characters: Mapping[str, Tally]
    held: Tally
    empty: Tally
    empty_pictures: int
    milliseconds: float
    peak: Mapping[str, float]
    file: float | None


def compare(settings: Crop, data: DetectorData, track: Track) -> Row:
    """Measure one detector at its own threshold.

    Raises:
        OperatorError: the detector cannot be opened.
    """
    detector = make_detector(settings)
    seen = evaluate(detector, data, track)
    return Row(
        settings.detector,
        tally(seen.seed, 0),
        {name: tally(matches, 0) for name, matches in _by_character(seen.seed).items()},
        tally(seen.held, 0),
        tally(seen.empty, 0),
        len(seen.empty),
        _milliseconds(detector, [picture.path for picture in data.seed[:TIMED]]),
        {suffix: _peak(settings, suffix) for suffix in (".jpg", ".png")},
        _file_size(settings),
    )


def as_table(rows: Sequence[Row]) -> str:
    """The rows as columns of a Markdown table, like the one that the detector was asked for with."""
    lines: tuple[tuple[str, Callable[[Row], str]], ...] = (
        ("seed: faces found, false boxes", lambda row: f"{row.seed.found} of {row.seed.faces}, {row.seed.false}"),
        *((f"seed: {display_name(name)}", _of(name)) for name in rows[0].characters),
        ("seed: F1", lambda row: f"{row.seed.f1:.3f}"),
        ("held back: faces found, false boxes", lambda row: f"{row.held.found} of {row.held.faces}, {row.held.false}"),
        ("held back: F1", lambda row: f"{row.held.f1:.3f}"),
        ("false boxes without a face in sight", lambda row: f"{row.empty.false} in {row.empty_pictures}"),
        (f"milliseconds for {ORDINARY[0]} x {ORDINARY[1]}", lambda row: f"{row.milliseconds:.1f}"),
        (f"peak memory, JPEG of {HUGE[0]} x {HUGE[1]}, MB", lambda row: f"{row.peak['.jpg']:.0f}"),
        (f"peak memory, PNG of {HUGE[0]} x {HUGE[1]}, MB", lambda row: f"{row.peak['.png']:.0f}"),
        ("file, MB", lambda row: "" if row.file is None else f"{row.file:.1f}"),
    )
    return markdown_table(["", *(row.name for row in rows)], [[title, *map(figure, rows)] for title, figure in lines])


def _of(character: str) -> Callable[[Row], str]:
    return lambda row: f"{row.characters[character].found} of {row.characters[character].faces}"


def _by_character(matches: Iterable[Match]) -> dict[str, list[Match]]:
    """The seed's pictures lie in a folder for each character."""
    groups: dict[str, list[Match]] = {}
    for one in sorted(matches, key=lambda one: one.picture.path.parent.name):
        groups.setdefault(one.picture.path.parent.name, []).append(one)
    return groups


def _milliseconds(detector: Detector, paths: Sequence[Path]) -> float:
    """Median time for a decoded picture of ordinary size, on one thread, the first picture not counted."""
    with _single_thread():
        times = []
        for path in paths:
            image = cv2.resize(read_image(path), ORDINARY, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
            begin = time.perf_counter()
            detector.detect(image)
            times.append(time.perf_counter() - begin)
    return float(np.median(times[1:])) * 1000


@contextmanager
def _single_thread() -> Iterator[None]:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def _file_size(settings: Crop) -> float | None:
    """Megabytes of the detector's file; None for a package."""
    files = {"ours": settings.bundle or OURS, "cascade": settings.cascade or CASCADE}
    file = files.get(settings.detector)
    return file.stat().st_size / 1e6 if file else None


def _peak(settings: Crop, suffix: str) -> float:
    """Megabytes at most in a process of its own that finds the faces in a huge picture."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (HUGE[1] // 100, HUGE[0] // 100, 3), np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"huge{suffix}"
        Pillow.fromarray(small).resize(HUGE).save(path)
        command = [sys.executable, "-m", "trainer.detector.footprint", settings.model_dump_json(), str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return int(done.stdout) / 1e6
