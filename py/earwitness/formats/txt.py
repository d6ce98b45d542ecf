"""Plain text: one segment a line, or paragraphs with speakers and times."""

from __future__ import annotations

from earwitness.formats.blocks import blocks
from earwitness.formats.plain_transcript import read_plain
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write the text; paragraphs have an empty line between them."""
    options = options or ExportOptions()
    made = blocks(transcript, options, speakers=False, times=False, paragraphs=False)
    lines: list[str] = []
    for block in made:
        time = f"[{block.time}] " if block.time else ""
        speaker = f"{block.speaker}: " if block.speaker else ""
        lines.append(f"{time}{speaker}{block.text}\n")
    return ("\n" if options.paragraphs else "").join(lines)


def read(text: str) -> tuple[Segment, ...]:
    """Read every line that is not empty; without times in the text the times are 0."""
    return read_plain(text)
