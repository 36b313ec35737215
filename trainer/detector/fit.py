"""Fit the network: resumable, with progress, its weights averaged over the last steps."""

import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from trainer.detector.network import build_network
from trainer.detector.samples import Batch, SampleStream, ahead
from trainer.detector.settings import SampleSettings, Stage
from trainer.detector.targets import STRIDE, detection_loss

FITTED = "fitted.weights.h5"
"""Name of a finished stage's weights in its folder."""
STEPS_TO_SAVE = 100
"""An interrupted run loses no more steps than this."""


def fit_stage(stage: Stage, stream: SampleStream, samples: SampleSettings, folder: Path, start: Path | None) -> Path:
    """Fit for a stage's steps, going on where an interrupted run in `folder` left off.

    The learning rate rises over a twentieth of the steps and falls to zero along a cosine.

    Args:
        folder: Holds the checkpoints; made where missing.
        start: Weights to begin with in place of ImageNet's.

    Returns:
        The file of weights: an exponential average over the steps.
    """
    model = build_network()
    if start is not None:
        model.load_weights(start)
    epochs = math.ceil(stage.steps / STEPS_TO_SAVE)
    rise = stage.steps // 20
    schedule = keras.optimizers.schedules.CosineDecay(
        stage.rate / 20, stage.steps - rise, warmup_target=stage.rate, warmup_steps=rise
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=1e-4, clipnorm=10.0, use_ema=True, ema_momentum=0.996)
    # XLA takes ten times as long for this network on a processor.
    model.compile(optimizer=optimizer, loss=detection_loss, jit_compile=False)
    folder.mkdir(parents=True, exist_ok=True)
    model.fit(
        _dataset(stream, samples.side, stage.batch),
        shuffle=False,
        epochs=epochs,
        steps_per_epoch=stage.steps // epochs,
        verbose=1 if sys.stderr.isatty() else 2,
        callbacks=[
            keras.callbacks.BackupAndRestore(folder / "resume"),
            keras.callbacks.SwapEMAWeights(swap_on_epoch=True),
            keras.callbacks.ModelCheckpoint(folder / "latest.weights.h5", save_weights_only=True),
        ],
    )
    return (folder / "latest.weights.h5").replace(folder / FITTED)


def _dataset(stream: SampleStream, side: int, batch: int) -> Any:
    cells = side // STRIDE
    signature = (
        tf.TensorSpec((batch, side, side, 3), np.float32),
        tf.TensorSpec((batch, cells, cells, 7), np.float32),
    )

    def batches() -> Iterator[Batch]:
        return ahead(stream.batches(batch), depth=8)

    return tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(2)
