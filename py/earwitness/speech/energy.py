"""Voice activity without a model: what is well above the recording's own background.

The fallback for when Silero's file is missing or its session fails. It cannot tell speech from
music, so it only ever skips silence and steady noise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from earwitness.speech.protocols import Samples

SILENCE_DBFS = -60.0
"""Below this nothing is speech."""
MARGIN_DB = 9.0
"""Speech is at least this far above the background; there the probability is one half."""
SLOPE_DB = 2.0
"""Width of the step from silence to speech."""
BACKGROUND_QUANTILE = 0.1
"""The background is the level that this share of the frames stays below."""


class LevelMeter(Protocol):
    """Measures loudness where the samples are."""

    async def levels_dbfs(self, samples: Samples) -> Sequence[float]:
        """Root mean square of each `VAD_FRAME_SAMPLES` frame in dB of full scale, -inf for none."""
        ...


class EnergyVad:
    """A `Vad` of loudness alone."""

    def __init__(self, meter: LevelMeter) -> None:
        self._meter = meter

    async def speech_probabilities(self, samples: Samples) -> Sequence[float]:
        """One value a frame, 0 to 1."""
        levels = [max(level, -120.0) for level in await self._meter.levels_dbfs(samples)]
        if not levels:
            return []
        ordered = sorted(levels)
        background = ordered[int((len(ordered) - 1) * BACKGROUND_QUANTILE)]
        floor = max(background + MARGIN_DB, SILENCE_DBFS)
        return [_step((level - floor) / SLOPE_DB) for level in levels]


def _step(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, x))))
