"""SubRip: numbered cues, times with a comma, blank lines between cues."""

from __future__ import annotations

import re

from earwitness.domain.clock import clock, parse_clock
from earwitness.formats.bidi import bare, embedded
from earwitness.formats.cues import join_lines
from earwitness.formats.subtitles import follows_no_guide, subtitle_cues
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript

_TIMING = re.compile(r"\s*([\d:.,]+)\s*-->\s*([\d:.,]+)")
_MARKUP = re.compile(r"</?(?:[ibu]|font[^<>]*)>|\{\\an?\d+\}", re.IGNORECASE)
_OPENING = re.compile(r"<(?=[/\w])|\{(?=\\)")
_JOINER = "\u2060"
"""An invisible character after what would open a tag or command: SubRip has no escape."""


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write subtitles. Markup in the text is shown as text; `-->` becomes an arrow."""
    options = options or ExportOptions()
    blocks: list[str] = []
    for number, cue in enumerate(subtitle_cues(transcript, options, names=True), 1):
        times = f"{clock(cue.start_s, separator=',')} --> {clock(cue.end_s, separator=',')}"
        # Style guides name no speakers; where they are asked for, the lines have them already.
        name = f"{cue.speaker}: " if cue.speaker and follows_no_guide(options) else ""
        lines = embedded((name + cue.lines[0], *cue.lines[1:]))
        body = "\n".join(lines).replace("-->", "→")
        body = _OPENING.sub(lambda opening: opening[0] + _JOINER, body)
        blocks.append(f"{number}\n{times}\n{body}\n")
    return "\n".join(blocks)


def read(text: str) -> tuple[Segment, ...]:
    """Read subtitles, also with missing numbers or blank lines, or with points for commas."""
    lines = text.split("\n")
    timings = [(i, match) for i, line in enumerate(lines) if (match := _TIMING.match(line))]
    found: list[Segment] = []
    for (i, match), (stop, _) in zip(timings, [*timings[1:], (len(lines), None)], strict=False):
        start_s, end_s = parse_clock(match[1]), parse_clock(match[2])
        numbered = stop < len(lines) and lines[stop - 1].strip().isdigit()
        if numbered and (stop - 2 <= i or not lines[stop - 2].strip()):
            stop -= 1
        body = join_lines([bare(line) for line in lines[i + 1 : stop] if line.strip()])
        body = _MARKUP.sub("", body).replace(_JOINER, "").strip()
        if body and start_s is not None and end_s is not None:
            found.append(Segment(start_s, max(start_s, end_s), body))
    return tuple(found)
