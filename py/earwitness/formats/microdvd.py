"""MicroDVD: `{first frame}{last frame}text`, with the frame rate in the first cue. Read only."""

from __future__ import annotations

import re

from earwitness.domain.clock import valid_time_s
from earwitness.formats.cues import join_lines
from earwitness.transcript import Segment

CUE = re.compile(r"\{(\d{1,12})\}\{(\d{0,12})\}(.*)")
_STYLE = re.compile(r"\{[a-zA-Z]:[^{}]*\}")
FRAMES_PER_S = 25.0
"""Where the file does not say its rate."""
_RATES = (1.0, 1000.0)


def read(text: str) -> tuple[Segment, ...]:
    """Read cues; one without an end lasts until the next."""
    rate = FRAMES_PER_S
    rows: list[tuple[int, int | None, str]] = []
    for line in text.split("\n"):
        match = CUE.match(line.strip())
        if match is None:
            continue
        first, last, body = int(match[1]), match[2], match[3]
        if not rows and first <= 1 and (stated := _rate(body)):
            rate = stated
            continue
        parts = _STYLE.sub("", body).split("|")
        said = join_lines([part.removeprefix("/").strip() for part in parts])
        rows.append((first, int(last) if last else None, said))
    found: list[Segment] = []
    for (first, last, said), (following, _, _) in zip(rows, [*rows[1:], (0, 0, "")], strict=True):
        start_s = valid_time_s(first / rate)
        end_s = valid_time_s((following if last is None else last) / rate)
        if said:
            found.append(Segment(start_s, max(start_s, end_s), said))
    return tuple(found)


def _rate(body: str) -> float | None:
    try:
        rate = float(body.strip().replace(",", "."))
    except ValueError:
        return None
    return rate if _RATES[0] <= rate <= _RATES[1] else None
