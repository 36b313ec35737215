"""Pictures with hand-drawn boxes, and their split into a part to fit on and a part to judge by."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

from bot.recognition.results import Face, Image

Boxes = npt.NDArray[np.float32]
"""Shape ``(n, 4)``: x, y, width, height in pixels of the upright image."""

NEAR_DUPLICATE_BITS = 8
"""Pictures whose 64-bit perceptual hashes differ in no more bits than this count as one picture."""


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """A picture on disk and the boxes drawn on it.

    `faces` must be found. `ignored` boxes (mascots, tiny or hidden faces, doubtful spots) neither count nor cost.
    `source` names where the picture comes from, as in ``scenes/tsubasa``: the unit that figures are given for. `decoys`
    are spots that a detector took for faces and that are worth another check.
    """

    path: Path
    source: str
    faces: Boxes
    ignored: Boxes
    decoys: Boxes = field(default_factory=lambda: as_boxes([]))


def read_image(path: Path) -> Image:
    """Read a picture as RGB uint8.

    Raises:
        FileNotFoundError: there is no such picture, or OpenCV cannot decode it.
    """
    image = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if image is None:
        raise FileNotFoundError(f"cannot read the picture {path}")
    return image.astype(np.uint8, copy=False)


def read_labels(file: Path, root: Path) -> list[LabelledPicture]:
    """Read a file of boxes (`face_boxes.json` or the seed's) whose keys are paths under `root`."""
    entries = json.loads(file.read_text())
    ambiguous = entries.pop("_ambiguous", {})
    pictures = []
    for name, entry in entries.items():
        faces = [face["box"] for face in entry["faces"] if face["kind"] == "face"]
        ignored = [face["box"] for face in entry["faces"] if face["kind"] != "face"] + [
            spot["box"] for spot in ambiguous.get(name, [])
        ]
        pictures.append(LabelledPicture(root / name, source_of(Path(name)), as_boxes(faces), as_boxes(ignored)))
    return pictures


def write_labels(file: Path, root: Path, pictures: Iterable[LabelledPicture]) -> None:
    """Write pictures' boxes as `read_labels` reads them."""
    entries = {
        picture.path.relative_to(root).as_posix(): {
            "faces": [{"box": box, "kind": "face"} for box in picture.faces.tolist()]
            + [{"box": box, "kind": "hard"} for box in picture.ignored.tolist()]
        }
        for picture in pictures
    }
    file.write_text(json.dumps(entries, indent=1))


def as_boxes(boxes: Iterable[Sequence[float]]) -> Boxes:
    """Put boxes into one array, ``(0, 4)`` where there are none."""
    return np.array(list(boxes), np.float32).reshape(-1, 4)


def boxes_of(faces: Iterable[Face]) -> Boxes:
    """The boxes of found faces."""
    return as_boxes((face.box.x, face.box.y, face.box.width, face.box.height) for face in faces)


def split(pictures: Sequence[LabelledPicture], share: float) -> tuple[list[LabelledPicture], list[LabelledPicture]]:
    """Hold back the last `share` of each source, in the order of the file names.

    Neighbouring frames of a film have neighbouring names, so a run of names keeps a scene on one side. What looks like
    a held-back picture all the same is held back too, and so on until nothing crosses.

    Returns:
        The pictures to fit on and those held back.
    """
    by_source: dict[str, list[LabelledPicture]] = {}
    for picture in sorted(pictures, key=lambda picture: natural_order(picture.path.name)):
        by_source.setdefault(picture.source, []).append(picture)
    fit: list[LabelledPicture] = []
    held: list[LabelledPicture] = []
    for members in by_source.values():
        cut = len(members) - round(share * len(members))
        fit += members[:cut]
        held += members[cut:]
    return without_near_duplicates(fit, held)


def without_near_duplicates(
    fit: list[LabelledPicture], held: list[LabelledPicture]
) -> tuple[list[LabelledPicture], list[LabelledPicture]]:
    """Move what looks like a held-back picture from `fit` to `held`, until nothing does."""
    hashes = {picture.path: perceptual_hash(picture.path) for picture in [*fit, *held]}
    while True:
        seen = np.stack([hashes[picture.path] for picture in held])
        alike = [
            bool((np.count_nonzero(seen != hashes[picture.path], axis=1) <= NEAR_DUPLICATE_BITS).any())
            for picture in fit
        ]
        if not any(alike):
            return fit, held
        held = held + [picture for picture, moves in zip(fit, alike, strict=True) if moves]
        fit = [picture for picture, moves in zip(fit, alike, strict=True) if not moves]


def perceptual_hash(path: Path) -> npt.NDArray[np.bool_]:
    """The 64 bits of a picture's perceptual hash."""
    with PillowImage.open(path) as image:
        image.draft("L", (256, 256))
        bits: npt.NDArray[np.bool_] = imagehash.phash(image).hash.ravel()
    return bits


def longest_side(path: Path) -> int:
    """Pixels of a picture's longer side, from its header."""
    with PillowImage.open(path) as image:
        return max(image.size)


def source_of(name: Path) -> str:
    """The source of a picture, given its path in the data: ``scenes/tsubasa``, ``heads``."""
    folder = name.parts[0]
    return f"{folder}/{name.stem.split('_')[0]}" if folder == "scenes" else folder


def natural_order(name: str) -> list[tuple[int, str]]:
    """A key that sorts file names with their numbers as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]
