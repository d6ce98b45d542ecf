"""Whisper's layers in basic ONNX operations, in the form that PyTorch's exporter gives them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from earwitness_models.graph import Graph
from earwitness_models.weights import Array, FeedForward, Linear, Norm, WhisperWeights, as_float32

EPSILON = 1e-5


class WeightStore:
    """Stores weights in the outermost graph, so that two branches share one copy."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, str], tuple[Array, str]] = {}

    def name(self, graph: Graph, hint: str, values: Array) -> str:
        """Return the name of an array's tensor.

        A `hint` that starts with `transposed` stores the transpose.
        """
        key = (id(values), hint)
        if key not in self._names:
            full = as_float32(values)
            name = graph.store(hint, full.T if hint.startswith("transposed") else full)
            self._names[key] = (values, name)  # Held, because a freed array's id may be used again.
        return self._names[key][1]


@dataclass(frozen=True)
class LayerWriter:
    """Writes layers into a graph."""

    graph: Graph
    heads: int
    head_dim: int
    weights: WeightStore

    def weight(self, hint: str, values: Array) -> str:
        """Return the name of a stored float32 tensor."""
        return self.weights.name(self.graph, hint, values)

    def linear(self, x: str, linear: Linear) -> str:
        """Add x Wᵀ + b."""
        y = self.graph.op("MatMul", x, self.weight("transposed_weight", linear.weight))
        if linear.bias is None:
            return y
        return self.graph.op("Add", y, self.weight("bias", linear.bias))

    def norm(self, x: str, norm: Norm) -> str:
        """Add layer normalisation."""
        gamma, beta = self.weight("gamma", norm.gamma), self.weight("beta", norm.beta)
        return self.graph.op("LayerNormalization", x, gamma, beta, axis=-1, epsilon=EPSILON)

    def gelu(self, x: str) -> str:
        """Add exact GELU in basic operations, which the runtime recognises."""
        graph = self.graph
        erf = graph.op("Erf", graph.op("Div", x, graph.float(sqrt(2.0))))
        return graph.op(
            "Mul", graph.op("Mul", x, graph.op("Add", erf, graph.float(1.0))), graph.float(0.5)
        )

    def feed_forward(self, x: str, layer: FeedForward) -> str:
        """Add the feed-forward layer with its residual."""
        wide = self.gelu(self.linear(self.norm(x, layer.norm), layer.up))
        return self.graph.op("Add", x, self.linear(wide, layer.down))

    def split(self, x: str) -> str:
        """Reshape [batch, n, d] to [batch, heads, n, head_dim]."""
        heads = self.graph.reshape(x, 0, 0, self.heads, self.head_dim)
        return self.graph.op("Transpose", heads, perm=[0, 2, 1, 3])

    def attend(self, query: str, key: str, value: str, mask: str | None = None) -> str:
        """Add attention: [batch, heads, n, head_dim] to [batch, n, d]."""
        graph = self.graph
        scaled = graph.op("Mul", query, graph.float(self.head_dim**-0.5))
        scores = graph.op("MatMul", scaled, graph.op("Transpose", key, perm=[0, 1, 3, 2]))
        if mask is not None:
            scores = graph.op("Add", scores, mask)
        mixed = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), value)
        return graph.reshape(graph.op("Transpose", mixed, perm=[0, 2, 1, 3]), 0, 0, -1)


@dataclass(frozen=True)
class Projections:
    """The decoder's projections as separate matrices, each array made once."""

    self_attention: list[tuple[Linear, Linear, Linear]]
    cross: list[tuple[Linear, Linear]]


def split_projections(weights: WhisperWeights) -> Projections:
    """Split the fused query, key and value of the decoder's layers."""
    return Projections(
        [thirds(layer.attention.query_key_value) for layer in weights.decoder_layers],
        [halves(layer.cross.key_value) for layer in weights.decoder_layers],
    )


def thirds(linear: Linear) -> tuple[Linear, Linear, Linear]:
    """Split into query, key (whose bias is zero) and value."""
    query, key, value = _parts(linear, 3)
    return query, Linear(key.weight, None), value


def halves(linear: Linear) -> tuple[Linear, Linear]:
    """Split into key (whose bias is zero) and value."""
    key, value = _parts(linear, 2)
    return Linear(key.weight, None), value


def _parts(linear: Linear, count: int) -> list[Linear]:
    biases = [None] * count if linear.bias is None else np.split(linear.bias, count)
    matrices = np.split(linear.weight, count)
    return [Linear(matrix, bias) for matrix, bias in zip(matrices, biases, strict=True)]
