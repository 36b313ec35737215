"""The detector's network: EfficientNet-Lite0 to stride 32, a light feature pyramid, one head at stride 8."""

from typing import Any

import keras
import numpy as np
from keras import layers

from trainer.common import backbones

STAGES = backbones.LITE0[:6]
"""The backbone's last stage costs a tenth of the time, and found no more faces."""
FROZEN = ("stem", "block0", "block1_", "block2_")
"""Layers that keep their ImageNet weights: they see edges, and would take a third of a step's time."""
CHANNELS = 64
"""Width of the pyramid and the head."""


def build_network() -> keras.Model:
    """Build the network with the backbone's ImageNet weights.

    It takes float32 RGB ``(batch, height, width, 3)`` as ``(value - 127) / 128``, height and width multiples of 32,
    and answers with ``(batch, height / 8, width / 8, 5)``: the logit of a face's centre in the cell, and the logarithms
    of the distances from the cell's centre to the face's left, top, right and bottom, in cells.
    """
    image = keras.Input((None, None, 3), name="image")
    stride8, stride16, stride32 = _backbone(image)
    x = _lateral(stride32, "lateral32")
    x = _separable(layers.Add()([_doubled(x), _lateral(stride16, "lateral16")]), "merge16")
    x = _separable(layers.Add()([_doubled(x), _lateral(stride8, "lateral8")]), "merge8")
    # One face in some hundred cells: started at that rate, the first steps are not spent on unlearning.
    rare = keras.initializers.Constant(-4.6)
    centre = layers.Conv2D(1, 1, bias_initializer=rare, name="centre")(_separable(x, "centre_features"))
    size = keras.initializers.Constant(0.7)
    box = layers.Conv2D(4, 1, bias_initializer=size, name="box")(_separable(x, "box_features"))
    model = keras.Model(image, layers.Concatenate(name="answer")([centre, box]), name="face_detector")
    _load_imagenet(model)
    for layer in model.layers:
        layer.trainable = not layer.name.startswith(FROZEN)
    return model


def _backbone(image: Any) -> list[Any]:
    """The features at strides 8, 16 and 32. Normalisation is folded into the convolutions: see `_load_imagenet`."""
    x = _activated(layers.Conv2D(32, 3, 2, "same", name="stem")(image), "stem")
    outputs, block = [], 0
    for stage in STAGES:
        for repeat in range(stage.blocks):
            name, y, channels = f"block{block}", x, x.shape[-1]
            if stage.expansion > 1:
                expand = layers.Conv2D(channels * stage.expansion, 1, name=f"{name}_expand")
                y = _activated(expand(y), f"{name}_expand")
            stride = 1 if repeat else stage.stride
            depthwise = layers.DepthwiseConv2D(stage.kernel, stride, "same", name=f"{name}_depthwise")
            y = _activated(depthwise(y), f"{name}_depthwise")
            y = layers.Conv2D(stage.channels, 1, name=f"{name}_project")(y)
            x = layers.Add(name=f"{name}_add")([x, y]) if repeat else y
            block += 1
        outputs.append(x)
    return [outputs[2], outputs[4], outputs[5]]


def _activated(x: Any, name: str) -> Any:
    return layers.ReLU(6.0, name=f"{name}_relu")(x)


def _lateral(x: Any, name: str) -> Any:
    x = layers.Conv2D(CHANNELS, 1, use_bias=False, name=name)(x)
    return layers.BatchNormalization(momentum=0.98, name=f"{name}_norm")(x)


def _separable(x: Any, name: str) -> Any:
    x = layers.DepthwiseConv2D(5, 1, "same", use_bias=False, name=f"{name}_depthwise")(x)
    x = layers.Conv2D(CHANNELS, 1, use_bias=False, name=name)(x)
    x = layers.BatchNormalization(momentum=0.98, name=f"{name}_norm")(x)
    return _activated(x, name)


def _doubled(x: Any) -> Any:
    return layers.UpSampling2D(2, interpolation="nearest")(x)


def _load_imagenet(model: keras.Model) -> None:
    """Give the backbone its weights, each with the batch normalisation that follows it folded in.

    The statistics of so few pictures are worse than ImageNet's, and a normalisation that is not trained anyway would
    cost memory traffic in every step.
    """
    pretrained = backbones.build("efficientnet-lite0", 224)
    for layer in model.layers:
        if layer.name.startswith(("stem", "block")) and layer.weights:
            (kernel,) = pretrained.get_layer(layer.name).get_weights()
            gain, offset, mean, variance = pretrained.get_layer(f"{layer.name}_norm").get_weights()
            factor = gain / np.sqrt(variance + backbones.EPSILON)
            # Keras keeps a depthwise kernel's channels second to last, a plain one's last.
            kernel = kernel * (factor[:, None] if kernel.shape[-1] == 1 else factor)
            layer.set_weights([kernel, offset - mean * factor])
