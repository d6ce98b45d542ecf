"""Storage and multiplication of matrices and embeddings, in float32 and int8."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .graph import FLOAT, Graph
from .weights import Array, as_float32


def store_full(graph: Graph, name: str, weight: Array) -> str:
    """Store a matrix in float32."""
    return graph.store(name, as_float32(weight))


def store_half(graph: Graph, name: str, weight: Array) -> str:
    """Store a tensor in float16; the runtime widens it once, at load."""
    return graph.root.op("Cast", graph.store(name, weight.astype(np.float16)), to=FLOAT)


def int8_by_output(weight: Array, output_axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Quantise a matrix to symmetric int8 with one scale for each index of `output_axis`.

    Returns the values and the scales, in a shape that can be multiplied with the values.
    """
    values = as_float32(weight)
    largest = np.abs(values).max(axis=1 - output_axis, keepdims=True)
    scale = (np.maximum(largest, 1e-12) / np.float32(127)).astype(np.float32)
    return np.clip(np.rint(values / scale), -127, 127).astype(np.int8), scale


def store_int8(graph: Graph, name: str, weight: Array) -> str:
    """Store [in, out] in int8 with one scale per output; the runtime widens it once, at load.

    Cast and Mul are used instead of DequantizeLinear, because ONNX Runtime folds them into a
    constant without a session option.
    """
    small, scale = int8_by_output(weight, 1)
    wide = graph.root.op("Cast", graph.store(name, small), to=FLOAT)
    return graph.root.op("Mul", wide, graph.store(f"{name}_scale", scale))


def multiply_full(graph: Graph, x: str, name: str, weight: Array) -> str:
    """Add x [batch, length, in] times a stored [in, out], all in float32."""
    return graph.op("MatMul", x, store_full(graph, name, weight))


def multiply_widened(graph: Graph, x: str, name: str, weight: Array) -> str:
    """Add x times a stored matrix in int8 that is widened to float32 when the file is loaded."""
    return graph.op("MatMul", x, store_int8(graph, name, weight))


def multiply_int8(graph: Graph, x: str, name: str, weight: Array) -> str:
    """Add x times a stored matrix, both in int8; `x` has one scale per token."""
    small, scale = int8_by_output(weight, 1)
    return _times_int8(graph, x, graph.store(name, small), graph.constant(scale.reshape(-1)))


def _times_int8(graph: Graph, x: str, weight: str, scales: str) -> str:
    """Add float32 [..., in] times int8 [in, out] with float32 scales [out].

    One scale for the whole tensor (ONNX's DynamicQuantizeLinear) is as fast, but one loud frame
    would make the scale coarse for all others, and rows of a batch would change each other. The
    rounded values are unsigned around 128, because ONNX Runtime's WebAssembly build has a fast
    kernel for this form only.
    """
    largest = _largest(graph, x, -1)
    step, middle = graph.float(1 / 127), graph.constant(np.array(128, dtype=np.uint8))
    rounded = graph.op("QuantizeLinear", graph.op("Div", x, largest), step, middle)
    product = graph.op("MatMulIntegerToFloat", rounded, weight, step, scales, middle)
    return graph.op("Mul", product, largest)


def attend_full(graph: Graph, query: str, key: str, value: str, heads: int, head_dim: int) -> str:
    """Add attention in float32, in one fused node."""
    del head_dim
    return graph.op("MultiHeadAttention", query, key, value, num_heads=heads)


def attend_int8(graph: Graph, query: str, key: str, value: str, heads: int, head_dim: int) -> str:
    """Add attention with queries times keys in int8, and attention weights times values in float32.

    Keys have one scale per frame, queries one per head. One scale per query would need another pass
    over the [frames, frames] scores.
    """
    query = _by_head(graph, query, heads, head_dim, [0, 2, 1, 3])
    key = _by_head(graph, key, heads, head_dim, [0, 2, 3, 1])
    value = _by_head(graph, value, heads, head_dim, [0, 2, 1, 3])
    query_scale, key_scale = _largest(graph, query, 2, 3), _largest(graph, key, 2)
    step, middle = graph.float(1 / 127), graph.constant(np.array(128, dtype=np.uint8))
    small_query = graph.op("QuantizeLinear", graph.op("Div", query, query_scale), step, middle)
    zero = graph.constant(np.array(0, dtype=np.int8))
    small_key = graph.op("QuantizeLinear", graph.op("Div", key, key_scale), step, zero)
    scales = graph.op("Mul", key_scale, query_scale)
    scales = graph.op("Mul", scales, graph.float(1 / 127 / np.sqrt(head_dim)))
    product = [small_query, small_key, step, scales, middle, zero]
    weights = graph.op("Softmax", graph.op("MatMulIntegerToFloat", *product), axis=-1)
    mixed = graph.op("Transpose", graph.op("MatMul", weights, value), perm=[0, 2, 1, 3])
    return graph.reshape(mixed, 0, 0, heads * head_dim)


def _by_head(graph: Graph, x: str, heads: int, head_dim: int, order: list[int]) -> str:
    return graph.op("Transpose", graph.reshape(x, 0, 0, heads, head_dim), perm=order)


def _largest(graph: Graph, x: str, *axes: int) -> str:
    """The largest magnitude along the axes, at least 1e-9."""
    largest = graph.op("ReduceMax", graph.op("Abs", x), graph.ints(*axes), keepdims=1)
    return graph.op("Max", largest, graph.float(1e-9))


class Embeddings(Protocol):
    """Token vectors [vocabulary, d], stored once for lookup and output projection."""

    def lookup(self, graph: Graph, tokens: str) -> str:
        """Add the vectors of `tokens` [batch, n] as float32 [batch, n, d]."""
        ...

    def project(self, graph: Graph, hidden: str) -> str:
        """Add `hidden` [rows, d] times every vector: float32 [rows, vocabulary]."""
        ...


class FullEmbeddings:
    """Vectors in float32."""

    def __init__(self, graph: Graph, weight: Array) -> None:
        self._rows = store_full(graph, "embeddings", weight)

    def lookup(self, graph: Graph, tokens: str) -> str:
        """Add the vectors of `tokens` as they are stored."""
        return graph.op("Gather", self._rows, tokens)

    def project(self, graph: Graph, hidden: str) -> str:
        """Add the product with the vectors as they are stored."""
        return graph.op("Gemm", hidden, self._rows, transB=1)


class _SmallEmbeddings:
    """Vectors in int8 with one scale each."""

    def __init__(self, graph: Graph, weight: Array) -> None:
        small, scale = int8_by_output(weight, 0)
        self._rows = graph.store("embeddings", small)
        self._scales = graph.store("embeddings_scale", scale)

    def lookup(self, graph: Graph, tokens: str) -> str:
        """Add the vectors of `tokens`, widened and scaled."""
        rows = graph.op("Cast", graph.op("Gather", self._rows, tokens), to=FLOAT)
        return graph.op("Mul", rows, graph.op("Gather", self._scales, tokens))


class WidenedEmbeddings(_SmallEmbeddings):
    """Vectors in int8 that are widened for the projection when the file is loaded."""

    def project(self, graph: Graph, hidden: str) -> str:
        """Add the product with the widened vectors."""
        root = graph.root
        wide = root.op("Mul", root.op("Cast", self._rows, to=FLOAT), self._scales)
        return graph.op("Gemm", hidden, wide, transB=1)


class Int8Embeddings(_SmallEmbeddings):
    """Vectors in int8 with a projection in int8."""

    def project(self, graph: Graph, hidden: str) -> str:
        """Add the product with the int8 vectors."""
        root = graph.root
        columns = root.op("Transpose", self._rows, perm=[1, 0])
        return _times_int8(graph, hidden, columns, root.reshape(self._scales, -1))
