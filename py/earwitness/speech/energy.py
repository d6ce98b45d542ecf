"""Voice activity detection without a model: sound well above the background level.

The fallback where Silero's file is missing or fails to load. It cannot tell speech from music, so
it skips only silence and steady noise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from earwitness.speech.protocols import Samples

SILENCE_DBFS = -60.0
"""Below this level nothing is speech."""
MARGIN_DB = 9.0
"""At this level above the background the probability is one half."""
SLOPE_DB = 2.0
"""Width of the transition from silence to speech."""
BACKGROUND_QUANTILE = 0.1
"""The background is this quantile of the levels of all frames."""


class LevelMeter(Protocol):
    """Measures the level of samples, where the samples are."""

    async def levels_dbfs(self, samples: Samples) -> Sequence[float]:
        """Return the RMS level of each frame of `VAD_FRAME_SAMPLES` in dBFS, -inf for zeros."""
        ...


class EnergyVad:
    """Implements `Vad` by level alone."""

    def __init__(self, meter: LevelMeter) -> None:
        self._meter = meter

    async def speech_probabilities(self, samples: Samples) -> Sequence[float]:
        """Return a probability for each frame."""
        levels = [max(level, -120.0) for level in await self._meter.levels_dbfs(samples)]
        if not levels:
            return []
        ordered = sorted(levels)
        background = ordered[int((len(ordered) - 1) * BACKGROUND_QUANTILE)]
        floor = max(background + MARGIN_DB, SILENCE_DBFS)
        return [_step((level - floor) / SLOPE_DB) for level in levels]


def _step(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, x))))
