"""Builds `encoder_model.onnx` and `decoder_model_merged.onnx` for transformers.js."""

from __future__ import annotations

import numpy as np
import onnx
from earwitness_models.graph import BOOL, FLOAT, INT64, Graph
from earwitness_models.weights import WhisperWeights

from bench.hub.layers import LayerWriter, Projections, WeightStore, split_projections, thirds

FRAMES = 3000
"""Frames of 10 ms in the 30 s to which every recording is padded."""


def encoder_model(weights: WhisperWeights) -> onnx.ModelProto:
    """Build the encoder: `input_features` [batch, mels, 3000] -> `last_hidden_state`.

    `last_hidden_state` is [batch, 1500, d].
    """
    graph = Graph("encoder")
    layers = LayerWriter(graph, weights.heads, weights.head_dim, WeightStore())
    x = graph.input("input_features", FLOAT, ["batch_size", weights.mels, FRAMES])
    for convolution, stride in zip(weights.convolutions, (1, 2), strict=True):
        kernel = layers.weight("kernel", convolution.weight)
        bias = layers.weight("bias", convolution.bias)
        x = layers.gelu(graph.op("Conv", x, kernel, bias, pads=[1, 1], strides=[stride]))
    x = graph.op("Transpose", x, perm=[0, 2, 1])
    x = graph.op("Add", x, layers.weight("positions", weights.encoder_positions))
    for layer in weights.encoder_layers:
        query, key, value = thirds(layer.attention.query_key_value)
        normal = layers.norm(x, layer.attention.norm)
        heads = [layers.split(layers.linear(normal, part)) for part in (query, key, value)]
        mixed = layers.attend(heads[0], heads[1], heads[2])
        x = graph.op("Add", x, layers.linear(mixed, layer.attention.output))
        x = layers.feed_forward(x, layer.feed_forward)
    shape = ["batch_size", FRAMES // 2, weights.d_model]
    graph.output(layers.norm(x, weights.encoder_norm), FLOAT, shape, "last_hidden_state")
    return graph.model("Whisper's encoder in the layout of the model hub.")


def decoder_model(weights: WhisperWeights) -> onnx.ModelProto:
    """Build both decoders in one graph: one branch with a cache, one without."""
    graph = Graph("decoder")
    graph.input("input_ids", INT64, ["batch_size", "decoder_sequence_length"])
    graph.input(
        "encoder_hidden_states", FLOAT, ["batch_size", "encoder_sequence_length", weights.d_model]
    )
    for name, shape in _caches(weights, "past_key_values", "past_"):
        graph.input(name, FLOAT, shape)
    graph.input("use_cache_branch", BOOL, [1])
    projections = split_projections(weights)
    stored = WeightStore()
    branches = [
        _branch(Graph(name, graph), weights, projections, stored, cached)
        for name, cached in (("with_past", True), ("without_past", False))
    ]
    outputs = _caches(weights, "present", "present_")
    results = graph.ops(
        "If",
        1 + len(outputs),
        "use_cache_branch",
        then_branch=branches[0].proto(),
        else_branch=branches[1].proto(),
    )
    shape = ["batch_size", "decoder_sequence_length", weights.vocabulary]
    graph.output(results[0], FLOAT, shape, "logits")
    for value, (name, shape) in zip(results[1:], outputs, strict=True):
        graph.output(value, FLOAT, shape, name)
    return graph.model("Whisper's decoders in the layout of the model hub.")


def _caches(
    weights: WhisperWeights, prefix: str, length: str
) -> list[tuple[str, list[int | str | None]]]:
    """Return names and shapes of the cache's tensors, in order."""
    found: list[tuple[str, list[int | str | None]]] = []
    shape: list[int | str | None]
    for index in range(len(weights.decoder_layers)):
        for half in ("decoder", "encoder"):
            shape = ["batch_size", weights.heads, f"{length}{half}_length", weights.head_dim]
            found += [(f"{prefix}.{index}.{half}.{kind}", [*shape]) for kind in ("key", "value")]
    return found


def _branch(
    graph: Graph,
    weights: WhisperWeights,
    projections: Projections,
    stored: WeightStore,
    cached: bool,
) -> Graph:
    layers = LayerWriter(graph, weights.heads, weights.head_dim, stored)
    x = _embed(layers, weights, cached)
    mask = None if cached else _causal(graph)
    caches: list[str] = []
    for index, layer in enumerate(weights.decoder_layers):
        past = f"past_key_values.{index}"
        normal = layers.norm(x, layer.attention.norm)
        query, key, value = (
            layers.split(layers.linear(normal, part)) for part in projections.self_attention[index]
        )
        if cached:
            key = graph.op("Concat", f"{past}.decoder.key", key, axis=2)
            value = graph.op("Concat", f"{past}.decoder.value", value, axis=2)
        mixed = layers.attend(query, key, value, mask)
        x = graph.op("Add", x, layers.linear(mixed, layer.attention.output))

        query = layers.split(layers.linear(layers.norm(x, layer.cross.norm), layer.cross.query))
        if cached:
            audio = [f"{past}.encoder.key", f"{past}.encoder.value"]
            kept = [_empty(graph, weights) for _ in audio]
        else:
            parts = projections.cross[index]
            audio = [layers.split(layers.linear("encoder_hidden_states", part)) for part in parts]
            kept = audio
        mixed = layers.attend(query, audio[0], audio[1])
        x = graph.op("Add", x, layers.linear(mixed, layer.cross.output))
        x = layers.feed_forward(x, layer.feed_forward)
        caches += [key, value, *kept]
    graph.output(_logits(layers, weights, x), FLOAT, [None, None, weights.vocabulary])
    for cache in caches:
        graph.output(cache, FLOAT, [None, weights.heads, None, weights.head_dim])
    return graph


def _embed(layers: LayerWriter, weights: WhisperWeights, cached: bool) -> str:
    graph = layers.graph
    count = graph.op("Shape", "input_ids", start=1, end=2)
    offset = graph.ints(0)
    if cached:
        offset = graph.op("Shape", "past_key_values.0.decoder.key", start=2, end=3)
    table = layers.weight("positions", weights.decoder_positions)
    positions = graph.slice(table, offset, graph.op("Add", offset, count), 0)
    rows = graph.op("Gather", layers.weight("embeddings", weights.embeddings), "input_ids")
    return graph.op("Add", rows, positions)


def _logits(layers: LayerWriter, weights: WhisperWeights, x: str) -> str:
    """Logits, with a transposed copy of the embeddings so that no step transposes them."""
    projection = layers.weight("transposed_embeddings", weights.embeddings)
    return layers.graph.op("MatMul", layers.norm(x, weights.decoder_norm), projection)


def _causal(graph: Graph) -> str:
    """[n, n]: 0 for the tokens that may be attended to, a large negative number elsewhere."""
    count = graph.op("Shape", "input_ids", start=1, end=2)
    lowest = onnx.numpy_helper.from_array(np.array([-3e38], np.float32))
    square = graph.op("ConstantOfShape", graph.op("Concat", count, count, axis=0), value=lowest)
    return graph.op("Trilu", square, graph.int(1), upper=1)


def _empty(graph: Graph, weights: WhisperWeights) -> str:
    """An empty output: with a cache, the keys and values of the audio stay as they are."""
    shape = graph.ints(0, weights.heads, 1, weights.head_dim)
    return graph.op("ConstantOfShape", shape)
