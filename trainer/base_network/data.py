"""All face crops that the base network learns from and is judged by, decoded once and kept in the run's folder."""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from bot.recognition.bundle import soften
from bot.recognition.crop import crop_face
from bot.recognition.detection.detector import Detector
from bot.recognition.results import Box, Face, Image
from trainer.base_network.boxed import HELD_BACK, BoxedCrop, read_boxed_sets, share_of
from trainer.base_network.frame import fit_square, reframe
from trainer.base_network.settings import DataSettings, SetSettings, Settings
from trainer.common.console import Console
from trainer.common.dataset import Example, fingerprint, read_examples, read_picture
from trainer.common.errors import TrainerError
from trainer.common.files import cannot_write, read_json, write_file
from trainer.common.likeness import Hashes, hash_pictures, near_duplicates
from trainer.common.settings import Splitting
from trainer.common.split import Split, split_folder, split_pair
from trainer.detector.labels import read_image, read_labels
from trainer.detector.labels import split as split_pictures

Part: TypeAlias = Literal["train", "validation", "test", "lessons", "unseen", "franchise"]
PARTS: tuple[Part, ...] = get_args(Part)
"""The last three hold characters that never train: they are strangers to the roster."""
Indices: TypeAlias = npt.NDArray[np.intp]
STRANGER = -1
"""The column of a face of no character of the roster, and the set of one that comes from none."""
DRAWINGS_TO_TEST, DRAWINGS_TO_VALIDATE = 4, 6
"""How many drawings a character of a boxed set has at least when one of them is held back to test or to validate."""


@dataclass(frozen=True)
class Faces:
    """Face crops of all sets.

    `images` is RGB uint8 ``(count, side, side, 3)``, and `framed` the same faces as our detector frames them; `truth`
    each one's column in `labels` or `STRANGER`, `sets` its place among `set_names`, `parts` its place among `PARTS`.
    `characters` names each one's character, strangers' too, and `drawings` what it was cut from; they are empty where
    that is not known. `key` changes with the pictures and how they were prepared.
    """

    images: npt.NDArray[np.uint8]
    framed: npt.NDArray[np.uint8]
    truth: Indices
    sets: Indices
    parts: Indices
    labels: tuple[str, ...]
    set_names: tuple[str, ...]
    characters: npt.NDArray[np.str_]
    drawings: npt.NDArray[np.str_]
    key: str

    def of(self, part: Part, characters: Iterable[str] | None = None, set_name: str | None = None) -> Indices:
        """The indices of the crops of a part whose character is known, of certain characters or of one set only."""
        chosen = (self.parts == PARTS.index(part)) & (self.truth != STRANGER)
        if characters is not None:
            chosen &= np.isin(self.truth, [self.labels.index(name) for name in characters])
        if set_name is not None:
            chosen &= self.sets == self.set_names.index(set_name)
        return np.flatnonzero(chosen)

    def strangers(self, part: Part) -> Indices:
        """The indices of the crops of a part that show no character that trains."""
        return np.flatnonzero((self.parts == PARTS.index(part)) & (self.truth == STRANGER))


def prepare(
    root: Path, settings: Settings, folder: Path, make_detector: Callable[[], Detector], console: Console
) -> Faces:
    """Crop, split and decode everything, unless `folder` holds the result already.

    Raises:
        DatasetError: a folder or a picture cannot be used.
        TrainerError: the disk is full.
    """
    if not (folder / "faces.json").exists():
        detector = make_detector()
        crops = [
            *_from_folders(root, settings, folder, detector, console),
            *_from_boxes(root, settings, console),
            *_strangers(root, settings, folder, console),
        ]
        _decode(crops, settings, folder, detector, console)
    return read_faces(folder)


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
            images,
            framed,
            truth,
            sets,
            parts,
            tuple(values["labels"]),
            tuple(values["set_names"]),
            np.array(values["characters"], np.str_),
            np.array(values["drawings"], np.str_),
            values["key"],
        )
    except (OSError, KeyError, ValueError) as error:
        raise TrainerError(f"the crops in {folder} are damaged: delete faces.json there and fit again") from error


@dataclass(frozen=True)
class _Crop:
    """A crop that is to be decoded; `character` is empty where it is not known.

    Boxed sets alone say where the face is, and which drawing it comes from.
    """

    path: Path
    character: str
    set_name: str
    part: Part
    box: Box | None = None
    drawing: str = ""

    @property
    def label(self) -> str:
        """Whose face it is, if that is a character that trains."""
        return "" if self.part in HELD_BACK else self.character


def _from_folders(
    root: Path, settings: Settings, folder: Path, detector: Detector, console: Console
) -> Iterator[_Crop]:
    for one in settings.sets:
        if not one.boxed:
            split = _split(root, one, settings.data, folder, detector, console)
            parts: dict[Part, Sequence[Example]] = {
                "train": split.train,
                "validation": split.validation,
                "test": split.test,
            }
            for part, examples in parts.items():
                yield from (_Crop(example.path, example.character, one.name, part) for example in examples)


def _from_boxes(root: Path, settings: Settings, console: Console) -> Iterator[_Crop]:
    """Divide the drawings of each character: a few have to tell whether it is known in another drawing."""
    by_character: dict[str, list[BoxedCrop]] = {}
    for crop in read_boxed_sets(root, settings):
        by_character.setdefault(f"{crop.set_name}/{crop.label}", []).append(crop)
    with console.steps("Comparing drawings", len(by_character)) as advance:
        for crops in by_character.values():
            for crop, part in zip(crops, _drawing_parts(crops), strict=True):
                yield _Crop(crop.path, crop.label, crop.set_name, part, crop.box, crop.drawing)
            advance(1)


def _drawing_parts(crops: Sequence[BoxedCrop]) -> list[Part]:
    """Return each crop's part; crops of one drawing, and near-duplicates, share one."""
    serves = crops[0].serves
    if serves != "train":
        return [serves] * len(crops)
    hashes: Hashes = {}
    hash_pictures([crop.path for crop in crops], hashes, lambda: None)
    drawings = [{crops[i].drawing for i in group} for group in near_duplicates([hashes[crop.path] for crop in crops])]
    groups: list[set[str]] = []
    for some in drawings:
        joined = [group for group in groups if group & some]
        groups = [group for group in groups if not group & some] + [some.union(*joined)]
    groups.sort(key=lambda group: share_of(min(group)))
    held: dict[str, Part] = {}
    if len(groups) >= DRAWINGS_TO_TEST:
        held |= dict.fromkeys(groups[0], "test")
    if len(groups) >= DRAWINGS_TO_VALIDATE:
        held |= dict.fromkeys(groups[1], "validation")
    return [held.get(crop.drawing, "train") for crop in crops]


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


def _strangers(root: Path, settings: Settings, folder: Path, console: Console) -> Iterator[_Crop]:
    """Cut out the unnamed faces with hand-drawn boxes; the last names are to test on."""
    others = settings.others
    if others is None:
        return
    pictures = [one for one in read_labels(root / others.boxes, root) if one.source.startswith(others.sources)]
    with console.steps("Cropping strangers", len(pictures)) as advance:
        for part, members in zip(("train", "test"), split_pictures(pictures, others.test), strict=True):
            for picture in members:
                image = read_image(picture.path)
                for number, face in enumerate(picture.faces):
                    if face[2:].max() >= others.smallest:
                        place = folder / "crops/others" / f"{picture.path.name}-{number}.png"
                        write_file(place, _png(crop_face(image, Box(*map(float, face)), settings.data.margin)))
                        yield _Crop(place, "", "", "train" if part == "train" else "test")
                advance(1)


def _decode(crops: Sequence[_Crop], settings: Settings, folder: Path, detector: Detector, console: Console) -> None:
    labels = sorted({crop.label for crop in crops if crop.label})
    set_names = [one.name for one in settings.sets]
    side, margin = settings.data.side, settings.data.margin
    images = np.empty((len(crops), side, side, 3), np.uint8)
    framed = np.empty_like(images)
    with console.steps("Decoding and framing crops", len(crops)) as advance:
        for i, crop in enumerate(crops):
            image = read_picture(crop.path)
            face = reframe(image, detector, margin) if crop.box is None else crop_face(image, crop.box, margin)
            for table, shown in ((images, image), (framed, face)):
                table[i] = fit_square(soften(shown, settings.data.sharpest), side)
            advance(1)
    index = {
        "key": _key([Example(crop.label, crop.path) for crop in crops], settings),
        "labels": labels,
        "set_names": set_names,
        "truth": [labels.index(crop.label) if crop.label else STRANGER for crop in crops],
        "characters": [crop.character for crop in crops],
        "drawings": [crop.drawing for crop in crops],
        "sets": [set_names.index(crop.set_name) if crop.set_name else STRANGER for crop in crops],
        "parts": [PARTS.index(crop.part) for crop in crops],
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
        settings.held_back.model_dump(),
        settings.others.model_dump(mode="json") if settings.others else {},
        [one.model_dump(mode="json", exclude={"zoom", "lower"}) for one in settings.sets],
    )
