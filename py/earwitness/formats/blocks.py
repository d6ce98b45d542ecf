"""Paragraphs of a text or document: what stands together, under which speaker and time."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from earwitness.domain.clock import clock, valid_time_s
from earwitness.domain.paragraphs import paragraph_starts
from earwitness.domain.scripts import join_texts
from earwitness.formats.cues import spoken, tidy
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript


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
    starts = paragraph_starts(segments) if joins else list(range(len(segments)))
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
