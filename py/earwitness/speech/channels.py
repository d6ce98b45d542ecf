"""Recordings with a voice a channel, as telephone systems and interview recorders make them.

A run that tells speakers apart hears the channels of such a recording one by one, so that the words
of two people who speak at once are all written.

One channel is louder than the other for as long as its person speaks. What the other person's
microphone picks up of that voice, or the line gives back, is quieter by `apart_db` and is no speech
of the other channel.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from earwitness.engine_messages import ResumePoint
from earwitness.speech.energy import SILENCE_DBFS, LevelMeter
from earwitness.speech.protocols import AudioSource, Samples
from earwitness.speech.settings import ChannelSettings
from earwitness.speech.silero import VAD_FRAME_SAMPLES
from earwitness.speech.whisper import SAMPLE_RATE_HZ

CHANNELS = 2
_PIECE_SAMPLES = 20 * 16 * VAD_FRAME_SAMPLES
_SILENT_DBFS = -120.0


@dataclass(frozen=True)
class Channels:
    """The channels of a recording, one voice each."""

    audios: Sequence[AudioSource]
    speech_dbfs: Sequence[float]
    """The level of speech in each, as `speech_levels` finds it."""
    meter: LevelMeter


async def levels_of_run(
    resume: ResumePoint,
    *,
    tells_speakers: bool,
    channels: int,
    measure: Callable[[], Awaitable[tuple[float, ...] | None]],
) -> tuple[float, ...]:
    """Return the level of speech in each channel of a run; empty: it hears all channels mixed.

    A run goes on as it began. A new one hears channels one by one if it `tells_speakers` and
    `measure`, which returns what `speech_levels` does, finds a voice in each. Otherwise nothing is
    measured, because that delays the first words.
    """
    if resume.batch or not tells_speakers or channels != CHANNELS:
        return resume.channel_dbfs
    return await measure() or ()


async def speech_levels(
    audios: Sequence[AudioSource],
    meter: LevelMeter,
    settings: ChannelSettings | None = None,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[float, ...] | None:
    """Return the level of speech in each of two channels in dBFS; None: not a voice a channel.

    `audios` are read from the start, for `probe_s` at most. Once `stop()` returns True, no more is
    read, and the answer is None.

    Raises:
        MediaError: the recording cannot be decoded.
    """
    settings = settings or ChannelSettings()
    levels: list[list[float]] = [[] for _ in audios]
    start, end = 0, round(settings.probe_s * SAMPLE_RATE_HZ)
    while start < end:
        if stop():
            return None
        pieces = [await audio.read(start, start + _PIECE_SAMPLES) for audio in audios]
        for own, piece in zip(levels, pieces, strict=True):
            own += await _levels(piece, meter)
        if len(pieces[0]) < _PIECE_SAMPLES:
            break
        start += _PIECE_SAMPLES
    return _voice_each(levels, settings)


def _voice_each(
    levels: Sequence[Sequence[float]], settings: ChannelSettings
) -> tuple[float, ...] | None:
    """The level of speech in each channel, from the levels of all frames."""
    if not levels[0]:
        return None
    ordered = [sorted(each) for each in levels]
    loud = [_quantile(each, settings.speech_quantile) for each in ordered]
    quiet = [_quantile(each, settings.background_quantile) for each in ordered]
    for high, low in zip(loud, quiet, strict=True):
        if high < SILENCE_DBFS or high - low < settings.range_db:
            return None  # Silent, or a steady noise.
    first, second, neither = 0, 0, 0
    for one, other in zip(*levels, strict=True):
        left, right = one - loud[0], other - loud[1]
        if max(left, right) < -settings.active_db:
            continue
        if abs(left - right) < settings.apart_db:
            neither += 1
        elif left > right:
            first += 1
        else:
            second += 1
    needed = settings.spoken_min_s * SAMPLE_RATE_HZ / VAD_FRAME_SAMPLES
    if min(first, second) < needed:
        return None
    return (
        tuple(loud) if first + second >= settings.apart_share * (first + second + neither) else None
    )


async def leaks(
    samples: Sequence[Samples], channels: Channels, settings: ChannelSettings
) -> list[list[bool]]:
    """Return for each channel and frame of a stretch whether another's voice is louder there."""
    relative = [
        [level - speech for level in _smooth(await _levels(each, channels.meter))]
        for each, speech in zip(samples, channels.speech_dbfs, strict=True)
    ]
    return [
        [
            max(other) - level >= settings.apart_db
            for level, *other in zip(own, *relative[:number], *relative[number + 1 :], strict=True)
        ]
        for number, own in enumerate(relative)
    ]


async def _levels(samples: Samples, meter: LevelMeter) -> list[float]:
    if not len(samples):
        return []
    return [max(level, _SILENT_DBFS) for level in await meter.levels_dbfs(samples)]


def _smooth(levels: Sequence[float], reach: int = 2) -> list[float]:
    """The level of each frame together with `reach` frames before and after it."""
    sums = [0.0, *accumulate(10 ** (level / 10) for level in levels)]
    count = len(levels)
    smoothed: list[float] = []
    for frame in range(count):
        first, stop = max(0, frame - reach), min(count, frame + reach + 1)
        power = max(sums[stop] - sums[first], 0.0) / (stop - first)
        smoothed.append(max(10 * math.log10(power), _SILENT_DBFS) if power > 0 else _SILENT_DBFS)
    return smoothed


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[int((len(ordered) - 1) * share)]
