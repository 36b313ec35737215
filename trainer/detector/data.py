"""All pictures that the detector learns from and is judged by."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from trainer.detector.labels import (
    LabelledPicture,
    as_boxes,
    natural_order,
    read_labels,
    source_of,
    split,
    without_near_duplicates,
)

SUFFIXES = (".jpg", ".png", ".webp")


@dataclass(frozen=True, slots=True)
class DetectorData:
    """Pictures to learn from (`fit`, `empty`, `unlabelled`, `heads`) and to judge by (`held`, `empty_held`, `seed`).

    `empty` pictures have no face. `heads` are crops of single heads without boxes.
    """

    root: Path
    fit: tuple[LabelledPicture, ...]
    held: tuple[LabelledPicture, ...]
    seed: tuple[LabelledPicture, ...]
    empty: tuple[LabelledPicture, ...]
    empty_held: tuple[LabelledPicture, ...]
    unlabelled: tuple[LabelledPicture, ...]
    heads: tuple[LabelledPicture, ...]


def collect(root: Path, share: float) -> DetectorData:
    """Gather the data under `root`, with the last `share` of every source held back.

    Pictures without boxes are used only where they lie on the fitted side: no later in their source than the last
    picture fitted on, and unlike every held-back one.
    """
    fit, held = split(read_labels(root / "face_boxes.json", root), share)
    drawn = {picture.path for picture in (*fit, *held)}
    last = {picture.source: natural_order(picture.path.name) for picture in _by_name(fit)}
    others = [
        picture
        for picture in _without_boxes(root, "scenes", "pictures")
        if picture.path not in drawn and natural_order(picture.path.name) <= last[picture.source]
    ]
    unlabelled, _ = without_near_duplicates(others, held)
    empty: list[LabelledPicture] = []
    empty_held: list[LabelledPicture] = []
    for folder in ("nonfaces", "backgrounds"):
        members = _by_name(_without_boxes(root, folder))
        cut = len(members) - round(share * len(members))
        empty += members[:cut]
        empty_held += members[cut:]
    return DetectorData(
        root,
        tuple(fit),
        tuple(held),
        tuple(read_labels(root / "seed/boxes.json", root / "seed")),
        tuple(empty),
        tuple(empty_held),
        tuple(_by_name(unlabelled)),
        tuple(_without_boxes(root, "faces")),
    )


def _by_name(pictures: Iterable[LabelledPicture]) -> list[LabelledPicture]:
    return sorted(pictures, key=lambda picture: natural_order(picture.path.name))


def _without_boxes(root: Path, *folders: str) -> list[LabelledPicture]:
    paths = sorted(path for folder in folders for path in (root / folder).rglob("*") if path.suffix in SUFFIXES)
    return [LabelledPicture(path, source_of(path.relative_to(root)), as_boxes([]), as_boxes([])) for path in paths]
