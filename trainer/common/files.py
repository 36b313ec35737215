"""Write files so that an interruption or a full disk leaves no half of one, and note what is done."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.common.errors import TrainerError


def write_file(path: Path, content: bytes | str) -> None:
    """Write beside `path`, then rename into place, making folders as needed.

    Raises:
        TrainerError: the disk is full, or writing is not allowed. What was at `path` stays.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(content.encode() if isinstance(content, str) else content)
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def cannot_write(path: Path, error: OSError) -> TrainerError:
    """Word an error of writing for whoever trains."""
    return TrainerError(
        f"cannot write {path}: {error.strerror}. Once that is mended, the same command goes on from here."
    )


def read_json(path: Path, what: str) -> dict[str, Any]:
    """Read a JSON object that the trainer wrote; `what` names it in the error.

    Raises:
        TrainerError: it is missing or damaged.
    """
    try:
        content = json.loads(path.read_text())
    except OSError as error:
        raise TrainerError(f"cannot read {what} {path}: {error.strerror}") from error
    except ValueError as error:
        raise TrainerError(f"{path} is no {what}: {error}") from error
    if not isinstance(content, dict):
        raise TrainerError(f"{path} is no {what}")
    return content


class Journal:
    """Notes what a long step has finished, a JSON line for each item: an interrupted step goes on where it stopped.

    Lines written under another `key` (other settings) do not count.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self._done: dict[str, Mapping[str, Any]] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                self._recall(line)

    def _recall(self, line: str) -> None:
        try:
            entry = json.loads(line)
        except ValueError:
            return  # the last line of a step that was killed while writing
        if entry["key"] == self._key:
            self._done[entry["item"]] = entry["result"]

    def find(self, item: str) -> Mapping[str, Any] | None:
        """Return what was noted of `item`, None where it is still to do."""
        return self._done.get(item)

    def note(self, item: str, result: Mapping[str, Any]) -> None:
        """Note that `item` is done.

        Raises:
            TrainerError: the disk is full, or writing is not allowed.
        """
        self._done[item] = result
        line = json.dumps({"key": self._key, "item": item, "result": result})
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                # A line of its own even where a killed step has left the beginning of one.
                file.write(f"\n{line}")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise cannot_write(self._path, error) from error
