"""Which processes use a SQLite file now: each holds a lock, which the system lets go when the process ends, however.

What a process that has crashed was holding is free then at once, and not only when its lease has run out.
"""

import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

_MODE = 0o600


class Presence:
    """Tells which processes have ended. `file` is the database; None where it is no file of this machine."""

    def __init__(self, file: Path | None) -> None:
        self._file = file if sys.platform != "win32" else None

    @contextmanager
    def announced(self, process: str) -> Iterator[None]:
        """Within the block, let others see that a process runs."""
        path = self._path(process)
        if path is None:
            yield
            return
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, _MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            path.unlink(missing_ok=True)
            os.close(descriptor)

    def ended(self, processes: Collection[str]) -> set[str]:
        """Return those of the processes that have ended for certain."""
        return {process for process in processes if self._has_ended(process)}

    def _has_ended(self, process: str) -> bool:
        path = self._path(process)
        if path is None:
            return False
        try:
            descriptor = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            return True
        except OSError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        else:
            with suppress(OSError):
                path.unlink()
            return True
        finally:
            os.close(descriptor)

    def _path(self, process: str) -> Path | None:
        return self._file and self._file.with_name(f"{self._file.name}-run-{process}")
