"""Epochs of gradient descent that can be interrupted, and that give the same network whether they were or not."""

import math
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeAlias

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from trainer.common.snapshot import Snapshot

Batches: TypeAlias = Callable[[int], Iterable[tuple[npt.NDArray[np.float32], npt.NDArray[np.intp]]]]
"""The inputs and the right classes of each batch of an epoch; a function of the epoch's number and nothing else."""
SECONDS_BETWEEN_CHECKPOINTS = 2.0


class Training:
    """Trains what is trainable in a model that gives logits, with AdamW, under a learning rate that falls to zero.

    After an interruption, the same arguments go on from the last checkpoint; another `key` starts anew.
    """

    def __init__(
        self, model: keras.Model, *, rate: float, epochs: int, smoothing: float, state: Path, key: str
    ) -> None:
        self._model = model
        self._rate = rate
        self._epochs = epochs
        self._smoothing = smoothing
        self._snapshot = Snapshot(state, key)
        self._optimizer = keras.optimizers.AdamW(rate, weight_decay=1e-4)
        self._optimizer.build(model.trainable_variables)
        self._step = tf.function(self._descend, reduce_retracing=True)
        self.epoch = self._snapshot.restore(self._variables())
        """How many epochs are done."""

    def run(self, batches: Batches, on_epoch: Callable[[int, float], None]) -> None:
        """Train to the last epoch. `on_epoch` is told each epoch's number, from 1, and its mean loss."""
        saved = time.monotonic()
        while self.epoch < self._epochs:
            # A cosine from `rate` to zero.
            self._optimizer.learning_rate.assign(self._rate * (1 + math.cos(math.pi * self.epoch / self._epochs)) / 2)
            losses = [
                float(self._step(tf.constant(inputs), tf.constant(truth))) for inputs, truth in batches(self.epoch)
            ]
            self.epoch += 1
            if self.epoch == self._epochs or time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                self._snapshot.save(self._variables(), self.epoch)
                saved = time.monotonic()
            on_epoch(self.epoch, float(np.mean(losses)))

    def _descend(self, inputs: Any, truth: Any) -> Any:
        with tf.GradientTape() as tape:
            logits = self._model(inputs, training=True)
            targets = tf.one_hot(truth, logits.shape[1])
            targets = targets * (1 - self._smoothing) + self._smoothing / logits.shape[1]
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))
        gradients = tape.gradient(loss, self._model.trainable_variables)
        self._optimizer.apply(gradients, self._model.trainable_variables)
        return loss

    def _variables(self) -> list[Any]:
        # What is frozen stays as the backbone's weights have it.
        return [*self._model.trainable_variables, *self._optimizer.variables]
