"""Convert a network of Keras to a TFLite flatbuffer."""

import tempfile
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from bot.recognition.bundle import InputSpec
from trainer.common.quiet import silence
from trainer.common.tilt import FEATURES, TILT, turned_by_quarters

SIGNATURE = "serving_default"


def to_tflite(model: keras.Model, spec: InputSpec, samples: npt.NDArray[np.uint8] | None) -> bytes:
    """Convert a network to float16, or, where there are `samples`, to 8 bits with ranges taken from them.

    Args:
        model: Gives its outputs by their names.
        spec: What it wants to be shown.
        samples: RGB uint8 ``(count, height, width, 3)`` of the network's size.
    """
    with tempfile.TemporaryDirectory() as folder, silence():
        _save(model, spec, folder)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[SIGNATURE])
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if samples is None:
            converter.target_spec.supported_types = [tf.float16]
        else:
            shown = turned_by_quarters(samples) if {TILT, FEATURES} & set(model.output) else samples
            converter.representative_dataset = lambda: _representative(shown, spec)
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
            converter.inference_input_type = converter.inference_output_type = tf.int8
        return bytes(converter.convert())


def _save(model: keras.Model, spec: InputSpec, folder: str) -> None:
    """Write a SavedModel whose signature names the input and the outputs.

    A Keras 3 model given to `TFLiteConverter.from_concrete_functions` or to `tf.saved_model.save` loses its weights
    without a word.
    """
    image = tf.TensorSpec((1, spec.height, spec.width, 3), tf.float32, name="image")
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(SIGNATURE, lambda image: model(image, training=False), input_signature=[image])
    archive.write_out(folder, verbose=False)


def _representative(images: npt.NDArray[np.uint8], spec: InputSpec) -> Iterator[list[Any]]:
    for image in spec.scale(images):
        yield [image[np.newaxis]]
