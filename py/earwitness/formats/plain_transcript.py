"""Speakers and times in plain text, as Otter, Teams, Zoom and others save it.

Three forms are known: a line with speaker and time above its text, a line that begins with its
time, and a line of two times above speaker and text. Text without times is one segment a line.
"""

from __future__ import annotations

import re

from earwitness.domain.clock import parse_clock, valid_time_s
from earwitness.transcript import Segment

_CLOCK = r"(?:\d{1,3}:)?\d{1,3}:\d{2}(?:[.,]\d{1,6})?"
_HEADER = re.compile(
    rf"(?P<speaker>\S.{{0,78}}?)(?:\s{{2,}}|\t|\s*[|]\s*|\s*(?=[\[(]))[\[(]?(?P<time>{_CLOCK})[\])]?"
)
"""A name, a wide space or a bracket, and a time: a sentence that ends with a time has neither."""
_LONE_TIME = re.compile(rf"(?P<speaker>)[\[(]?(?P<time>{_CLOCK})[\])]?")
_INLINE = re.compile(
    rf"[\[(]?(?P<time>{_CLOCK})[\])]?\s+(?:[-–—]\s+)?"
    r"(?:(?P<speaker>[^\s:][^:\n]{0,58}):\s+)?(?P<text>\S.*)"
)
_SPAN = re.compile(
    r"(\d{1,3}:\d{1,2}:\d{1,2}[.,]\d{1,7})\s+-->\s+(\d{1,3}:\d{1,2}:\d{1,2}[.,]\d{1,7})"
)
_TITLE_LINES = 6
"""Lines that may stand above the first time, such as a title and a date."""


def read_plain(text: str) -> tuple[Segment, ...]:
    """Return the segments of a text; without times in it each line has the time 0."""
    lines = [line.strip() for line in text.split("\n")]
    filled = [line for line in lines if line]
    head = filled[:_TITLE_LINES]
    if any(map(_SPAN.fullmatch, head)):
        return _spans(lines)
    if any(map(_HEADER.fullmatch, head)):
        return _headers(lines, _HEADER)
    # A text may speak of times: here most lines must have one.
    if any(map(_LONE_TIME.fullmatch, head)) and _are_most(filled, _LONE_TIME, 3):
        return _headers(lines, _LONE_TIME)
    if any(map(_INLINE.fullmatch, head)) and _are_most(filled, _INLINE, 2):
        return _inlines(lines)
    return tuple(Segment(0.0, 0.0, line) for line in filled)


def _are_most(lines: list[str], kind: re.Pattern[str], share: int) -> bool:
    """Return whether one line in `share` or more has a time, and the times are in order."""
    times = [parse_clock(match["time"]) for line in lines if (match := kind.fullmatch(line))]
    known = [time_s for time_s in times if time_s is not None]
    return len(known) * share >= len(lines) and known == sorted(known)


def _headers(lines: list[str], kind: re.Pattern[str]) -> tuple[Segment, ...]:
    rows: list[tuple[float, str | None, str]] = []
    place: tuple[float, str | None] | None = None
    for line in lines:
        match = kind.fullmatch(line)
        time_s = parse_clock(match["time"]) if match else None
        if match and time_s is not None:
            place = time_s, (match["speaker"] or "").strip(" -–—|,:[(") or None
        elif place is not None and line:
            rows.append((*place, line))
    return timed(rows)


def _inlines(lines: list[str]) -> tuple[Segment, ...]:
    rows: list[tuple[float, str | None, str]] = []
    for line in lines:
        match = _INLINE.fullmatch(line)
        time_s = parse_clock(match["time"]) if match else None
        if match and time_s is not None:
            rows.append((time_s, match["speaker"], match["text"]))
        elif rows and line:
            time_s, speaker, _ = rows[-1]
            rows.append((time_s, speaker, line))
    return timed(rows)


def timed(rows: list[tuple[float, str | None, str]]) -> tuple[Segment, ...]:
    """Return segments that last until the next time; those with one time share the span."""
    found: list[Segment] = []
    at = 0
    while at < len(rows):
        stop = at
        while stop < len(rows) and rows[stop][0] == rows[at][0]:
            stop += 1
        start_s = rows[at][0]
        end_s = max(start_s, rows[stop][0]) if stop < len(rows) else start_s
        total = sum(len(text) for _, _, text in rows[at:stop])
        for _, speaker, text in rows[at:stop]:
            length_s = (end_s - rows[at][0]) * len(text) / max(1, total)
            found.append(Segment(start_s, start_s + length_s, text, speaker=speaker))
            start_s += length_s
        at = stop
    return tuple(found)


def _spans(lines: list[str]) -> tuple[Segment, ...]:
    found: list[Segment] = []
    place: tuple[float, float] | None = None
    rows: list[str] = []

    def close() -> None:
        if place is None or not rows:
            return
        speaker, body = (rows[0], rows[1:]) if len(rows) > 1 else (None, rows)
        found.append(Segment(*place, " ".join(body), speaker=speaker))

    for line in lines:
        match = _SPAN.fullmatch(line)
        if match:
            close()
            start_s, end_s = _span_time_s(match[1]), _span_time_s(match[2])
            place, rows = (start_s, max(start_s, end_s)), []
        elif line:
            rows.append(line)
    close()
    return tuple(found)


def _span_time_s(text: str) -> float:
    hours, minutes, seconds = text.replace(",", ".").split(":")
    return valid_time_s(int(hours) * 3600 + int(minutes) * 60 + float(seconds))
