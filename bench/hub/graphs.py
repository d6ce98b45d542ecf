"""`encoder_model.onnx` and `decoder_model_merged.onnx`, named as transformers.js expects them."""

from __future__ import annotations

import numpy as np
import onnx
from earwitness_models.graph import BOOL, FLOAT, INT64, Graph
from earwitness_models.weights import WhisperWeights

from bench.hub.layers import Plain, Projections, Stored, take_apart, thirds

FRAMES = 3000
"""10 ms each: every clip is padded to 30 s."""


def encoder_model(weights: WhisperWeights) -> onnx.ModelProto:
    """`input_features` [batch, mels, 3000] to `last_hidden_state` [batch, 1500, d]."""
    graph = Graph("encoder")
    plain = Plain(graph, weights.heads, weights.head_dim, Stored())
    x = graph.input("input_features", FLOAT, ["batch_size", weights.mels, FRAMES])
    for convolution, stride in zip(weights.convolutions, (1, 2), strict=True):
        kernel = plain.weight("kernel", convolution.weight)
        bias = plain.weight("bias", convolution.bias)
        x = plain.gelu(graph.op("Conv", x, kernel, bias, pads=[1, 1], strides=[stride]))
    x = graph.op("Transpose", x, perm=[0, 2, 1])
    x = graph.op("Add", x, plain.weight("positions", weights.encoder_positions))
    for layer in weights.encoder_layers:
        query, key, value = thirds(layer.attention.query_key_value)
        normal = plain.norm(x, layer.attention.norm)
        heads = [plain.split(plain.linear(normal, part)) for part in (query, key, value)]
        mixed = plain.attend(heads[0], heads[1], heads[2])
        x = graph.op("Add", x, plain.linear(mixed, layer.attention.output))
        x = plain.feed_forward(x, layer.feed_forward)
    shape = ["batch_size", FRAMES // 2, weights.d_model]
    graph.output(plain.norm(x, weights.encoder_norm), FLOAT, shape, "last_hidden_state")
    return graph.model("Whisper's encoder in the layout of the model hub.")


def decoder_model(weights: WhisperWeights) -> onnx.ModelProto:
    """Both decoders in one file: a branch with a cache, a branch without."""
    graph = Graph("decoder")
    graph.input("input_ids", INT64, ["batch_size", "decoder_sequence_length"])
    graph.input(
        "encoder_hidden_states", FLOAT, ["batch_size", "encoder_sequence_length", weights.d_model]
    )
    for name, shape in _caches(weights, "past_key_values", "past_"):
        graph.input(name, FLOAT, shape)
    graph.input("use_cache_branch", BOOL, [1])
    projections = take_apart(weights)
    stored = Stored()
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
    """Names and shapes of the cache's tensors, in order."""
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
    stored: Stored,
    cached: bool,
) -> Graph:
    plain = Plain(graph, weights.heads, weights.head_dim, stored)
    x = _embed(plain, weights, cached)
    mask = None if cached else _causal(graph)
    caches: list[str] = []
    for index, layer in enumerate(weights.decoder_layers):
        past = f"past_key_values.{index}"
        normal = plain.norm(x, layer.attention.norm)
        query, key, value = (
            plain.split(plain.linear(normal, part)) for part in projections.self_attention[index]
        )
        if cached:
            key = graph.op("Concat", f"{past}.decoder.key", key, axis=2)
            value = graph.op("Concat", f"{past}.decoder.value", value, axis=2)
        mixed = plain.attend(query, key, value, mask)
        x = graph.op("Add", x, plain.linear(mixed, layer.attention.output))

        query = plain.split(plain.linear(plain.norm(x, layer.cross.norm), layer.cross.query))
        if cached:
            heard = [f"{past}.encoder.key", f"{past}.encoder.value"]
            kept = [_nothing(graph, weights) for _ in heard]
        else:
            parts = projections.cross[index]
            heard = [plain.split(plain.linear("encoder_hidden_states", part)) for part in parts]
            kept = heard
        mixed = plain.attend(query, heard[0], heard[1])
        x = graph.op("Add", x, plain.linear(mixed, layer.cross.output))
        x = plain.feed_forward(x, layer.feed_forward)
        caches += [key, value, *kept]
    graph.output(_logits(plain, weights, x), FLOAT, [None, None, weights.vocabulary])
    for cache in caches:
        graph.output(cache, FLOAT, [None, weights.heads, None, weights.head_dim])
    return graph


def _embed(plain: Plain, weights: WhisperWeights, cached: bool) -> str:
    graph = plain.graph
    count = graph.op("Shape", "input_ids", start=1, end=2)
    offset = graph.ints(0)
    if cached:
        offset = graph.op("Shape", "past_key_values.0.decoder.key", start=2, end=3)
    table = plain.weight("positions", weights.decoder_positions)
    positions = graph.slice(table, offset, graph.op("Add", offset, count), 0)
    rows = graph.op("Gather", plain.weight("embeddings", weights.embeddings), "input_ids")
    return graph.op("Add", rows, positions)


def _logits(plain: Plain, weights: WhisperWeights, x: str) -> str:
    """With a transposed copy of the embeddings, so that no step transposes them."""
    projection = plain.weight("turned_embeddings", weights.embeddings)
    return plain.graph.op("MatMul", plain.norm(x, weights.decoder_norm), projection)


def _causal(graph: Graph) -> str:
    """[n, n]: nothing where a token may look, a very large negative number elsewhere."""
    count = graph.op("Shape", "input_ids", start=1, end=2)
    lowest = onnx.numpy_helper.from_array(np.array([-3e38], np.float32))
    square = graph.op("ConstantOfShape", graph.op("Concat", count, count, axis=0), value=lowest)
    return graph.op("Trilu", square, graph.int(1), upper=1)


def _nothing(graph: Graph, weights: WhisperWeights) -> str:
    """With a cache the audio's keys and values stay as they are; the output is a stand-in."""
    shape = graph.ints(0, weights.heads, 1, weights.head_dim)
    return graph.op("ConstantOfShape", shape)
