"""Tab-separated as Whisper's command line has it: start and end in milliseconds, text."""

from __future__ import annotations

from earwitness.formats.cues import spoken, tidy
from earwitness.formats.times import LONGEST_S, sane
from earwitness.transcript import Segment, Transcript

_HEADER = "start\tend\ttext"


def write(transcript: Transcript) -> str:
    """Write one segment a line."""
    rows = [_HEADER]
    for segment in spoken(transcript.segments):
        start_s = sane(segment.start_s)
        end_s = max(start_s, sane(segment.end_s))
        rows.append(f"{round(start_s * 1000)}\t{round(end_s * 1000)}\t{tidy(segment.text)}")
    return "\n".join(rows) + "\n"


def read(text: str) -> tuple[Segment, ...]:
    """Read what lines hold three columns, the first two of them whole numbers."""
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
