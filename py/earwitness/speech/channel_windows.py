"""Plan windows of channels that are heard one by one, because each holds a voice.

The recording is cut where nobody speaks in any channel, and in such a stretch each channel has
windows around its own speech. So a run has one place up to which everything is decoded, and its
rows are in order.

Where another channel is louder, a channel has no speech of its own. What it gives back of the
other's voice is muted, or that person's words would be written twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.speech.activity import Span, find_speech
from earwitness.speech.channels import Channels, leaks
from earwitness.speech.planner import (
    Plan,
    Window,
    in_samples,
    inside,
    step_end,
    step_samples,
    take_step,
)
from earwitness.speech.protocols import AudioSource, Samples, Vad
from earwitness.speech.settings import SpeechSettings
from earwitness.speech.silero import VAD_FRAME_SAMPLES
from earwitness.speech.whisper import SAMPLE_RATE_HZ


async def plan_channels(
    channels: Channels,
    vad: Vad,
    start: int,
    settings: SpeechSettings,
    *,
    limit: int | None = None,
    skip_silence: bool = True,
) -> Plan:
    """Return the first windows of all channels at or after sample `start`, by their starts.

    The arguments are those of `plan_window`.

    Raises:
        MediaError: the recording cannot be decoded.
    """
    wanted = step_samples(settings)
    stop = step_end(start, wanted, limit)
    heard = [await audio.read(start, stop) for audio in channels.audios]
    length = min(map(len, heard))
    ended = length < wanted
    if not length:
        return Plan((), start, ended=True)
    leaking = await leaks(heard, channels, settings.channels)
    own: list[list[float]] = []
    for samples, flags in zip(heard, leaking, strict=True):
        probabilities = await vad.speech_probabilities(samples)
        own.append([0.0 if leak else p for p, leak in zip(probabilities, flags, strict=True)])
    frames = [find_speech(each, settings.vad) for each in own]
    together = [max(each) for each in zip(*own, strict=True)]
    speech = in_samples(_union(frames), length)
    step = take_step(speech, together, length, settings, ended=ended, skip_silence=skip_silence)
    windows: list[Window] = []
    for number, audio in enumerate(channels.audios):
        spoken = in_samples(frames[number], length)
        others = _union([each for other, each in enumerate(frames) if other != number])
        muted = _muted(leaking[number], frames[number], others)
        for part in _parts(spoken, step.taken, settings, skip_silence=skip_silence):
            piece = await _with_silence(audio, heard[number], part, muted)
            place = start + part.start, start + part.stop
            said = inside(spoken, part, start)
            windows.append(Window(*place, said, piece, channel=number))
    windows.sort(key=lambda window: window.start)
    return Plan(tuple(windows), start + step.resume, ended and step.resume >= length)


def _union(channels: Sequence[Sequence[Span]]) -> list[Span]:
    """Return the spans of all channels, in order and apart."""
    joined: list[Span] = []
    for span in sorted(span for spans in channels for span in spans):
        if joined and span.start <= joined[-1].stop:
            joined[-1] = Span(joined[-1].start, max(joined[-1].stop, span.stop))
        else:
            joined.append(span)
    return joined


def _parts(
    speech: Sequence[Span], stretch: Span | None, settings: SpeechSettings, *, skip_silence: bool
) -> list[Span]:
    """Return where the windows of a channel are: around its speech, apart at a long silence."""
    if stretch is None or not skip_silence:
        return [] if stretch is None else [stretch]
    pad = round(settings.vad.pad_s * SAMPLE_RATE_HZ)
    gap = round(settings.windows.max_gap_s * SAMPLE_RATE_HZ)
    groups: list[Span] = []
    for span in inside(speech, stretch):
        if groups and span.start - groups[-1].stop <= gap:
            groups[-1] = Span(groups[-1].start, span.stop)
        else:
            groups.append(span)
    return [
        Span(max(stretch.start, group.start - pad), min(stretch.stop, group.stop + pad))
        for group in groups
    ]


def _muted(leaking: Sequence[bool], own: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """Return the samples in which others speak, louder, and this channel's person does not."""
    spans: list[Span] = []
    for frame, leak in enumerate(leaking):
        if not leak or not _covers(others, frame) or _covers(own, frame):
            continue
        first, last = frame * VAD_FRAME_SAMPLES, (frame + 1) * VAD_FRAME_SAMPLES
        if spans and spans[-1].stop == first:
            spans[-1] = Span(spans[-1].start, last)
        else:
            spans.append(Span(first, last))
    return spans


def _covers(spans: Sequence[Span], frame: int) -> bool:
    return any(span.start <= frame < span.stop for span in spans)


async def _with_silence(
    audio: AudioSource, samples: Samples, part: Span, muted: Sequence[Span]
) -> Samples:
    """Return the samples of a part, silent in the spans that are muted."""
    pieces: list[Samples] = []
    at = part.start
    for span in inside(muted, part):
        if span.start > at:
            pieces.append(await audio.slice(samples, at, span.start))
        pieces.append(await audio.silence(span.length))
        at = span.stop
    if at < part.stop:
        pieces.append(await audio.slice(samples, at, part.stop))
    return pieces[0] if len(pieces) == 1 else await audio.concatenate(pieces)
