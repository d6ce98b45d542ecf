"""Builds one step of the decode loop, which chooses the next token of each hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from .beams import BeamControls, BeamSearch, Survivors
from .blocks import Blocks
from .graph import BOOL, EVERY, FLOAT, INT64, Graph
from .guard import RepetitionGuard
from .precision import Precision
from .quantise import Embeddings
from .rules import NEVER, Controls, History, Rules
from .states import State, loop_states
from .text import Head, TextLayers
from .tokens import SpecialTokens
from .weights import WhisperWeights


@dataclass(frozen=True)
class Decoder:
    """Weights, tokens and options of a decoder's graph."""

    weights: WhisperWeights
    tokens: SpecialTokens
    alignment_heads: Sequence[Head]
    precision: Precision


@dataclass(frozen=True)
class LoopConstants:
    """Names of values of the outer graph that are the same in all steps."""

    rules: Controls
    search: BeamControls
    audio_end: str
    """int64 [batch, 1, 1]: the last timestamp inside the audio."""
    first_step: str
    """int64 []: steps of the runs before this one."""


class Step:
    """The loop's body. A row is one hypothesis; without a search each window has one."""

    def __init__(
        self, parent: Graph, decoder: Decoder, constants: LoopConstants, embeddings: Embeddings
    ) -> None:
        self.graph = graph = Graph("earwitness_decoder_step", parent)
        self.decoder = decoder
        self.constants = constants
        self.search = constants.search
        step_of_run = graph.input("step", INT64, [])
        self.step = graph.op("Add", step_of_run, constants.first_step)
        graph.input("go_on", BOOL, [])
        declared = self._declare()
        self.state_names = list(declared)
        self.rules = Rules(graph, decoder.tokens, constants.rules)
        self.beams = BeamSearch(graph, constants.search, decoder.tokens.eot)

        blocks = Blocks(graph, decoder.precision.decoder, decoder.precision.fast_gelu)
        layers = TextLayers(blocks, decoder.weights, decoder.alignment_heads, embeddings)
        mask = graph.op("Unsqueeze", "mask", graph.ints(1))
        caches = self.state_names[-2 * len(decoder.weights.decoder_layers) :]
        text = layers.run("tokens", "places", mask, caches)
        logits, no_speech, first_logits = self._logits(layers, text.hidden)
        hypotheses = graph.op("Shape", logits, start=1, end=2)
        best = self._choose(logits, hypotheses)
        token, log_probability = self._emitted(best)
        flat = graph.reshape(token, -1, 1)
        after = self.rules.update_history(self._past(best.rows), self.step, flat)
        recent, runs, looping = self._guard(flat, best.rows)
        all_looping = self._all(looping)
        finished = graph.op("Or", graph.op("Or", "finished", best.ended), all_looping)
        endings = graph.op("Where", "finished", graph.float(NEVER), best.endings)
        last_place = graph.op("Gather", "places", graph.ints(-1), axis=0)
        values = [
            token,
            graph.op("Add", last_place, graph.ints(1)),
            self.beams.mask("mask", best.rows, hypotheses),
            self.search.order,
            finished,
            graph.op("Where", looping, graph.float(NEVER), best.totals),
            after.ended_in_timestamp,
            after.before_it,
            after.newest_timestamp,
            recent,
            runs,
            graph.op("Or", "looped", all_looping),
            no_speech,
            first_logits,
            text.attention,
            *text.caches,
        ]
        graph.output(self._any_open(finished), BOOL, [])
        for value, state in zip(values, declared.values(), strict=True):
            outer = value in graph.root.constants() or value == self.search.order
            given = graph.op("Identity", value) if outer else value
            graph.output(given, state.kind, state.shape)
        for scanned, kind in (
            (graph.op("Identity", token), INT64),
            (log_probability, FLOAT),
            (best.parents, INT64),
            (endings, FLOAT),
        ):
            graph.output(scanned, kind, ["windows", "beams"])

    def _declare(self) -> dict[str, State]:
        """Declare the carried states."""
        states = {
            each.name: each
            for each in loop_states(self.decoder.weights, self.decoder.alignment_heads)
        }
        for each in states.values():
            self.graph.input(each.name, each.kind, each.shape)
        return states

    def _logits(self, layers: TextLayers, hidden: str) -> tuple[str, str, str]:
        """Return logits [batch, hypotheses, vocabulary] and the states `no_speech`, `first_logits`.

        `looked_at` has the positions of SOT, of what predicts the scored tokens, and of the last
        token in the first step, and of every hypothesis in later steps. The first step fills the
        two states; later steps keep them.
        """
        graph, tokens = self.graph, self.decoder.tokens
        d_model, vocabulary = self.decoder.weights.d_model, self.decoder.weights.vocabulary
        chosen = graph.reshape(graph.op("Gather", hidden, "looked_at", axis=1), -1, d_model)
        flat = layers.logits(chosen)
        count = graph.op("Shape", "looked_at", start=0, end=1)
        shape = graph.op("Concat", graph.ints(-1), count, graph.ints(vocabulary), axis=0)
        both = graph.op("Reshape", flat, shape)
        kept = graph.op("Cast", graph.op("Equal", self.step, graph.ints(0)), to=INT64)
        at_sot = graph.slice(both, graph.ints(0), kept, 1)
        silence = graph.op("Gather", at_sot, graph.int(tokens.no_speech), axis=2)
        total = graph.op("ReduceLogSumExp", at_sot, graph.ints(2), keepdims=0)
        probability = graph.op("Exp", graph.op("Sub", silence, total))
        no_speech = graph.op("Concat", "no_speech", probability, axis=1)
        after_sot = graph.slice(both, kept, graph.ints(EVERY), 1)
        looked = graph.op("Mul", kept, graph.op("Sub", count, graph.ints(1)))
        first = graph.slice(after_sot, graph.ints(0), looked, 1)
        # Of the first step, the last line chooses the next token; of later ones, every line.
        last = graph.op("Sub", looked, kept)
        logits = graph.slice(after_sot, last, graph.ints(EVERY), 1)
        return logits, no_speech, graph.op("Concat", "first_logits", first, axis=1)

    def _choose(self, logits: str, hypotheses: str) -> Survivors:
        """Return the hypotheses that continue, with their next tokens."""
        graph = self.graph
        vocabulary = self.decoder.weights.vocabulary
        one = graph.ints(1)
        shape = graph.op("Concat", one, hypotheses, one, axis=0)
        audio_end = graph.reshape(graph.op("Expand", self.constants.audio_end, shape), -1, 1)
        searched = graph.op("Mul", self.search.searched_rows, hypotheses)
        wide = graph.op("Max", searched, self.constants.rules.sampled_rows)
        before = History("ended_in_timestamp", "before_it", "newest_timestamp")
        flat = graph.reshape(logits, -1, vocabulary)
        scores = self.rules.score(flat, self.step, before, audio_end, wide)
        choice = self.rules.choose(scores, self.step)
        return self.beams.survivors(scores, choice, "totals", hypotheses)

    def _emitted(self, best: Survivors) -> tuple[str, str]:
        """Return tokens and log-probabilities [batch, beams]; finished windows emit EOT."""
        graph = self.graph
        tokens, values = self._by_window(best.tokens), self._by_window(best.log_probabilities)
        eot = graph.int(self.decoder.tokens.eot)
        return (
            graph.op("Where", "finished", eot, tokens),
            graph.op("Where", "finished", graph.float(0.0), values),
        )

    def _past(self, rows: str) -> History:
        """Return the history of the hypothesis that each row continues."""
        names = ("ended_in_timestamp", "before_it", "newest_timestamp")
        return History(*(self.graph.op("Gather", name, rows, axis=0) for name in names))

    def _guard(self, tokens: str, rows: str) -> tuple[str, str, str]:
        """Return the guard's two states, and which rows repeat themselves."""
        graph = self.graph
        guard = RepetitionGuard(graph, self.decoder.tokens.timestamp_begin)
        recent, runs = (graph.op("Gather", name, rows, axis=0) for name in ("recent", "runs"))
        repeats, recent, runs = guard.detect(tokens, recent, runs)
        is_end = graph.op("Equal", tokens, graph.int(self.decoder.tokens.eot))
        return recent, runs, graph.op("And", repeats, graph.op("Not", is_end))

    def _by_window(self, values: str) -> str:
        """[batch * beams, 1] -> [batch, beams]."""
        shape = self.graph.op("Concat", self.graph.ints(-1), self.search.beams, axis=0)
        return self.graph.op("Reshape", values, shape)

    def _all(self, rows: str) -> str:
        """bool [batch * beams, 1] -> bool [batch, 1]."""
        as_number = self.graph.op("Cast", self._by_window(rows), to=int(TensorProto.INT32))
        least = self.graph.op("ReduceMin", as_number, self.graph.ints(1), keepdims=1)
        return self.graph.op("Cast", least, to=int(TensorProto.BOOL))

    def _any_open(self, finished: str) -> str:
        graph = self.graph
        as_number = graph.op("Cast", finished, to=int(TensorProto.INT32))
        least = graph.op("ReduceMin", as_number, keepdims=0)
        return graph.op("Equal", least, graph.constant(np.array(0, dtype=np.int32)))
