"""Voice activity in the browser: Silero's detector, and levels for the fallback."""

from __future__ import annotations

import math
from collections.abc import Sequence

from earwitness.browser.audio import PlatformSamples
from earwitness.browser.transformers import Graph, Transformers
from earwitness.speech.protocols import Samples
from earwitness.speech.silero import (
    VAD_CONTEXT_SAMPLES,
    VAD_FRAME_SAMPLES,
    VAD_STATE_SIZE,
    VAD_WARM_UP_SAMPLES,
)

MODEL_ID = "silero-vad"


class SileroVad:
    """Implements `earwitness.speech.protocols.Vad`; one run for any number of frames."""

    def __init__(self, graph: Graph, transformers: Transformers, samples: PlatformSamples) -> None:
        self._graph = graph
        self._transformers = transformers
        self._samples = samples

    async def speech_probabilities(self, samples: Samples) -> Sequence[float]:
        """Return a probability for each frame, after a warm-up with the mirrored beginning."""
        warm_up = min(VAD_WARM_UP_SAMPLES // VAD_FRAME_SAMPLES, len(samples) // VAD_FRAME_SAMPLES)
        count = warm_up - (-len(samples) // VAD_FRAME_SAMPLES)
        if not count:
            return []
        heard = self._samples.mirrored(samples, warm_up * VAD_FRAME_SAMPLES)
        frames = self._samples.frames(heard, VAD_FRAME_SAMPLES, VAD_CONTEXT_SAMPLES)
        make = self._transformers.tensor
        state = [0.0] * VAD_STATE_SIZE
        outputs = await self._graph(
            {
                "input": make("float32", frames, [count, VAD_CONTEXT_SAMPLES + VAD_FRAME_SAMPLES]),
                "h": make("float32", state, [1, 1, VAD_STATE_SIZE]),
                "c": make("float32", state, [1, 1, VAD_STATE_SIZE]),
            }
        )
        return self._transformers.numbers(outputs["speech_probs"])[warm_up:]


class BrowserLevels:
    """Implements `earwitness.speech.energy.LevelMeter`."""

    def __init__(self, samples: PlatformSamples) -> None:
        self._samples = samples

    async def levels_dbfs(self, samples: Samples) -> Sequence[float]:
        """Return the RMS level of each frame in dBFS, -inf for zeros."""
        levels: list[float] = self._samples.levels(samples, VAD_FRAME_SAMPLES).to_py().tolist()
        return [20 * math.log10(level) if level > 0 else -math.inf for level in levels]
