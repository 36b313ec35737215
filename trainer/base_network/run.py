"""A whole training run, stage by stage. What is finished in its folder is not done again."""

import hashlib
import io
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from bot.recognition.bundle import InputSpec
from trainer.base_network.augment import Framing
from trainer.base_network.data import Faces, Indices
from trainer.base_network.fit import StageFit
from trainer.base_network.network import BACKBONE, build_network
from trainer.base_network.samples import Samples
from trainer.base_network.settings import Settings, Stage
from trainer.common import backbones
from trainer.common.base_network_file import BASE, mix_base, read_base
from trainer.common.console import Console
from trainer.common.errors import TrainerError
from trainer.common.files import write_file
from trainer.common.network import input_spec

FITTED = "fitted.npz"
"""Name of a finished stage's weights in its folder."""
START = "start.npz"
"""Name of the base network that the run started from in its folder: an export replaces the one that ships."""
STEPS_TO_TELL = 50


def run(settings: Settings, faces: Faces, folder: Path, console: Console) -> None:
    """Fit all stages, going on where an interrupted run in `folder` left off.

    Raises:
        TrainerError: the disk is full.
        WeightsError: the base network to start from is missing or damaged.
    """
    if settings.network.start == "base" and not (folder / START).exists():
        read_base(BASE)
        write_file(folder / START, BASE.read_bytes())
    start: Path | None = None
    for number in range(len(settings.stages)):
        start = _fit_stage(number, settings, faces, folder, start, console)


def load(stages: Sequence[Stage], settings: Settings, faces: Faces, folder: Path) -> keras.Model:
    """Build the network that ships, with the weights of a finished stage, or the mean of those of several.

    The base network that the run started from has a share in that mean, where the settings say so.

    Raises:
        TrainerError: a stage is not finished, or was fitted on other characters.
        WeightsError: the base network that the run started from is missing or damaged.

    Source: model soups, https://arxiv.org/abs/2203.05482, and weights interpolated with those before fine-tuning,
    https://arxiv.org/abs/2109.01903
    """
    paths = [folder / stage.name / FITTED for stage in stages]
    for path in paths:
        if not path.exists():
            raise TrainerError(f"{path} is missing: finish the run with whobot-train pretrain fit --run {folder}")
    model = build_network(settings.network, len(faces.labels), settings.network.side)
    found = []
    for path in paths:
        _set_weights(model, path)
        found.append(model.get_weights())
    model.set_weights([np.mean(values, axis=0) for values in zip(*found, strict=True)])
    if settings.export.start_share:
        mix_base(model, folder / START, settings.export.start_share)
    return model


def spec(settings: Settings) -> InputSpec:
    """What the network that ships wants to be shown."""
    return replace(input_spec(backbones.find(BACKBONE), settings.network.side), sharpest=settings.data.sharpest)


def _fit_stage(
    number: int, settings: Settings, faces: Faces, folder: Path, start: Path | None, console: Console
) -> Path:
    stage = settings.stages[number]
    fitted = folder / stage.name / FITTED
    if fitted.exists():
        console.say(f"Stage {stage.name} is finished already")
        return fitted
    keras.utils.set_random_seed(settings.data.seed)
    model = build_network(settings.network, len(faces.labels), stage.side, stage.frozen)
    if start is not None:
        _set_weights(model, start)
    key = _key(number, settings, faces)
    descent = StageFit(model, stage, settings.loss, state=folder / stage.name / "state.npz", key=key)
    began, losses = time.monotonic(), []
    with console.steps(f"Fitting {stage.name}", stage.steps) as advance:

        def on_step(step: int, value: float) -> None:
            losses.append(value)
            advance(1)
            if step % STEPS_TO_TELL == 0 or step == stage.steps:
                console.say(
                    f"{stage.name} {step}/{stage.steps}: loss {np.mean(losses[-STEPS_TO_TELL:]):.3f}, "
                    f"{(time.monotonic() - began) / len(losses):.2f} s a step"
                )

        descent.run(_samples(number, settings, faces, faces.of("train")), on_step)
    packed = io.BytesIO()
    np.savez(packed, allow_pickle=False, **{f"w{i}": value for i, value in enumerate(model.get_weights())})
    write_file(fitted, packed.getvalue())
    return fitted


def _samples(number: int, settings: Settings, faces: Faces, chosen: Indices) -> Samples:
    stage = settings.stages[number]
    framings = {one.name: Framing(one.zoom, one.lower) for one in settings.sets}
    return Samples(
        faces,
        chosen,
        faces.strangers("train"),
        tuple(framings[name] for name in faces.set_names),
        settings.augment,
        input_spec(backbones.find(BACKBONE), stage.side),
        settings.network.casts,
        stage.batch,
        settings.data.seed + number,
    )


def _key(number: int, settings: Settings, faces: Faces) -> str:
    parts = (
        faces.key,
        settings.sets,
        settings.stages[: number + 1],
        settings.augment,
        settings.network,
        settings.loss,
        tf.__version__,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _set_weights(model: keras.Model, path: Path) -> None:
    with np.load(path, allow_pickle=False) as weights:
        values: list[npt.NDArray[np.float32]] = [weights[f"w{i}"] for i in range(len(weights.files))]
    try:
        model.set_weights(values)
    except ValueError as error:
        raise TrainerError(f"{path} was fitted on other characters or with other settings: use a new folder") from error
