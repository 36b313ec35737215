"""Read face crops and show them to a bundle: of characters with boxes, and of those of its roster."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.recognition.crop import crop_face
from bot.recognition.detection.detector import Detector
from bot.recognition.naming.classifier import Classifier
from bot.recognition.results import Box, Image
from trainer.base_network.frame import reframe
from trainer.base_network.taught import Crops
from trainer.common.console import Console
from trainer.common.dataset import read_characters, read_picture
from trainer.common.errors import DatasetError
from trainer.common.files import read_json


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
