"""Divide the pictures of each character into those to train, to validate and to test on.

Pictures that look almost alike (frames of one scene, two sizes of one picture) stay together on one side: otherwise
the test would ask for what has been learnt by heart.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.common.console import Console
from trainer.common.dataset import Example, check_names, read_characters
from trainer.common.errors import DatasetError
from trainer.common.files import read_json, write_file
from trainer.common.likeness import NEAR, Hashes, OnPicture, hash_pictures, near_duplicates
from trainer.common.settings import Splitting


@dataclass(frozen=True)
class Split:
    """Which pictures serve what. `labels` is the order of the network's outputs."""

    labels: tuple[str, ...]
    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]

    def save(self, path: Path) -> None:
        """Write as JSON, with paths relative to the file's folder."""
        parts = {
            name: [
                {"character": example.character, "path": os.path.relpath(example.path, path.parent)}
                for example in examples
            ]
            for name, examples in (("train", self.train), ("validation", self.validation), ("test", self.test))
        }
        write_file(path, json.dumps({"labels": self.labels, **parts}, indent=1, ensure_ascii=False))

    @classmethod
    def load(cls, path: Path) -> "Split":
        """Read what `save` wrote.

        Raises:
            TrainerError: the file is missing or damaged.
            DatasetError: a picture is missing.
        """
        content = read_json(path, "split")
        try:
            parts = [
                tuple(Example(entry["character"], path.parent / entry["path"]) for entry in content[name])
                for name in ("train", "validation", "test")
            ]
            split = cls(tuple(content["labels"]), *parts)
        except (KeyError, TypeError) as error:
            raise DatasetError(f"{path} is no split: make it anew with `whobot-train split`") from error
        gone = [example.path for part in parts for example in part if not example.path.is_file()]
        if gone:
            raise DatasetError(f"{gone[0]} and perhaps more pictures of {path} are gone: make the split anew")
        return split


def make_split(
    crops: Path | None,
    train: Sequence[Path],
    test: Sequence[Path],
    options: Splitting,
    characters: Sequence[str],
    console: Console,
    *,
    fewest: int = 2,
) -> Split:
    """Divide `crops`, or take folders that are divided already, and warn of tests that have been learnt by heart.

    There must be `fewest` characters at least.

    Raises:
        DatasetError: the folders cannot be used, or neither or both were given.
    """
    if (crops is None) != bool(train and test):
        raise DatasetError("give either a folder of crops to divide, or folders to train on and folders to test on")
    hashes: Hashes = {}
    with console.steps("Comparing pictures", None) as advance:
        if crops is None:
            split = split_pair(train, test, options, characters, lambda: advance(1), hashes, fewest=fewest)
        else:
            split = split_folder(crops, options, characters, lambda: advance(1), hashes, fewest=fewest)
        leaked = leaks(split, lambda: advance(1), hashes)
    for path, seen in leaked:
        console.warn(f"{path} is to test on, but looks like {seen}, which trains")
    console.say(f"{len(split.train)} pictures train, {len(split.validation)} validate, {len(split.test)} test")
    return split


def split_folder(
    folder: Path,
    options: Splitting,
    characters: Sequence[str] = (),
    on_picture: OnPicture = lambda: None,
    hashes: Hashes | None = None,
    *,
    fewest: int = 2,
) -> Split:
    """Divide the crops in `folder` at random, or, where `options.first` is given, by their order as published.

    Args:
        folder: Holds a folder of face crops for each character.
        options: How to divide.
        characters: Only these; all where empty.
        on_picture: Called after each picture that was read.
        hashes: Perceptual hashes of pictures; new ones are added.
        fewest: How many characters there must be at least.

    Raises:
        DatasetError: a character has too few pictures, or a picture cannot be read.
    """
    train: list[Example] = []
    tests: list[Example] = []
    found = _read([folder], characters, fewest)
    hashes = {} if hashes is None else hashes
    hash_pictures([example.path for example in found], hashes, on_picture)
    random, first = np.random.default_rng(options.seed), options.first
    for character, examples in _by_character(found).items():
        if first is None:
            chosen, rest = _share(examples, options.test, random, hashes)
        else:
            rest, chosen = examples[:first], examples[first:]
        if not chosen:
            reason = "all of them look alike" if first is None else f"the first {first} train"
            raise DatasetError(f"no picture of {character} is left to test on: there are {len(examples)}, and {reason}")
        train += rest
        tests += chosen
    return _with_validation(train, tests, options.validation, random, hashes)


def split_pair(
    train: Sequence[Path],
    test: Sequence[Path],
    options: Splitting,
    characters: Sequence[str] = (),
    on_picture: OnPicture = lambda: None,
    hashes: Hashes | None = None,
    *,
    fewest: int = 2,
) -> Split:
    """Take folders as they are: those to train (and validate) on, and those to test on.

    Raises:
        DatasetError: a folder cannot be used, or the tests show a character that the training does not.
    """
    learnt, asked = _read(train, characters, fewest), _read(test, characters, fewest=1, pictures=1)
    unknown = {example.character for example in asked} - {example.character for example in learnt}
    if unknown:
        raise DatasetError(f"there are pictures to test on, but none to train on, of {', '.join(sorted(unknown))}")
    hashes = {} if hashes is None else hashes
    hash_pictures([example.path for example in learnt], hashes, on_picture)
    return _with_validation(learnt, asked, options.validation, np.random.default_rng(options.seed), hashes)


def leaks(split: Split, on_picture: OnPicture = lambda: None, hashes: Hashes | None = None) -> list[tuple[Path, Path]]:
    """Return each test picture that looks like one of those that train or validate, and that one."""
    seen = [example.path for example in (*split.train, *split.validation)]
    asked = [example.path for example in split.test]
    hashes = {} if hashes is None else hashes
    hash_pictures([*seen, *asked], hashes, on_picture)
    table = np.stack([hashes[path] for path in seen])
    nearest = {path: np.abs(table - hashes[path]).sum(axis=1) for path in asked}
    return [(path, seen[distances.argmin()]) for path, distances in nearest.items() if distances.min() <= NEAR]


def _read(folders: Sequence[Path], characters: Sequence[str], fewest: int, pictures: int = 2) -> list[Example]:
    """List the pictures of the chosen characters in all folders, by character."""
    examples: list[Example] = []
    for folder in folders:
        found = read_characters(folder)
        missing = [name for name in characters if name not in found]
        if missing:
            raise DatasetError(f"{folder} has no folder {missing[0]}; it has {', '.join(found)}")
        examples += [Example(name, path) for name in characters or found for path in found[name]]
    check_names({example.character for example in examples}, folders[0])
    by_character = _by_character(examples)
    if len(by_character) < fewest:
        raise DatasetError(f"{folders[0]} has one character only: telling who it is takes at least two")
    for name, own in by_character.items():
        if len(own) < pictures:
            raise DatasetError(f"there is one picture of {name} only in {folders[0]}: at least two are needed")
    return [example for name in sorted(by_character) for example in by_character[name]]


def _by_character(examples: Sequence[Example]) -> dict[str, list[Example]]:
    found: dict[str, list[Example]] = {}
    for example in examples:
        found.setdefault(example.character, []).append(example)
    return found


def _with_validation(
    train: Sequence[Example], test: Sequence[Example], share: float, random: np.random.Generator, hashes: Hashes
) -> Split:
    kept: list[Example] = []
    validation: list[Example] = []
    by_character = _by_character(train)
    for examples in by_character.values():
        chosen, rest = _share(examples, share, random, hashes)
        validation += chosen
        kept += rest
    return Split(tuple(by_character), tuple(kept), tuple(validation), tuple(test))


def _share(
    examples: Sequence[Example], share: float, random: np.random.Generator, hashes: Hashes
) -> tuple[list[Example], list[Example]]:
    """Take out about `share` of the pictures, but at least one, in whole groups of near-duplicates."""
    groups = near_duplicates([hashes[example.path] for example in examples])
    wanted = max(1, round(share * len(examples))) if share else 0
    taken: set[int] = set()
    for i in random.permutation(len(groups)):
        if len(taken) + len(groups[i]) <= wanted:
            taken.update(groups[i])
    return (
        [example for i, example in enumerate(examples) if i in taken],
        [example for i, example in enumerate(examples) if i not in taken],
    )
