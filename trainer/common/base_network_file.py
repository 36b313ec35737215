"""The base network on disk: what `fit` starts from unless it is told otherwise.

`whobot-train pretrain` trains it to tell anime characters apart. Its file holds the layers up to the embedding in half
precision, under the layers' names, and what its pictures have to be like.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from trainer.common import backbones
from trainer.common.detectors import MODELS
from trainer.common.errors import WeightsError
from trainer.common.files import write_file
from trainer.common.tilt import TILT, tilt_features

BASE = MODELS / "base-network.npz"
BACKBONE = "efficientnet-lite0"
"""Whose layers come before the embedding."""
ABOUT, EMBEDDING, PROJECTION = "about", "embedding", "projection"
INNER, LAST = "block14_add", "block15_project_norm"
"""The layers whose outputs, averaged over the picture, are embedded. Those after them forget what they do not need to
tell the characters apart that they were trained on: new characters are told apart better without them."""
_DAMAGE = (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True)
class About:
    """What the base network was trained on: crops of `side` pixels that reach `margin` beyond our detector's boxes.

    `pictures` is the fingerprint of the pictures.
    """

    side: int
    margin: float
    pictures: str


@dataclass(frozen=True)
class BaseNetwork:
    """The base network, read from its file: each layer's weights by its name and their place."""

    about: About
    weights: Mapping[str, npt.NDArray[np.float32]]

    def build(self, side: int) -> keras.Model:
        """Build it for pictures of `side` pixels: it gives `embedding`, of any length, and `features`, of length 1.

        It gives `tilt` too where it has learnt to, unless the pictures are too tiny for that.

        Raises:
            KeyError, ValueError: the weights are not those of this network.
        """
        backbone = backbones.find(BACKBONE).shape(side)
        dimensions = self.weights[f"{PROJECTION}.0"].shape[1]
        embedding = layers.Dense(dimensions, name=PROJECTION)(embedded_features(backbone))
        outputs = {"features": layers.UnitNormalization(name="direction")(embedding), EMBEDDING: embedding}
        places = tilt_features(backbone)
        if f"{TILT}.0" in self.weights and self.weights[f"{TILT}.0"].shape[0] == places.shape[1]:
            outputs[TILT] = layers.Dense(2, name=TILT)(places)
        model = keras.Model(backbone.input, outputs, name="base")
        for layer in model.layers:
            if layer.weights:
                layer.set_weights([self.weights[f"{layer.name}.{i}"] for i in range(len(layer.weights))])
        return model


def inner_features(model: keras.Model) -> Any:
    """What `model` says of a picture at the layer `INNER`, ``(batch, channels)``."""
    return layers.GlobalAveragePooling2D(name="inner_features")(model.get_layer(INNER).output)


def embedded_features(model: keras.Model) -> Any:
    """What `model` says of a picture at the layers `INNER` and `LAST`, ``(batch, channels of both)``."""
    last = layers.GlobalAveragePooling2D(name="last_features")(model.get_layer(LAST).output)
    return layers.Concatenate(name="embedded_features")([inner_features(model), last])


def save_base(path: Path, network: keras.Model, about: About) -> None:
    """Write the layers of `network` that the base network consists of; others, such as its heads, are left out.

    Raises:
        TrainerError: the disk is full, or writing is not allowed.
    """
    whole = backbones.find(BACKBONE).shape(about.side)
    kept = {layer.name for layer in keras.Model(whole.input, whole.get_layer(LAST).output).layers}
    kept |= {PROJECTION, TILT}
    values = {
        # Single precision for what is small: half cannot hold the variances of batch normalisation.
        f"{layer.name}.{i}": value.astype(np.float16 if value.ndim > 1 else np.float32)
        for layer in network.layers
        if layer.name in kept
        for i, value in enumerate(layer.get_weights())
    }
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **values, **{ABOUT: np.array(json.dumps(asdict(about)))})
    write_file(path, packed.getvalue())


def read_base(path: Path) -> BaseNetwork:
    """Read the base network from a file.

    Raises:
        WeightsError: the file is missing, or is none of a base network.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            about = About(**json.loads(str(file[ABOUT])))
            return BaseNetwork(about, {name: _single(file[name]) for name in file.files if name != ABOUT})
    except OSError as error:
        raise WeightsError(f"cannot read the base network {path}: {error.strerror}") from error
    except _DAMAGE as error:
        raise WeightsError(
            f"{path} is no base network: `whobot-train pretrain export` writes one, and whobot brings {BASE.name}"
        ) from error


def load_base(backbone: keras.Model, path: Path) -> None:
    """Put the base network's weights into the layers of `backbone` that it has; those after them stay as they are.

    Raises:
        WeightsError: the file is missing, or holds something else.
    """
    mix_base(backbone, path, 1.0)


def mix_base(network: keras.Model, path: Path, share: float) -> None:
    """Give the base network's weights a share in those layers of `network` that it has.

    Raises:
        WeightsError: the file is missing, or holds something else.
    """
    weights = read_base(path).weights
    for layer in network.layers:
        if layer.weights and f"{layer.name}.0" in weights:
            own = layer.get_weights()
            base = [weights[f"{layer.name}.{i}"] for i in range(len(own))]
            layer.set_weights([(1 - share) * mine + share * other for mine, other in zip(own, base, strict=True)])


def build_base(side: int, path: Path) -> keras.Model:
    """Build the base network with its weights.

    Raises:
        WeightsError: the file is missing, or holds something else.
    """
    network = read_base(path)
    try:
        return network.build(side)
    except (KeyError, ValueError) as error:
        raise WeightsError(f"{path} is of another version of whobot: use the one that ships with it") from error


def _single(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return values.astype(np.float32)
