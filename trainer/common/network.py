"""A network with a head that names characters."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from bot.recognition.bundle import InputSpec
from trainer.common.backbones import Backbone

BATCH = 32
LOGITS = "logits"


def build_classifier(body: keras.Model, characters: int) -> keras.Model:
    """Put a linear head on a network's `features`.

    The head begins at zero: every character is equally likely, and nothing depends on chance.

    Returns:
        From float32 images ``(batch, height, width, 3)`` to `logits`, ``(batch, characters)``, beside what else `body`
        gives.
    """
    outputs = dict(body.output)
    head = keras.layers.Dense(characters, kernel_initializer="zeros", name=LOGITS)
    return keras.Model(body.input, {LOGITS: head(outputs.pop("features")), **outputs}, name="classifier")


def input_spec(backbone: Backbone, size: int) -> InputSpec:
    """Return what the bundle will tell the bot about the network's input."""
    return InputSpec(size, size, backbone.mean, backbone.std)


class Predictor:
    """Runs a network over images that fit it, some at a time, and keeps one of its outputs, or several side by side."""

    def __init__(self, model: keras.Model, spec: InputSpec, *outputs: str) -> None:
        self._spec = spec
        names = outputs or (LOGITS,)
        self._width = sum(model.output[name].shape[1] for name in names)
        shape = tf.TensorSpec((None, spec.height, spec.width, 3), tf.float32)

        def run(images: Any) -> Any:
            said = model(images, training=False)
            return tf.concat([said[name] for name in names], axis=1)

        self._run = tf.function(run, input_signature=[shape])

    def __call__(
        self, images: npt.NDArray[np.uint8], on_batch: Callable[[int], None] = lambda _: None
    ) -> npt.NDArray[np.float32]:
        """Return the outputs, float32 ``(count, width)``, for uint8 ``(count, height, width, 3)``."""
        outputs: list[Any] = [np.empty((0, self._width), np.float32)]
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            outputs.append(self._run(tf.constant(self._spec.scale(batch))).numpy())
            on_batch(len(batch))
        return np.concatenate(outputs)


def make_repeatable(seed: int) -> None:
    """Make TensorFlow compute the same numbers each time that a command is run on this kind of machine."""
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
