"""SubViewer as YouTube saves it: `0:00:01.000,0:00:02.000` above each text. Read only."""

from __future__ import annotations

import re

from earwitness.domain.clock import parse_clock
from earwitness.formats.cues import join_lines
from earwitness.transcript import Segment

TIMING = re.compile(r"(\d{1,3}:\d{1,2}:\d{1,2}\.\d{1,3}),(\d{1,3}:\d{1,2}:\d{1,2}\.\d{1,3})")


def read(text: str) -> tuple[Segment, ...]:
    """Read subtitles, also where the blank line between two is missing."""
    found: list[Segment] = []
    times: tuple[float, float] | None = None
    body: list[str] = []
    for line in [*text.split("\n"), "0:00:00.000,0:00:00.000"]:
        match = TIMING.fullmatch(line.strip())
        if match is None:
            body.append(line.strip().replace("[br]", " "))
            continue
        said = join_lines([each for each in body if each])
        if times is not None and said:
            found.append(Segment(*times, said))
        start_s, end_s = parse_clock(match[1]), parse_clock(match[2])
        times = None if start_s is None or end_s is None else (start_s, max(start_s, end_s))
        body = []
    return tuple(found)
