"""Builds the first graph: audio -> log-mel -> encoder -> keys and values for the decoder."""

from __future__ import annotations

import onnx

from .blocks import Blocks, Residual
from .graph import FLOAT, Attend, Graph
from .mel import log_mel
from .precision import Precision
from .silence import SILENT_FRAMES, SilentLayer, silent_layers
from .weights import Array, DecoderLayer, Norm, WhisperWeights, as_float32


def cross_name(kind: str, layer: int) -> str:
    """Return the public name of a decoder layer's cross-attention `key` or `value`."""
    return f"cross_{kind}_{layer}"


def encoder_model(weights: WhisperWeights, precision: Precision) -> onnx.ModelProto:
    """Build `encoder.onnx`.

    Input: `audio` float32 [batch, samples], 16 kHz mono, more than 200 samples and at most
    480,000; shorter rows are padded with zeros.
    Outputs, for each decoder layer i: `cross_key_i` float32 [batch, heads, head_dim, frames]
    and `cross_value_i` float32 [batch, heads, frames, head_dim], where a frame is 20 ms. The
    audio's frames are followed by up to 300 precomputed frames of silence, as many as fit into
    30 s.
    """
    graph = Graph("earwitness_encoder")
    blocks = Blocks(graph, precision.encoder, precision.fast_gelu)
    audio = graph.input("audio", FLOAT, ["batch", "samples"])
    x = _embed(blocks, weights, log_mel(graph, audio, weights.mels))
    layers = weights.encoder_layers
    residual = blocks.start(x, layers[0].attention.norm)
    for i, layer in enumerate(layers):
        following = layers[i + 1].attention.norm if i + 1 < len(layers) else weights.encoder_norm
        residual = _attention(
            blocks, weights, precision.attend, residual, i, layer.feed_forward.norm
        )
        residual = blocks.feed_forward(residual, f"encoder_{i}", layer.feed_forward, following)
    cross = _CrossAttention(blocks, weights, precision, residual.normalised)
    silent = silent_layers(weights)
    for i, layer in enumerate(weights.decoder_layers):
        cross.add(i, layer, silent[i])
    return graph.model("Audio to cross-attention keys and values; layout earwitness-2.")


def _embed(blocks: Blocks, weights: WhisperWeights, mel: str) -> str:
    """Two convolutions (the second with stride 2) and the positions: [batch, frames, d]."""
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
    blocks: Blocks,
    weights: WhisperWeights,
    attend: Attend,
    residual: Residual,
    index: int,
    following: Norm,
) -> Residual:
    graph = blocks.graph
    layer = weights.encoder_layers[index].attention
    fused = blocks.linear(residual.normalised, f"encoder_{index}_qkv", layer.query_key_value)
    query, key, value = graph.ops("Split", 3, fused, axis=2, num_outputs=3)
    mixed = attend(graph, query, key, value, weights.heads, weights.head_dim)
    update = blocks.matmul(mixed, f"encoder_{index}_out", layer.output)
    return blocks.add(residual, update, layer.output.bias, following)


class _CrossAttention:
    """Keys and values of the encoded audio and of the silence that follows."""

    def __init__(
        self, blocks: Blocks, weights: WhisperWeights, precision: Precision, encoded: str
    ) -> None:
        self.blocks = blocks
        self.graph = graph = blocks.graph
        self.weights = weights
        self.precision = precision
        self.encoded = encoded
        shape = graph.op("Shape", encoded, start=0, end=2)
        rows = graph.slice(shape, graph.ints(0), graph.ints(1), 0)
        frames = graph.slice(shape, graph.ints(1), graph.ints(2), 0)
        most = int(weights.encoder_positions.shape[0])
        room = graph.op("Sub", graph.int(most), frames)
        self.first_silent = graph.op(
            "Max", graph.op("Sub", graph.int(SILENT_FRAMES), room), graph.int(0)
        )
        self.shape = graph.op("Concat", rows, graph.ints(1, 1, 1), axis=0)

    def add(self, index: int, layer: DecoderLayer, silent: SilentLayer) -> None:
        """Add the two outputs for one decoder layer."""
        graph = self.graph
        heads, head_dim = self.weights.heads, self.weights.head_dim
        fused = self.blocks.linear(self.encoded, f"cross_{index}", layer.cross.key_value)
        key, value = graph.ops("Split", 2, fused, axis=2, num_outputs=2)
        for kind, x, silence, order in (
            ("key", key, silent.key, [0, 2, 3, 1]),
            ("value", value, silent.value, [0, 2, 1, 3]),
        ):
            name = cross_name(kind, index)
            turned = graph.op("Transpose", graph.reshape(x, 0, 0, heads, head_dim), perm=order)
            axis = order.index(1)
            following = self._silence(f"silent_{name}", silence, axis)
            joined = graph.op("Concat", turned, following, axis=axis)
            shape = ["batch", heads, head_dim, head_dim]
            shape[axis] = "frames"
            graph.output(joined, FLOAT, shape, name)

    def _silence(self, name: str, silence: Array, frames_axis: int) -> str:
        """The last frames of the silence, as many as fit into 30 s: [batch, heads, …]."""
        graph = self.graph
        stored = self.precision.store(graph, name, silence.T)
        split = graph.reshape(stored, 1, -1, self.weights.heads, self.weights.head_dim)
        order = [0, 2, 1, 3] if frames_axis == 2 else [0, 2, 3, 1]
        turned = graph.op("Transpose", split, perm=order)
        end = graph.ints(SILENT_FRAMES)
        fitting = graph.slice(turned, self.first_silent, end, frames_axis)
        return graph.op("Expand", fitting, self.shape)
