"""Plain text: one segment a line, or paragraphs with speakers and times."""

from __future__ import annotations

from earwitness.formats.blocks import blocks
from earwitness.formats.noted import HEADING, Noted, noted
from earwitness.formats.plain_transcript import read_plain
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write the text; paragraphs have an empty line between them."""
    options = options or ExportOptions()
    listed = _list(noted(transcript, options, usual=False))
    if options.highlights_only:
        return listed
    made = blocks(transcript, options, speakers=False, times=False, paragraphs=False)
    lines: list[str] = []
    for block in made:
        time = f"[{block.time}] " if block.time else ""
        speaker = f"{block.speaker}: " if block.speaker else ""
        lines.append(f"{time}{speaker}{block.text}\n")
    text = ("\n" if options.paragraphs else "").join(lines)
    return f"{text}\n{HEADING}\n\n{listed}" if listed else text


def _list(highlights: list[Noted]) -> str:
    return "\n".join("\n".join((*_head(each), *each.notes)) + "\n" for each in highlights)


def _head(highlight: Noted) -> list[str]:
    speaker = f"{highlight.speaker}: " if highlight.speaker else ""
    label = f" ({highlight.label})" if highlight.label else ""
    return [f"[{highlight.time}] {speaker}{highlight.text}{label}".rstrip()]


def read(text: str) -> tuple[Segment, ...]:
    """Read every line above the list of highlights; without times in the text the times are 0."""
    return read_plain(text.replace("\r\n", "\n").partition(f"\n\n{HEADING}\n\n")[0])
