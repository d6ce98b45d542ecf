"""The models that tell speakers apart, in the browser."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.browser.audio import PlatformSamples
from earwitness.browser.bridge import js_array
from earwitness.browser.transformers import Graph, Transformers
from earwitness.speakers.protocols import (
    LOCAL_SPEAKERS,
    WINDOW_FRAMES,
    WINDOW_SAMPLES,
    Samples,
)

MODEL_ID = "speakers"
VALUES = WINDOW_FRAMES * LOCAL_SPEAKERS
"""Probabilities of a window."""


class BrowserSpeakerModels:
    """Implements `earwitness.speakers.protocols.SpeakerModels`."""

    def __init__(
        self,
        segmentation: Graph,
        embedding: Graph,
        transformers: Transformers,
        samples: PlatformSamples,
    ) -> None:
        self._segmentation = segmentation
        self._embedding = embedding
        self._transformers = transformers
        self._samples = samples

    async def segment(self, windows: Sequence[Samples]) -> Sequence[Sequence[float]]:
        """Return for each window the probabilities that its people speak."""
        batch = self._samples.batch(js_array(windows), WINDOW_SAMPLES)
        shape = [len(windows), WINDOW_SAMPLES]
        audio = self._transformers.tensor("float32", batch, shape)
        outputs = await self._segmentation({"audio": audio})
        values = self._transformers.numbers(outputs["speakers"])
        return [values[start : start + VALUES] for start in range(0, len(values), VALUES)]

    async def embed(self, stretch: Samples) -> Sequence[float]:
        """Return a vector of length 1 for the voice in a stretch."""
        audio = self._transformers.tensor("float32", stretch, [1, len(stretch)])
        outputs = await self._embedding({"audio": audio})
        return self._transformers.numbers(outputs["embeddings"])
