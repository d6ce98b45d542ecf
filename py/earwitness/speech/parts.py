"""Parts of a window that are decoded as windows of their own.

A window is split in its silences to decode a text that repeats itself a copy at a time. What the
model skipped at the end is a part as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from earwitness.speech.activity import Span, overlap
from earwitness.speech.planner import Window, inside
from earwitness.speech.protocols import AudioSource, ModelSpec
from earwitness.speech.settings import DecodingSettings
from earwitness.speech.whisper import SAMPLE_RATE_HZ, TIMESTAMP_STEP_S

MIN_PROGRESS_S = 1.0
"""What was skipped begins at least this long after its window."""


def split_in_silence(window: Window, speech_s: float) -> list[Span]:
    """Return the window in parts with at most so much speech, where its silences allow it.

    Parts follow each other without a gap. A window without a suitable silence is one part.
    """
    most = speech_s * SAMPLE_RATE_HZ
    parts: list[Span] = []
    start, held = window.start, 0
    for span, following in pairwise(window.speech):
        held += span.length
        if held + following.length > most:
            middle = (span.stop + following.start) // 2
            parts.append(Span(start, middle))
            start, held = middle, 0
    return [*parts, Span(start, window.stop)]


async def take_part(
    audio: AudioSource, window: Window, part: Span, *, divided: bool = False
) -> Window:
    """Return a part of a window as a window of its own."""
    samples = await audio.slice(window.samples, part.start - window.start, part.stop - window.start)
    spoken = inside(window.speech, part)
    return Window(part.start, part.stop, spoken, samples, divided, window.channel)


def find_skipped(
    spec: ModelSpec, window: Window, tokens: Sequence[int], settings: DecodingSettings
) -> int | None:
    """Return the sample of the last timestamp, if the text ends there and speech goes on."""
    begin = spec.timestamp_begin
    if len(tokens) < 3 or tokens[-1] < begin:
        return None
    read_s = (tokens[-1] - begin) * TIMESTAMP_STEP_S
    start = window.start + round(read_s * SAMPLE_RATE_HZ)
    announced = tokens[-2] >= begin
    enough_s = settings.announced_speech_s if announced else settings.skipped_speech_s
    left_s = overlap(window.speech, start, window.stop) / SAMPLE_RATE_HZ
    return start if read_s >= MIN_PROGRESS_S and left_s > enough_s else None
