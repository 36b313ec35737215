"""Fit one stage: resumable, its weights averaged over the last steps."""

import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from trainer.base_network.loss import loss
from trainer.base_network.samples import Samples
from trainer.base_network.settings import LossSettings, Stage
from trainer.common.snapshot import Snapshot

SECONDS_BETWEEN_CHECKPOINTS = 60.0
AVERAGED = 0.995
"""Of the average that each step keeps: it reaches back over some 200 steps."""
LARGEST_GRADIENT = 10.0


class StageFit:
    """Fits `model` through a stage; the same `key` goes on from the last checkpoint in `state`, another starts anew.

    The learning rate rises over a twentieth of the steps and falls to zero along a cosine.
    """

    def __init__(
        self,
        model: keras.Model,
        stage: Stage,
        settings: LossSettings,
        *,
        state: Path,
        key: str,
    ) -> None:
        self._model = model
        self._stage = stage
        self._settings = settings
        self._snapshot = Snapshot(state, key)
        self._optimizer = keras.optimizers.AdamW(stage.rate, weight_decay=0.02, global_clipnorm=LARGEST_GRADIENT)
        self._optimizer.build(model.trainable_variables)
        self._averages = [tf.Variable(variable) for variable in model.trainable_variables]
        self._step = tf.function(self._descend, reduce_retracing=True)
        self._done = self._snapshot.restore(self._variables())

    def run(self, samples: Samples, on_step: Callable[[int, float], None]) -> None:
        """Fit to the last step, and leave the averaged weights in the model.

        `on_step` is told each step's number, from 1, and its loss.
        """
        saved = time.monotonic()
        for images, targets in samples.batches(self._done, self._stage.steps):
            self._optimizer.learning_rate.assign(self._rate(self._done))
            # The average begins short, so that it forgets where the network came from.
            kept = min(AVERAGED, (1 + self._done) / (10 + self._done))
            value = float(self._step(tf.constant(images), tf.constant(targets), tf.constant(kept, tf.float32)))
            self._done += 1
            if self._done == self._stage.steps or time.monotonic() - saved > SECONDS_BETWEEN_CHECKPOINTS:
                self._snapshot.save(self._variables(), self._done)
                saved = time.monotonic()
            on_step(self._done, value)
        for variable, average in zip(self._model.trainable_variables, self._averages, strict=True):
            variable.assign(average)

    def _rate(self, step: int) -> float:
        rise = max(1, self._stage.steps // 20)
        if step < rise:
            return self._stage.rate * (step + 1) / rise
        return self._stage.rate * (1 + math.cos(math.pi * (step - rise) / (self._stage.steps - rise))) / 2

    def _descend(self, images: Any, targets: Any, kept: Any) -> Any:
        with tf.GradientTape() as tape:
            value = loss(self._model(images, training=True), targets, self._settings)
        gradients = tape.gradient(value, self._model.trainable_variables)
        self._optimizer.apply(gradients, self._model.trainable_variables)
        for variable, average in zip(self._model.trainable_variables, self._averages, strict=True):
            average.assign(kept * average + (1 - kept) * variable)
        return value

    def _variables(self) -> list[Any]:
        return [*self._model.trainable_variables, *self._optimizer.variables, *self._averages]
