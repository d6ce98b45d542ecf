"""Whisper's layers in plain ONNX operations, as PyTorch's exporter leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from earwitness_models.graph import Graph
from earwitness_models.weights import Array, FeedForward, Linear, Norm, WhisperWeights, as_float32

EPSILON = 1e-5


class Stored:
    """Weights already in the outermost graph, so that two branches share one copy."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, str], tuple[Array, str]] = {}

    def name(self, graph: Graph, hint: str, values: Array) -> str:
        """The stored tensor of an array; `hint` starting with `turned` stores its transpose."""
        key = (id(values), hint)
        if key not in self._names:
            full = as_float32(values)
            name = graph.store(hint, full.T if hint.startswith("turned") else full)
            self._names[key] = (values, name)  # Holding the array keeps its identity its own.
        return self._names[key][1]


@dataclass(frozen=True)
class Plain:
    """Writes layers into one graph."""

    graph: Graph
    heads: int
    head_dim: int
    stored: Stored

    def weight(self, hint: str, values: Array) -> str:
        """A stored float32 tensor."""
        return self.stored.name(self.graph, hint, values)

    def linear(self, x: str, linear: Linear) -> str:
        """x Wᵀ + b."""
        y = self.graph.op("MatMul", x, self.weight("turned_weight", linear.weight))
        if linear.bias is None:
            return y
        return self.graph.op("Add", y, self.weight("bias", linear.bias))

    def norm(self, x: str, norm: Norm) -> str:
        """Layer normalisation."""
        gamma, beta = self.weight("gamma", norm.gamma), self.weight("beta", norm.beta)
        return self.graph.op("LayerNormalization", x, gamma, beta, axis=-1, epsilon=EPSILON)

    def gelu(self, x: str) -> str:
        """Exact GELU, spelled out; the runtime recognises it."""
        graph = self.graph
        bent = graph.op("Erf", graph.op("Div", x, graph.float(sqrt(2.0))))
        return graph.op(
            "Mul", graph.op("Mul", x, graph.op("Add", bent, graph.float(1.0))), graph.float(0.5)
        )

    def feed_forward(self, x: str, layer: FeedForward) -> str:
        """With its residual."""
        wide = self.gelu(self.linear(self.norm(x, layer.norm), layer.up))
        return self.graph.op("Add", x, self.linear(wide, layer.down))

    def split(self, x: str) -> str:
        """[batch, n, d] to [batch, heads, n, head_dim]."""
        parted = self.graph.reshape(x, 0, 0, self.heads, self.head_dim)
        return self.graph.op("Transpose", parted, perm=[0, 2, 1, 3])

    def attend(self, query: str, key: str, value: str, mask: str | None = None) -> str:
        """Heads [batch, heads, n, head_dim] to [batch, n, d]."""
        graph = self.graph
        scaled = graph.op("Mul", query, graph.float(self.head_dim**-0.5))
        scores = graph.op("MatMul", scaled, graph.op("Transpose", key, perm=[0, 1, 3, 2]))
        if mask is not None:
            scores = graph.op("Add", scores, mask)
        mixed = graph.op("MatMul", graph.op("Softmax", scores, axis=-1), value)
        return graph.reshape(graph.op("Transpose", mixed, perm=[0, 2, 1, 3]), 0, 0, -1)


@dataclass(frozen=True)
class Projections:
    """Fused projections taken apart, each array made once."""

    self_attention: list[tuple[Linear, Linear, Linear]]
    cross: list[tuple[Linear, Linear]]


def take_apart(weights: WhisperWeights) -> Projections:
    """Query, key and value of the decoder's layers as matrices of their own."""
    return Projections(
        [thirds(layer.attention.query_key_value) for layer in weights.decoder_layers],
        [halves(layer.cross.key_value) for layer in weights.decoder_layers],
    )


def thirds(linear: Linear) -> tuple[Linear, Linear, Linear]:
    """Query, key (whose bias is zero) and value."""
    query, key, value = _parts(linear, 3)
    return query, Linear(key.weight, None), value


def halves(linear: Linear) -> tuple[Linear, Linear]:
    """Key (whose bias is zero) and value."""
    key, value = _parts(linear, 2)
    return Linear(key.weight, None), value


def _parts(linear: Linear, count: int) -> list[Linear]:
    biases = [None] * count if linear.bias is None else np.split(linear.bias, count)
    matrices = np.split(linear.weight, count)
    return [Linear(matrix, bias) for matrix, bias in zip(matrices, biases, strict=True)]
