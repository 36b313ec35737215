"""Fit how a bundle compares faces with characters that people teach, write it into the bundle, and measure it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.errors import BundleError
from bot.recognition.bundle import read_bundle, write_bundle
from bot.recognition.detection.detector import Detector
from bot.recognition.naming.classifier import Classifier
from trainer.base_network.comparison import fit_comparison
from trainer.base_network.crops import read_boxed, read_known
from trainer.base_network.settings import TeachingSettings
from trainer.base_network.taught import Lesson, TaughtFigures, judge_taught
from trainer.common.console import Console

LESSONS = (1, 3, 5)
"""Drawings that teach each of five characters."""
AT_ONCE = 54


def fit_and_judge(
    path: Path, root: Path, settings: TeachingSettings, detector: Detector, console: Console, *, measure_only: bool
) -> list[TaughtFigures]:
    """Fit a bundle's comparison, write it into the bundle's file unless only to measure, and measure it.

    Raises:
        TrainerError: a set is missing or damaged.
        BundleError: the bundle has no `Recognition`, or cannot be read or written.
    """
    bundle = read_bundle(path)
    if bundle.recognition is None:
        raise BundleError(f"{path} does not tell strangers, so that nothing can be compared with them")
    classifier, margin = Classifier(bundle), bundle.info.margin
    boxed = [root / name for name in (*settings.sets, *settings.lesson_sets, settings.franchise)]
    crops = read_boxed(boxed, classifier, margin, console)
    known = read_known(root / settings.known, settings.every, detector, classifier, margin, console)
    parts = np.array([_part(name, bundle.labels, settings) for name in crops.names])[crops.characters]
    if not measure_only:
        console.say("Fitting the comparison")
        recognition = bundle.recognition
        others = np.concatenate([table for table in (recognition.strangers, recognition.prototypes) if table.size])
        comparison = fit_comparison(crops.of(parts == "space"), crops.of(parts == "lessons"), others, settings.most)
        fitted = replace(recognition, comparison=comparison)
        bundle = write_bundle(path, bundle.network, bundle.info, bundle.labels, fitted)
        console.say(f"Wrote {path}")
    franchise, test = crops.of(parts == "franchise"), crops.of(parts == "test")
    name = bundle.info.name
    return [
        *judge_taught(bundle, test, known, [Lesson(f"today's games ({name})", 5, n) for n in LESSONS]),
        *judge_taught(bundle, test, known, [Lesson(f"today's games ({name})", AT_ONCE, 3)]),
        *judge_taught(bundle, franchise, known, [Lesson(f"one franchise ({name})", 3, n) for n in (1, 5, 10)]),
    ]


def _part(name: str, labels: Sequence[str], settings: TeachingSettings) -> str:
    """Return what a character serves for; the roster's own serve for nothing."""
    group, character = name.split("/")
    share = _share(name)
    if character in labels:
        return "none"
    if group == settings.franchise.name:
        return "franchise"
    if share < settings.lessons or group in {path.name for path in settings.lesson_sets}:
        return "lessons"
    if share < settings.lessons + settings.test:
        return "test"
    return "space"


def _share(name: str) -> float:
    """Return a number from 0 to 1 that depends on a character's name alone: it says which part the character is in."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32
