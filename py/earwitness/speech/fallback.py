"""Is this decode to be believed, and if not, what next.

The first decode hears a window at its own length, which is fast. English is decoded greedily, and
searched with beams, over the same encoding, where that was not sure; other languages are searched
at once. A row that is still not believed is heard once more padded to Whisper's full 30 s (a short
window cut close can loop), then at rising temperatures. Only failing rows are decoded again; the
rest of the batch stays.
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

Verdict = Literal["believed", "silent", "doubted"]
NEARLY_FULL_S = 28.0
"""A window of this length is heard no differently at 30 s."""
SPARE_TOKENS = 16
"""Tokens that even the shortest window may have: timestamps and a few words."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the policy settled on for one window, and where its audio is still encoded."""

    window: Window
    hypothesis: Hypothesis
    verdict: Verdict
    compression_ratio: float
    temperature: float
    retries: int
    encoded: Encoded
    row: int


class Shelf:
    """Encoded batches in use; released together."""

    def __init__(self, model: SpeechModel) -> None:
        self._model = model
        self._held: list[Encoded] = []

    async def encode(self, windows: Sequence[Window], duration_s: float) -> Encoded:
        """Encode windows padded to `duration_s`, kept until `release`."""
        encoded = await self._model.encode([window.samples for window in windows], duration_s)
        self._held.append(encoded)
        return encoded

    def release(self) -> None:
        """Give back everything."""
        while self._held:
            self._held.pop().release()


def encoded_length_s(windows: Sequence[Window], margin_s: float, step_s: float) -> float:
    """Shared length of a batch: its longest window and the margin, rounded up.

    A frame less than Whisper's 30 s at most: those are asked for where a shorter one is doubted.
    """
    longest = max(window.length_s for window in windows)
    return min(WINDOW_MAX_S - FRAME_S, math.ceil(round((longest + margin_s) / step_s, 6)) * step_s)


def group_by_length(windows: Sequence[Window], evenness: float) -> list[list[int]]:
    """Indices of windows to encode together, longest first; none is shorter than its share."""
    groups: list[list[int]] = []
    for index in sorted(range(len(windows)), key=lambda i: (-windows[i].length_s, i)):
        if groups and windows[index].length_s >= evenness * windows[groups[-1][0]].length_s:
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def judge(hypothesis: Hypothesis, ratio: float, settings: DecodingSettings) -> Verdict:
    """Believe it, call it silence, or doubt it (openai/whisper's rules and a loop guard)."""
    average = hypothesis.average_log_probability
    if hypothesis.no_speech_probability > settings.no_speech and average < settings.log_probability:
        return "silent"
    loop = find_loop(
        hypothesis.tokens, min_repeats=settings.loop_repeats, min_tokens=settings.loop_tokens
    )
    if ratio > settings.compression_ratio or average < settings.log_probability or loop:
        return "doubted"
    return "believed"


def seed(fingerprint: str, window: Window, attempt: int) -> int:
    """32 bits that depend only on the audio, the window and the attempt."""
    key = f"{fingerprint}:{window.start}:{window.stop}:{attempt}".encode()
    return int.from_bytes(hashlib.sha256(key).digest()[:4], "big")


class _Judged(NamedTuple):
    hypothesis: Hypothesis
    ratio: float
    verdict: Verdict

    @property
    def rank(self) -> tuple[bool, float]:
        return self.verdict != "doubted", self.hypothesis.average_log_probability


@dataclass(frozen=True, slots=True)
class Ear:
    """A model and what it is told: decodes rows, greedily or with beams."""

    model: SpeechModel
    prompt: Prompt
    settings: DecodingSettings
    language: str
    fingerprint: str
    """Of the audio: seeds sampling."""

    async def hear(
        self,
        encoded: Encoded,
        windows: Sequence[tuple[Window, int]],
        temperature: float,
        attempt: int,
    ) -> list[_Judged]:
        """What was written for each (window, row of `encoded`)."""
        rows = tuple(row for _, row in windows)
        seeds = tuple(seed(self.fingerprint, window, attempt) for window, _ in windows)
        request = request_for(
            self.model.spec, self.prompt, self.settings, encoded, rows, temperature, seeds
        )
        searches = self.model.spec.searches and temperature == 0
        beams = self.settings.beams if searches else 1
        if self.language != "en":
            return await self._decode(encoded, replace(request, beams=beams))
        heard = await self._decode(encoded, request)
        unsure = [index for index, each in enumerate(heard) if self._is_unsure(each)]
        if beams > 1 and unsure:
            prompts, again = request.prompts[: len(unsure)], tuple(rows[i] for i in unsure)
            search = replace(request, prompts=prompts, rows=again, seeds=(), beams=beams)
            for index, found in zip(unsure, await self._decode(encoded, search), strict=True):
                heard[index] = max(heard[index], found, key=lambda judged: judged.rank)
        return heard

    async def _decode(self, encoded: Encoded, request: DecodeRequest) -> list[_Judged]:
        return [self._judge(each) for each in await self.model.decode(encoded, request)]

    def _judge(self, hypothesis: Hypothesis) -> _Judged:
        ratio = compression_ratio(_text(self.model, hypothesis))
        return _Judged(hypothesis, ratio, judge(hypothesis, ratio, self.settings))

    def _is_unsure(self, heard: _Judged) -> bool:
        if heard.verdict == "believed":
            return heard.hypothesis.average_log_probability < self.model.spec.sure
        return heard.verdict == "doubted"


async def decode_windows(
    ear: Ear, windows: Sequence[Window], encoded: Encoded, shelf: Shelf
) -> list[Decoded]:
    """Decode each window until it is believed, silent, or nothing is left to try.

    Raises:
        ModelError: the computation failed.
    """
    settings = ear.settings
    settled: list[list[Decoded]] = [[] for _ in windows]
    pending = [(index, index) for index in range(len(windows))]
    attempts = [(temperature, False) for temperature in settings.temperatures]
    short = [
        encoded.duration_s < WINDOW_MAX_S and window.length_s < NEARLY_FULL_S for window in windows
    ]
    if any(short):
        attempts.insert(1, (settings.temperatures[0], True))
    for attempt, (temperature, fresh) in enumerate(attempts):
        if fresh:
            failing = [index for index, _ in pending]
            encoded = await shelf.encode([windows[index] for index in failing], WINDOW_MAX_S)
            pending = [(index, row) for row, index in enumerate(failing)]
        rows = [(windows[index], row) for index, row in pending]
        judged = await ear.hear(encoded, rows, temperature, attempt)
        still: list[tuple[int, int]] = []
        for (index, row), (hypothesis, ratio, verdict) in zip(pending, judged, strict=True):
            if not hypothesis.finished and short[index] and attempt == 0:
                verdict = "doubted"
            settled[index].append(
                Decoded(
                    windows[index], hypothesis, verdict, ratio, temperature, attempt, encoded, row
                )
            )
            if verdict == "doubted":
                still.append((index, row))
        pending = still
        if not pending:
            break
    return [_choose(tries, settings) for tries in settled]


def request_for(
    spec: ModelSpec,
    prompt: Prompt,
    settings: DecodingSettings,
    encoded: Encoded,
    rows: tuple[int, ...],
    temperature: float = 0.0,
    seeds: tuple[int, ...] = (),
) -> DecodeRequest:
    """One decode of some rows with timestamps; short windows may write fewer tokens."""
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
    """The last one where it is believed; else the likeliest that does not repeat itself."""
    last = tries[-1]
    if last.verdict != "doubted":
        return last
    plain = [t for t in tries if t.compression_ratio <= settings.compression_ratio] or list(tries)
    chosen = max(plain, key=lambda t: t.hypothesis.average_log_probability)
    return replace(chosen, retries=last.retries)
