"""One bundle in another's place, in one step, with the other kept beside it. A running bot follows by itself."""

import os
import shutil
import tempfile
from pathlib import Path

from bot.errors import BundleError

PREVIOUS = ".previous"


def previous_of(path: Path) -> Path:
    """Return where the bundle is kept that another one has replaced: ``x.tflite`` has ``x.previous.tflite``."""
    return path.with_name(f"{path.stem}{PREVIOUS}{path.suffix}")


def take_over(new: Path, running: Path) -> None:
    """Put a copy of `new` in the place of `running`, and keep that as the previous one.

    Raises:
        BundleError: the folder cannot be written; what was running goes on.
    """
    try:
        ready = _copy(new, running.parent)
        _copy(running, running.parent).replace(previous_of(running))
        ready.replace(running)
    except OSError as error:
        raise BundleError(f"cannot put {new} in the place of {running}: {error.strerror}") from error


def swap_back(running: Path) -> None:
    """Let the previous bundle run again, and keep the one that ran as the previous one.

    Raises:
        BundleError: the folder cannot be written; what was running goes on.
    """
    previous = previous_of(running)
    try:
        kept = _copy(running, running.parent)
        previous.replace(running)
        kept.replace(previous)
    except OSError as error:
        raise BundleError(f"cannot put {previous} in the place of {running}: {error.strerror}") from error


def _copy(path: Path, folder: Path) -> Path:
    """Copy a file into a folder under a name of its own, written to the disk, so that renaming it is all or nothing."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{path.name}.", delete=False) as file:
        try:
            with path.open("rb") as source:
                shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
    copy = Path(file.name)
    copy.chmod(0o644)
    return copy
