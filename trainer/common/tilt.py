"""The part of a network that tells how a face is tilted."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

TILT = "tilt"
"""The output's name in a bundle: about the cosine and the sine of the angle, clockwise from upright."""
FEATURES = "tilt_features"
"""The name, in a network that is fitted, of what the tilt is a linear map of."""
INNER = "block10_add"
"""The layer that is asked. It knows what is hair and what is a chin, and still where in the picture they are."""
PARTS = 3
"""Into how many parts the picture is divided each way: where things are tells the angle, not what there is."""
TURNED = 30
"""Pictures of which turned copies calibrate a network of 8 bits."""


def tilt_features(model: keras.Model) -> Any:
    """What `model` says at the layer `INNER` of each part of the picture, ``(batch, parts * parts * channels)``."""
    seen = model.get_layer(INNER).output
    side = seen.shape[1]
    # Parts overlap where the side cannot be divided, so that all of it counts; there are fewer in tiny pictures.
    stride = max(1, side // PARTS)
    window = max(1, side - (PARTS - 1) * stride)
    parts = layers.AveragePooling2D(window, stride, name="tilt_parts")(seen)
    return layers.Flatten(name=FEATURES)(parts)


def tilt_output(model: keras.Model, kernel: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> Any:
    """The output `TILT` of `model`: an affine map of `tilt_features`, kernel ``(features, 2)``, bias ``(2,)``."""
    layer = layers.Dense(2, name=TILT)
    output = layer(tilt_features(model))
    layer.set_weights([kernel, bias])
    return output


def turned_by_quarters(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Add copies of some of the images, RGB uint8 ``(count, side, side, 3)``, that are turned by one to three quarters.

    Of upright faces alone, numbers of 8 bits would get ranges in which no angle has a place but theirs.
    """
    some = images[:: max(1, len(images) // TURNED)][:TURNED]
    return np.concatenate([images, *(np.rot90(some, quarters, axes=(1, 2)) for quarters in (1, 2, 3))])
