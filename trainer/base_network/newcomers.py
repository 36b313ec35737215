"""Face crops with boxes of characters that the base network has not met: to fit teaching to, and to measure it on."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot.errors import BundleError
from bot.recognition.bundle import read_bundle, write_bundle
from bot.recognition.crop import crop_face
from bot.recognition.detection.detector import Detector
from bot.recognition.naming.classifier import Classifier
from bot.recognition.results import Box, Image
from trainer.base_network.comparison import fit_comparison
from trainer.base_network.frame import reframe
from trainer.base_network.settings import TeachingSettings
from trainer.base_network.taught import Crops, Lesson, TaughtFigures, judge_taught
from trainer.common.console import Console
from trainer.common.dataset import read_characters, read_picture
from trainer.common.errors import DatasetError
from trainer.common.files import read_json

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


def read_boxed(folders: Sequence[Path], classifier: Classifier, margin: float, console: Console) -> Crops:
    """Crop the faces of folders that have a ``boxes.json``, and show them to a bundle as the bot does.

    A character's name is ``set/id``: two sets may use one id for two people.

    Raises:
        TrainerError: a folder has no ``boxes.json``, or it is damaged.
        DatasetError: a picture cannot be read, or a box is missing a number.
    """
    listed: list[tuple[Path, Box, str, str]] = []
    for folder in folders:
        boxes = read_json(folder / "boxes.json", "file of boxes")
        try:
            for name, value in sorted(boxes.items()):
                character = f"{folder.name}/{name.split('/')[0]}"
                drawing = f"{character}/{value['drawing']}"
                listed.append((folder / name, Box(*map(float, value["box"])), character, drawing))
        except (KeyError, TypeError, ValueError) as error:
            raise DatasetError(f"{folder / 'boxes.json'} is damaged: {json.dumps(str(error))}") from error
    images = (crop_face(read_picture(path), box, margin) for path, box, _, _ in listed)
    return _shown(
        list(zip(images, (c for *_, c, _ in listed), (d for *_, d in listed), strict=True)), classifier, console
    )


def read_known(
    folder: Path, every: int, detector: Detector, classifier: Classifier, margin: float, console: Console
) -> Crops:
    """Crop one picture in `every` of each character as the bot frames faces, and show them to a bundle."""
    listed = [(name, path) for name, paths in read_characters(folder).items() for path in paths[::every]]
    images = [reframe(read_picture(path), detector, margin) for _, path in listed]
    return _shown(
        [(image, name, path.as_posix()) for image, (name, path) in zip(images, listed, strict=True)],
        classifier,
        console,
    )


def _share(name: str) -> float:
    """Return a number from 0 to 1 that depends on a character's name alone: it says which part the character is in."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32


def _shown(crops: Sequence[tuple[Image, str, str]], classifier: Classifier, console: Console) -> Crops:
    logits, embeddings = [], []
    with console.steps("Embedding faces", len(crops)) as advance:
        for image, _, _ in crops:
            predictions = classifier.predict([image])
            if predictions.embeddings is None:
                raise DatasetError("the bundle gives no embeddings: it cannot be taught")
            logits.append(predictions.logits[0])
            embeddings.append(predictions.embeddings[0])
            advance(1)
    names, characters = np.unique([name for _, name, _ in crops], return_inverse=True)
    drawings = np.unique([drawing for *_, drawing in crops], return_inverse=True)[1]
    return Crops(np.stack(logits), np.stack(embeddings), characters, drawings, tuple(map(str, names)))
