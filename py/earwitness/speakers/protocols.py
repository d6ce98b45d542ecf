"""Protocols for what the analysis is given: audio and the two models; and the models' constants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from earwitness.engine_messages import SAMPLE_RATE_HZ as SAMPLE_RATE_HZ

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


class Samples(Protocol):
    """Mono float32 at `SAMPLE_RATE_HZ`: opaque, as in `earwitness.speech.protocols`."""

    def __len__(self) -> int: ...


class AudioSource(Protocol):
    """A recording, read forward in parts; the same as in `earwitness.speech.protocols`."""

    async def read(self, start: int, stop: int) -> Samples:
        """Return samples [start, stop): fewer at the end of the recording, none after it.

        `start` is never below an earlier call's `start`, so samples before it may be dropped.

        Raises:
            MediaError: the file cannot be decoded from here on.
        """
        ...

    async def slice(self, samples: Samples, start: int, stop: int) -> Samples:
        """Return a part of samples that were read before."""
        ...

    async def concatenate(self, parts: Sequence[Samples]) -> Samples:
        """Return several parts as one."""
        ...


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
