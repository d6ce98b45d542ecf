"""Voice activity in the browser: Silero's detector, and levels for the fallback."""

from __future__ import annotations

import math
from collections.abc import Sequence

from earwitness.browser.audio import PlatformSamples
from earwitness.browser.transformers import Graph, Transformers
from earwitness.speech import silero
from earwitness.speech.protocols import Samples

MODEL_ID = "silero-vad"


class SileroVad:
    """Implements `earwitness.speech.protocols.Vad`; one run for any number of frames."""

    def __init__(self, graph: Graph, transformers: Transformers, samples: PlatformSamples) -> None:
        self._graph = graph
        self._transformers = transformers
        self._samples = samples

    async def speech_probabilities(self, samples: Samples) -> Sequence[float]:
        """Return a probability for each frame, after a warm-up with the mirrored beginning."""
        frame, context = silero.VAD_FRAME_SAMPLES, silero.VAD_CONTEXT_SAMPLES
        warm_up = min(silero.VAD_WARM_UP_SAMPLES, len(samples)) // frame
        count = warm_up - (-len(samples) // frame)
        if not count:
            return []
        heard = self._samples.mirrored(samples, warm_up * frame)
        frames = self._samples.frames(heard, frame, context)
        make = self._transformers.tensor
        state = [0.0] * silero.VAD_STATE_SIZE
        outputs = await self._graph(
            {
                "input": make("float32", frames, [count, context + frame]),
                "h": make("float32", state, [1, 1, silero.VAD_STATE_SIZE]),
                "c": make("float32", state, [1, 1, silero.VAD_STATE_SIZE]),
            }
        )
        return self._transformers.numbers(outputs["speech_probs"])[warm_up:]


class BrowserLevels:
    """Implements `earwitness.speech.energy.LevelMeter`."""

    def __init__(self, samples: PlatformSamples) -> None:
        self._samples = samples

    async def levels_dbfs(self, samples: Samples) -> Sequence[float]:
        """Return the RMS level of each frame in dBFS, -inf for zeros."""
        measured = self._samples.levels(samples, silero.VAD_FRAME_SAMPLES)
        levels: list[float] = measured.to_py().tolist()
        return [20 * math.log10(level) if level > 0 else -math.inf for level in levels]
