"""Paragraphs of a text or document: what stands together, under which speaker and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from earwitness.domain.clock import clock, valid_time_s
from earwitness.domain.scripts import join_texts
from earwitness.formats.cues import spoken, tidy
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript

_PAUSE_S = 2.0
_CHARACTERS = 500
"""A paragraph ends with the first sentence after so many characters."""


@dataclass(frozen=True, slots=True)
class Block:
    """Segments that stand in one paragraph."""

    segments: tuple[Segment, ...]
    speaker: str | None
    """Shown above the paragraph or before it; None where it is not shown."""
    time: str | None
    """When it begins, as a clock shows it; None where it is not shown."""

    @property
    def start_s(self) -> float:
        """When the first segment begins."""
        return valid_time_s(self.segments[0].start_s)

    @property
    def text(self) -> str:
        """The texts in one line."""
        return join_texts(tidy(segment.text) for segment in self.segments)


def blocks(
    transcript: Transcript, options: ExportOptions, *, speakers: bool, times: bool, paragraphs: bool
) -> list[Block]:
    """Return the paragraphs, or one for each segment.

    Args:
        transcript: the text.
        options: what is to be shown.
        speakers, times, paragraphs: what a format does where the options leave it open.
    """
    segments = spoken(transcript.segments)
    shows_speakers = speakers if options.speakers is None else options.speakers
    shows_times = times if options.times is None else options.times
    joins = paragraphs if options.paragraphs is None else options.paragraphs
    starts = _starts(segments) if joins else list(range(len(segments)))
    made: list[Block] = []
    timed_s: float | None = None
    for start, stop in pairwise((*starts, len(segments))):
        first = segments[start]
        start_s = valid_time_s(first.start_s)
        is_due = timed_s is None or start_s - timed_s >= options.times_every_s
        time = clock(start_s, digits=0, hours=None) if shows_times and is_due else None
        timed_s = start_s if time else timed_s
        name = tidy(first.speaker) if shows_speakers and first.speaker else None
        made.append(Block(tuple(segments[start:stop]), name or None, time))
    return made


def _starts(segments: Sequence[Segment]) -> list[int]:
    """Return the index of each paragraph's first segment."""
    starts: list[int] = []
    length = 0
    for i, segment in enumerate(segments):
        before = segments[i - 1] if i else None
        if (
            before is None
            or segment.speaker != before.speaker
            or segment.start_s - before.end_s >= _PAUSE_S
            or (length >= _CHARACTERS and before.text.rstrip()[-1:] in ".?!…。？！؟।")
        ):
            starts.append(i)
            length = 0
        length += len(segment.text)
    return starts
