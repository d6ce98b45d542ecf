"""Plain text: one segment a line."""

from __future__ import annotations

from earwitness.formats.cues import spoken, tidy
from earwitness.transcript import Segment, Transcript


def write(transcript: Transcript) -> str:
    """Write the text."""
    return "".join(f"{tidy(segment.text)}\n" for segment in spoken(transcript.segments))


def read(text: str) -> tuple[Segment, ...]:
    """Read every line that is not empty; the times are 0."""
    return tuple(Segment(0.0, 0.0, line.strip()) for line in text.splitlines() if line.strip())
