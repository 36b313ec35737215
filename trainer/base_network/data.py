"""All face crops that the base network learns from and is judged by, decoded once and kept in the run's folder."""

import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from bot.recognition.bundle import soften
from bot.recognition.crop import crop_face
from bot.recognition.detection.detector import Detector
from bot.recognition.results import Box, Face, Image
from trainer.base_network.frame import fit_square, reframe
from trainer.base_network.settings import DataSettings, SetSettings, Settings
from trainer.common.console import Console
from trainer.common.dataset import Example, fingerprint, read_examples, read_picture
from trainer.common.errors import DatasetError, TrainerError
from trainer.common.files import cannot_write, read_json, write_file
from trainer.common.settings import Splitting
from trainer.common.split import Split, split_folder, split_pair
from trainer.detector.labels import read_image, read_labels
from trainer.detector.labels import split as split_pictures

Part: TypeAlias = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
Indices: TypeAlias = npt.NDArray[np.intp]
STRANGER = -1
"""The column of a face of whom nobody has said who it is: a stranger to every roster."""


@dataclass(frozen=True)
class Faces:
    """Face crops of all sets.

    `images` is RGB uint8 ``(count, side, side, 3)``, and `framed` the same faces as our detector frames them; `truth`
    each one's column in `labels` or `STRANGER`, `sets` its place among `set_names`, `parts` its place among `PARTS`.
    `key` changes with the pictures and how they were prepared.
    """

    images: npt.NDArray[np.uint8]
    framed: npt.NDArray[np.uint8]
    truth: Indices
    sets: Indices
    parts: Indices
    labels: tuple[str, ...]
    set_names: tuple[str, ...]
    key: str

    def of(self, part: Part, characters: Iterable[str] | None = None, set_name: str | None = None) -> Indices:
        """The indices of the crops of a part whose character is known, of certain characters or of one set only."""
        chosen = (self.parts == PARTS.index(part)) & (self.truth != STRANGER)
        if characters is not None:
            chosen &= np.isin(self.truth, [self.labels.index(name) for name in characters])
        if set_name is not None:
            chosen &= self.sets == self.set_names.index(set_name)
        return np.flatnonzero(chosen)

    def cohort(self, part: Part) -> Indices:
        """The indices of the crops of a part that show nobody of any roster."""
        return np.flatnonzero((self.parts == PARTS.index(part)) & (self.truth == STRANGER))


def prepare(
    root: Path, settings: Settings, folder: Path, make_detector: Callable[[], Detector], console: Console
) -> Faces:
    """Crop, split and decode everything, unless `folder` holds the result already.

    Raises:
        DatasetError: a folder or a picture is of no use, or a stranger is missing.
        TrainerError: the disk is full.
    """
    if not (folder / "faces.json").exists():
        detector = make_detector()
        splits = {one.name: _split(root, one, settings.data, folder, detector, console) for one in settings.sets}
        _decode(splits, _strangers(root, settings, folder, console), settings, folder, detector, console)
    faces = read_faces(folder)
    missing = set(settings.data.strangers) - set(faces.labels)
    if missing:
        raise DatasetError(f"there are no pictures of {', '.join(sorted(missing))}, who should be strangers at first")
    return faces


def read_faces(folder: Path) -> Faces:
    """Open what `prepare` has left in `folder`.

    Raises:
        TrainerError: there is nothing, or it is damaged.
    """
    values = read_json(folder / "faces.json", "index of crops (`whobot-train pretrain fit` makes one)")
    try:
        images, framed = (np.load(folder / name, mmap_mode="r") for name in ("faces.npy", "framed.npy"))
        truth, sets, parts = (np.array(values[name], np.intp) for name in ("truth", "sets", "parts"))
        return Faces(
            images, framed, truth, sets, parts, tuple(values["labels"]), tuple(values["set_names"]), values["key"]
        )
    except (OSError, KeyError, ValueError) as error:
        raise TrainerError(f"the crops in {folder} are damaged: delete faces.json there and fit again") from error


def _split(
    root: Path,
    one: SetSettings,
    data: DataSettings,
    folder: Path,
    detector: Detector,
    console: Console,
) -> Split:
    source = root / one.folder
    if one.whole:
        source = _crop_largest(source, folder / "crops" / one.name, data.margin, detector, console)
    options = Splitting(test=data.test, validation=data.validation, seed=data.seed)
    with console.steps(f"Comparing pictures of {one.name}", None) as advance:
        if one.tests:
            return split_pair([source], [root / test for test in one.tests], options, (), lambda: advance(1))
        return split_folder(source, options, (), lambda: advance(1))


def _crop_largest(source: Path, destination: Path, margin: float, detector: Detector, console: Console) -> Path:
    """Cut the largest face out of each picture: the folders' names speak of one character a picture."""
    examples = read_examples(source)
    with console.steps(f"Cropping {source.name}", len(examples)) as advance:
        for example in examples:
            image = read_picture(example.path)
            faces = detector.detect(image)
            if faces:
                crop = crop_face(image, max(faces, key=_size).box, margin)
                place = example.path.relative_to(source)
                write_file(destination / place.with_name(f"{place.name}.png"), _png(crop))
            advance(1)
    return destination


def _size(face: Face) -> float:
    return face.box.width * face.box.height


def _png(image: Image) -> bytes:
    packed = io.BytesIO()
    Pillow.fromarray(image).save(packed, "PNG")
    return packed.getvalue()


def _strangers(root: Path, settings: Settings, folder: Path, console: Console) -> dict[Part, list[Example]]:
    """Cut out the faces with hand-drawn boxes of whom nobody has said who they are; the last names are to test on."""
    others = settings.others
    if others is None:
        return {}
    pictures = [one for one in read_labels(root / others.boxes, root) if one.source.startswith(others.sources)]
    cut: dict[Part, list[Example]] = {"train": [], "test": []}
    with console.steps("Cropping strangers", len(pictures)) as advance:
        for part, members in zip(cut, split_pictures(pictures, others.test), strict=True):
            for picture in members:
                image = read_image(picture.path)
                for number, face in enumerate(picture.faces):
                    if face[2:].max() >= others.smallest:
                        place = folder / "crops/others" / f"{picture.path.name}-{number}.png"
                        write_file(place, _png(crop_face(image, Box(*map(float, face)), settings.data.margin)))
                        cut[part].append(Example("", place))
                advance(1)
    return cut


def _decode(
    splits: dict[str, Split],
    strangers: dict[Part, list[Example]],
    settings: Settings,
    folder: Path,
    detector: Detector,
    console: Console,
) -> None:
    labels = sorted({label for split in splits.values() for label in split.labels})
    listed = [
        (example, number, part)
        for number, split in enumerate(splits.values())
        for part, examples in enumerate((split.train, split.validation, split.test))
        for example in examples
    ]
    listed += [(one, STRANGER, PARTS.index(part)) for part, examples in strangers.items() for one in examples]
    side, margin = settings.data.side, settings.data.margin
    images = np.empty((len(listed), side, side, 3), np.uint8)
    framed = np.empty_like(images)
    with console.steps("Decoding and framing crops", len(listed)) as advance:
        for i, (example, _, _) in enumerate(listed):
            image = read_picture(example.path)
            for crops, crop in ((images, image), (framed, reframe(image, detector, margin))):
                crops[i] = fit_square(soften(crop, settings.data.sharpest), side)
            advance(1)
    index = {
        "key": _key([example for example, _, _ in listed], settings),
        "labels": labels,
        "set_names": list(splits),
        "truth": [labels.index(example.character) if example.character else STRANGER for example, _, _ in listed],
        "sets": [number for _, number, _ in listed],
        "parts": [part for _, _, part in listed],
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "faces.npy", images)
        np.save(folder / "framed.npy", framed)
    except OSError as error:
        raise cannot_write(folder / "faces.npy", error) from error
    write_file(folder / "faces.json", json.dumps(index))


def _key(examples: Sequence[Example], settings: Settings) -> str:
    return fingerprint(
        examples,
        settings.data.model_dump(),
        settings.others.model_dump(mode="json") if settings.others else {},
        [one.model_dump(mode="json", exclude={"zoom", "lower"}) for one in settings.sets],
    )
