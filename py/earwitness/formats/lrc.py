"""LRC for music players: `[mm:ss.xx]` before each line, and an empty line at a pause."""

from __future__ import annotations

import re
from itertools import zip_longest

from earwitness.domain.clock import clock, parse_clock
from earwitness.formats.cues import cues
from earwitness.transcript import Segment, Transcript

PAUSE_S = 1.0
"""A pause of this length is marked, so that the last words leave the screen."""

_TAGS = re.compile(r"((?:\[\d+:\d{1,2}(?:[.:]\d{1,3})?\])+)(.*)")
_OFFSET = re.compile(r"\[offset:\s*([+-]?\d{1,9})\s*\]", re.IGNORECASE)
_WORD_TIME = re.compile(r"<\d+:\d{1,2}(?:\.\d{1,3})?>")


def write(transcript: Transcript) -> str:
    """Write lines; hours are added to the minutes."""
    rows = [f"[ti:{_plain(transcript.name)}]"]
    if transcript.language:
        rows.append(f"[la:{transcript.language}]")
    made = cues(transcript.segments)
    for cue, after in zip_longest(made, made[1:]):
        rows.append(f"{_stamp(cue.start_s)}{_plain(cue.text)}")
        if after is None or after.start_s - cue.end_s >= PAUSE_S:
            rows.append(_stamp(cue.end_s))
    return "\n".join(rows) + "\n"


def read(text: str) -> tuple[Segment, ...]:
    """Read lines, which may have several times; each lasts until the next."""
    offset = _OFFSET.search(text)
    shift_s = int(offset[1]) / 1000 if offset else 0.0
    rows: list[tuple[float, str]] = []
    for line in text.split("\n"):
        match = _TAGS.fullmatch(line.strip())
        if match is None:
            continue
        body = _WORD_TIME.sub("", match[2]).strip()
        for stamp in match[1].strip("[]").split("]["):
            time_s = parse_clock(_point(stamp))
            if time_s is not None:
                rows.append((max(0.0, time_s - shift_s), body))
    rows.sort(key=lambda row: row[0])
    ends = [time_s for time_s, _ in rows[1:]] + [row[0] for row in rows[-1:]]
    return tuple(
        Segment(start_s, end_s, body)
        for (start_s, body), end_s in zip(rows, ends, strict=True)
        if body
    )


def _stamp(time_s: float) -> str:
    return f"[{clock(time_s, digits=2, hours=False)}]"


def _plain(text: str) -> str:
    """Return the text without brackets, which would look like a tag."""
    return " ".join(text.replace("[", "(").replace("]", ")").split())


def _point(stamp: str) -> str:
    """Return `mm:ss.xx` for the variant `mm:ss:xx`."""
    parts = stamp.split(":")
    return stamp if len(parts) < 3 else f"{parts[0]}:{parts[1]}.{parts[2]}"
