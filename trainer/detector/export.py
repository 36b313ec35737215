"""Turn fitted weights into a quantised bundle."""

import tempfile
from collections.abc import Iterable, Iterator

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from bot.recognition.bundle import InputSpec
from bot.recognition.detection.letterbox import letterbox
from bot.recognition.detection.network_detector import GRAIN
from bot.recognition.results import Image


def to_tflite(model: keras.Model, pictures: Iterable[Image], spec: InputSpec) -> bytes:
    """Convert the network with 8-bit weights and activations.

    The file's outputs are `scores`, ``(1, rows, columns, 1)`` from 0 to 1, and `distances`, ``(1, rows, columns, 4)``.
    Its input takes any height and width that are multiples of `GRAIN`.

    Args:
        model: The network as `build_network` makes it.
        pictures: RGB uint8 images to calibrate the ranges of the activations with.
    """

    def calibration() -> Iterator[list[npt.NDArray[np.float32]]]:
        for picture in pictures:
            canvas = letterbox(picture, spec.width, spec.height, GRAIN).canvas
            yield [spec.scale(_centred(canvas, spec))[np.newaxis]]

    with tempfile.TemporaryDirectory() as folder:
        # Converting the Keras model itself, or its concrete function, can lose the weights without a word.
        _served(model).export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = calibration
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
        network: bytes = converter.convert()
    return network


def _centred(canvas: Image, spec: InputSpec) -> Image:
    """Calibration runs at one size: pad a canvas with its own grey."""
    full = np.full((spec.height, spec.width, 3), 127, np.uint8)
    full[: canvas.shape[0], : canvas.shape[1]] = canvas
    return full


def _served(model: keras.Model) -> keras.Model:
    """The network under the names that the bot reads its answer by."""
    image = keras.Input((None, None, 3), batch_size=1, name="image")
    answer = model(image)
    scores = keras.layers.Activation("sigmoid", name="scores")(answer[..., :1])
    return keras.Model(image, {"scores": scores, "distances": answer[..., 1:]})
