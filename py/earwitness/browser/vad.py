"""Silero's voice activity detector on the ONNX Runtime that is already loaded."""

from __future__ import annotations

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
    """Implements `earwitness.speech.protocols.Vad`: one run for any number of frames."""

    def __init__(self, graph: Graph, transformers: Transformers, samples: PlatformSamples) -> None:
        self._graph = graph
        self._transformers = transformers
        self._samples = samples

    async def speech_probabilities(self, samples: Samples) -> Sequence[float]:
        """One value a frame, from fresh state warmed up with the mirrored beginning."""
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
