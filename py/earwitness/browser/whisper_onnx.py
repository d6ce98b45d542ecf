"""Whisper in our own layout, `earwitness-2`: an encoder graph and a decoder graph.

models/earwitness_models describes the graphs. Tensors stay in JavaScript; only tokens,
probabilities and the alignment are copied into Python.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from earwitness.browser.audio import PlatformSamples
from earwitness.browser.bridge import js_array
from earwitness.browser.transformers import BrowserTokenizer, Graph, Transformers
from earwitness.speech import protocols as sp
from earwitness.speech.beams import beam_steps, best_hypothesis
from earwitness.speech.padding import padded_samples
from earwitness.speech.sampling import softmax, uniforms
from earwitness.speech.token_tree import TokenTree, plain_text, token_tree
from earwitness.speech.whisper import FRAME_SAMPLES, SAMPLE_RATE_HZ, TIMESTAMP_STEP_S


@dataclass
class EncodedBatch:
    """Implements `earwitness.speech.protocols.Encoded`."""

    tensors: dict[str, Any]
    """`cross_key_i` and `cross_value_i`, [rows, ...]."""
    frames: list[int]
    """Encoder frames with audio, for each row."""
    duration_s: float

    @property
    def rows(self) -> int:
        """The number of windows."""
        return len(self.frames)

    def release(self) -> None:
        """Release the tensors."""
        self.tensors = {}


@dataclass(frozen=True, slots=True)
class WhisperOnnx:
    """Implements `earwitness.speech.protocols.SpeechModel`."""

    spec: sp.ModelSpec
    tokenizer: BrowserTokenizer
    encoder: Graph
    decoder: Graph
    transformers: Transformers
    samples: PlatformSamples

    async def encode(self, windows: Sequence[sp.Samples], duration_s: float) -> EncodedBatch:
        """Encode windows one after the other, which is faster than together and needs less memory.

        Windows of a batch are encoded with their own margin of silence; encoded silence is added
        up to the longest. A single window and windows of full length are padded to `duration_s`.
        """
        longest = round(duration_s * SAMPLE_RATE_HZ)
        lengths = padded_samples([len(each) for each in windows], longest, self.spec.margin_s)
        parts = [
            await self._encode_one(window, length)
            for window, length in zip(windows, lengths, strict=True)
        ]
        most = longest // FRAME_SAMPLES
        frames = [min(most, math.ceil(len(each) / FRAME_SAMPLES)) for each in windows]
        own = [length // FRAME_SAMPLES for length in lengths]
        return EncodedBatch(self._stacked(parts, own), frames, duration_s)

    async def _encode_one(self, window: sp.Samples, length: int) -> dict[str, Any]:
        audio = self.samples.batch(js_array([window]), length)
        return await self.encoder(
            {"audio": self.transformers.tensor("float32", audio, [1, length])}
        )

    def _stacked(self, parts: list[dict[str, Any]], own: list[int]) -> dict[str, Any]:
        if len(parts) == 1:
            return parts[0]
        return {
            name: self.transformers.stacked(
                [part[name] for part in parts], own, 3 if "_key_" in name else 2
            )
            for name in parts[0]
        }

    async def language_probabilities(self, encoded: sp.Encoded) -> list[dict[str, float]]:
        """Return language code -> probability for each row."""
        batch = _batch(encoded)
        outputs = await self._run(batch, _one_step([(self.spec.sot,)] * batch.rows))
        logits = self.transformers.numbers(outputs["first_logits"])
        size = len(logits) // batch.rows
        return [
            softmax({code: logits[row * size + i] for code, i in self.spec.languages.items()})
            for row in range(batch.rows)
        ]

    async def decode(self, encoded: sp.Encoded, request: sp.DecodeRequest) -> list[sp.Hypothesis]:
        """Return a hypothesis for each requested row, in the order of `request.prompts`."""
        batch = self._rows(_batch(encoded), request.rows)
        outputs = await self._run(batch, request)
        values = self.transformers.numbers
        tokens, lengths = values(outputs["tokens"]), values(outputs["lengths"])
        scores = values(outputs["log_probabilities"])
        silences, looped = values(outputs["no_speech_probability"]), values(outputs["looped"])
        if request.beams > 1:
            steps = beam_steps(
                (tokens, scores, values(outputs["parents"]), values(outputs["endings"])),
                batch.rows,
                request.beams,
            )
            return [
                best_hypothesis(each, int(length), silence)
                for each, length, silence in zip(steps, lengths, silences, strict=True)
            ]
        steps = len(tokens) // batch.rows
        hypotheses: list[sp.Hypothesis] = []
        for row in range(batch.rows):
            length, first = int(lengths[row]), row * steps
            finished = length < steps and not looped[row]
            hypotheses.append(
                sp.Hypothesis(
                    tokens=tuple(int(token) for token in tokens[first : first + length]),
                    token_log_probabilities=tuple(scores[first : first + length + finished]),
                    no_speech_probability=silences[row],
                    finished=finished,
                )
            )
        return hypotheses

    async def align(
        self, encoded: sp.Encoded, row: int, prompt: Sequence[int], tokens: Sequence[int]
    ) -> sp.AlignmentMatrix | None:
        """Return the attention of a row's text `tokens` and of EOT."""
        batch = self._rows(_batch(encoded), (row,))
        forced = (*prompt, *tokens, self.spec.eot)
        outputs = await self._run(batch, _one_step([forced]))
        weights = self.transformers.numbers(outputs["alignment"])
        frames = len(weights) // len(forced)
        first = len(prompt) - 1  # The position that predicts tokens[0].
        return sp.AlignmentMatrix(
            tuple(
                weights[index * frames : (index + 1) * frames]
                for index in range(first, first + len(tokens) + 1)
            )
        )

    async def score(
        self,
        encoded: sp.Encoded,
        row: int,
        prompt: Sequence[int],
        tokens: Sequence[int],
        branches: Sequence[sp.Branch],
    ) -> list[tuple[float, ...]]:
        """Return log-probabilities of a row's text `tokens`, then those of each branch.

        All are computed in one step, in which the branches share the text before them.
        """
        tree = token_tree(prompt, tokens, branches)
        batch = self._rows(_batch(encoded), (row,))
        outputs = await self._run(batch, _one_step([tree.tokens]), tree)
        values = self.transformers.numbers(outputs["scores"])
        return [tuple(values[first:last]) for first, last in tree.parts]

    async def _run(
        self, batch: EncodedBatch, request: sp.DecodeRequest, tree: TokenTree | None = None
    ) -> dict[str, Any]:
        make = self.transformers.tensor
        rows, length = len(request.prompts), len(request.prompts[0])
        draws = uniforms(request) or [[0.0] * rows]
        tree = tree or plain_text(length)
        size, max_initial_s = self.spec.vocabulary_size, request.max_initial_timestamp_s
        last = size if max_initial_s is None else round(max_initial_s / TIMESTAMP_STEP_S)
        return await self.decoder(
            {
                **batch.tensors,
                "prompt": make("int64", [t for p in request.prompts for t in p], [rows, length]),
                "sot_index": make("int64", [request.sot_index], [1]),
                "max_steps": make("int64", [request.max_new_tokens], [1]),
                "temperature": make("float32", [request.temperature], [1]),
                "uniforms": make(
                    "float32", [draw for step in draws for draw in step], [len(draws), rows]
                ),
                "suppress_bias": self.transformers.bias(size, request.suppress_tokens),
                "begin_suppress_bias": self.transformers.bias(size, request.begin_suppress_tokens),
                "timestamps": make("bool", [request.timestamps], [1]),
                "max_initial_timestamp": make("int64", [last], [1]),
                "audio_frames": make("int64", batch.frames, [rows]),
                "token_counts": make("int64", [length] * rows, [rows]),
                "beams": make("int64", [request.beams], [1]),
                "branches": make("int64", [*tree.prefixes, *tree.begins], [2, length]),
                "scored_from": make("int64", [tree.scored_from], [1]),
            }
        )

    def _rows(self, batch: EncodedBatch, rows: tuple[int, ...] | None) -> EncodedBatch:
        if rows is None or rows == tuple(range(batch.rows)):
            return batch
        return EncodedBatch(
            {name: self.transformers.rows(each, rows) for name, each in batch.tensors.items()},
            [batch.frames[row] for row in rows],
            batch.duration_s,
        )


def _one_step(prompts: Sequence[tuple[int, ...]]) -> sp.DecodeRequest:
    """Return the request for one run over these tokens, without any rule for the next one."""
    return sp.DecodeRequest(tuple(prompts), 0, 1, timestamps=False, max_initial_timestamp_s=None)


def _batch(encoded: sp.Encoded) -> EncodedBatch:
    if not isinstance(encoded, EncodedBatch):
        raise TypeError(f"Encoded by another model: {type(encoded).__name__}")
    return encoded
