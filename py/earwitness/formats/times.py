"""Seconds as clocks show them, and back."""

from __future__ import annotations

import math
import re

_CLOCK = re.compile(r"(?:(\d{1,9}):)?(\d{1,9}):(\d{1,2})(?:[.,](\d{1,6}))?")
LONGEST_S = 1e8
"""Three years; a time beyond is damage."""


def clock(
    time_s: float, *, separator: str = ".", digits: int = 3, hours: bool | None = True
) -> str:
    """`HH:MM:SS.mmm`; hours grow past 99.

    Args:
        time_s: negative counts as 0.
        separator: before the fraction.
        digits: of the fraction; 0 cuts it off, as the page does: one sentence has one time.
        hours: False folds them into the minutes, None shows them only when there are any.
    """
    ticks = round(sane(time_s) * 10**digits) if digits else math.floor(sane(time_s))
    whole, fraction = divmod(ticks, 10**digits)
    minutes, seconds = divmod(whole, 60)
    tail = f"{separator}{fraction:0{digits}d}" if digits else ""
    if hours is False:
        return f"{minutes:02d}:{seconds:02d}{tail}"
    hour, minutes = divmod(minutes, 60)
    if hours is None:
        head = f"{hour}:{minutes:02d}" if hour else f"{minutes}"
        return f"{head}:{seconds:02d}{tail}"
    return f"{hour:02d}:{minutes:02d}:{seconds:02d}{tail}"


def parse_clock(text: str) -> float | None:
    """Seconds of `[H:]MM:SS[.mmm]`, with a point or a comma; None when it is no such time."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def sane(time_s: float) -> float:
    """The time, or 0 where it is negative or no number."""
    return min(time_s, LONGEST_S) if math.isfinite(time_s) and time_s > 0 else 0.0
