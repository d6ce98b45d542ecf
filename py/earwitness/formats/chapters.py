"""Chapters as YouTube, Vimeo and podcast apps read them: `0:00 Title` a line."""

from __future__ import annotations

import math

from earwitness.domain.clock import clock
from earwitness.formats.blocks import blocks
from earwitness.formats.characters import width
from earwitness.formats.line_breaks import breaks
from earwitness.formats.plain_transcript import read_plain
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript

EVERY_S = 60.0
"""The least length of a chapter where the options do not give one."""
SHORTEST_S = 10.0
"""YouTube ignores a list with a shorter chapter."""
_COLUMNS = 60


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write the beginnings of paragraphs; the first chapter begins at 0:00."""
    options = options or ExportOptions()
    every_s = max(SHORTEST_S, options.times_every_s or EVERY_S)
    rows: list[str] = []
    last_s = -math.inf
    for block in blocks(transcript, options, speakers=False, times=True, paragraphs=True):
        if block.start_s - last_s >= every_s:
            last_s = block.start_s if rows else 0.0
            name = f"{block.speaker}: " if block.speaker else ""
            title = shortened(name + block.text, _COLUMNS)
            rows.append(f"{clock(last_s, digits=0, hours=None)} {title}\n")
    return "".join(rows)


def read(text: str) -> tuple[Segment, ...]:
    """Read chapters; each lasts until the next."""
    return read_plain(text)


def shortened(text: str, columns: int) -> str:
    """Return the text, cut where a line may end and with an ellipsis if it is wider."""
    if width(text) <= columns:
        return text
    # The text is long; its beginning says where it may be cut.
    start = text[: 2 * columns]
    fitting = [each.at for each in breaks(start) if width(start[: each.at].rstrip()) < columns]
    return start[: fitting[-1] if fitting else columns - 1].rstrip(" ,;:—–-") + "…"
