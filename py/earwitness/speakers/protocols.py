"""The Protocol of the two models that the analysis is given, and the models' constants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from earwitness.engine_messages import SAMPLE_RATE_HZ as SAMPLE_RATE_HZ
from earwitness.speech.protocols import AudioSource as AudioSource
from earwitness.speech.protocols import Samples as Samples

WINDOW_SAMPLES = 10 * SAMPLE_RATE_HZ
"""Audio that the segmentation sees at once, as in its training."""
FRAME_SAMPLES = 270
"""Samples between two of the segmentation's frames."""
FRAME_OFFSET_SAMPLES = 360
"""Samples before the first frame's own 270: a frame sees 991 samples around its centre."""
WINDOW_FRAMES = 589
"""Frames in a window."""
LOCAL_SPEAKERS = 3
"""People that the segmentation tells apart in a window."""
EMBEDDING_MIN_SAMPLES = 1_840
"""The shortest audio that the embedding model takes."""


class SpeakerModels(Protocol):
    """The two exported graphs, in the page or on the server."""

    async def segment(self, windows: Sequence[Samples]) -> Sequence[Sequence[float]]:
        """Return for each window the probabilities that its people speak.

        A window has at most `WINDOW_SAMPLES`; a shorter one is padded with zeros. The probabilities
        of a window are `WINDOW_FRAMES` times `LOCAL_SPEAKERS` numbers, frame by frame. The order of
        the people is free in each window.

        Raises:
            ModelError: the computation failed.
        """
        ...

    async def embed(self, stretch: Samples) -> Sequence[float]:
        """Return a vector of length 1 for the voice in at least `EMBEDDING_MIN_SAMPLES`.

        Raises:
            ModelError: the computation failed.
        """
        ...
