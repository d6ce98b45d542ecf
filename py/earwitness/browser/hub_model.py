"""A Whisper model of the model hub: `encoder_model` and `decoder_model_merged`, token by token.

Slower than our own layout: 30 s are always encoded, and each token is a call. The engine decodes it
in the same way. These graphs have no output for cross-attention, so words have no times.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from earwitness.browser.manifest import CacheShape
from earwitness.browser.transformers import BrowserTokenizer, Graph, Transformers
from earwitness.speech import protocols as sp
from earwitness.speech.decode_steps import PIECE_S
from earwitness.speech.sampling import softmax, uniforms
from earwitness.speech.token_rules import Allowed, allowed_next
from earwitness.speech.whisper import WINDOW_MAX_S


@dataclass
class HubEncoded:
    """Implements `earwitness.speech.protocols.Encoded`."""

    states: Any
    """[rows, frames, d]"""
    rows: int
    duration_s: float = WINDOW_MAX_S

    def release(self) -> None:
        """Release the tensor."""
        self.states = None


@dataclass(frozen=True, slots=True)
class HubWhisper:
    """Implements `earwitness.speech.protocols.SpeechModel`."""

    spec: sp.ModelSpec
    tokenizer: BrowserTokenizer
    processor: Any
    encoder: Graph
    decoder: Graph
    cache: CacheShape
    transformers: Transformers

    async def encode(self, windows: Sequence[sp.Samples], duration_s: float) -> HubEncoded:
        """Encode windows, each padded with silence to 30 s at any `duration_s`."""
        features = await self.transformers.features(self.processor, windows)
        outputs = await self.encoder({"input_features": features})
        return HubEncoded(outputs["last_hidden_state"], len(windows))

    async def language_probabilities(self, encoded: sp.Encoded) -> list[dict[str, float]]:
        """Return language code -> probability for each row."""
        batch = _hub(encoded)
        steps = _Steps(self, batch.states, batch.rows)
        logits = await steps.run([[self.spec.sot]] * batch.rows)
        codes, none = self.spec.languages, self._bias(())
        ranges = [(token, token + 1) for token in codes.values()]
        scores = [self.transformers.scores(logits, row, none, ranges) for row in range(batch.rows)]
        return [
            softmax({code: most for code, (most, _, _) in zip(codes, values, strict=True)})
            for values in scores
        ]

    async def decode(self, encoded: sp.Encoded, request: sp.DecodeRequest) -> list[sp.Hypothesis]:
        """Return a hypothesis for each requested row, in the order of `request.prompts`."""
        batch = _hub(encoded)
        states = batch.states
        if request.rows is not None and request.rows != tuple(range(batch.rows)):
            states = self.transformers.rows(states, request.rows)
        count, length = len(request.prompts), len(request.prompts[0])
        steps = _Steps(self, states, count)
        draws = uniforms(request)
        rows = [_Row() for _ in range(count)]
        logits = await steps.run(request.prompts)
        silences = [
            self._share(logits, row * length + request.sot_index, self.spec.no_speech)
            for row in range(count)
        ]
        position = length - 1
        told_s = time.perf_counter()
        for step in range(request.max_new_tokens):
            for index, row in enumerate(rows):
                if not row.ended:
                    place = index * (position + 1) + position
                    draw = draws[step][index] if draws else None
                    self._choose(row, logits, place, request, draw)
            if all(row.ended for row in rows) or step + 1 == request.max_new_tokens:
                break
            if request.on_partial is not None and time.perf_counter() - told_s >= PIECE_S:
                request.on_partial([row.tokens for row in rows])
                told_s = time.perf_counter()
            logits = await steps.run([[row.last] for row in rows])
            position = 0
        return [
            sp.Hypothesis(tuple(row.tokens), tuple(row.scores), silence, row.ended)
            for row, silence in zip(rows, silences, strict=True)
        ]

    async def align(
        self, encoded: sp.Encoded, row: int, prompt: Sequence[int], tokens: Sequence[int]
    ) -> sp.AlignmentMatrix | None:
        """Return None: these graphs have no cross-attention output."""
        return None

    async def score(
        self,
        encoded: sp.Encoded,
        row: int,
        prompt: Sequence[int],
        tokens: Sequence[int],
        branches: Sequence[sp.Branch],
    ) -> list[tuple[float, ...]] | None:
        """Return None: a text is scored by our own graphs only."""
        return None

    def _choose(
        self, row: _Row, logits: Any, place: int, request: sp.DecodeRequest, draw: float | None
    ) -> None:
        """Choose the row's next token."""
        bias = self._bias(
            request.suppress_tokens + (() if row.tokens else request.begin_suppress_tokens)
        )
        allowed = allowed_next(
            self.spec,
            row.tokens,
            timestamps=request.timestamps,
            max_initial_timestamp_s=request.max_initial_timestamp_s,
        )
        ranges, values = self._kept(allowed, logits, place, bias)
        most, token, _ = max(values)
        whole = _log_sum(total for _, _, total in values)
        if draw is not None:
            token, most = self.transformers.draw(
                logits, place, bias, ranges, request.temperature, draw
            )
        row.append(int(token), most - whole, self.spec.eot)

    def _kept(
        self, allowed: Allowed, logits: Any, place: int, bias: Any
    ) -> tuple[list[tuple[int, int]], list[tuple[float, float, float]]]:
        """Return the ranges to choose from, each with its (largest logit, token, log-sum-exp)."""
        ranges = [*allowed.words, *allowed.stamps]
        values = self.transformers.scores(logits, place, bias, ranges)
        words = len(allowed.words)
        stamps = values[words:]
        # A timestamp is due if all of them are more probable than any single word.
        if words and stamps and _log_sum(each[2] for each in stamps) > max(values[:words])[0]:
            return ranges[words:], stamps
        return ranges, values

    def _share(self, logits: Any, place: int, token: int) -> float:
        """Return the probability of one token."""
        ranges = [(token, token + 1), (0, self.spec.vocabulary_size)]
        one, whole = self.transformers.scores(logits, place, self._bias(()), ranges)
        return math.exp(one[0] - whole[2])

    def _bias(self, suppressed: tuple[int, ...]) -> Any:
        return self.transformers.bias(self.spec.vocabulary_size, suppressed)


class _Steps:
    """The decoder runs of one batch, which share their cache."""

    def __init__(self, model: HubWhisper, states: Any, rows: int) -> None:
        self._model = model
        self._states = states
        self._cached = False
        cache = model.cache
        empty = model.transformers.tensor("float32", [], [rows, cache.heads, 0, cache.head_dim])
        self._past = {
            f"past_key_values.{layer}.{side}.{kind}": empty
            for layer in range(cache.layers)
            for side in ("decoder", "encoder")
            for kind in ("key", "value")
        }

    async def run(self, tokens: Sequence[Sequence[int]]) -> Any:
        """Return the logits [rows, positions, vocabulary] after these tokens."""
        make = self._model.transformers.tensor
        flat = [token for row in tokens for token in row]
        outputs = await self._model.decoder(
            {
                "input_ids": make("int64", flat, [len(tokens), len(tokens[0])]),
                "encoder_hidden_states": self._states,
                "use_cache_branch": make("bool", [self._cached], [1]),
                **self._past,
            }
        )
        for name in self._past:
            # A run with cache returns the encoder's part empty: keep the first one.
            if not self._cached or ".decoder." in name:
                self._past[name] = outputs[name.replace("past_key_values", "present")]
        self._cached = True
        return outputs["logits"]


@dataclass
class _Row:
    """The tokens of one row."""

    tokens: list[int] = field(default_factory=list[int])
    scores: list[float] = field(default_factory=list[float])
    ended: bool = False
    last: int = 0

    def append(self, token: int, score: float, eot: int) -> None:
        self.scores.append(score)
        self.last = token
        if token == eot:
            self.ended = True
        else:
            self.tokens.append(token)


def _hub(encoded: sp.Encoded) -> HubEncoded:
    if not isinstance(encoded, HubEncoded):
        raise TypeError(f"Encoded by another model: {type(encoded).__name__}")
    return encoded


def _log_sum(values: Iterable[float]) -> float:
    found = list(values)
    most = max(found)
    return most + math.log(sum(math.exp(value - most) for value in found))
