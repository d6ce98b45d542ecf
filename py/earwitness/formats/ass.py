"""Advanced SubStation Alpha: subtitles with a style."""

from __future__ import annotations

import re

from earwitness.domain.clock import clock, parse_clock
from earwitness.formats.bidi import bare, embedded
from earwitness.formats.cues import join_lines
from earwitness.formats.subtitles import subtitle_cues
from earwitness.messages import ExportOptions
from earwitness.transcript import Segment, Transcript

_HEAD = """[Script Info]
Title: {title}
ScriptType: v4.00+
WrapStyle: 0
PlayResX: 1280
PlayResY: 720

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, \
Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,48,&H00FFFFFF,&H000000FF,&H00000000,&H64000000,\
0,0,0,0,100,100,0,0,1,2,1,2,40,40,40,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
_JOINER = "\u2060"
"""An invisible character after a backslash of the text, which would begin a command."""
_COMMAND = re.compile(r"\{[^{}]*\}")


def write(transcript: Transcript, options: ExportOptions | None = None) -> str:
    """Write subtitles."""
    rows = [
        f"Dialogue: 0,{_time(cue.start_s)},{_time(cue.end_s)},Default,"
        f"{_name(cue.speaker)},0,0,0,,{_escape(cue.lines)}\n"
        for cue in subtitle_cues(transcript, options or ExportOptions())
    ]
    return _HEAD.format(title=" ".join(transcript.name.split())) + "".join(rows)


def read(text: str) -> tuple[Segment, ...]:
    """Read dialogue lines without styles and commands."""
    found: list[Segment] = []
    for line in text.split("\n"):
        if not line.startswith("Dialogue:"):
            continue
        cells = line.removeprefix("Dialogue:").split(",", 9)
        if len(cells) < 10:
            continue
        start_s, end_s = parse_clock(cells[1]), parse_clock(cells[2])
        body = _unescape(cells[9])
        if start_s is not None and end_s is not None and body:
            speaker = cells[4].strip() or None
            found.append(Segment(start_s, max(start_s, end_s), body, speaker=speaker))
    # A style in layers has the same text once for each layer.
    return tuple(dict.fromkeys(found))


def _time(time_s: float) -> str:
    text = clock(time_s, digits=2)
    return text[1:] if text.startswith("0") else text


def _name(speaker: str | None) -> str:
    return " ".join((speaker or "").replace(",", " ").split())


def _escape(lines: tuple[str, ...]) -> str:
    safe = (
        line.replace("\\", f"\\{_JOINER}").replace("{", "\\{").replace("}", "\\}")
        for line in embedded(lines)
    )
    return "\\N".join(safe)


def _unescape(body: str) -> str:
    """Return the text without commands, and with its escaped braces."""
    body = body.replace("\\{", "\ue010").replace("\\}", "\ue011")
    body = _COMMAND.sub("", body)
    lines = re.split(r"\\[Nn]", body.replace("\\h", " "))
    body = join_lines([bare(line) for line in lines])
    body = body.replace(_JOINER, "").replace("\ue010", "{").replace("\ue011", "}")
    return " ".join(body.split())
