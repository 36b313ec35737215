"""Write ``tiny_classifier.tflite`` and ``tiny_base.tflite``: ``python tests/data/make_tiny_network.py``.

A single fully connected layer that tells red, green and blue pictures apart. The second has another one beside it,
whose answer is an embedding: the direction of a picture's mean colour. It is put together by hand from the
flatbuffer schema that comes with the TFLite runtime, so that tests have a real network without TensorFlow.
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


def build(*, embedding: bool = False) -> bytes:
    """Return the flatbuffer of a network from ``(1, 32, 32, 3)`` to three logits, and to an embedding."""
    pixel_weights = CONTRAST * (1.5 * np.eye(CHANNELS, dtype=np.float32) - 0.5) / 2 / (SIDE * SIDE)
    weights = np.tile(pixel_weights, (1, SIDE * SIDE)).astype("<f4")
    mean = np.tile(np.eye(CHANNELS) / (SIDE * SIDE), (1, SIDE * SIDE)).astype("<f4")

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

    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


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
