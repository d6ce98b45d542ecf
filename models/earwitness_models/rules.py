"""Chooses each row's next token: suppression, timestamp rules, sampling, log-probability.

The rules are openai/whisper's (`decoding.py`: SuppressTokens, SuppressBlank, ApplyTimestampRules).
Whisper's vocabulary has three ranges: words [0, eot), specials [eot, timestamps) and timestamps.
Every rule about kinds forbids a whole range, so the rules act on the maximum and the log-sum-exp of
each range, and the wide range of words is never masked.

Two rules differ from openai/whisper. Without timestamps, timestamp tokens are forbidden. With them,
no time is after the end of the audio, and no segment starts in the last 0.2 s of the audio, because
decoders often repeat the last sentence there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from onnx import TensorProto

from .graph import EVERY, Graph
from .tokens import TIMESTAMPS, SpecialTokens

NEVER = -1e30
"""The logit of a forbidden token: finite, so that no rule computes infinity minus infinity."""
CLOSING = 10
"""No segment starts closer than this to the end of the audio, in steps of 20 ms."""


@dataclass(frozen=True)
class Controls:
    """Names of values of the outer graph that are the same in all steps."""

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
    """int64 [1]: the batch size if tokens are sampled, otherwise 0."""


@dataclass(frozen=True)
class History:
    """What the timestamp rules need of a row's sampled tokens; each [batch, 1]."""

    ended_in_timestamp: str
    """bool: the last token was a timestamp."""
    before_it: str
    """bool: the token before the last was a timestamp, or there is none."""
    newest_timestamp: str
    """int64: the last timestamp, counted from <|0.00|>; -1 if there is none."""


@dataclass(frozen=True)
class Scores:
    """The likeliest token of each row and, for some rows, the logits of all tokens."""

    best: str
    """float32 [rows, 1]: the largest logit."""
    token: str
    """int64 [rows, 1]: the token with that logit."""
    log_sum: str
    """float32 [rows, 1]: log-sum-exp over all allowed tokens."""
    logits: str
    """float32 [all rows or none, vocabulary]: `NEVER` or less for forbidden tokens."""


@dataclass(frozen=True)
class Choice:
    """The next tokens int64 [rows, 1] and their log-probabilities float32 [rows, 1]."""

    tokens: str
    log_probabilities: str


@dataclass(frozen=True)
class _Range:
    """One range of the vocabulary: its logits, and [batch, 1] figures of each row."""

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

    def score(self, logits: str, step: str, history: History, audio_end: str, wide: str) -> Scores:
        """Add the rules.

        `logits` are float32 [rows, vocabulary]. `step` int64 [] counts sampled tokens from 0.
        `audio_end` int64 [rows, 1] is the last timestamp inside the audio. `wide` int64 [1] is the
        number of rows whose logits are all returned: every row, or none, which saves the work.
        """
        graph, tokens = self.graph, self.tokens
        first = graph.op("Equal", step, graph.ints(0))
        bias = graph.op(
            "Gather", self.controls.suppress_bias, graph.op("Min", step, graph.int(1)), axis=0
        )
        biased = graph.op("Add", logits, bias)
        words = self._range(self._between(biased, 0, tokens.eot), 0)
        specials = self._range(
            self._between(biased, tokens.eot, tokens.timestamp_begin), tokens.eot
        )
        times = self._timestamps(biased, first, history, audio_end)

        on = self.controls.timestamps
        opening = graph.op("And", on, first)
        before_it_text = graph.op("Not", history.before_it)
        unpaired = graph.op("And", history.ended_in_timestamp, before_it_text)
        no_words = graph.op("Or", opening, graph.op("And", on, unpaired))
        text_best = graph.op(
            "Max", self._unless(no_words, words.best), self._unless(opening, specials.best)
        )
        likelier_time = graph.op("Greater", times.log_sum, text_best)
        no_words = graph.op("Or", no_words, likelier_time)
        no_specials = graph.op("Or", opening, likelier_time)
        words = self._forbid(words, no_words, wide)
        specials = self._forbid(specials, no_specials, wide)
        ranges = (words, specials, times)
        best, token = self._greediest(ranges)
        stamps = graph.slice(times.logits, graph.ints(0), wide, 0)
        wide_logits = graph.op("Concat", words.logits, specials.logits, stamps, axis=1)
        return Scores(best, token, self._join(ranges), wide_logits)

    def choose(self, scores: Scores, step: str) -> Choice:
        """Add the choice of one token per row: the likeliest, or a sampled one."""
        token, best = self._sample(scores, step)
        return Choice(token, self.graph.op("Sub", best, scores.log_sum))

    def update_history(self, history: History, step: str, token: str) -> History:
        """Add the history after `token` int64 [rows, 1]."""
        graph = self.graph
        time = graph.op("Sub", token, graph.int(self.tokens.timestamp_begin))
        is_time = graph.op("GreaterOrEqual", time, graph.int(0))
        first = graph.op("Equal", step, graph.ints(0))
        return History(
            is_time,
            graph.op("Or", history.ended_in_timestamp, first),
            graph.op("Where", is_time, time, history.newest_timestamp),
        )

    def _between(self, values: str, start: int, end: int) -> str:
        return self.graph.slice(values, self.graph.ints(start), self.graph.ints(end), 1)

    def _range(self, logits: str, begin: int) -> _Range:
        graph = self.graph
        best, index = graph.ops("TopK", 2, logits, graph.ints(1), axis=1)
        token = graph.op("Add", index, graph.int(begin)) if begin else index
        share = graph.op("Softmax", logits, axis=1)
        largest_share = graph.op("ReduceMax", share, graph.ints(1), keepdims=1)
        return _Range(logits, best, token, graph.op("Sub", best, graph.op("Log", largest_share)))

    def _unless(self, rows: str, best: str) -> str:
        return self.graph.op("Where", rows, self.graph.float(NEVER), best)

    def _forbid(self, values: _Range, rows: str, wide: str) -> _Range:
        graph = self.graph
        bias = graph.op("Where", rows, graph.float(NEVER), graph.float(0.0))
        zero = graph.ints(0)
        return _Range(
            graph.op("Add", *(graph.slice(each, zero, wide, 0) for each in (values.logits, bias))),
            graph.op("Add", values.best, bias),
            values.token,
            graph.op("Add", values.log_sum, bias),
        )

    def _timestamps(self, biased: str, first: str, history: History, audio_end: str) -> _Range:
        """Times from the newest to the end of the audio; after a pair, text must come first."""
        graph, begin = self.graph, self.tokens.timestamp_begin
        logits = self._between(biased, begin, begin + TIMESTAMPS)
        closes = graph.op("And", history.ended_in_timestamp, graph.op("Not", history.before_it))
        later = graph.op("Add", history.newest_timestamp, graph.int(1))
        lowest = graph.op("Where", closes, history.newest_timestamp, later)
        pair = graph.op("And", history.ended_in_timestamp, history.before_it)
        closing = graph.op("Sub", audio_end, graph.int(CLOSING))
        over = graph.op("GreaterOrEqual", history.newest_timestamp, closing)
        banned = graph.op("Or", pair, graph.op("And", closes, over))
        banned = graph.op("Or", banned, graph.op("Not", self.controls.timestamps))
        lowest = graph.op("Where", banned, graph.int(TIMESTAMPS), lowest)
        highest = graph.op("Where", first, self.controls.max_initial_timestamp, audio_end)
        index = graph.constant(np.arange(TIMESTAMPS, dtype=np.int64)[None, :])
        allowed = graph.op(
            "And",
            graph.op("GreaterOrEqual", index, lowest),
            graph.op("LessOrEqual", index, highest),
        )
        return self._range(graph.op("Where", allowed, logits, graph.float(NEVER)), begin)

    def _greediest(self, ranges: tuple[_Range, ...]) -> tuple[str, str]:
        """The largest logit and its token; in a tie, the lower token."""
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

    def _sample(self, scores: Scores, step: str) -> tuple[str, str]:
        """Inverse transform sampling with `uniforms`, for the rows that are sampled."""
        graph, controls = self.graph, self.controls
        drawn_rows = controls.sampled_rows
        logits = graph.slice(scores.logits, graph.ints(0), drawn_rows, 0)
        scaled = graph.op("Div", logits, controls.temperature)
        reached = graph.op("CumSum", graph.op("Softmax", scaled, axis=1), graph.int(1))
        total = graph.op("Gather", reached, graph.ints(-1), axis=1)
        row = graph.op("Min", step, controls.last_uniform)
        uniform = graph.op("Gather", controls.uniforms, row, axis=0)
        uniform = graph.op("Transpose", uniform, perm=[1, 0])
        uniform = graph.slice(uniform, graph.ints(0), drawn_rows, 0)
        passed = graph.op("Greater", reached, graph.op("Mul", uniform, total))
        as_number = graph.op("Cast", passed, to=int(TensorProto.INT32))
        drawn = graph.op("ArgMax", as_number, axis=1, keepdims=1)
        drawn_logit = graph.op("GatherElements", logits, drawn, axis=1)
        end = graph.ints(EVERY)
        kept_token = graph.slice(scores.token, drawn_rows, end, 0)
        kept_best = graph.slice(scores.best, drawn_rows, end, 0)
        return (
            graph.op("Concat", drawn, kept_token, axis=0),
            graph.op("Concat", drawn_logit, kept_best, axis=0),
        )
