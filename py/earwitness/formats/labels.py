"""Audacity's labels: start, end and text, with tabs between them."""

from __future__ import annotations

import re

from earwitness.domain.clock import valid_time_s
from earwitness.formats.cues import spoken, tidy, valid_span_s
from earwitness.transcript import Segment, Transcript

LABEL = re.compile(r"(\d{1,12}[.,]\d{1,12})\t(\d{1,12}[.,]\d{1,12})\t(.*)")


def write(transcript: Transcript) -> str:
    """Write one segment a line, after the speaker's name."""
    rows: list[str] = []
    for segment in spoken(transcript.segments):
        start_s, end_s = valid_span_s(segment)
        name = f"{tidy(segment.speaker)}: " if segment.speaker else ""
        rows.append(f"{start_s:.6f}\t{end_s:.6f}\t{name}{tidy(segment.text)}\n")
    return "".join(rows)


def read(text: str) -> tuple[Segment, ...]:
    """Read labels; lines with frequencies are skipped."""
    found: list[Segment] = []
    for line in text.split("\n"):
        match = LABEL.fullmatch(line)
        if match and match[3].strip():
            start_s, end_s = (valid_time_s(float(match[i].replace(",", "."))) for i in (1, 2))
            found.append(Segment(start_s, max(start_s, end_s), match[3].strip()))
    return tuple(found)
