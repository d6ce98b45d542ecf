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
    """A step of planning: a window or None, and where planning goes on."""

    window: Window | None
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
    pad = round(settings.vad.pad_s * SAMPLE_RATE_HZ)
    wanted = round(settings.windows.max_s * SAMPLE_RATE_HZ) + 2 * pad
    stop = start + wanted if limit is None else min(start + wanted, limit)
    samples = await audio.read(start, stop) if stop > start else await audio.read(start, start)
    ended = len(samples) < wanted
    if not len(samples):
        return Plan(None, start, ended=True)
    probabilities = await vad.speech_probabilities(samples)
    speech = _in_samples(find_speech(probabilities, settings.vad), len(samples))
    if not skip_silence:
        cut = _cut_anywhere(speech, probabilities, len(samples), ended, settings)
        return await _plan(audio, samples, start, 0, cut, speech, ended)
    if not speech:
        return Plan(None, start + len(samples) - (0 if ended else pad), ended)
    onset = max(0, speech[0].start - pad)
    if onset > SHIFT_S * SAMPLE_RATE_HZ and not ended:
        return Plan(None, start + onset, ended=False)
    cut = _cut_speech(speech, probabilities, onset, len(samples), ended, settings)
    return await _plan(audio, samples, start, onset, cut, speech, ended)


async def _plan(
    audio: AudioSource,
    samples: Samples,
    start: int,
    onset: int,
    cut: Cut,
    speech: Sequence[Span],
    ended: bool,
) -> Plan:
    inside = tuple(
        Span(start + max(span.start, onset), start + min(span.stop, cut.stop))
        for span in speech
        if span.start < cut.stop and span.stop > onset
    )
    piece = await audio.slice(samples, onset, cut.stop)
    window = Window(start + onset, start + cut.stop, inside, piece)
    return Plan(window, start + cut.resume, ended and cut.resume >= len(samples))


def _cut_speech(
    speech: Sequence[Span],
    probabilities: Sequence[float],
    onset: int,
    length: int,
    ended: bool,
    settings: SpeechSettings,
) -> Cut:
    """Return a cut in the first long silence, or where the window is full."""
    pad = round(settings.vad.pad_s * SAMPLE_RATE_HZ)
    full = min(onset + round(settings.windows.max_s * SAMPLE_RATE_HZ), length)
    max_gap = round(settings.windows.max_gap_s * SAMPLE_RATE_HZ)

    def crosses(span: Span) -> bool:
        return span.stop > full or (span.stop >= length and not ended)

    for span, following in pairwise(speech):
        if crosses(span):
            return _cut_full(speech, probabilities, onset, full, settings)
        if following.start - span.stop > max_gap:
            return _between(span.stop, following.start, pad)
    if crosses(speech[-1]):
        return _cut_full(speech, probabilities, onset, full, settings)
    stop = min(speech[-1].stop + pad, length)
    return Cut(stop, length if ended else max(stop, length - pad))


def _cut_anywhere(
    speech: Sequence[Span],
    probabilities: Sequence[float],
    length: int,
    ended: bool,
    settings: SpeechSettings,
) -> Cut:
    """Return a cut where the window is full; nothing is skipped."""
    full = min(round(settings.windows.max_s * SAMPLE_RATE_HZ), length)
    if ended and length <= full:
        return Cut(length, length)
    cut = _cut_full(speech, probabilities, 0, full, settings)
    return Cut(cut.resume, cut.resume)


def _cut_full(
    speech: Sequence[Span],
    probabilities: Sequence[float],
    onset: int,
    full: int,
    settings: SpeechSettings,
) -> Cut:
    """Return a cut in the last good silence, else the longest one, else in the weakest speech."""
    earliest = full - round((full - onset) * settings.windows.cut_search)
    pad = round(settings.vad.pad_s * SAMPLE_RATE_HZ)
    silence = _best_silence(speech, earliest, full, settings.windows)
    if silence is not None:
        return _between(silence.start, silence.stop, pad)
    weakest = _weakest_frame(
        probabilities, earliest // VAD_FRAME_SAMPLES, full // VAD_FRAME_SAMPLES
    )
    middle = weakest * VAD_FRAME_SAMPLES + VAD_FRAME_SAMPLES // 2
    return Cut(middle, middle)


def _best_silence(
    speech: Sequence[Span], earliest: int, full: int, settings: WindowSettings
) -> Span | None:
    silences = [
        Span(span.stop, following.start)
        for span, following in pairwise(speech)
        if earliest <= span.stop <= full
    ]
    if not silences:
        return None
    good = [s for s in silences if s.length >= settings.good_cut_s * SAMPLE_RATE_HZ]
    return good[-1] if good else max(silences, key=lambda s: s.length)


def _weakest_frame(probabilities: Sequence[float], first: int, last: int) -> int:
    """Return the frame in [first, last) least likely to be speech; neighbours count half."""

    def weight(frame: int) -> float:
        return probabilities[frame] + (probabilities[frame - 1] + probabilities[frame + 1]) / 2

    return min(range(max(first, 1), min(last, len(probabilities) - 1)), key=weight)


def _between(stop: int, start: int, pad: int) -> Cut:
    """Leave the silence [stop, start): both sides keep up to `pad` of it, never the same part."""
    middle = (stop + start) // 2
    return Cut(min(stop + pad, middle), max(start - pad, middle))


def _in_samples(spans: Sequence[Span], length: int) -> list[Span]:
    return [
        Span(span.start * VAD_FRAME_SAMPLES, min(span.stop * VAD_FRAME_SAMPLES, length))
        for span in spans
    ]
