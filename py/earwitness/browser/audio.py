"""Samples that stay in JavaScript: the source a recording is read from, and loudness."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Sequence
from typing import Any, Protocol

from earwitness.browser.bridge import answer, array, read
from earwitness.speech.protocols import Samples
from earwitness.speech.silero import VAD_FRAME_SAMPLES


class PlatformSamples(Protocol):
    """web/workers/samples.js."""

    def slice(self, samples: Samples, start: int, stop: int) -> Samples: ...

    def concatenate(self, parts: Any) -> Samples: ...

    def batch(self, windows: Any, length: int) -> Any: ...

    def mirrored(self, samples: Samples, length: int) -> Samples: ...

    def frames(self, samples: Samples, size: int, context: int) -> Any: ...

    def levels(self, samples: Samples, size: int) -> Any: ...

    def noise(self, length: int) -> Samples: ...


class PlatformAudio(Protocol):
    """`AudioSource` in web/workers/audio-source.js."""

    durationS: float | None  # noqa: N815 (JavaScript's name)
    endsS: float | None  # noqa: N815
    brokenOff: bool  # noqa: N815
    tracks: str

    def read(self, start: int, stop: int) -> Awaitable[Samples]: ...

    def close(self) -> None: ...


class BrowserAudio:
    """Implements `earwitness.speech.protocols.AudioSource`."""

    def __init__(self, audio: PlatformAudio, samples: PlatformSamples) -> None:
        self._audio = audio
        self._samples = samples

    @property
    def duration_s(self) -> float | None:
        """As the container says."""
        return self._audio.durationS

    @property
    def ends_s(self) -> float | None:
        """Where the sound ended; None until it was heard to its end."""
        return self._audio.endsS

    @property
    def broken_off(self) -> bool:
        """Something follows there, too damaged to be decoded."""
        return self._audio.brokenOff

    @property
    def tracks(self) -> tuple[str, ...]:
        """A name for each audio track, the main one first."""
        return tuple(read(self._audio.tracks))

    async def read(self, start: int, stop: int) -> Samples:
        """Return samples [start, stop), fewer at the end."""
        return await answer(self._audio.read(start, stop))

    async def slice(self, samples: Samples, start: int, stop: int) -> Samples:
        """A part of samples already read."""
        return self._samples.slice(samples, start, stop)

    async def concatenate(self, parts: Sequence[Samples]) -> Samples:
        """Parts already read, one after the other."""
        return self._samples.concatenate(array(parts))

    def close(self) -> None:
        """Free the decoder and the file."""
        self._audio.close()


class BrowserLevels:
    """Implements `earwitness.speech.energy.LevelMeter`."""

    def __init__(self, samples: PlatformSamples) -> None:
        self._samples = samples

    async def levels_dbfs(self, samples: Samples) -> Sequence[float]:
        """Root mean square of each frame in dB of full scale, -inf for none."""
        levels: list[float] = self._samples.levels(samples, VAD_FRAME_SAMPLES).to_py().tolist()
        return [20 * math.log10(level) if level > 0 else -math.inf for level in levels]
