"""Markers for video editors: EDL for DaVinci Resolve, FCPXML for Final Cut Pro and Resolve."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from earwitness.domain.clock import valid_time_s
from earwitness.formats.blocks import Block, blocks
from earwitness.formats.cues import tidy
from earwitness.formats.limits import parse_xml
from earwitness.formats.ttml import xml_attribute
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript

_START_S = 3600
"""A timeline of Resolve begins at 01:00:00:00."""
_CLOCK = re.compile(r"(\d{2,}):(\d{2}):(\d{2}):(\d{2})")
_NOTE = re.compile(r"\s*\|C:\w+\s*\|M:(.*?)\s*\|D:\d+\s*")
_NTSC = (24, 30, 60, 120)
"""Rates whose slow form has 1001 for 1000."""


def write_edl(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write a marker for each paragraph; timecodes count whole frames and drop none."""
    options = options or ExportOptions()
    rate = round(_rate(options))
    rows = [f"TITLE: {tidy(transcript.name)}\nFCM: NON-DROP FRAME\n"]
    for i, block in enumerate(_blocks(transcript, options), 1):
        frame = int(valid_time_s(block.start_s) * float(_rate(options)) + 0.5) + _START_S * rate
        start, end = _timecode(frame, rate), _timecode(frame + 1, rate)
        rows.append(
            f"{i:03d}  001      V     C        {start} {end} {start} {end}  \n"
            f" |C:ResolveColorBlue |M:{_marker(block).replace('|', '/')} |D:1\n"
        )
    return "\n".join(rows)


def read_edl(text: str) -> tuple[Segment, ...]:
    """Read markers, or events with a clip's name; times count from the hour of the first one."""
    rows: list[tuple[float, str]] = []
    lines = text.split("\n")
    codes = [list(map(int, match)) for line in lines for match in _CLOCK.findall(line)]
    rate = next((r for r in (25.0, 30.0, 60.0) if all(c[3] < r for c in codes)), 120.0)
    first_hour = min((code[0] for code in codes), default=0)
    for line, note in pairwise(lines):
        times, said = _CLOCK.findall(line), _NOTE.fullmatch(note)
        if len(times) == 4 and said:
            hours, minutes, seconds, frames = map(int, times[2])
            time_s = (hours - first_hour) * 3600 + minutes * 60 + seconds + frames / rate
            rows.append((valid_time_s(time_s), said[1]))
    return _until_next(rows)


def write_fcpxml(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write a project whose only clip is a gap with a marker for each paragraph."""
    options = options or ExportOptions()
    rate = _rate(options)
    length_s = max(
        [transcript.duration_s, 1.0, *(segment.end_s + 1 for segment in transcript.segments)]
    )
    rows = "".join(
        f'<marker start="{_fraction(block.start_s, rate)}" duration="{_one(rate)}"'
        f" value={xml_attribute(_marker(block))}/>\n"
        for block in _blocks(transcript, options)
    )
    duration, title = _fraction(length_s, rate), xml_attribute(tidy(transcript.name))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.8">\n'
        f'<resources><format id="r1" frameDuration="{_one(rate)}" width="1920" height="1080"/>'
        f"</resources>\n<library><event name={title}><project name={title}>"
        f'<sequence format="r1" duration="{duration}" tcStart="0s" tcFormat="NDF"><spine>\n'
        f'<gap name="Gap" offset="0s" start="0s" duration="{duration}">\n{rows}</gap>\n'
        "</spine></sequence></project></event></library>\n</fcpxml>\n"
    )


def read_fcpxml(text: str) -> tuple[Segment, ...]:
    """Read markers; each lasts until the next.

    Raises:
        BadRequestError: the XML is damaged.
    """
    rows: list[tuple[float, str]] = []

    def start(name: str, given: dict[str, str]) -> None:
        match = re.fullmatch(r"(\d{1,18})(?:/(\d{1,18}))?s", given.get("start", ""))
        if name in ("marker", "chapter-marker") and match and int(match[2] or 1):
            time_s = float(Fraction(int(match[1]), int(match[2] or 1)))
            rows.append((valid_time_s(time_s), tidy(given.get("value", ""))))

    # The document type names no file and declares nothing; any other is refused.
    parse_xml("FCPXML", text.replace("<!DOCTYPE fcpxml>", "", 1), start, _ignore, _ignore)
    return _until_next(rows)


def _ignore(_: str) -> None:
    pass


def _until_next(rows: list[tuple[float, str]]) -> tuple[Segment, ...]:
    rows.sort(key=lambda row: row[0])
    ends = [time_s for time_s, _ in rows[1:]] + [time_s for time_s, _ in rows[-1:]]
    return tuple(
        Segment(time_s, end_s, text)
        for (time_s, text), end_s in zip(rows, ends, strict=True)
        if text
    )


def _blocks(transcript: Transcript, options: ExportOptions) -> list[Block]:
    return blocks(transcript, options, speakers=True, times=True, paragraphs=True)


def _marker(block: Block) -> str:
    return f"{block.speaker}: {block.text}" if block.speaker else block.text


def _rate(options: ExportOptions) -> Fraction:
    """Return the exact frame rate: 29.97 stands for 30000/1001."""
    rate = options.frames_per_s if 1 <= options.frames_per_s <= 240 else 25.0
    for whole in _NTSC:
        exact = Fraction(whole * 1000, 1001)
        if abs(rate - float(exact)) < 0.01:
            return exact
    return Fraction(round(rate * 1000), 1000)


def _one(rate: Fraction) -> str:
    return f"{rate.denominator}/{rate.numerator}s"


def _fraction(time_s: float, rate: Fraction) -> str:
    """Return a time in whole frames, as a fraction of seconds."""
    frames = int(valid_time_s(time_s) * float(rate) + 0.5)
    return f"{frames * rate.denominator}/{rate.numerator}s"


def _timecode(frame: int, rate: int) -> str:
    seconds, frames = divmod(frame, rate)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}:{frames:02d}"
