"""The second graph: the whole decode of a batch of windows in one ONNX `Loop`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto

from .alignment import alignment
from .blocks import Blocks
from .encoder import cross_name
from .graph import BOOL, FLOAT, INT64, Graph
from .guard import LONGEST_PERIOD, RepetitionGuard
from .precision import Precision
from .quantise import Embeddings
from .rules import NEVER, Controls, History, Rules
from .text import Head, TextLayers
from .tokens import SpecialTokens
from .weights import WhisperWeights


@dataclass(frozen=True)
class Decoder:
    """What the decoder's graph depends on besides the weights."""

    weights: WhisperWeights
    tokens: SpecialTokens
    alignment_heads: Sequence[Head]
    precision: Precision


def decoder_model(decoder: Decoder) -> onnx.ModelProto:
    """Builds `decoder.onnx`; README.md describes its inputs and outputs.

    The loop's body takes the whole prompt in its first step and one token in each later one:
    what it carries may change its shape.
    """
    graph = Graph("earwitness_decoder")
    inputs = _Inputs(graph, decoder.weights)
    embeddings = decoder.precision.embed(graph, decoder.weights.embeddings)
    body = _Body(graph, decoder, inputs.controls(decoder.tokens), embeddings)
    rows = graph.op("Shape", inputs.prompt, start=0, end=1)
    states = _first_states(graph, decoder, inputs, rows)
    true = graph.constant(np.array(True))
    results = graph.loop(body.graph, inputs.max_steps, true, states)
    final = dict(zip(body.state_names, results, strict=False))
    tokens, log_probabilities = results[len(states) :]

    tokens = graph.op("Transpose", tokens, perm=[1, 0])
    sampled = graph.op("Not", graph.op("Equal", tokens, graph.int(decoder.tokens.eot)))
    counted = graph.op("Cast", sampled, to=INT64)
    lengths = graph.op("ReduceSum", counted, graph.ints(1), keepdims=0)
    graph.output(tokens, INT64, ["batch", "steps"], "tokens")
    graph.output(lengths, INT64, ["batch"], "lengths")
    by_row = graph.op("Transpose", log_probabilities, perm=[1, 0])
    graph.output(by_row, FLOAT, ["batch", "steps"], "log_probabilities")
    silent = graph.op("Squeeze", final["no_speech"], graph.ints(1))
    graph.output(silent, FLOAT, ["batch"], "no_speech_probability")
    first = graph.op("Squeeze", final["first_logits"], graph.ints(1))
    graph.output(first, FLOAT, ["batch", decoder.weights.vocabulary], "first_logits")
    looped = graph.op("Squeeze", final["looped"], graph.ints(1))
    graph.output(looped, BOOL, ["batch"], "looped")
    aligned = alignment(graph, final["attention"], inputs.frames, inputs.token_counts)
    graph.output(aligned, FLOAT, ["batch", "last_tokens", "frames"], "alignment")
    return graph.model("Cross-attention keys and values to text; layout earwitness-1.")


class _Inputs:
    """Declares the graph's inputs and derives from them what every step needs."""

    def __init__(self, graph: Graph, weights: WhisperWeights) -> None:
        self.graph = graph
        heads, head_dim = weights.heads, weights.head_dim
        for i in range(len(weights.decoder_layers)):
            graph.input(cross_name("key", i), FLOAT, ["batch", heads, head_dim, "frames"])
            graph.input(cross_name("value", i), FLOAT, ["batch", heads, "frames", head_dim])
        self.prompt = graph.input("prompt", INT64, ["batch", "prompt_tokens"])
        self.sot_index = graph.input("sot_index", INT64, [1])
        self.max_steps = graph.input("max_steps", INT64, [1])
        self.temperature = graph.input("temperature", FLOAT, [1])
        self.uniforms = graph.input("uniforms", FLOAT, ["uniform_steps", "batch"])
        self.suppress = graph.input("suppress_bias", FLOAT, [weights.vocabulary])
        self.begin_suppress = graph.input("begin_suppress_bias", FLOAT, [weights.vocabulary])
        self.timestamps = graph.input("timestamps", BOOL, [1])
        self.max_initial = graph.input("max_initial_timestamp", INT64, [1])
        self.frames = graph.input("audio_frames", INT64, ["batch"])
        self.token_counts = graph.input("token_counts", INT64, ["batch"])

    def controls(self, tokens: SpecialTokens) -> Controls:
        graph = self.graph
        index = graph.constant(np.array([[tokens.no_timestamps]], dtype=np.int64))
        never = graph.constant(np.array([NEVER], dtype=np.float32))
        silenced = graph.op("ScatterND", self.suppress, index, never)
        always = graph.op("Where", self.timestamps, silenced, self.suppress)
        always = graph.op("Max", always, never)
        first = graph.op("Max", graph.op("Add", always, self.begin_suppress), never)
        axis = graph.ints(0)
        both = [graph.op("Unsqueeze", bias, axis) for bias in (first, always)]
        count = graph.op("Shape", self.uniforms, start=0, end=1)
        rows = graph.op("Shape", self.prompt, start=0, end=1)
        sampling = graph.op("Greater", self.temperature, graph.float(0.0))
        zero = onnx.numpy_helper.from_array(np.zeros(1, np.int64))
        column = graph.op("Concat", rows, graph.ints(1), axis=0)
        return Controls(
            suppress_bias=graph.op("Concat", *both, axis=0),
            timestamps=self.timestamps,
            max_initial_timestamp=self.max_initial,
            temperature=self.temperature,
            uniforms=self.uniforms,
            last_uniform=graph.op("Sub", count, graph.int(1)),
            sampled_rows=graph.op("Where", sampling, rows, graph.int(0)),
            zero_rows=graph.op("ConstantOfShape", column, value=zero),
            audio_end=graph.op("Unsqueeze", self.frames, graph.ints(1)),
        )


def _first_states(graph: Graph, decoder: Decoder, inputs: _Inputs, rows: str) -> list[str]:
    """The states before the first step, in the order of `_Body.state_names`."""
    weights = decoder.weights

    def filled(value: object, kind: type[np.generic], *tail: int) -> str:
        shape = graph.op("Concat", rows, graph.ints(*tail), axis=0)
        tensor = onnx.numpy_helper.from_array(np.array([value], dtype=kind))
        return graph.op("ConstantOfShape", shape, value=tensor)

    prompt_tokens = graph.op("Shape", inputs.prompt, start=1, end=2)
    last = graph.op("Sub", prompt_tokens, graph.int(1))
    cache = filled(0.0, np.float32, weights.heads, 0, weights.head_dim)
    return [
        inputs.prompt,
        graph.ints(0),
        graph.op("Concat", inputs.sot_index, last, axis=0),
        filled(False, np.bool_, 1),
        filled(False, np.bool_, 1),
        filled(True, np.bool_, 1),
        filled(-1, np.int64, 1),
        filled(-1, np.int64, LONGEST_PERIOD),
        filled(0, np.int64, LONGEST_PERIOD),
        filled(False, np.bool_, 1),
        filled(0.0, np.float32, 0),
        filled(0.0, np.float32, 0, weights.vocabulary),
        filled(0.0, np.float32, len(decoder.alignment_heads), 0, 0),
        *[cache] * (2 * len(weights.decoder_layers)),
    ]


class _Body:
    """The loop's body: one step for every row."""

    def __init__(
        self,
        parent: Graph,
        decoder: Decoder,
        controls: Controls,
        embeddings: Embeddings,
    ) -> None:
        self.graph = graph = Graph("earwitness_decoder_step", parent)
        self.decoder = decoder
        step = graph.input("step", INT64, [])
        graph.input("go_on", BOOL, [])
        declared = self._declare()
        self.state_names = list(declared)
        caches = self.state_names[-2 * len(decoder.weights.decoder_layers) :]

        blocks = Blocks(graph, decoder.precision.decoder, decoder.precision.fast_gelu)
        layers = TextLayers(blocks, decoder.weights, decoder.alignment_heads, embeddings)
        text = layers.run("tokens", "offset", caches)
        first = graph.op("Equal", step, graph.ints(0))
        last_logits, no_speech, first_logits = self._look(layers, text.hidden, first)

        before = History("ended_in_timestamp", "before_it", "newest_timestamp")
        rules = Rules(graph, decoder.tokens, controls)
        choice = rules.choose(last_logits, step, before)
        token = graph.op("Where", "finished", graph.int(decoder.tokens.eot), choice.tokens)
        log_probability = graph.op("Where", "finished", graph.float(0.0), choice.log_probabilities)
        guard = RepetitionGuard(graph, decoder.tokens.timestamp_begin)
        repeats, recent, runs = guard.watch(token, "recent", "runs")
        ended = graph.op("Equal", token, graph.int(decoder.tokens.eot))
        looping = graph.op("And", repeats, graph.op("Not", ended))
        finished = graph.op("Or", graph.op("Or", "finished", ended), looping)
        looped = graph.op("Or", "looped", looping)
        count = graph.op("Shape", "tokens", start=1, end=2)

        after = choice.history
        values = [
            token,
            graph.op("Add", "offset", count),
            graph.ints(0),
            finished,
            after.ended_in_timestamp,
            after.before_it,
            after.newest_timestamp,
            recent,
            runs,
            looped,
            no_speech,
            first_logits,
            text.attention,
            *text.caches,
        ]
        graph.output(self._any_open(finished), BOOL, [])
        for value, (kind, shape) in zip(values, declared.values(), strict=True):
            copied = value if value not in graph.root.constants() else graph.op("Identity", value)
            graph.output(copied, kind, shape)
        for scanned, kind in ((token, INT64), (log_probability, FLOAT)):
            graph.output(graph.op("Squeeze", scanned, graph.ints(1)), kind, ["batch"])

    def _declare(self) -> dict[str, tuple[int, list[int | str | None]]]:
        """The carried states; a dimension without a name may differ between steps."""
        weights = self.decoder.weights
        states: dict[str, tuple[int, list[int | str | None]]] = {
            "tokens": (INT64, ["batch", None]),
            "offset": (INT64, [1]),
            "positions": (INT64, [None]),
            "finished": (BOOL, ["batch", 1]),
            "ended_in_timestamp": (BOOL, ["batch", 1]),
            "before_it": (BOOL, ["batch", 1]),
            "newest_timestamp": (INT64, ["batch", 1]),
            "recent": (INT64, ["batch", LONGEST_PERIOD]),
            "runs": (INT64, ["batch", LONGEST_PERIOD]),
            "looped": (BOOL, ["batch", 1]),
            "no_speech": (FLOAT, ["batch", None]),
            "first_logits": (FLOAT, ["batch", None, weights.vocabulary]),
            "attention": (FLOAT, ["batch", len(self.decoder.alignment_heads), None, None]),
        }
        for i in range(len(weights.decoder_layers)):
            for kind in ("key", "value"):
                states[f"self_{kind}_{i}"] = (
                    FLOAT,
                    ["batch", weights.heads, None, weights.head_dim],
                )
        for name, (kind, shape) in states.items():
            self.graph.input(name, kind, shape)
        return states

    def _look(self, layers: TextLayers, hidden: str, first: str) -> tuple[str, str, str]:
        """Logits of the last token [batch, vocabulary], and the two outputs of the first step.

        `positions` names SOT and the last token in the first step, later only the last; what is
        kept of the first step is appended to states that are empty before and stay after.
        """
        graph, tokens = self.graph, self.decoder.tokens
        d_model, vocabulary = self.decoder.weights.d_model, self.decoder.weights.vocabulary
        chosen = graph.reshape(graph.op("Gather", hidden, "positions", axis=1), -1, d_model)
        flat = layers.logits(chosen)
        count = graph.op("Shape", "positions", start=0, end=1)
        shape = graph.op("Concat", graph.ints(-1), count, graph.ints(vocabulary), axis=0)
        logits = graph.op("Reshape", flat, shape)
        at_sot = graph.slice(logits, graph.ints(0), graph.op("Sub", count, graph.ints(1)), 1)
        silence = graph.op("Gather", at_sot, graph.int(tokens.no_speech), axis=2)
        total = graph.op("ReduceLogSumExp", at_sot, graph.ints(2), keepdims=0)
        probability = graph.op("Exp", graph.op("Sub", silence, total))
        no_speech = graph.op("Concat", "no_speech", probability, axis=1)
        last = graph.op("Gather", logits, graph.int(-1), axis=1)
        kept = graph.op("Cast", first, to=INT64)
        row = graph.slice(graph.op("Unsqueeze", last, graph.ints(1)), graph.ints(0), kept, 1)
        return last, no_speech, graph.op("Concat", "first_logits", row, axis=1)

    def _any_open(self, finished: str) -> str:
        graph = self.graph
        as_number = graph.op("Cast", finished, to=int(TensorProto.INT32))
        least = graph.op("ReduceMin", as_number, keepdims=0)
        return graph.op("Equal", least, graph.constant(np.array(0, dtype=np.int32)))
