"""A recording in which it is written who speaks when, and models that hear exactly that."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from earwitness.speakers.diarization import Diarization, diarize
from earwitness.speakers.protocols import (
    FRAME_OFFSET_SAMPLES,
    FRAME_SAMPLES,
    LOCAL_SPEAKERS,
    SAMPLE_RATE_HZ,
    WINDOW_FRAMES,
    WINDOW_SAMPLES,
    Samples,
)
from earwitness.speakers.settings import SpeakerSettings
from earwitness.speakers.windows import SpeakerWindow, analyse

DIMENSIONS = 24
Script = Sequence[tuple[float, float, str]]
"""Start and end in seconds, and who speaks."""


@dataclass(frozen=True)
class Piece:
    """Samples: spans of the recording, one after the other."""

    spans: tuple[tuple[int, int], ...]
    channel: int = 0

    def __len__(self) -> int:
        return sum(stop - start for start, stop in self.spans)


@dataclass
class Tape:
    """A recording of a length, which is read forward only."""

    duration_s: float
    channel: int = 0
    reads: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    async def read(self, start: int, stop: int) -> Piece:
        assert not self.reads or start >= self.reads[-1][0], "reads go forward"
        self.reads.append((start, stop))
        end = min(stop, round(self.duration_s * SAMPLE_RATE_HZ))
        return Piece(((start, end),) if end > start else (), self.channel)

    async def slice(self, samples: Samples, start: int, stop: int) -> Piece:
        assert isinstance(samples, Piece)
        assert 0 <= start < stop <= len(samples), "no empty slice, none beyond the end"
        found: list[tuple[int, int]] = []
        offset = 0
        for first, last in samples.spans:
            left, right = max(first, first + start - offset), min(last, first + stop - offset)
            if left < right:
                found.append((left, right))
            offset += last - first
        return Piece(tuple(found), self.channel)

    async def concatenate(self, parts: Sequence[Samples]) -> Piece:
        spans: list[tuple[int, int]] = []
        for part in parts:
            assert isinstance(part, Piece)
            spans += part.spans
        for before, after in pairwise(spans):
            assert before[1] <= after[0], "parts are in order"
        return Piece(tuple(spans), self.channel)

    async def silence(self, length: int) -> Piece:
        raise AssertionError("the analysis of speakers mutes nothing")


def direction(name: str) -> list[float]:
    chance = random.Random(name)
    values = [chance.gauss(0, 1) for _ in range(DIMENSIONS)]
    size = math.hypot(*values)
    return [value / size for value in values]


@dataclass
class ScriptedModels:
    """Hears who the script says. The order of the people differs from window to window."""

    script: Script
    noise: float = 0.1
    embedded: list[int] = field(default_factory=list[int])
    """Lengths of the stretches that were embedded."""
    batches: list[int] = field(default_factory=list[int])

    async def segment(self, windows: Sequence[Samples]) -> list[list[float]]:
        self.batches.append(len(windows))
        return [self._probabilities(window) for window in windows]

    def _probabilities(self, window: Samples) -> list[float]:
        assert isinstance(window, Piece)
        assert len(window) <= WINDOW_SAMPLES
        start, stop = window.spans[0][0], window.spans[-1][1]
        assert stop - start == len(window), "a window is continuous"
        inside = [
            (max(start, first * SAMPLE_RATE_HZ), min(stop, last * SAMPLE_RATE_HZ), who)
            for first, last, who in self.script
            if first * SAMPLE_RATE_HZ < stop and last * SAMPLE_RATE_HZ > start
        ]
        people = sorted({who for _, _, who in inside})
        random.Random(start).shuffle(people)
        frames = [[0.02] * LOCAL_SPEAKERS for _ in range(WINDOW_FRAMES)]
        for first, last, who in inside:
            for frame in range(WINDOW_FRAMES):
                centre = start + FRAME_OFFSET_SAMPLES + FRAME_SAMPLES * frame + FRAME_SAMPLES / 2
                if first <= centre < last:
                    frames[frame][people.index(who)] = 0.97
        return [value for frame in frames for value in frame]

    async def embed(self, stretch: Samples) -> list[float]:
        assert isinstance(stretch, Piece)
        self.embedded.append(len(stretch))
        heard: dict[str, float] = {}
        for start, stop in stretch.spans:
            for first, last, who in self.script:
                common = min(stop, last * SAMPLE_RATE_HZ) - max(start, first * SAMPLE_RATE_HZ)
                heard[who] = heard.get(who, 0) + max(0.0, common)
        chance = random.Random(stretch.spans[0][0])
        total = [chance.gauss(0, self.noise) for _ in range(DIMENSIONS)]
        for who, samples in heard.items():
            share = samples / len(stretch)
            total = [a + share * b for a, b in zip(total, direction(who), strict=True)]
        size = math.hypot(*total)
        return [value / size for value in total]


def windows_of(
    script: Script,
    duration_s: float,
    *,
    done: int = 0,
    settings: SpeakerSettings | None = None,
    models: ScriptedModels | None = None,
) -> list[SpeakerWindow]:
    """All windows from number `done` on."""

    async def run() -> list[SpeakerWindow]:
        heard = models or ScriptedModels(script)
        found: list[SpeakerWindow] = []
        async for batch in analyse(Tape(duration_s), heard, settings, done=done):
            found += batch
        return found

    return asyncio.run(run())


def diarized(
    script: Script, duration_s: float, least: int = 1, most: int | None = None
) -> Diarization:
    return diarize(windows_of(script, duration_s), least, most)
