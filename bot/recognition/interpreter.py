"""Run a bundle's network under whichever TFLite runtime is installed."""

from collections import OrderedDict
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from bot.errors import BundleError
from bot.recognition.bundle import Bundle
from bot.recognition.results import Image
from bot.recognition.runtime_greeting import without_greeting

try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:  # tflite-runtime is the name under which the same runtime was published until 2.14
    from tflite_runtime.interpreter import Interpreter

RUNTIME_ERRORS = (LookupError, RuntimeError, TypeError, ValueError)
"""What the runtime raises over a network that is damaged, or not of the kind that it is run as."""


class Network:
    """A bundle's network, ready to run. Not thread-safe: each worker thread makes its own.

    Quantised inputs and outputs are converted here, so that callers see float32 whatever the bundle's precision.

    Args:
        bundle: The network and its numbers.
        shapes: How many shapes of input stay prepared, those that were used last. Preparing one takes 2 to 3 ms;
            keeping one takes memory, for our detector some 10 MB.

    Raises:
        BundleError: the runtime cannot load the network.
    """

    def __init__(self, bundle: Bundle, *, shapes: int = 1) -> None:
        self._content, self._shapes = bundle.network, shapes
        self._prepared: OrderedDict[tuple[int, int], Any] = OrderedDict()
        try:
            with without_greeting():
                interpreter = self._for_shape(bundle.info.input.height, bundle.info.input.width)
            # Only the signature knows the outputs by the names that the trainer gave them.
            signature = interpreter.get_signature_runner()
            (self._input,) = signature.get_input_details().values()
            self._outputs: dict[str, dict[str, Any]] = signature.get_output_details()
        except RUNTIME_ERRORS as error:
            raise BundleError(f"the runtime cannot load the bundle {bundle.info.name}: {error}") from error
        self._pixel_values = _quantise(bundle.info.input.scale(np.arange(256, dtype=np.uint8)), self._input)

    @property
    def in_8_bits(self) -> bool:
        """Whether the network computes with whole numbers of 8 bits."""
        return bool(self._input["dtype"] != np.float32)

    def run_image(self, image: Image) -> dict[str, npt.NDArray[np.float32]]:
        """Run one RGB uint8 image of any size that the network can take, without resizing it.

        The result is that of `run` on the scaled image, but every value of a pixel is quantised only once.
        """
        return self._invoke(cv2.LUT(image, self._pixel_values))

    def run(self, image: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.float32]]:
        """Run one prepared image, float32 ``(height, width, 3)``.

        Returns:
            Each output as float32, by its name in the signature, without its batch axis.
        """
        return self._invoke(_quantise(image, self._input))

    def _for_shape(self, height: int, width: int) -> Any:
        """Return an interpreter that is ready for an input of that shape."""
        interpreter = self._prepared.pop((height, width), None)
        if interpreter is None:
            full = len(self._prepared) >= self._shapes
            interpreter = self._prepared.popitem(last=False)[1] if full else self._new_interpreter()
            index = interpreter.get_input_details()[0]["index"]
            interpreter.resize_tensor_input(index, (1, height, width, 3))
            interpreter.allocate_tensors()
        self._prepared[height, width] = interpreter
        return interpreter

    def _new_interpreter(self) -> Any:
        return Interpreter(model_content=self._content, num_threads=1)

    def _invoke(self, values: npt.NDArray[Any]) -> dict[str, npt.NDArray[np.float32]]:
        height, width = values.shape[:2]
        interpreter = self._for_shape(height, width)
        interpreter.set_tensor(self._input["index"], values[np.newaxis])
        interpreter.invoke()
        return {
            name: _dequantise(interpreter.get_tensor(output["index"]), output)[0]
            for name, output in self._outputs.items()
        }


def _quantise(values: npt.NDArray[np.float32], tensor: dict[str, Any]) -> npt.NDArray[Any]:
    dtype = tensor["dtype"]
    if dtype == np.float32:
        return values
    scale, zero = tensor["quantization"]
    limits = np.iinfo(dtype)
    quantised: npt.NDArray[Any] = np.clip(np.rint(values / scale + zero), limits.min, limits.max).astype(dtype)
    return quantised


def _dequantise(values: npt.NDArray[Any], tensor: dict[str, Any]) -> npt.NDArray[np.float32]:
    if tensor["dtype"] == np.float32:
        return values.astype(np.float32, copy=False)
    scale, zero = tensor["quantization"]
    real: npt.NDArray[np.float32] = (values.astype(np.float32) - zero) * np.float32(scale)
    return real
