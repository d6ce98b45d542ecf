"""Builds the second graph, which decodes a batch of windows in one ONNX `Loop`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx

from .alignment import alignment
from .beams import beam_controls
from .branches import token_tree
from .decoder_step import Decoder, LoopConstants, Step
from .encoder import cross_name
from .graph import BOOL, EVERY, FLOAT, INT64, Graph
from .guard import LONGEST_PERIOD
from .rules import NEVER, Controls
from .states import State, handed_on, loop_states
from .tokens import SpecialTokens
from .weights import WhisperWeights


def decoder_model(decoder: Decoder) -> onnx.ModelProto:
    """Build `decoder.onnx`. README.md describes its inputs and outputs.

    The loop's body gets the whole prompt in its first step and one token of each hypothesis in
    every later step, so the shapes of the carried states change. A run can go on where another one
    stopped: it gets the states that the other one handed on.
    """
    graph = Graph("earwitness_decoder")
    carried = handed_on(loop_states(decoder.weights, decoder.alignment_heads))
    inputs = _Inputs(graph, decoder.weights, carried)
    embeddings = decoder.precision.embed(graph, decoder.weights.embeddings)
    rows = graph.op("Shape", inputs.prompt, start=0, end=1)
    constants = LoopConstants(
        rules=inputs.controls(decoder.tokens),
        search=beam_controls(graph, inputs.beams, rows),
        audio_end=graph.op("Unsqueeze", inputs.frames, graph.ints(1, 2)),
        first_step=graph.op("Squeeze", inputs.first_step, graph.ints(0)),
    )
    body = Step(graph, decoder, constants, embeddings)
    states = _begin(graph, decoder, inputs, carried, rows)
    true = graph.constant(np.array(True))
    results = graph.loop(body.graph, inputs.max_steps, true, states)
    final = dict(zip(body.state_names, results, strict=False))
    tokens, log_probabilities, parents, endings = results[len(states) :]

    def by_window(values: str) -> str:
        return graph.op("Transpose", values, perm=[1, 2, 0])

    tokens = by_window(tokens)
    first = graph.op("Gather", tokens, graph.int(0), axis=1)
    sampled = graph.op("Not", graph.op("Equal", first, graph.int(decoder.tokens.eot)))
    counted = graph.op("Cast", sampled, to=INT64)
    lengths = graph.op("ReduceSum", counted, graph.ints(1), keepdims=0)
    graph.output(tokens, INT64, ["batch", "beams", "steps"], "tokens")
    graph.output(lengths, INT64, ["batch"], "lengths")
    log_probabilities = by_window(log_probabilities)
    graph.output(log_probabilities, FLOAT, ["batch", "beams", "steps"], "log_probabilities")
    graph.output(by_window(parents), INT64, ["batch", "beams", "steps"], "parents")
    graph.output(by_window(endings), FLOAT, ["batch", "beams", "steps"], "endings")
    silent = graph.op("Squeeze", final["no_speech"], graph.ints(1))
    graph.output(silent, FLOAT, ["batch"], "no_speech_probability")
    first = graph.op("Gather", final["first_logits"], graph.int(-1), axis=1)
    graph.output(first, FLOAT, ["batch", decoder.weights.vocabulary], "first_logits")
    scored = _scores(graph, inputs, final["first_logits"])
    graph.output(scored, FLOAT, ["batch", "scored_tokens"], "scores")
    looped = graph.op("Squeeze", final["looped"], graph.ints(1))
    graph.output(looped, BOOL, ["batch"], "looped")
    aligned = alignment(graph, final["attention"], inputs.frames, inputs.token_counts)
    graph.output(aligned, FLOAT, ["batch", "last_tokens", "frames"], "alignment")
    _hand_on(graph, inputs, carried, final)
    return graph.model("Cross-attention keys and values to text; layout earwitness-2.")


class _Inputs:
    """Declares the graph's inputs and derives the values that every step needs."""

    def __init__(self, graph: Graph, weights: WhisperWeights, carried: Sequence[State]) -> None:
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
        self.beams = graph.input("beams", INT64, [1])
        self.branches = graph.input("branches", INT64, [2, "prompt_tokens"])
        self.scored_from = graph.input("scored_from", INT64, [1])
        self.first_step = graph.input("first_step", INT64, [1])
        self.hand_on = graph.input("hand_on", BOOL, [1])
        self.past = {
            each.name: graph.input(f"past_{each.name}", each.kind, list(each.shape))
            for each in carried
        }

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
        return Controls(
            suppress_bias=graph.op("Concat", *both, axis=0),
            timestamps=self.timestamps,
            max_initial_timestamp=self.max_initial,
            temperature=self.temperature,
            uniforms=self.uniforms,
            last_uniform=graph.op("Sub", count, graph.int(1)),
            sampled_rows=graph.op("Where", sampling, rows, graph.int(0)),
        )


def _scores(graph: Graph, inputs: _Inputs, logits: str) -> str:
    """Add the log-probability of each scored token, float32 [batch, scored tokens].

    `logits` float32 [batch, scored tokens + 1, vocabulary]: what predicts each of them, and what
    the last token of the prompt predicts.
    """
    before = graph.slice(logits, graph.ints(0), graph.ints(-1), 1)
    tokens = graph.slice(inputs.prompt, inputs.scored_from, graph.ints(EVERY), 1)
    chosen = graph.op(
        "GatherElements", before, graph.op("Unsqueeze", tokens, graph.ints(2)), axis=2
    )
    total = graph.op("ReduceLogSumExp", before, graph.ints(2), keepdims=0)
    return graph.op("Sub", graph.op("Squeeze", chosen, graph.ints(2)), total)


def _begin(
    graph: Graph, decoder: Decoder, inputs: _Inputs, carried: Sequence[State], rows: str
) -> list[str]:
    """Return the states before the run's first step, in the order of `Step.state_names`.

    Those of the first run are computed here, except the caches, which are empty inputs then.
    """
    small = [each for each in carried if not each.name.startswith("self_")]
    first = Graph(graph.fresh("first"), graph)
    later = Graph(graph.fresh("later"), graph)
    branches = (
        (first, _first_states(first, decoder, inputs, rows)),
        (later, {each.name: inputs.past[each.name] for each in small}),
    )
    for branch, values in branches:
        for each in small:
            branch.output(branch.op("Identity", values[each.name]), each.kind, None)
    at_first = graph.op("Equal", inputs.first_step, graph.ints(0))
    chosen = dict(
        zip((each.name for each in small), graph.branch(at_first, first, later), strict=True)
    )
    attention = _filled(graph, rows, 0.0, np.float32, len(decoder.alignment_heads), 0, 0)
    caches = [inputs.past[each.name] for each in carried if each not in small]
    return [*chosen.values(), attention, *caches]


def _first_states(graph: Graph, decoder: Decoder, inputs: _Inputs, rows: str) -> dict[str, str]:
    """Return the states before the first step of all, without the caches, by name."""
    length = graph.op("Shape", inputs.prompt, start=1, end=2)
    last = graph.op("Sub", length, graph.int(1))
    tree = token_tree(graph, inputs.branches, length)
    scored = graph.slice(tree.parents, inputs.scored_from, graph.ints(EVERY), 0)

    def filled(value: object, kind: type[np.generic], *tail: int) -> str:
        return _filled(graph, rows, value, kind, *tail)

    return {
        "tokens": inputs.prompt,
        "places": tree.places,
        "mask": tree.mask(graph, rows, length),
        "looked_at": graph.op("Concat", inputs.sot_index, scored, last, axis=0),
        "finished": filled(False, np.bool_, 1),
        "totals": filled(0.0, np.float32, 1),
        "ended_in_timestamp": filled(False, np.bool_, 1),
        "before_it": filled(True, np.bool_, 1),
        "newest_timestamp": filled(-1, np.int64, 1),
        "recent": filled(-1, np.int64, LONGEST_PERIOD),
        "runs": filled(0, np.int64, LONGEST_PERIOD),
        "looped": filled(False, np.bool_, 1),
        "no_speech": filled(0.0, np.float32, 0),
        "first_logits": filled(0.0, np.float32, 0, decoder.weights.vocabulary),
    }


def _filled(graph: Graph, rows: str, value: object, kind: type[np.generic], *tail: int) -> str:
    shape = graph.op("Concat", rows, graph.ints(*tail), axis=0)
    tensor = onnx.numpy_helper.from_array(np.array([value], dtype=kind))
    return graph.op("ConstantOfShape", shape, value=tensor)


def _hand_on(
    graph: Graph, inputs: _Inputs, carried: Sequence[State], final: Mapping[str, str]
) -> None:
    """Add the states after the run as outputs; large ones are empty unless they are wanted."""
    every = graph.op("Where", inputs.hand_on, graph.constant(np.array([EVERY])), graph.ints(0))
    for each in carried:
        value = final[each.name]
        if each.grows_along is not None:
            value = graph.slice(value, graph.ints(0), every, each.grows_along)
        graph.output(value, each.kind, list(each.shape), f"next_{each.name}")
