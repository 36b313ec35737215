"""Write the tiny networks beside this script: ``python tests/support/data/make_tiny_network.py``.

``tiny_classifier.tflite`` is a single fully connected layer that tells red, green and blue pictures apart.
``tiny_base.tflite`` has another one beside it, whose answer is an embedding: the direction of a picture's mean colour.
``tiny_upright.tflite`` does the same, but looks at the uppermost quarter of the picture alone; and it says as `tilt`
how much brighter the picture is above than below, and to the right than to the left. They are put together by hand from
the flatbuffer schema that comes with the TFLite runtime, so that tests have real networks without TensorFlow.
"""

from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

SIDE = 32
CHANNELS = 3
CONTRAST = 6.0
"""Logit of a pure colour; the two other logits are half of it below zero."""

NETWORK = Path(__file__).with_name("tiny_classifier.tflite")
BASE = Path(__file__).with_name("tiny_base.tflite")
UPRIGHT = Path(__file__).with_name("tiny_upright.tflite")


def build(*, embedding: bool = False, tilt: bool = False) -> bytes:
    """Return the flatbuffer of a network from ``(1, 32, 32, 3)`` to three logits, to an embedding, and to a tilt."""
    window = np.full((SIDE, SIDE), 1 / (SIDE * SIDE), np.float32)
    if tilt:
        window[: SIDE // 4] *= 4
        window[SIDE // 4 :] = 0
    pixel_weights = CONTRAST * (1.5 * np.eye(CHANNELS, dtype=np.float32) - 0.5) / 2
    weights = np.kron(window.reshape(1, -1), pixel_weights).astype("<f4")
    mean = np.kron(window.reshape(1, -1), np.eye(CHANNELS)).astype("<f4")

    model = schema.ModelT()
    model.version = 3
    model.description = b"tells red, green and blue apart"
    # Buffer 0 is empty by convention: tensors without stored content name it.
    model.buffers = [_buffer(None), _buffer(np.frombuffer(weights.tobytes(), np.uint8))]
    model.operatorCodes = [_code(schema.BuiltinOperator.FULLY_CONNECTED)]

    graph = schema.SubGraphT()
    graph.name = b"main"
    graph.tensors = [
        _tensor(b"image", [1, SIDE, SIDE, CHANNELS], 0),
        _tensor(b"weights", list(weights.shape), 1),
        _tensor(b"logits", [1, CHANNELS], 0),
    ]
    graph.inputs, graph.outputs = [0], [2]
    graph.operators = [_layer([0, 1, -1], 2)]
    model.subgraphs = [graph]

    signature = schema.SignatureDefT()
    signature.signatureKey = b"serving_default"
    signature.subgraphIndex = 0
    signature.inputs = [_named(b"image", 0)]
    signature.outputs = [_named(b"logits", 2)]
    model.signatureDefs = [signature]

    if embedding:
        model.description = b"tells red, green and blue apart, and gives the direction of the mean colour"
        model.buffers.append(_buffer(np.frombuffer(mean.tobytes(), np.uint8)))
        model.operatorCodes.append(_code(schema.BuiltinOperator.L2_NORMALIZATION))
        graph.tensors += [
            _tensor(b"mean", list(mean.shape), 2),
            _tensor(b"colour", [1, CHANNELS], 0),
            _tensor(b"embedding", [1, CHANNELS], 0),
        ]
        graph.operators += [_layer([0, 3, -1], 4), _normalisation(4, 5)]
        graph.outputs.append(5)
        signature.outputs.append(_named(b"embedding", 5))

    if tilt:
        model.buffers.append(_buffer(np.frombuffer(_slopes().tobytes(), np.uint8)))
        place = len(graph.tensors)
        graph.tensors += [
            _tensor(b"slopes", [2, SIDE * SIDE * CHANNELS], len(model.buffers) - 1),
            _tensor(b"tilt", [1, 2], 0),
        ]
        graph.operators.append(_layer([0, place, -1], place + 1))
        graph.outputs.append(place + 1)
        signature.outputs.append(_named(b"tilt", place + 1))

    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def _slopes() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Weights that tell how much brighter a picture is above than below, and to the right than to the left."""
    rising = (np.arange(SIDE) - (SIDE - 1) / 2) / SIDE**3
    down, across = np.meshgrid(rising, rising, indexing="ij")
    return np.repeat(np.stack([-down, across]).reshape(2, -1), CHANNELS, axis=1).astype("<f4")


def _code(operator: int) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = operator
    return code


def _layer(inputs: list[int], output: int) -> Any:
    layer = schema.OperatorT()
    layer.opcodeIndex = 0
    layer.inputs, layer.outputs = inputs, [output]
    layer.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
    layer.builtinOptions = schema.FullyConnectedOptionsT()
    return layer


def _normalisation(source: int, output: int) -> Any:
    layer = schema.OperatorT()
    layer.opcodeIndex = 1
    layer.inputs, layer.outputs = [source], [output]
    layer.builtinOptionsType = schema.BuiltinOptions.L2NormOptions
    layer.builtinOptions = schema.L2NormOptionsT()
    return layer


def _buffer(data: Any) -> Any:
    buffer = schema.BufferT()
    buffer.data = data
    return buffer


def _tensor(name: bytes, shape: list[int], buffer: int) -> Any:
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.buffer, tensor.type = name, shape, buffer, schema.TensorType.FLOAT32
    return tensor


def _named(name: bytes, index: int) -> Any:
    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = name, index
    return entry


if __name__ == "__main__":
    NETWORK.write_bytes(build())
    BASE.write_bytes(build(embedding=True))
    UPRIGHT.write_bytes(build(embedding=True, tilt=True))
