"""Recordings as samples that stay in JavaScript."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from typing import Any, Protocol

from earwitness.browser.bridge import js_array, settled
from earwitness.speech.protocols import Samples


class PlatformSamples(Protocol):
    """web/workers/samples.js."""

    def slice(self, samples: Samples, start: int, stop: int) -> Samples: ...

    def concatenate(self, parts: Any) -> Samples: ...

    def batch(self, windows: Any, length: int) -> Any: ...

    def mirrored(self, samples: Samples, length: int) -> Samples: ...

    def frames(self, samples: Samples, size: int, context: int) -> Any: ...

    def levels(self, samples: Samples, size: int) -> Any: ...

    def noise(self, length: int) -> Samples: ...

    def silence(self, length: int) -> Samples: ...


class PlatformAudio(Protocol):
    """`AudioSource` in web/workers/audio-source.js."""

    durationS: float | None  # noqa: N815 (JavaScript's name)
    endsS: float | None  # noqa: N815
    brokenOff: bool  # noqa: N815
    tracks: str
    channels: int

    def read(self, start: int, stop: int) -> Awaitable[Samples]: ...

    def close(self) -> None: ...


class BrowserAudio:
    """Implements `earwitness.speech.protocols.AudioSource`."""

    def __init__(self, audio: PlatformAudio, samples: PlatformSamples) -> None:
        self._audio = audio
        self._samples = samples

    @property
    def duration_s(self) -> float | None:
        """The duration as the container tells or as it is estimated."""
        return self._audio.durationS

    @property
    def ends_s(self) -> float | None:
        """Where the sound ended; None until it was read to its end."""
        return self._audio.endsS

    @property
    def broken_off(self) -> bool:
        """Whether the file ends there before it should; known at the end."""
        return self._audio.brokenOff

    @property
    def tracks(self) -> tuple[str, ...]:
        """A name for each audio track, the default one first."""
        return tuple(json.loads(self._audio.tracks))

    @property
    def channels(self) -> int:
        """Channels of the piece that was decoded last; 0 before anything was read."""
        return self._audio.channels

    async def read(self, start: int, stop: int) -> Samples:
        """Return samples [start, stop), fewer at the end."""
        return await settled(self._audio.read(start, stop))

    async def slice(self, samples: Samples, start: int, stop: int) -> Samples:
        """Return a part of samples that were read before."""
        return self._samples.slice(samples, start, stop)

    async def concatenate(self, parts: Sequence[Samples]) -> Samples:
        """Return several parts as one."""
        return self._samples.concatenate(js_array(parts))

    async def silence(self, length: int) -> Samples:
        """Return so many samples of silence."""
        return self._samples.silence(length)

    def close(self) -> None:
        """Free the decoder and the file."""
        self._audio.close()
