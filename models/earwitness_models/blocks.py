"""The layers that encoder and decoder share, as ONNX nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .graph import Graph, Multiply
from .weights import Array, FeedForward, Linear, Norm, as_float32

EPSILON = 1e-5


@dataclass(frozen=True)
class Residual:
    """The residual stream [batch, length, d] and its normalised copy."""

    stream: str
    normalised: str


@dataclass(frozen=True)
class Blocks:
    """Writes layers into a graph.

    `multiply` decides how matrices are stored and multiplied; `fast_gelu` chooses the tanh form
    of GELU, which ONNX Runtime computes about three times as fast as the exact one.
    """

    graph: Graph
    multiply: Multiply
    fast_gelu: bool

    def vector(self, values: Array) -> str:
        """Store a bias or a scale in float32."""
        return self.graph.constant(as_float32(values))

    def matmul(self, x: str, name: str, linear: Linear, scale: float = 1.0) -> str:
        """Add x Wᵀ times `scale`, without the bias."""
        weight = as_float32(linear.weight).T * np.float32(scale)
        return self.multiply(self.graph, x, name, weight)

    def linear(self, x: str, name: str, linear: Linear, scale: float = 1.0) -> str:
        """Add x Wᵀ + b, both times `scale`."""
        y = self.matmul(x, name, linear, scale)
        if linear.bias is None:
            return y
        return self.graph.op("Add", y, self.vector(as_float32(linear.bias) * np.float32(scale)))

    def norm(self, x: str, norm: Norm) -> str:
        """Add layer normalisation over the last axis."""
        return self.graph.op(
            "LayerNormalization",
            x,
            self.vector(norm.gamma),
            self.vector(norm.beta),
            axis=-1,
            epsilon=EPSILON,
        )

    def start(self, x: str, norm: Norm) -> Residual:
        """Start a residual stream with `x`, normalised for its first layer."""
        return Residual(x, self.norm(x, norm))

    def add(self, residual: Residual, update: str, bias: Array | None, following: Norm) -> Residual:
        """Add a layer's output and bias to the stream, and normalise for the following layer."""
        inputs = [update, residual.stream, self.vector(following.gamma)]
        inputs.append(self.vector(following.beta))
        if bias is not None:
            inputs.append(self.vector(bias))
        normalised, _, _, stream = self.graph.ops(
            "SkipLayerNormalization", 4, *inputs, epsilon=EPSILON
        )
        return Residual(stream, normalised)

    def gelu(self, x: str) -> str:
        """Add GELU, exact or in its tanh form."""
        return self.graph.op("FastGelu" if self.fast_gelu else "Gelu", x)

    def feed_forward(
        self, residual: Residual, name: str, layer: FeedForward, following: Norm
    ) -> Residual:
        """Add a feed-forward layer; `residual` is already normalised with the layer's norm."""
        wide = self.gelu(self.linear(residual.normalised, f"{name}_up", layer.up))
        narrow = self.matmul(wide, f"{name}_down", layer.down)
        return self.add(residual, narrow, layer.down.bias, following)
