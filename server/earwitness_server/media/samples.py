"""Decoded frames to one line of samples, 16 kHz mono float32, each piece at its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from earwitness_server.media.refusals import too_long

if TYPE_CHECKING:
    from earwitness_server.media.clock import Clock
    from earwitness_server.media.mono import Sound

RATE_HZ = 16_000
PLANES_MAX = 8
"""PyAV 18.1 crashes when it reads a frame with this many planes."""
BLOCK_S = 1
"""Samples are resampled in blocks of about this length."""


class Resampler:
    """One stream of mono samples, resampled to `RATE_HZ` in blocks."""

    def __init__(self, rate_hz: int) -> None:
        import av.audio.resampler

        self._rate_hz = rate_hz
        self._resampler = av.audio.resampler.AudioResampler("flt", "mono", RATE_HZ)
        self._waiting: list[Sound] = []
        self._count = 0

    def push(self, samples: Sound) -> Iterator[bytes]:
        """Yield what can be told by now."""
        self._waiting.append(samples)
        self._count += len(samples)
        if self._count >= BLOCK_S * self._rate_hz:
            yield from self._flush()

    def finish(self) -> Iterator[bytes]:
        """Yield the rest."""
        yield from self._flush()
        yield from self._resample(None)

    def _flush(self) -> Iterator[bytes]:
        import av
        import numpy as np

        if self._count:
            block = np.concatenate(self._waiting)
            self._waiting, self._count = [], 0
            frame = av.AudioFrame.from_ndarray(block[None], "flt", "mono")
            frame.sample_rate = self._rate_hz
            yield from self._resample(frame)

    def _resample(self, frame: Any) -> Iterator[bytes]:
        for each in self._resampler.resample(frame):
            yield bytes(each.planes[0])[: each.samples * 4]


class Line:
    """The recording's line of samples: places decoded pieces on it, and writes it out."""

    def __init__(self, clock: Clock, write: Callable[[bytes], object], longest_s: float) -> None:
        self._clock = clock
        self._write = write
        self._longest_s = longest_s
        self._resampler: Resampler | None = None
        self._rate_hz = 0
        self.samples = 0
        """Samples written so far, at `RATE_HZ`."""

    def add(self, mono: Sound, rate_hz: int, at_s: float | None) -> None:
        """Append a piece.

        Raises:
            RefusedError: the line is too long.
        """
        import numpy as np

        if rate_hz != self._rate_hz or self._resampler is None:
            self.finish()
            self._resampler, self._rate_hz = Resampler(rate_hz), rate_hz
        place = self._clock.place(len(mono), rate_hz, at_s)
        if self._clock.end_s > self._longest_s:
            raise too_long(self._longest_s)
        left = place.silence
        while left > 0:
            piece = min(left, rate_hz)
            self._out(self._resampler.push(np.zeros(piece, np.float32)))
            left -= piece
        if place.cut < len(mono):
            self._out(self._resampler.push(mono[place.cut :]))

    def finish(self) -> None:
        """Write what the resampler still holds."""
        if self._resampler is not None:
            self._out(self._resampler.finish())
            self._resampler = None

    def _out(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self._write(piece)
            self.samples += len(piece) // 4


def mono_of(
    frame: Any, clock_zero_s: float, channel: int | None = None
) -> tuple[Sound, int, float | None]:
    """Return a frame's mono samples, their rate and time: of one channel, or of all (None)."""
    from earwitness_server.media.mono import mix, only

    places = [each.name for each in frame.layout.channels]
    at_s = None if frame.pts is None else float(frame.pts * frame.time_base) - clock_zero_s
    planes = _planes(frame)
    mono = mix(planes, places) if channel is None else only(planes, channel)
    return mono, frame.sample_rate, at_s


def _planes(frame: Any) -> Sound:
    """Return a frame's samples, shape [channels, samples]; what is no number is silence."""
    import av
    import numpy as np

    channels = frame.layout.nb_channels
    if frame.format.is_planar and channels >= PLANES_MAX:
        packed = av.AudioResampler(frame.format.packed.name, frame.layout.name, frame.sample_rate)
        (frame,) = packed.resample(frame)
    values = frame.to_ndarray()
    if not frame.format.is_planar:
        values = values.reshape(-1, channels).T
    if values.dtype == np.uint8:
        planes = (values.astype(np.float32) - 128) / 128
    elif values.dtype.kind == "i":
        planes = (values / float(1 << 8 * values.dtype.itemsize - 1)).astype(np.float32)
    else:
        planes = values.astype(np.float32)
        if not np.isfinite(planes).all():
            planes = np.where(np.isfinite(planes), planes, np.float32(0))
    return np.ascontiguousarray(planes)
