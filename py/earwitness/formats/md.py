"""Markdown for notes: heading, facts, and a paragraph with a time for each segment."""

from __future__ import annotations

import re
from datetime import UTC, tzinfo

from earwitness.domain.clock import clock, parse_clock
from earwitness.domain.records import day, seconds
from earwitness.formats.cues import spoken, tidy
from earwitness.transcript import Segment, Transcript

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~&])")
_PARAGRAPH = re.compile(r"\*\*\[([\d:]+)\]\*\*(?: \*\*((?:[^*\\]|\\.)+):\*\*)? (.*)")


def write(transcript: Transcript, zone: tzinfo | None = UTC) -> str:
    """Write a note, with the day of the recording in a time zone; None: this process's zone."""
    facts = [_day(transcript.created_at, zone), clock(transcript.duration_s, digits=0, hours=None)]
    facts += [fact for fact in (transcript.language, transcript.model) if fact]
    parts = [f"# {_escape(tidy(transcript.name))}", _escape(" · ".join(facts))]
    if transcript.tags:
        parts.append(_escape("Tags: " + ", ".join(transcript.tags)))
    for segment in spoken(transcript.segments):
        time = clock(segment.start_s, digits=0, hours=None)
        speaker = f" **{_escape(tidy(segment.speaker))}:**" if segment.speaker else ""
        parts.append(f"**[{time}]**{speaker} {_escape(tidy(segment.text))}")
    return "\n\n".join(parts) + "\n"


def read(text: str) -> tuple[Segment, ...]:
    """Read the paragraphs that begin with a time; each lasts until the next."""
    rows: list[tuple[float, str | None, str]] = []
    for line in text.split("\n"):
        match = _PARAGRAPH.fullmatch(line.strip())
        start_s = parse_clock(match[1]) if match else None
        if match and start_s is not None:
            speaker = _ESCAPED.sub(r"\1", match[2]) if match[2] else None
            rows.append((start_s, speaker, _ESCAPED.sub(r"\1", match[3])))
    ends = [start_s for start_s, _, _ in rows[1:]] + [row[0] for row in rows[-1:]]
    return tuple(
        Segment(start_s, max(start_s, end_s), body, speaker=speaker)
        for (start_s, speaker, body), end_s in zip(rows, ends, strict=True)
    )


def _day(moment: str, zone: tzinfo | None) -> str:
    try:
        return day(seconds(moment), zone)
    except (ValueError, OverflowError, OSError):
        return moment[:10]


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
