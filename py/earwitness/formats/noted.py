"""Highlights in exported files: which words they have, and their list after the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from earwitness.domain.clock import clock, valid_time_s
from earwitness.domain.time_ranges import TimeRanges, segments_within, text_within
from earwitness.formats.cues import tidy
from earwitness.messages import ExportOptions
from earwitness.transcript import Highlight, HighlightColour, Segment, Transcript

HEADING = "Highlights and notes"
"""Above the list; what stands below it is not read as a text."""
OWN_LISTS = frozenset({"txt", "md", "docx", "html", "csv", "json"})
"""Formats that have a place for labels and notes."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A highlight as it stands in a list."""

    start_s: float
    end_s: float
    text: str
    """Its words; empty where they were deleted."""
    speaker: str | None
    """Who says the first of them."""
    colour: HighlightColour
    label: str
    note: str

    @property
    def time(self) -> str:
        """When it begins, as a clock shows it."""
        return clock(valid_time_s(self.start_s), digits=0, hours=None)

    @property
    def notes(self) -> list[str]:
        """The lines of the note."""
        return self.note.splitlines()


def noted(transcript: Transcript, options: ExportOptions, *, usual: bool) -> list[Noted]:
    """Return the highlights to list; none if the options want none.

    `usual`: what the format does where the options leave it open.
    """
    wanted = usual if options.highlights is None else options.highlights
    if not wanted and not options.highlights_only:
        return []
    return [_noted(transcript.segments, each) for each in transcript.highlights]


def _noted(segments: tuple[Segment, ...], highlight: Highlight) -> Noted:
    ranges = TimeRanges([highlight])
    own = (segments[index] for index in segments_within(segments, highlight))
    first = next((segment for segment in own if ranges.spans(segment)), None)
    return Noted(
        highlight.start_s,
        highlight.end_s,
        tidy(text_within(segments, highlight)),
        first.speaker if first else None,
        highlight.colour,
        highlight.label,
        highlight.note,
    )


def with_only_highlights(transcript: Transcript) -> Transcript:
    """Return the transcript without the words that are in no highlight.

    A sentence of which some words are left lasts from the first of them to the last.
    """
    ranges = TimeRanges(transcript.highlights)
    segments = tuple(
        part for segment in transcript.segments for part in _parts_within(segment, ranges)
    )
    return replace(transcript, segments=segments, turns=())


def _parts_within(segment: Segment, ranges: TimeRanges) -> Iterator[Segment]:
    own = [segment.words[index] for index in ranges.words(segment)]
    texts = [segment.text[begin:end] for begin, end in ranges.spans(segment)]
    if not texts:
        return
    yield replace(
        segment,
        start_s=own[0].start_s if own else segment.start_s,
        end_s=own[-1].end_s if own else segment.end_s,
        text=" … ".join(texts),
        words=tuple(own) if len(texts) == 1 else (),
        heard=None,
        estimated_words=(),
    )


def pieces(segment: Segment, highlights: tuple[Highlight, ...]) -> list[tuple[str, int]]:
    """Return a segment's text in pieces, each with the index of its highlight; -1: of none.

    Of highlights over each other the shortest is taken. Without space at its ends, the pieces
    joined are the text.
    """
    text = segment.text
    owners = [-1] * len(text)
    order = sorted(
        range(len(highlights)),
        key=lambda index: highlights[index].start_s - highlights[index].end_s,
    )
    for index in order:
        highlight = highlights[index]
        if highlight.end_s < segment.start_s or highlight.start_s > segment.end_s:
            continue
        for begin, end in TimeRanges([highlight]).spans(segment):
            owners[begin:end] = [index] * (end - begin)
    made: list[tuple[str, int]] = []
    for character, owner in zip(text, owners, strict=True):
        if made and made[-1][1] == owner:
            made[-1] = made[-1][0] + character, owner
        else:
            made.append((character, owner))
    return made
