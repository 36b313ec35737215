"""The state of a training on disk, so that an interrupted one goes on where it stopped."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainer.common.files import write_file


class Snapshot:
    """One file with the values of a training's variables and how far it has come.

    Args:
        path: The file.
        key: What the training depends on: a snapshot with another key is not gone on from.
    """

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key

    def save(self, variables: Sequence[Any], done: int) -> None:
        """Write the values of TensorFlow `variables`, all or nothing, after `done` steps or epochs.

        Raises:
            TrainerError: the disk is full.
        """
        packed = io.BytesIO()
        values = {f"v{i}": variable.numpy() for i, variable in enumerate(variables)}
        np.savez(packed, allow_pickle=False, key=np.array(self._key), done=np.array(done), **values)
        write_file(self._path, packed.getvalue())

    def restore(self, variables: Sequence[Any]) -> int:
        """Put the values back, if there are any of the same key; return how far the training had come."""
        if not self._path.exists():
            return 0
        with np.load(self._path, allow_pickle=False) as state:
            if str(state["key"]) != self._key:
                return 0
            for i, variable in enumerate(variables):
                variable.assign(state[f"v{i}"])
            return int(state["done"])
