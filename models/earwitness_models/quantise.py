"""How matrices are stored and multiplied, and the embeddings with their two uses."""

from __future__ import annotations

from typing import Protocol

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
    """int8 times int8: `x` is rounded too, on a scale of its own for each token."""
    small, scale = int8_by_output(weight, 1)
    inputs, outputs = small.shape
    stored, scales = graph.store(name, small), graph.constant(scale.reshape(-1))
    product = _rows_times_int8(graph, graph.reshape(x, -1, inputs), stored, scales)
    shape = graph.op("Concat", graph.op("Shape", x, start=0, end=2), graph.ints(outputs), axis=0)
    return graph.op("Reshape", product, shape)


def _rows_times_int8(graph: Graph, rows: str, weight: str, scales: str) -> str:
    """float32 [n, in] times int8 [in, out] with float32 scales [out].

    One scale for a whole tensor (ONNX's DynamicQuantizeLinear) is as fast, but a loud frame then
    coarsens all others, and rows of a batch change each other. The rounded values are unsigned
    around 128, the only form for which ONNX Runtime's WebAssembly build has a fast kernel.
    """
    loudest = graph.op("ReduceMax", graph.op("Abs", rows), graph.ints(1), keepdims=1)
    step = graph.op("Mul", loudest, graph.float(1 / 127))
    step = graph.op("Max", step, graph.float(1e-12))
    middle = graph.op("Expand", graph.constant(_MIDDLE), graph.op("Shape", loudest, start=0, end=1))
    rounded = graph.op("QuantizeLinear", rows, graph.reshape(step, -1), middle, axis=0)
    one, zero_point = graph.float(1.0), graph.constant(_MIDDLE.reshape(()))
    product = graph.op("MatMulIntegerToFloat", rounded, weight, one, scales, zero_point)
    return graph.op("Mul", product, step)


class Embeddings(Protocol):
    """Token vectors [vocabulary, d], stored once for lookup and for the output projection."""

    def lookup(self, graph: Graph, tokens: str) -> str:
        """Adds the vectors of `tokens` [batch, n] as float32 [batch, n, d]."""
        ...

    def project(self, graph: Graph, hidden: str) -> str:
        """Adds `hidden` [rows, d] times every vector: float32 [rows, vocabulary]."""
        ...


class FullEmbeddings:
    """float32 vectors."""

    def __init__(self, graph: Graph, weight: Array) -> None:
        self._rows = store_full(graph, "embeddings", weight)

    def lookup(self, graph: Graph, tokens: str) -> str:
        return graph.op("Gather", self._rows, tokens)

    def project(self, graph: Graph, hidden: str) -> str:
        return graph.op("Gemm", hidden, self._rows, transB=1)


class _SmallEmbeddings:
    """int8 vectors with one scale each."""

    def __init__(self, graph: Graph, weight: Array) -> None:
        small, scale = int8_by_output(weight, 0)
        self._rows = graph.store("embeddings", small)
        self._scales = graph.store("embeddings_scale", scale)

    def lookup(self, graph: Graph, tokens: str) -> str:
        rows = graph.op("Cast", graph.op("Gather", self._rows, tokens), to=FLOAT)
        return graph.op("Mul", rows, graph.op("Gather", self._scales, tokens))


class WidenedEmbeddings(_SmallEmbeddings):
    """int8 vectors, widened for the projection when the file is loaded."""

    def project(self, graph: Graph, hidden: str) -> str:
        root = graph.root
        wide = root.op("Mul", root.op("Cast", self._rows, to=FLOAT), self._scales)
        return graph.op("Gemm", hidden, wide, transB=1)


class Int8Embeddings(_SmallEmbeddings):
    """int8 vectors, and a projection in int8."""

    def project(self, graph: Graph, hidden: str) -> str:
        root = graph.root
        columns = root.op("Transpose", self._rows, perm=[1, 0])
        return _rows_times_int8(graph, hidden, columns, root.reshape(self._scales, -1))
