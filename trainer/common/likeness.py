"""Which pictures look almost alike: frames of one scene, two sizes of one picture."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import imagehash
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from bot.recognition.results import Image
from trainer.common.dataset import read_picture

NEAR = 6
"""Bits of 64 by which the perceptual hashes of near-duplicates differ at most."""

Hash: TypeAlias = npt.NDArray[np.float32]
"""The 64 bits of a picture's perceptual hash, as 0 and 1."""
Hashes: TypeAlias = dict[Path, Hash]
OnPicture: TypeAlias = Callable[[], None]
_NUMBERED = re.compile(r"(.+)\.\d+")


def hash_image(image: Image) -> Hash:
    """Compute the perceptual hash (pHash) of an RGB uint8 image."""
    return np.asarray(imagehash.phash(Pillow.fromarray(image)).hash.ravel(), np.float32)


def hash_pictures(paths: Sequence[Path], hashes: Hashes, on_picture: OnPicture) -> None:
    """Add to `hashes` what is not in there yet.

    Raises:
        DatasetError: a picture cannot be read.
    """
    for path in paths:
        if path not in hashes:
            hashes[path] = hash_image(read_picture(path))
            on_picture()


def near_duplicates(hashes: Sequence[Hash]) -> list[list[int]]:
    """Group pictures by likeness: near-duplicates of near-duplicates share a group."""
    table = np.stack(hashes)
    group = np.arange(len(table))
    for i in range(1, len(table)):
        near = np.abs(table[:i] - table[i]).sum(axis=1) <= NEAR
        group[np.isin(group, group[:i][near])] = group[i]
    return [np.flatnonzero(group == name).tolist() for name in np.unique(group)]


def drawings(paths: Sequence[Path], hashes: Hashes) -> npt.NDArray[np.intp]:
    """Number the drawings that crops of one character are cut from, ``(len(paths),)``.

    Crops are of one drawing where their names say so, ``<drawing>.<n>.webp``, and where they look almost alike.

    Args:
        paths: The crops.
        hashes: The perceptual hash of each.
    """
    number = np.arange(len(paths))
    by_name: dict[Path, int] = {}
    for i, path in enumerate(paths):
        numbered = _NUMBERED.fullmatch(path.stem)
        number[i] = by_name.setdefault(path.with_name(numbered[1]) if numbered else path, i)
    for alike in near_duplicates([hashes[path] for path in paths]):
        number[np.isin(number, number[alike])] = number[alike[0]]
    return number
