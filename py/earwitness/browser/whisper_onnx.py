"""Whisper in our own layout, `earwitness-2`: an encoder graph and a decoder graph.

models/earwitness_models describes the graphs. Tensors stay in JavaScript; only tokens,
probabilities and the alignment are copied into Python.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from earwitness.browser.audio import PlatformSamples
from earwitness.browser.bridge import js_array
from earwitness.browser.manifest import CarriedState
from earwitness.browser.transformers import BrowserTokenizer, Graph, Transformers
from earwitness.speech import protocols as sp
from earwitness.speech.decode_steps import FIRST_PIECE, DecodedSteps, next_piece
from earwitness.speech.padding import padded_samples
from earwitness.speech.sampling import softmax, uniforms
from earwitness.speech.token_tree import TokenTree, plain_text, token_tree
from earwitness.speech.whisper import FRAME_SAMPLES, SAMPLE_RATE_HZ, TIMESTAMP_STEP_S


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the decoder's graph: all steps of a decode, or some of them."""

    first_step: int
    steps: int
    past: dict[str, Any] = field(default_factory=dict[str, Any])
    """What the run before handed on."""
    hands_on: bool = False


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
    states: tuple[CarriedState, ...]
    """What the decoder's graph hands on; empty for the graphs of older versions."""
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
        steps = DecodedSteps(batch.rows, request.beams)
        async for outputs in self._runs(batch, request):
            steps.add(**{name: self.transformers.numbers(outputs[name]) for name in steps.outputs})
            if request.on_partial is not None:
                request.on_partial(steps.likeliest())
        return steps.hypotheses()

    async def _runs(
        self, batch: EncodedBatch, request: sp.DecodeRequest
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield the outputs of one run, or of a run every `PIECE_S` where somebody listens."""
        if request.on_partial is None or not self.states:
            yield await self._run(batch, request)
            return
        done, count, past = 0, FIRST_PIECE, self._no_past(batch.rows)
        while done < request.max_new_tokens:
            count = min(count, request.max_new_tokens - done)
            began_s = time.perf_counter()
            outputs = await self._run(batch, request, piece=Piece(done, count, past, hands_on=True))
            done, count = done + count, next_piece(count, time.perf_counter() - began_s)
            yield outputs
            past = {f"past_{each.name}": outputs[f"next_{each.name}"] for each in self.states}
            if all(self.transformers.numbers(past["past_finished"])):
                return

    def _no_past(self, rows: int) -> dict[str, Any]:
        """Return the states before the first run, which the graph replaces by its own."""
        make = self.transformers.tensor
        shapes = {each: each.first_shape(rows) for each in self.states}
        return {
            f"past_{each.name}": make(each.type, [0] * math.prod(shape), shape)
            for each, shape in shapes.items()
        }

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
        self,
        batch: EncodedBatch,
        request: sp.DecodeRequest,
        tree: TokenTree | None = None,
        piece: Piece | None = None,
    ) -> dict[str, Any]:
        make = self.transformers.tensor
        piece = piece or Piece(0, request.max_new_tokens)
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
                "max_steps": make("int64", [piece.steps], [1]),
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
                **self._carried(piece, rows),
            }
        )

    def _carried(self, piece: Piece, rows: int) -> dict[str, Any]:
        """Return the inputs with which a run begins where another one ended."""
        if not self.states:
            return {}
        make = self.transformers.tensor
        return {
            **(piece.past or self._no_past(rows)),
            "first_step": make("int64", [piece.first_step], [1]),
            "hand_on": make("bool", [piece.hands_on], [1]),
        }

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
