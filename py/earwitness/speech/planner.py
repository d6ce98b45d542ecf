"""Plan windows: pack speech into windows that are cut in silence.

A window is a contiguous part of the recording, so a time inside it plus its start is a time in the
file. Long silence is never inside a window: it ends one window, and the next begins with speech.
`plan_window` depends only on the audio after `start`, so a resumed run gives the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from earwitness.speech.activity import Span, find_speech
from earwitness.speech.protocols import AudioSource, Samples, Vad
from earwitness.speech.settings import SpeechSettings, WindowSettings
from earwitness.speech.silero import VAD_FRAME_SAMPLES
from earwitness.speech.whisper import SAMPLE_RATE_HZ

SHIFT_S = 1.0
"""With more silence than this before speech, planning starts again at the speech."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the recording to decode: samples [start, stop), and the speech in it."""

    start: int
    stop: int
    speech: tuple[Span, ...]
    """In samples from the recording's start."""
    samples: Samples = field(repr=False, compare=False)
    divided: bool = False
    """Whether it is a part of a window that repeated itself; it is not divided again."""
    channel: int | None = None
    """The channel that is heard, from 0; None: all, mixed."""

    @property
    def length_s(self) -> float:
        """Seconds of audio."""
        return (self.stop - self.start) / SAMPLE_RATE_HZ

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(span.length for span in self.speech) / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Plan:
    """A step of planning: what to decode, and where planning goes on."""

    windows: tuple[Window, ...]
    """One window or none; those of all channels, by their starts, where they are heard one by
    one."""
    next_start: int
    ended: bool
    """The recording ends before `next_start`."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A window's end and the next one's start, in samples from where planning began."""

    stop: int
    resume: int


async def plan_window(
    audio: AudioSource,
    vad: Vad,
    start: int,
    settings: SpeechSettings,
    *,
    limit: int | None = None,
    skip_silence: bool = True,
) -> Plan:
    """Return the first window at or after sample `start`.

    A step reads at most the length of a window, so long silence takes several steps without one.
    Without `skip_silence` every sample is in a window, still cut in silence where there is any.
    `limit`: the sample at which the part to transcribe ends.

    Raises:
        MediaError: the recording cannot be decoded.
    """
    wanted = step_samples(settings)
    samples = await audio.read(start, step_end(start, wanted, limit))
    ended = len(samples) < wanted
    if not len(samples):
        return Plan((), start, ended=True)
    probabilities = await vad.speech_probabilities(samples)
    speech = in_samples(find_speech(probabilities, settings.vad), len(samples))
    step = take_step(
        speech, probabilities, len(samples), settings, ended=ended, skip_silence=skip_silence
    )
    windows: tuple[Window, ...] = ()
    if step.taken is not None:
        onset, stop = step.taken.start, step.taken.stop
        piece = await audio.slice(samples, onset, stop)
        windows = (Window(start + onset, start + stop, inside(speech, step.taken, start), piece),)
    return Plan(windows, start + step.resume, ended and step.resume >= len(samples))


def step_samples(settings: SpeechSettings) -> int:
    """Return how many samples a step of planning reads."""
    pad = round(settings.vad.pad_s * SAMPLE_RATE_HZ)
    return round(settings.windows.max_s * SAMPLE_RATE_HZ) + 2 * pad


def step_end(start: int, wanted: int, limit: int | None) -> int:
    """Return where a step ends that reads `wanted` samples, none of them after `limit`."""
    stop = start + wanted if limit is None else min(start + wanted, limit)
    return max(start, stop)


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of planning takes, in samples from where it began."""

    taken: Span | None
    """None: nothing."""
    resume: int
    """Where the next one begins."""


def take_step(
    speech: Sequence[Span],
    probabilities: Sequence[float],
    length: int,
    settings: SpeechSettings,
    *,
    ended: bool,
    skip_silence: bool,
) -> Step:
    """Return the first stretch of what was read that is decoded at once.

    Args:
        speech: in samples.
        probabilities: of speech, for each frame.
        length: samples that were read; 1 or more.
        ended: the recording ends with them.
    """
    pad = round(settings.vad.pad_s * SAMPLE_RATE_HZ)
    cutter = _Cutter(speech, probabilities, length, ended, settings.windows, pad)
    if not skip_silence:
        onset, cut = 0, cutter.anywhere()
    elif not speech:
        return Step(None, length - (0 if ended else pad))
    else:
        onset = max(0, speech[0].start - pad)
        if onset > SHIFT_S * SAMPLE_RATE_HZ and not ended:
            return Step(None, onset)
        cut = cutter.in_silence(onset)
    return Step(Span(onset, cut.stop), cut.resume)


@dataclass(frozen=True, slots=True)
class _Cutter:
    """Decides where a window ends in what was read."""

    speech: Sequence[Span]
    probabilities: Sequence[float]
    length: int
    """Samples that were read."""
    ended: bool
    """The recording ends with them."""
    settings: WindowSettings
    pad: int

    def in_silence(self, onset: int) -> Cut:
        """Return a cut in the first long silence, or where the window is full."""
        full = min(onset + self._samples(self.settings.max_s), self.length)
        for span, following in pairwise(self.speech):
            if self._crosses(span, full):
                return self._full(onset, full)
            if following.start - span.stop > self._samples(self.settings.max_gap_s):
                return self._between(span.stop, following.start)
        if self._crosses(self.speech[-1], full):
            return self._full(onset, full)
        stop = min(self.speech[-1].stop + self.pad, self.length)
        return Cut(stop, self.length if self.ended else max(stop, self.length - self.pad))

    def anywhere(self) -> Cut:
        """Return a cut where the window is full; nothing is skipped."""
        full = min(self._samples(self.settings.max_s), self.length)
        if self.ended and self.length <= full:
            return Cut(self.length, self.length)
        cut = self._full(0, full)
        return Cut(cut.resume, cut.resume)

    def _crosses(self, span: Span, full: int) -> bool:
        return span.stop > full or (span.stop >= self.length and not self.ended)

    def _full(self, onset: int, full: int) -> Cut:
        """Return a cut in the last good silence, the longest silence, or the weakest speech."""
        earliest = full - round((full - onset) * self.settings.cut_search)
        silences = [
            Span(span.stop, following.start)
            for span, following in pairwise(self.speech)
            if earliest <= span.stop <= full
        ]
        if silences:
            good = [s for s in silences if s.length >= self._samples(self.settings.good_cut_s)]
            silence = good[-1] if good else max(silences, key=lambda s: s.length)
            return self._between(silence.start, silence.stop)
        weakest = self._weakest_frame(earliest // VAD_FRAME_SAMPLES, full // VAD_FRAME_SAMPLES)
        middle = weakest * VAD_FRAME_SAMPLES + VAD_FRAME_SAMPLES // 2
        return Cut(middle, middle)

    def _weakest_frame(self, first: int, last: int) -> int:
        """Return the frame in [first, last) least likely to be speech; neighbours count half."""
        values = self.probabilities

        def weight(frame: int) -> float:
            return values[frame] + (values[frame - 1] + values[frame + 1]) / 2

        return min(range(max(first, 1), min(last, len(values) - 1)), key=weight)

    def _between(self, stop: int, start: int) -> Cut:
        """Return a cut in the silence [stop, start): padding on both sides, none of it twice."""
        middle = (stop + start) // 2
        return Cut(min(stop + self.pad, middle), max(start - self.pad, middle))

    @staticmethod
    def _samples(time_s: float) -> int:
        return round(time_s * SAMPLE_RATE_HZ)


def in_samples(frames: Sequence[Span], length: int) -> list[Span]:
    """Return spans of frames as spans of samples; none reaches beyond `length`."""
    return [
        Span(span.start * VAD_FRAME_SAMPLES, min(span.stop * VAD_FRAME_SAMPLES, length))
        for span in frames
    ]


def inside(speech: Sequence[Span], part: Span, offset: int = 0) -> tuple[Span, ...]:
    """Return the speech inside a part, moved by `offset`."""
    return tuple(
        Span(offset + max(span.start, part.start), offset + min(span.stop, part.stop))
        for span in speech
        if span.stop > part.start and span.start < part.stop
    )
