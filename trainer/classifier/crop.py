"""Cut the faces out of whole pictures, one file a face."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from bot.recognition.crop import crop_face
from bot.recognition.detection.detector import Detector
from bot.recognition.results import Image
from trainer.common.console import Console
from trainer.common.dataset import Example, fingerprint, read_examples, read_picture
from trainer.common.detectors import make_detector
from trainer.common.errors import DatasetError
from trainer.common.files import Journal, write_file
from trainer.common.settings import Crop

JOURNAL = ".crop.jsonl"


@dataclass(frozen=True)
class Cropped:
    """What came of cropping: how many faces, which pictures had none, and why files could not be read."""

    faces: int
    faceless: tuple[Path, ...]
    unreadable: tuple[str, ...]

    def tell(self, console: Console) -> None:
        """Report the pictures that need to be checked by hand."""
        console.say(f"Faces cut out: {self.faces}")
        if self.faceless:
            console.warn(f"Pictures in which no face was found, copied to unrecognized: {len(self.faceless)}")
            for path in self.faceless:
                console.say(f"  {path}")
        if self.unreadable:
            console.warn(f"Files that were left out: {len(self.unreadable)}")
            for reason in self.unreadable:
                console.say(f"  {reason}")


def crop(source: Path, destination: Path, settings: Crop, console: Console) -> Cropped:
    """Crop ``source/<character>/**`` to ``destination/<character>/``; go on where an interrupted call stopped.

    A crop is stored as it is cut, without loss: resizing is left to training, which does it as the bot does. Pictures
    in which no face was found are copied to ``unrecognized/<character>/`` beside `destination`.

    Raises:
        DatasetError: the folders cannot be used. Single files that are no pictures are only reported.
        TrainerError: the detector cannot be used, or the disk is full.
    """
    examples = read_examples(source)
    unrecognized = destination.parent / "unrecognized"
    for folder in (destination, unrecognized):
        if folder.resolve().is_relative_to(source.resolve()):
            raise DatasetError(f"{folder} would lie inside {source} and be taken for a character: choose another place")
    cropper = _Cropper(source, destination, unrecognized, settings)
    results: list[tuple[Path, Mapping[str, Any]]] = []
    with console.steps("Cropping", len(examples)) as advance:
        for example in examples:
            results.append((example.path, cropper.crop(example)))
            advance(1)
    return Cropped(
        faces=sum(len(result.get("files", ())) for _, result in results),
        faceless=tuple(path for path, result in results if result.get("files") == []),
        unreadable=tuple(result["unreadable"] for _, result in results if "unreadable" in result),
    )


class _Cropper:
    def __init__(self, source: Path, destination: Path, unrecognized: Path, settings: Crop) -> None:
        self._source = source
        self._destination = destination
        self._unrecognized = unrecognized
        self._margin = settings.reach
        self._detector: Detector = make_detector(settings)
        self._journal = Journal(destination / JOURNAL, fingerprint((), settings.model_dump(mode="json")))

    def crop(self, example: Example) -> Mapping[str, Any]:
        """Crop one picture, unless that is done, and note what came of it."""
        place = example.path.relative_to(self._source / example.character)
        item = f"{example.character}/{place.as_posix()} {fingerprint([example])}"
        done = self._journal.find(item)
        if done is None or not all((self._destination / file).exists() for file in done.get("files", ())):
            done = self._crop(example, place)
            self._journal.note(item, done)
        return done

    def _crop(self, example: Example, place: Path) -> Mapping[str, Any]:
        try:
            image = read_picture(example.path)
        except DatasetError as error:
            return {"unreadable": str(error)}
        faces = self._detector.detect(image)
        if not faces:
            write_file(self._unrecognized / example.character / place, example.path.read_bytes())
        # The ending stays part of the name: 1.jpg and 1.png are two pictures.
        files = [f"{example.character}/{place.as_posix()}.{number}.png" for number in range(1, len(faces) + 1)]
        for file, face in zip(files, faces, strict=True):
            write_file(self._destination / file, _png(crop_face(image, face.box, self._margin)))
        return {"files": files}


def _png(image: Image) -> bytes:
    packed = io.BytesIO()
    Pillow.fromarray(image).save(packed, "PNG")
    return packed.getvalue()
