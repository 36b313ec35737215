"""One bundle in another's place, in one step, with the other kept beside it. A running bot follows by itself.

Whatever ends the program in between, both bundles are there afterwards. The one to keep waits under a name
of its own until the other one runs: `settle` sees from it how far things had come.
"""

import filecmp
import os
import shutil
import tempfile
from pathlib import Path

from bot.errors import BundleError

PREVIOUS, WAITING = ".previous", ".waiting"


def previous_of(path: Path) -> Path:
    """Return where the bundle is kept that another one has replaced: ``x.tflite`` has ``x.previous.tflite``."""
    return path.with_name(f"{path.stem}{PREVIOUS}{path.suffix}")


def settle(running: Path) -> None:
    """Finish a change that something has ended in between, or take it back, and remove what it has left lying about.

    Raises:
        BundleError: the folder cannot be written.
    """
    waiting = _waiting_of(running)
    try:
        if waiting.exists() and running.exists():
            if filecmp.cmp(waiting, running, shallow=False):  # the other one does not run yet
                waiting.unlink()
            else:
                waiting.replace(previous_of(running))
        for left in running.parent.glob(f"{_prefix(running)}*"):
            left.unlink(missing_ok=True)
    except OSError as error:
        raise BundleError(f"cannot tidy up beside {running}: {error.strerror}") from error


def take_over(new: Path, running: Path) -> None:
    """Put a copy of `new` in the place of `running`, and keep that as the previous one.

    Raises:
        BundleError: the folder cannot be written; what was running goes on.
    """
    _change(new, running, keep_new=True)


def swap_back(running: Path) -> None:
    """Let the previous bundle run again, and keep the one that ran as the previous one.

    Raises:
        BundleError: the folder cannot be written; what was running goes on.
    """
    _change(previous_of(running), running, keep_new=False)


def _change(new: Path, running: Path, *, keep_new: bool) -> None:
    settle(running)
    waiting = _waiting_of(running)
    try:
        ready = _copy(new, running) if keep_new else new
        _copy(running, running).replace(waiting)
        ready.replace(running)
        waiting.replace(previous_of(running))
    except OSError as error:
        settle(running)
        raise BundleError(f"cannot put {new} in the place of {running}: {error.strerror}") from error


def _waiting_of(running: Path) -> Path:
    return running.with_name(f"{running.stem}{WAITING}{running.suffix}")


def _prefix(running: Path) -> str:
    return f".{running.name}."


def _copy(path: Path, running: Path) -> Path:
    """Copy a file to beside `running`, written to the disk, so that renaming it is all or nothing."""
    with tempfile.NamedTemporaryFile(dir=running.parent, prefix=_prefix(running), delete=False) as file:
        with path.open("rb") as source:
            shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())
    copy = Path(file.name)
    copy.chmod(0o644)
    return copy
