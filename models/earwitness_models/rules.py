"""The choice of each row's next token: suppression, timestamp rules, sampling, likelihood.

The rules are openai/whisper's (`decoding.py`: SuppressTokens, SuppressBlank,
ApplyTimestampRules). Whisper's vocabulary falls into three ranges, words [0, eot), specials
[eot, timestamps) and timestamps, and every rule about kinds forbids a whole range. So the rules
act on each range's maximum and log-sum-exp, and the wide word range is never masked.
Two things differ from openai/whisper. Without timestamps, timestamp tokens are forbidden. And no
time lies after the audio's end, nor does a segment open in the audio's last 0.2 s: decoders like to
repeat the last sentence there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from .graph import Graph
from .tokens import TIMESTAMPS, SpecialTokens

NEVER = -1e30
"""A logit for what is forbidden: finite, so that no rule meets infinity minus infinity."""
CLOSING = 10
"""In timestamps: nothing opens this close to the audio's end."""


@dataclass(frozen=True)
class Controls:
    """Names of values of the outer graph that stay the same for all steps."""

    suppress_bias: str
    """float32 [2, vocabulary]: the bias of the first sampled token, then of all others."""
    timestamps: str
    """bool [1]"""
    max_initial_timestamp: str
    """int64 [1]"""
    temperature: str
    """float32 [1]"""
    uniforms: str
    """float32 [steps, batch]"""
    last_uniform: str
    """int64 [1]: the last row of `uniforms`."""
    sampled_rows: str
    """int64 [1]: the batch size when sampling, 0 when not."""
    zero_rows: str
    """int64 [batch, 1] of zeros."""
    audio_end: str
    """int64 [batch, 1]: the last timestamp inside the audio."""


@dataclass(frozen=True)
class History:
    """What the timestamp rules know of a row's sampled tokens; each [batch, 1]."""

    ended_in_timestamp: str
    """bool: the last token was a timestamp."""
    before_it: str
    """bool: the token before it was one, or there is none."""
    newest_timestamp: str
    """int64: the last timestamp, counted from <|0.00|>; -1 when there is none."""


@dataclass(frozen=True)
class Choice:
    """The next tokens [batch, 1], their log-probabilities [batch, 1], and the new history."""

    tokens: str
    log_probabilities: str
    history: History


@dataclass(frozen=True)
class _Range:
    """One range of the vocabulary: its logits and, for each row, [batch, 1] figures."""

    logits: str
    best: str
    token: str
    log_sum: str


@dataclass(frozen=True)
class Rules:
    """Writes the rules into the body of the decode loop."""

    graph: Graph
    tokens: SpecialTokens
    controls: Controls

    def choose(self, logits: str, step: str, history: History) -> Choice:
        """Adds the choice of one token a row.

        `logits` float32 [batch, vocabulary]; `step` int64 [] counts sampled tokens from 0.
        """
        graph, tokens = self.graph, self.tokens
        first = graph.op("Equal", step, self.controls.zero_rows)
        bias = graph.op(
            "Gather", self.controls.suppress_bias, graph.op("Min", step, graph.int(1)), axis=0
        )
        biased = graph.op("Add", logits, bias)
        words = self._range(self._between(biased, 0, tokens.eot), 0)
        specials = self._range(
            self._between(biased, tokens.eot, tokens.timestamp_begin), tokens.eot
        )
        times = self._timestamps(biased, first, history)

        on = self.controls.timestamps
        opening = graph.op("And", on, first)
        before_it_text = graph.op("Not", history.before_it)
        unpaired = graph.op("And", history.ended_in_timestamp, before_it_text)
        words = self._forbid(words, graph.op("Or", opening, graph.op("And", on, unpaired)))
        specials = self._forbid(specials, opening)
        text_best = graph.op("Max", words.best, specials.best)
        likelier_time = graph.op("Greater", times.log_sum, text_best)
        words, specials = (self._forbid(r, likelier_time) for r in (words, specials))
        ranges = (words, specials, times)

        best, token = self._greediest(ranges)
        log_sum = self._join(ranges)
        token, best = self._sample(ranges, step, token, best)
        return Choice(token, graph.op("Sub", best, log_sum), self._remember(history, first, token))

    def _between(self, values: str, start: int, end: int) -> str:
        return self.graph.slice(values, self.graph.ints(start), self.graph.ints(end), 1)

    def _range(self, logits: str, begin: int) -> _Range:
        graph = self.graph
        best, index = graph.ops("TopK", 2, logits, graph.ints(1), axis=1)
        token = graph.op("Add", index, graph.int(begin)) if begin else index
        share = graph.op("Softmax", logits, axis=1)
        largest_share = graph.op("ReduceMax", share, graph.ints(1), keepdims=1)
        return _Range(logits, best, token, graph.op("Sub", best, graph.op("Log", largest_share)))

    def _forbid(self, values: _Range, rows: str) -> _Range:
        graph = self.graph
        bias = graph.op("Where", rows, graph.float(NEVER), graph.float(0.0))
        return _Range(
            graph.op("Add", self._sampled(values.logits), self._sampled(bias)),
            graph.op("Add", values.best, bias),
            values.token,
            graph.op("Add", values.log_sum, bias),
        )

    def _timestamps(self, biased: str, first: str, history: History) -> _Range:
        """Times from the newest on, inside the audio; after a pair, text must come first."""
        graph, begin = self.graph, self.tokens.timestamp_begin
        logits = self._between(biased, begin, begin + TIMESTAMPS)
        closes = graph.op("And", history.ended_in_timestamp, graph.op("Not", history.before_it))
        later = graph.op("Add", history.newest_timestamp, graph.int(1))
        lowest = graph.op("Where", closes, history.newest_timestamp, later)
        pair = graph.op("And", history.ended_in_timestamp, history.before_it)
        closing = graph.op("Sub", self.controls.audio_end, graph.int(CLOSING))
        over = graph.op("GreaterOrEqual", history.newest_timestamp, closing)
        banned = graph.op("Or", pair, graph.op("And", closes, over))
        banned = graph.op("Or", banned, graph.op("Not", self.controls.timestamps))
        lowest = graph.op("Where", banned, graph.int(TIMESTAMPS), lowest)
        highest = graph.op(
            "Where", first, self.controls.max_initial_timestamp, self.controls.audio_end
        )
        index = graph.constant(np.arange(TIMESTAMPS, dtype=np.int64)[None, :])
        allowed = graph.op(
            "And",
            graph.op("GreaterOrEqual", index, lowest),
            graph.op("LessOrEqual", index, highest),
        )
        return self._range(graph.op("Where", allowed, logits, graph.float(NEVER)), begin)

    def _greediest(self, ranges: tuple[_Range, ...]) -> tuple[str, str]:
        """The best logit and its token; the lower token wins a tie."""
        graph = self.graph
        best, token = ranges[0].best, ranges[0].token
        for other in ranges[1:]:
            better = graph.op("Greater", other.best, best)
            token = graph.op("Where", better, other.token, token)
            best = graph.op("Max", best, other.best)
        return best, token

    def _join(self, ranges: tuple[_Range, ...]) -> str:
        """The log-sum-exp over all ranges."""
        graph = self.graph
        sums = graph.op("Concat", *(r.log_sum for r in ranges), axis=1)
        return graph.op("ReduceLogSumExp", sums, graph.ints(1), keepdims=1)

    def _sampled(self, values: str) -> str:
        """The rows to sample: all of them, or none (and then the work on them is none too)."""
        return self.graph.slice(values, self.graph.ints(0), self.controls.sampled_rows, 0)

    def _sample(
        self, ranges: tuple[_Range, ...], step: str, token: str, best: str
    ) -> tuple[str, str]:
        """Inverse transform sampling with the given uniform numbers, where asked for."""
        graph, controls = self.graph, self.controls
        words, specials, times = ranges
        logits = graph.op(
            "Concat", words.logits, specials.logits, self._sampled(times.logits), axis=1
        )
        scaled = graph.op("Div", logits, controls.temperature)
        reached = graph.op("CumSum", graph.op("Softmax", scaled, axis=1), graph.int(1))
        total = graph.op("Gather", reached, graph.ints(-1), axis=1)
        row = graph.op("Min", step, controls.last_uniform)
        uniform = graph.op("Gather", controls.uniforms, row, axis=0)
        uniform = graph.op("Transpose", uniform, perm=[1, 0])
        threshold = graph.op("Mul", self._sampled(uniform), total)
        passed = graph.op("Greater", reached, threshold)
        as_number = graph.op("Cast", passed, to=int(TensorProto.INT32))
        drawn = graph.op("ArgMax", as_number, axis=1, keepdims=1)
        drawn_logit = graph.op("GatherElements", logits, drawn, axis=1)
        end = graph.constant(np.array([np.iinfo(np.int64).max], dtype=np.int64))
        kept_token = graph.slice(token, controls.sampled_rows, end, 0)
        kept_best = graph.slice(best, controls.sampled_rows, end, 0)
        return (
            graph.op("Concat", drawn, kept_token, axis=0),
            graph.op("Concat", drawn_logit, kept_best, axis=0),
        )

    def _remember(self, history: History, first: str, token: str) -> History:
        graph = self.graph
        time = graph.op("Sub", token, graph.int(self.tokens.timestamp_begin))
        is_time = graph.op("GreaterOrEqual", time, graph.int(0))
        return History(
            is_time,
            graph.op("Or", history.ended_in_timestamp, first),
            graph.op("Where", is_time, time, history.newest_timestamp),
        )
