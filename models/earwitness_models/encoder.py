"""The first graph: audio -> log-mel -> encoder -> keys and values for the decoder."""

from __future__ import annotations

import onnx

from .blocks import Blocks, Residual
from .graph import FLOAT, Graph
from .mel import log_mel
from .precision import Precision
from .weights import DecoderLayer, Norm, WhisperWeights, as_float32


def cross_name(kind: str, layer: int) -> str:
    """The public name of a decoder layer's cross-attention `key` or `value`."""
    return f"cross_{kind}_{layer}"


def encoder_model(weights: WhisperWeights, precision: Precision) -> onnx.ModelProto:
    """Builds `encoder.onnx`.

    Input: `audio` float32 [batch, samples], 16 kHz mono, more than 200 samples and at most
    480,000; rows of different length are padded with zeros.
    Outputs, for each decoder layer i: `cross_key_i` float32 [batch, heads, head_dim, frames]
    and `cross_value_i` float32 [batch, heads, frames, head_dim], where a frame is 20 ms.
    """
    graph = Graph("earwitness_encoder")
    blocks = Blocks(graph, precision.encoder, precision.fast_gelu)
    audio = graph.input("audio", FLOAT, ["batch", "samples"])
    x = _embed(blocks, weights, log_mel(graph, audio, weights.mels))
    layers = weights.encoder_layers
    residual = blocks.start(x, layers[0].attention.norm)
    for i, layer in enumerate(layers):
        following = layers[i + 1].attention.norm if i + 1 < len(layers) else weights.encoder_norm
        residual = _attention(blocks, weights, residual, i, layer.feed_forward.norm)
        residual = blocks.feed_forward(residual, f"encoder_{i}", layer.feed_forward, following)
    for i, layer in enumerate(weights.decoder_layers):
        _cross(blocks, weights, residual.normalised, i, layer)
    return graph.model("Audio to cross-attention keys and values; layout earwitness-1.")


def _embed(blocks: Blocks, weights: WhisperWeights, mel: str) -> str:
    """Two convolutions (the second halves the rate) and the positions: [batch, frames, d]."""
    graph = blocks.graph
    x = mel
    for convolution, stride in zip(weights.convolutions, (1, 2), strict=True):
        kernel = graph.store("convolution", as_float32(convolution.weight))
        bias = blocks.vector(convolution.bias)
        x = blocks.gelu(graph.op("Conv", x, kernel, bias, pads=[1, 1], strides=[stride]))
    x = graph.op("Transpose", x, perm=[0, 2, 1])
    frames = graph.op("Shape", x, start=1, end=2)
    positions = graph.store("positions", as_float32(weights.encoder_positions))
    return graph.op("Add", x, graph.slice(positions, graph.ints(0), frames, 0))


def _attention(
    blocks: Blocks, weights: WhisperWeights, residual: Residual, index: int, following: Norm
) -> Residual:
    graph = blocks.graph
    layer = weights.encoder_layers[index].attention
    fused = blocks.linear(residual.normalised, f"encoder_{index}_qkv", layer.query_key_value)
    query, key, value = graph.ops("Split", 3, fused, axis=2, num_outputs=3)
    mixed = graph.op("MultiHeadAttention", query, key, value, num_heads=weights.heads)
    update = blocks.matmul(mixed, f"encoder_{index}_out", layer.output)
    return blocks.add(residual, update, layer.output.bias, following)


def _cross(
    blocks: Blocks, weights: WhisperWeights, encoded: str, index: int, layer: DecoderLayer
) -> None:
    graph = blocks.graph
    fused = blocks.linear(encoded, f"cross_{index}", layer.cross.key_value)
    key, value = graph.ops("Split", 2, fused, axis=2, num_outputs=2)
    for kind, x, order in (("key", key, [0, 2, 3, 1]), ("value", value, [0, 2, 1, 3])):
        split = graph.reshape(x, 0, 0, weights.heads, weights.head_dim)
        turned = graph.op("Transpose", split, perm=order)
        shape = ["batch", weights.heads, "frames", weights.head_dim]
        if kind == "key":
            shape = ["batch", weights.heads, weights.head_dim, "frames"]
        graph.output(turned, FLOAT, shape, cross_name(kind, index))
