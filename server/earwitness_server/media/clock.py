"""Where decoded pieces lie on the recording's line of samples. web/workers/clock.js is its twin.

tests/fixtures/clock-cases.json holds the cases that both must solve.
"""

from __future__ import annotations

from dataclasses import dataclass

GAP_S = 0.05
"""A longer gap between pieces is silence; timestamps of many containers are rounded."""
OVERLAP_S = 0.1
"""A longer overlap is cut. A shorter one is jitter, and a cut would lose sound."""
RESTART_S = 0.25
"""A timestamp this close to the first one, after others, begins a joined recording."""
BACK_MAX_S = 10.0
"""A longer way back is a clock that was set anew."""
LEAP_MAX_S = 3600.0
"""A longer way ahead is a clock that was set anew."""
BROADCAST_LEAP_MAX_S = 60.0
"""The same in containers whose clock is not the recording's own."""
BROADCAST = ("mpegts", "mpeg", "ogg")
START_MAX_S = 60.0
"""A recording whose first packet is later than this was cut out of a longer one."""
DELAY_MAX_S = 0.1
"""A start before this is the codec's delay."""
MISSING_S = 1.0
MISSING_SHARE = 0.01
"""What may be missing at the end before a file counts as cut off: rounding and padding."""
PRIMING = {("mp3", "mp3"): 576 + 529, ("mp3", "mp2"): 481, ("aac", "aac"): 1024}
"""Container and codec -> samples before the recording begins, where the file does not say so:
the delay of LAME and of every MP3 decoder, of MP2, and one frame of AAC."""


def start_of(container: str, codec: str, earliest_s: float | None, rate_hz: int) -> float:
    """Return the time, on the container's clock, at which the recording begins.

    Args:
        container: FFmpeg's name of the demuxer.
        codec: FFmpeg's name of the track's codec.
        earliest_s: the start of the earliest stream; None where it is not known.
        rate_hz: the sampling rate of the track.
    """
    start_s = earliest_s or 0.0
    if not start_s:
        return PRIMING.get((container, codec), 0) / rate_hz
    ours = start_s <= START_MAX_S
    if container.startswith("matroska"):
        return 0.0 if ours else start_s
    if container.startswith("mov"):
        return 0.0 if ours and start_s > DELAY_MAX_S else start_s
    return start_s


def is_cut_off(promised_s: float, reaches_s: float) -> bool:
    """Return whether a file ends before it should.

    Args:
        promised_s: the length that the file tells.
        reaches_s: how far its sound, or another stream, goes.
    """
    return promised_s - reaches_s > max(MISSING_S, promised_s * MISSING_SHARE)


@dataclass(frozen=True, slots=True)
class Place:
    """What to do before a piece is appended to the line."""

    silence: int = 0
    """Samples of silence to append first."""
    cut: int = 0
    """Samples to leave out at the piece's beginning."""


class Clock:
    """Places pieces, in the order of decoding, by their own timestamps."""

    def __init__(self, container: str) -> None:
        broadcast = container in BROADCAST
        self._leap_s = BROADCAST_LEAP_MAX_S if broadcast else LEAP_MAX_S
        self._origin_s: float = 0.0
        self._samples: int = 0
        self._rate_hz: int = 0
        self._first_s: float | None = None
        self._shift_s = 0.0
        self._cutting = False

    @property
    def end_s(self) -> float:
        """The end of the line."""
        return self._origin_s + (self._samples / self._rate_hz if self._samples else 0.0)

    def place(self, samples: int, rate_hz: int, at_s: float | None) -> Place:
        """Append a piece of `samples`; return where it lies.

        `at_s` is its time from the recording's start, None where the file does not say. What lies
        before 0 is cut.
        """
        if rate_hz != self._rate_hz:
            self._origin_s = self.end_s
            self._samples = 0
            self._rate_hz = rate_hz
        place = Place() if at_s is None else self._by_time(samples, at_s)
        kept = samples - place.cut
        self._cutting = kept == 0
        if kept and self._first_s is None:
            self._first_s = at_s
        self._samples += place.silence + kept
        return place

    def _by_time(self, samples: int, at_s: float) -> Place:
        gap_s = at_s + self._shift_s - self.end_s
        began = self.end_s > 0
        if began and self._is_new_clock(gap_s, at_s):
            self._shift_s -= gap_s
            self._first_s = at_s
            return Place()
        gap = round(gap_s * self._rate_hz)
        if gap_s > (GAP_S if began else 0.0):
            return Place(silence=gap)
        # An overlap that was found is cut to its end.
        if gap_s < -(OVERLAP_S if began and not self._cutting else 0.0):
            return Place(cut=min(samples, -gap))
        return Place()

    def _is_new_clock(self, gap_s: float, at_s: float) -> bool:
        if gap_s > self._leap_s or gap_s < -BACK_MAX_S:
            return True
        first_s = self._first_s
        return gap_s < -OVERLAP_S and first_s is not None and at_s <= first_s + RESTART_S
