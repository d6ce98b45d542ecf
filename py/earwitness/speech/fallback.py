"""Decode windows, and decode again where the result cannot be trusted.

The first decode is at the window's own length, which is fast. English is decoded greedily, then by
beam search over the same encoding where the model was not confident; other languages are decoded by
beam search at once. A row that needs fallback is decoded padded to Whisper's full 30 s, because a
short window can loop, and then at rising temperatures. Only failing rows are decoded again.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from earwitness.speech.planner import Window
from earwitness.speech.prompts import Prompt
from earwitness.speech.protocols import DecodeRequest, Encoded, Hypothesis, ModelSpec, SpeechModel
from earwitness.speech.repetition import compression_ratio, find_loop
from earwitness.speech.settings import DecodingSettings
from earwitness.speech.whisper import FRAME_S, WINDOW_MAX_S

Verdict = Literal["accepted", "silent", "needs_fallback"]
NEARLY_FULL_S = 28.0
"""A window of this length gains nothing from padding to 30 s."""
SPARE_TOKENS = 16
"""Tokens that even the shortest window may have: timestamps and a few words."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The decode chosen for one window, and where the window is encoded."""

    window: Window
    hypothesis: Hypothesis
    verdict: Verdict
    compression_ratio: float
    temperature: float
    retries: int
    encoded: Encoded
    row: int


class EncodedPool:
    """Encoded batches in use, released together."""

    def __init__(self, model: SpeechModel, length_step_s: float) -> None:
        """`length_step_s`: see `encoded_length_s`."""
        self._model = model
        self._length_step_s = length_step_s
        self._batches: list[Encoded] = []

    async def encode(self, windows: Sequence[Window], duration_s: float | None = None) -> Encoded:
        """Return the windows encoded, valid until `release`.

        `duration_s`: the length to pad to; None: the shared length, `encoded_length_s`.
        """
        if duration_s is None:
            margin_s = self._model.spec.margin_s
            duration_s = encoded_length_s(windows, margin_s, self._length_step_s)
        encoded = await self._model.encode([window.samples for window in windows], duration_s)
        self._batches.append(encoded)
        return encoded

    def release(self) -> None:
        """Release every batch."""
        while self._batches:
            self._batches.pop().release()


def encoded_length_s(windows: Sequence[Window], margin_s: float, step_s: float) -> float:
    """Return the shared length of a batch: its longest window and the margin, in whole steps.

    The length is at least one frame below 30 s: the full 30 s are for fallback.
    """
    longest = max(window.length_s for window in windows)
    return min(WINDOW_MAX_S - FRAME_S, math.ceil(round((longest + margin_s) / step_s, 6)) * step_s)


def group_by_length(windows: Sequence[Window], evenness: float) -> list[list[int]]:
    """Return groups of indices to encode together, longest first.

    No window in a group is shorter than `evenness` times the longest.
    """
    groups: list[list[int]] = []
    for index in sorted(range(len(windows)), key=lambda i: (-windows[i].length_s, i)):
        if groups and windows[index].length_s >= evenness * windows[groups[-1][0]].length_s:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def judge(hypothesis: Hypothesis, ratio: float, settings: DecodingSettings) -> Verdict:
    """Return whether to trust a hypothesis, by openai/whisper's rules and a loop guard.

    `ratio`: its compression ratio.
    """
    average = hypothesis.average_log_probability
    if hypothesis.no_speech_probability > settings.no_speech and average < settings.log_probability:
        return "silent"
    loop = find_loop(
        hypothesis.tokens, min_repeats=settings.loop_repeats, min_tokens=settings.loop_tokens
    )
    if ratio > settings.compression_ratio or average < settings.log_probability or loop:
        return "needs_fallback"
    return "accepted"


def seed(fingerprint: str, window: Window, attempt: int) -> int:
    """Return a seed of 32 bits that depends on audio, window and attempt only."""
    key = f"{fingerprint}:{window.start}:{window.stop}:{attempt}".encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:4], "big")


class _Judged(NamedTuple):
    hypothesis: Hypothesis
    ratio: float
    verdict: Verdict

    @property
    def rank(self) -> tuple[bool, float]:
        return self.verdict != "needs_fallback", self.hypothesis.average_log_probability


@dataclass(frozen=True, slots=True)
class RowDecoder:
    """A model with its prompt; decodes rows greedily or by beam search."""

    model: SpeechModel
    prompt: Prompt
    settings: DecodingSettings
    language: str
    fingerprint: str
    """Of the audio; seeds sampling."""

    async def decode(
        self,
        encoded: Encoded,
        windows: Sequence[tuple[Window, int]],
        temperature: float,
        attempt: int,
    ) -> list[_Judged]:
        """Return the judged hypothesis of each (window, row of `encoded`)."""
        rows = tuple(row for _, row in windows)
        seeds = tuple(seed(self.fingerprint, window, attempt) for window, _ in windows)
        request = request_for(
            self.model.spec, self.prompt, self.settings, encoded, rows, temperature, seeds
        )
        can_search = self.model.spec.beam_search and temperature == 0
        beams = self.settings.beams if can_search else 1
        if self.language != "en":
            return await self._decode(encoded, replace(request, beams=beams))
        judged = await self._decode(encoded, request)
        unsure = [index for index, each in enumerate(judged) if self._is_unsure(each)]
        if beams > 1 and unsure:
            prompts, again = request.prompts[: len(unsure)], tuple(rows[i] for i in unsure)
            search = replace(request, prompts=prompts, rows=again, seeds=(), beams=beams)
            for index, found in zip(unsure, await self._decode(encoded, search), strict=True):
                judged[index] = max(judged[index], found, key=lambda each: each.rank)
        return judged

    async def _decode(self, encoded: Encoded, request: DecodeRequest) -> list[_Judged]:
        return [self._judge(each) for each in await self.model.decode(encoded, request)]

    def _judge(self, hypothesis: Hypothesis) -> _Judged:
        ratio = compression_ratio(_text(self.model, hypothesis))
        return _Judged(hypothesis, ratio, judge(hypothesis, ratio, self.settings))

    def _is_unsure(self, judged: _Judged) -> bool:
        if judged.verdict == "accepted":
            average = judged.hypothesis.average_log_probability
            return average < self.model.spec.confident_log_probability
        return judged.verdict == "needs_fallback"


async def decode_windows(
    decoder: RowDecoder, windows: Sequence[Window], encoded: Encoded, pool: EncodedPool
) -> list[Decoded]:
    """Decode each window until it is accepted or silent, or all temperatures are tried.

    Raises:
        ModelError: the computation failed.
    """
    settings = decoder.settings
    tries: list[list[Decoded]] = [[] for _ in windows]
    pending = [(index, index) for index in range(len(windows))]
    attempts = [(temperature, False) for temperature in settings.temperatures]
    short = [
        encoded.duration_s < WINDOW_MAX_S and window.length_s < NEARLY_FULL_S for window in windows
    ]
    if any(short):
        attempts.insert(1, (settings.temperatures[0], True))
    for attempt, (temperature, at_full_length) in enumerate(attempts):
        if at_full_length:
            failing = [index for index, _ in pending]
            encoded = await pool.encode([windows[index] for index in failing], WINDOW_MAX_S)
            pending = [(index, row) for row, index in enumerate(failing)]
        rows = [(windows[index], row) for index, row in pending]
        judged = await decoder.decode(encoded, rows, temperature, attempt)
        failing_rows: list[tuple[int, int]] = []
        for (index, row), (hypothesis, ratio, verdict) in zip(pending, judged, strict=True):
            if not hypothesis.finished and short[index] and attempt == 0:
                verdict = "needs_fallback"
            tries[index].append(
                Decoded(
                    windows[index], hypothesis, verdict, ratio, temperature, attempt, encoded, row
                )
            )
            if verdict == "needs_fallback":
                failing_rows.append((index, row))
        pending = failing_rows
        if not pending:
            break
    return [_choose(each, settings) for each in tries]


def request_for(
    spec: ModelSpec,
    prompt: Prompt,
    settings: DecodingSettings,
    encoded: Encoded,
    rows: tuple[int, ...],
    temperature: float = 0.0,
    seeds: tuple[int, ...] = (),
) -> DecodeRequest:
    """Return a request to decode rows with timestamps; short windows may have fewer tokens."""
    longest = SPARE_TOKENS + math.ceil(encoded.duration_s * settings.max_tokens_per_s)
    specials = {spec.sot, spec.transcribe, spec.translate, spec.sot_prev, spec.no_speech}
    return DecodeRequest(
        prompts=(prompt.tokens,) * len(rows),
        sot_index=prompt.sot_index,
        max_new_tokens=min(
            settings.max_new_tokens, longest, spec.max_target_tokens - len(prompt.tokens)
        ),
        temperature=temperature,
        seeds=seeds,
        max_initial_timestamp_s=settings.max_initial_timestamp_s,
        suppress_tokens=tuple(sorted({*spec.suppress_tokens, *specials})),
        begin_suppress_tokens=spec.begin_suppress_tokens,
        rows=rows,
    )


def _text(model: SpeechModel, hypothesis: Hypothesis) -> str:
    spec = model.spec
    return model.tokenizer.decode([t for t in hypothesis.tokens if t < spec.eot]).strip()


def _choose(tries: Sequence[Decoded], settings: DecodingSettings) -> Decoded:
    """Return the last decode if it is trusted, else the likeliest that does not repeat itself."""
    last = tries[-1]
    if last.verdict != "needs_fallback":
        return last
    plain = [t for t in tries if t.compression_ratio <= settings.compression_ratio] or list(tries)
    chosen = max(plain, key=lambda t: t.hypothesis.average_log_probability)
    return replace(chosen, retries=last.retries)
