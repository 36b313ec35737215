"""Curves of a training for TensorBoard, where they are asked for."""

from pathlib import Path

import tensorflow as tf

from trainer.common.errors import TrainerError


class Curves:
    """Writes one point a call; to nowhere without a folder.

    Raises:
        TrainerError: TensorBoard is not installed.
    """

    def __init__(self, folder: Path | None) -> None:
        self._writer = None
        if folder is not None:
            try:
                import tensorboard  # noqa: F401, PLC0415 - TensorFlow writes through it, but does not install it
            except ImportError as error:
                raise TrainerError("a TensorBoard log needs TensorBoard: pip install tensorboard") from error
            self._writer = tf.summary.create_file_writer(str(folder))

    def add(self, name: str, value: float, step: int) -> None:
        """Add a point to the curve `name`."""
        if self._writer is not None:
            with self._writer.as_default():
                tf.summary.scalar(name, value, step=step)
            self._writer.flush()
