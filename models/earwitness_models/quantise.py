"""How matrices are stored and multiplied, and the embeddings with their two uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .graph import FLOAT, Graph
from .weights import Array, as_float32

_MIDDLE = np.array([128], dtype=np.uint8)


def store_full(graph: Graph, name: str, weight: Array) -> str:
    """float32, as it is."""
    return graph.store(name, as_float32(weight))


def int8_by_output(weight: Array, output_axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Symmetric int8 with one scale for each index of `output_axis` of a matrix.

    Returns the values and the scales, shaped to be multiplied with them.
    """
    values = as_float32(weight)
    largest = np.abs(values).max(axis=1 - output_axis, keepdims=True)
    scale = (np.maximum(largest, 1e-12) / np.float32(127)).astype(np.float32)
    return np.clip(np.rint(values / scale), -127, 127).astype(np.int8), scale


def store_int8(graph: Graph, name: str, weight: Array) -> str:
    """int8 with one scale for each output, [in, out]; the runtime widens it once, at load.

    Cast and Mul rather than DequantizeLinear, because ONNX Runtime folds those two into a
    constant without a session option.
    """
    small, scale = int8_by_output(weight, 1)
    wide = graph.root.op("Cast", graph.store(name, small), to=FLOAT)
    return graph.root.op("Mul", wide, graph.store(f"{name}_scale", scale))


def multiply_full(graph: Graph, x: str, name: str, weight: Array) -> str:
    """x [batch, length, in] times a stored [in, out], all float32."""
    return graph.op("MatMul", x, store_full(graph, name, weight))


def multiply_widened(graph: Graph, x: str, name: str, weight: Array) -> str:
    """The same with int8 weights, widened to float32 when the file is loaded."""
    return graph.op("MatMul", x, store_int8(graph, name, weight))


def multiply_int8(graph: Graph, x: str, name: str, weight: Array) -> str:
    """int8 times int8: `x` is rounded too, on a scale of its own for each token.

    One scale for a whole tensor (ONNX's DynamicQuantizeLinear) is as fast, but a loud frame then
    coarsens all others, and rows of a batch change each other. The rounded values are unsigned
    around 128, the only form for which ONNX Runtime's WebAssembly build has a fast kernel.
    """
    small, scale = int8_by_output(weight, 1)
    inputs, outputs = small.shape
    flat = graph.reshape(x, -1, inputs)
    loudest = graph.op("ReduceMax", graph.op("Abs", flat), graph.ints(1), keepdims=1)
    step = graph.op("Mul", loudest, graph.float(1 / 127))
    step = graph.op("Max", step, graph.float(1e-12))
    middle = graph.op("Expand", graph.constant(_MIDDLE), graph.op("Shape", loudest, start=0, end=1))
    rounded = graph.op("QuantizeLinear", flat, graph.reshape(step, -1), middle, axis=0)
    product = graph.op(
        "MatMulIntegerToFloat",
        rounded,
        graph.store(name, small),
        graph.float(1.0),
        graph.constant(scale.reshape(-1)),
        graph.constant(_MIDDLE.reshape(())),
    )
    shape = graph.op("Concat", graph.op("Shape", x, start=0, end=2), graph.ints(outputs), axis=0)
    return graph.op("Reshape", graph.op("Mul", product, step), shape)


@dataclass(frozen=True)
class Embeddings:
    """Token vectors [vocabulary, d], stored once for lookup and for the output projection."""

    rows: str
    scale: str | None
    """[vocabulary, 1], where the rows are int8."""
    projection: str
    """float32 [vocabulary, d]"""

    def lookup(self, graph: Graph, tokens: str) -> str:
        """Adds the vectors of `tokens` [batch, n] as float32 [batch, n, d]."""
        rows = graph.op("Gather", self.rows, tokens)
        if self.scale is None:
            return rows
        scale = graph.op("Gather", self.scale, tokens)
        return graph.op("Mul", graph.op("Cast", rows, to=FLOAT), scale)


def full_embeddings(graph: Graph, weight: Array) -> Embeddings:
    """float32 rows."""
    rows = store_full(graph, "embeddings", weight)
    return Embeddings(rows, None, rows)


def int8_embeddings(graph: Graph, weight: Array) -> Embeddings:
    """int8 rows with one scale each; the projection is widened once, at load."""
    small, scale = int8_by_output(weight, 0)
    rows = graph.store("embeddings", small)
    scales = graph.store("embeddings_scale", scale)
    return Embeddings(rows, scales, graph.op("Mul", graph.op("Cast", rows, to=FLOAT), scales))
