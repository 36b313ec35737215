"""Folders of pictures, one folder for each character."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.errors import PictureError
from bot.recognition.decoding.decode import decode
from bot.recognition.results import Image
from trainer.common.errors import DatasetError

MAX_PIXELS = 200_000_000
MAX_FRAMES = 10_000
LONGEST_NAME = 100
UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]|^[. ]|[. ]$')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Example:
    """A picture and the character that it shows."""

    character: str
    path: Path


def read_characters(folder: Path) -> dict[str, tuple[Path, ...]]:
    """List the files of each character's folder, nested ones included, in the order in which people count.

    Hidden files and folders are passed over.

    Raises:
        DatasetError: it is empty, or its folders cannot be names of characters.
    """
    if not folder.is_dir():
        raise DatasetError(f"there is no folder {folder}")
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if not names:
        raise DatasetError(f"{folder} holds no folders: make one for each character, with their pictures in it")
    check_names(names, folder)
    characters = {name: tuple(_files(folder / name)) for name in names}
    empty = [name for name, files in characters.items() if not files]
    if empty:
        raise DatasetError(f"there are no pictures of {', '.join(empty)} in {folder}: add some, or remove the folder")
    return characters


def read_examples(folder: Path) -> tuple[Example, ...]:
    """List all pictures of all characters in a folder.

    Raises:
        DatasetError: as `read_characters`.
    """
    return tuple(Example(name, path) for name, paths in read_characters(folder).items() for path in paths)


def list_pictures(folder: Path) -> tuple[Path, ...]:
    """List all files in a folder, nested ones included, whoever they show, in the order in which people count.

    Raises:
        DatasetError: there are none.
    """
    files = tuple(_files(folder))
    if not files:
        raise DatasetError(f"there are no pictures in {folder}")
    return files


def check_names(names: Iterable[str], folder: Path) -> None:
    """Check that the names of characters can be folders everywhere, and labels of a bundle.

    Raises:
        DatasetError: one cannot, or two would be the same folder on a file system that ignores case.
    """
    seen: dict[str, str] = {}
    for name in names:
        if UNSAFE.search(name) or RESERVED.fullmatch(name) or len(name.encode()) > LONGEST_NAME:
            raise DatasetError(
                f"the folder {name!r} in {folder} has a name that not every file system takes: rename it"
            )
        same = seen.setdefault(unicodedata.normalize("NFC", name).casefold(), name)
        if same != name:
            raise DatasetError(
                f"the folders {same!r} and {name!r} in {folder} differ in case only: merge or rename them"
            )


def read_picture(path: Path) -> Image:
    """Decode a picture exactly as the bot does.

    Returns:
        RGB uint8 ``(height, width, 3)``, upright.

    Raises:
        DatasetError: it cannot be read.
    """
    try:
        return decode(path.read_bytes(), max_pixels=MAX_PIXELS, max_frames=MAX_FRAMES).image
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}") from error
    except PictureError as error:
        raise DatasetError(f"cannot read {path}: {error.kind.replace('_', ' ')}") from error


def fingerprint(examples: Sequence[Example], *settings: object) -> str:
    """Return a hash of the pictures' content, of their characters, and of the settings that work on them."""
    digest = hashlib.sha256(repr(settings).encode())
    for example in examples:
        digest.update(f"\n{example.character}\n".encode())
        digest.update(hashlib.sha256(example.path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def natural(path: Path) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which ``2.jpg`` comes before ``10.jpg``."""
    parts = re.split(r"(\d+)", path.as_posix().casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    visible = (path for path in found if not any(part.startswith(".") for part in path.relative_to(folder).parts))
    return sorted(visible, key=natural)
