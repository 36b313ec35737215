"""Sets of face crops with a ``boxes.json``: few drawings of many characters, and which part each of them serves."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from bot.recognition.results import Box
from trainer.base_network.settings import HeldBackSettings, SetSettings, Settings
from trainer.common.dataset import read_characters
from trainer.common.errors import DatasetError
from trainer.common.files import read_json

Serves: TypeAlias = Literal["train", "lessons", "unseen", "franchise"]
"""What a character's crops are for: to train, to fit what a score says, or to measure on."""
NOBODY = ""
"""What a folder shows whose crops are no character's."""
HELD_BACK: tuple[Serves, ...] = get_args(Serves)[1:]


@dataclass(frozen=True, slots=True)
class BoxedCrop:
    """A crop, with the face's box in its pixels.

    `label` is its character's; `drawing` names what it was cut from, and `serves` the part that the character is in.
    """

    path: Path
    box: Box
    set_name: str
    label: str
    drawing: str
    serves: Serves


def read_boxed_sets(root: Path, settings: Settings) -> list[BoxedCrop]:
    """List the crops of all boxed sets, in the order of the sets and of the crops' names.

    Raises:
        TrainerError: a set has no ``boxes.json``, or it is damaged.
        DatasetError: a folder is missing, or a box lacks a number.
    """
    plain = [one for one in settings.sets if not one.boxed]
    roster = {name for one in plain for name in read_characters(root / one.folder)}
    boxed = [(one, _read_boxes(root / one.folder)) for one in settings.sets if one.boxed]
    folders = {(one.name, _id(place)): one for one, boxes in boxed for place in boxes}
    own = {folder for folder in folders if "/".join(folder) not in settings.other_folders}
    shared = Counter([*roster, *(name for _, name in own)])
    found = []
    for one, boxes in boxed:
        for place, (box, drawing) in boxes.items():
            folder = f"{one.name}/{_id(place)}"
            shows = settings.other_folders.get(folder, folder)
            if shows == NOBODY:
                continue
            set_name, _, name = shows.rpartition("/")
            among = folders.get((set_name, name), one)
            label = name if shared[name] == 1 or name in among.same or not set_name else f"{set_name}_{name}"
            serves = "train" if label in roster else _serves(among, name, settings.held_back)
            found.append(BoxedCrop(root / one.folder / place, box, one.name, label, f"{folder}/{drawing}", serves))
    return found


def share_of(name: str) -> float:
    """Return a number from 0 to 1 that depends on a name alone."""
    return int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) / 2**32


def _read_boxes(folder: Path) -> dict[str, tuple[Box, str]]:
    values = read_json(folder / "boxes.json", "file of boxes")
    try:
        return {
            place: (Box(*map(float, value["box"])), str(value["drawing"])) for place, value in sorted(values.items())
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DatasetError(f"{folder / 'boxes.json'} is damaged: {json.dumps(str(error))}") from error


def _id(place: str) -> str:
    return place.split("/", maxsplit=1)[0]


def _serves(one: SetSettings, name: str, held_back: HeldBackSettings) -> Serves:
    if one.name == held_back.franchise:
        return "franchise"
    share = share_of(f"{one.name}/{name}")
    if share < held_back.lessons or one.name in held_back.lesson_sets:
        return "lessons"
    return "unseen" if share < held_back.lessons + held_back.unseen else "train"
