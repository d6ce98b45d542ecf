"""TSV as Whisper's command line writes it: start and end in milliseconds, text."""

from __future__ import annotations

from earwitness.domain.clock import LONGEST_S
from earwitness.formats.cues import spoken, tidy, valid_span_s
from earwitness.transcript import Segment, Transcript

_HEADER = "start\tend\ttext"


def write(transcript: Transcript) -> str:
    """Write one segment a line."""
    rows = [_HEADER]
    for segment in spoken(transcript.segments):
        start_s, end_s = valid_span_s(segment)
        rows.append(f"{round(start_s * 1000)}\t{round(end_s * 1000)}\t{tidy(segment.text)}")
    return "\n".join(rows) + "\n"


def read(text: str) -> tuple[Segment, ...]:
    """Read the lines with three columns whose first two are whole numbers."""
    found: list[Segment] = []
    for line in text.split("\n"):
        start, _, rest = line.partition("\t")
        end, _, body = rest.partition("\t")
        if _is_time(start) and _is_time(end) and body.strip():
            start_s, end_s = int(start) / 1000, int(end) / 1000
            found.append(Segment(start_s, max(start_s, end_s), tidy(body)))
    return tuple(found)


def _is_time(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= len(str(int(LONGEST_S * 1000)))
