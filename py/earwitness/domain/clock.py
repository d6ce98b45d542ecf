"""Write seconds as a clock shows them, and read them back."""

from __future__ import annotations

import math
import re

_CLOCK = re.compile(r"(?:(\d{1,9}):)?(\d{1,9}):(\d{1,2})(?:[.,](\d{1,6}))?")
LONGEST_S = 1e8
"""Three years; a longer time is an error in the file."""


def clock(
    time_s: float, *, separator: str = ".", digits: int = 3, hours: bool | None = True
) -> str:
    """Return `HH:MM:SS.mmm`; the hours may have more digits.

    Args:
        time_s: a negative time counts as 0.
        separator: between seconds and fraction.
        digits: of the fraction; 0 cuts the fraction off, as the page does.
        hours: False adds hours to the minutes; None writes hours only where there are any.
    """
    ticks = round(valid_time_s(time_s) * 10**digits) if digits else math.floor(valid_time_s(time_s))
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
    """Return the seconds of `[H:]MM:SS[.mmm]` (or a comma); None for other text."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)


def valid_time_s(time_s: float) -> float:
    """Return the time, 0 if it is negative or not a number, at most `LONGEST_S`."""
    return min(time_s, LONGEST_S) if math.isfinite(time_s) and time_s > 0 else 0.0
