"""What style guides ask of subtitles: line length, reading speed, shortest and longest time, gaps.

The numbers are those of Netflix's Timed Text Style Guides and of the BBC's Subtitle Guidelines. The
rules named `earwitness` are the common ground: 42 columns, 20 characters a second.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from earwitness.formats.characters import width
from earwitness.formats.cues import Cue
from earwitness.messages import ExportOptions

_WIDE_COLUMNS = {"zh": 32, "yue": 32, "ja": 26, "ko": 32}
"""A line of 16 or 13 wide characters, each two columns wide."""
_COLUMNS = {"th": 35, "ru": 39, "uk": 39}
_SPEEDS = {"ja": (4.0, 4.0), "ko": (12.0, 9.0), "zh": (9.0, 7.0), "yue": (9.0, 7.0)}
"""Characters a second, for adults and for children."""
_ENGLISH = (20.0, 17.0)
_OTHERS = (17.0, 13.0)
"""Netflix asks more time for the translated languages than for English."""
_BBC = (18.0, 15.0)
"""180 and 150 words a minute, of six characters with the space."""
_TOLERANCE_S = 0.002
"""Times are written in milliseconds."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is asked of every cue."""

    columns: int
    """Of a line; a wide character has two."""
    lines: int
    characters_per_s: float
    shortest_s: float
    longest_s: float
    gap_s: float
    """Between two cues: two frames."""
    closed_gap_s: float
    """A shorter gap is closed to `gap_s`, so that the screen does not flash."""
    dash: str
    """Begins the line of each speaker in a cue with two."""


def rules_for(options: ExportOptions, language: str | None) -> Rules:
    """Return the rules that the options name, for a language by Whisper's code."""
    code = language or "en"
    netflix = options.rules == "netflix"
    if code in _SPEEDS:
        speeds = _SPEEDS[code]
    elif options.rules == "bbc":
        speeds = _BBC
    else:
        speeds = _ENGLISH if code == "en" or not netflix else _OTHERS
    columns = _WIDE_COLUMNS.get(code, 37 if options.rules == "bbc" else 42)
    if netflix:
        columns = _COLUMNS.get(code, columns)
    if options.columns > 0:
        columns = options.columns * (2 if code in _WIDE_COLUMNS else 1)
    return Rules(
        columns=max(2, columns),
        lines=max(1, min(options.lines or 2, 4)),
        characters_per_s=speeds[options.children],
        shortest_s=1.0 if options.rules == "bbc" else 5 / 6,
        longest_s=7.0,
        gap_s=2 / max(1.0, options.frames_per_s),
        closed_gap_s=0.5,
        dash="-" if netflix and code != "fr" else "- ",
    )


def characters(text: str) -> int:
    """Return the characters that are read: marks above or below a letter do not count."""
    if text.isascii():
        return len(text)
    return sum(unicodedata.category(each) not in ("Mn", "Me", "Cf") for each in text)


def reading_s(lines: Sequence[str], rules: Rules) -> float:
    """Return how long a cue must stay to be read."""
    count = sum(map(characters, lines))
    return max(rules.shortest_s, count / rules.characters_per_s)


@dataclass(frozen=True, slots=True)
class Violation:
    """A cue that breaks a rule."""

    cue: int
    """Its index."""
    rule: str
    """`columns`, `lines`, `speed`, `shortest`, `longest`, `gap`, `flash` or `overlap`."""
    value: float
    """What the cue has: columns, lines, characters a second or seconds."""


def violations(cues: Sequence[Cue], rules: Rules) -> list[Violation]:
    """Return everything in the cues that breaks a rule, in their order."""
    found: list[Violation] = []
    for i, cue in enumerate(cues):
        length_s = cue.end_s - cue.start_s
        speed = sum(map(characters, cue.lines)) / max(length_s, 0.001)
        widest = max((width(line.rstrip()) for line in cue.lines), default=0)
        checks = (
            ("columns", float(widest), widest > rules.columns),
            ("lines", float(len(cue.lines)), len(cue.lines) > rules.lines),
            ("speed", speed, reading_s(cue.lines, rules) > length_s + _TOLERANCE_S
             and speed > rules.characters_per_s),
            ("shortest", length_s, length_s < rules.shortest_s - _TOLERANCE_S),
            ("longest", length_s, length_s > rules.longest_s + _TOLERANCE_S),
        )  # fmt: skip
        found += [Violation(i, rule, value) for rule, value, broken in checks if broken]
    for i, (cue, after) in enumerate(pairwise(cues)):
        gap_s = after.start_s - cue.end_s
        if gap_s < -_TOLERANCE_S:
            found.append(Violation(i, "overlap", gap_s))
        elif gap_s < rules.gap_s - _TOLERANCE_S:
            found.append(Violation(i, "gap", gap_s))
        elif rules.gap_s + _TOLERANCE_S < gap_s < rules.closed_gap_s - _TOLERANCE_S:
            found.append(Violation(i, "flash", gap_s))
    return sorted(found, key=lambda each: each.cue)


def avoidable(
    found: Sequence[Violation],
    cues: Sequence[Cue],
    spoken: Sequence[tuple[float, float]],
    rules: Rules,
) -> list[Violation]:
    """Return the violations that the speech leaves room to avoid.

    A cue that is too short or too fast is unavoidable where the cues around it need their time too:
    the same words are spoken faster than they can be read. Every other violation is avoidable.

    Args:
        found: what `violations` returned.
        cues: the cues.
        spoken: when the words of each cue are spoken.
        rules: what is asked.
    """
    needs = [reading_s(cue.lines, rules) for cue in cues]
    kept: list[Violation] = []
    for each in found:
        i = each.cue
        if each.rule in ("speed", "shortest"):
            # What the neighbours leave of the time, with the earliest and latest times allowed.
            earliest_s = max(0.0, spoken[i][0] - LEAD_S)
            latest_s = float("inf")
            if i:
                earliest_s = max(earliest_s, cues[i - 1].start_s + needs[i - 1] + rules.gap_s)
            if i + 1 < len(cues):
                latest_s = min(spoken[i + 1][0] + DELAY_S, cues[i + 1].end_s - needs[i + 1])
                latest_s -= rules.gap_s
            if latest_s - earliest_s < needs[i] - _TOLERANCE_S:
                continue
        kept.append(each)
    return kept


LEAD_S = 0.5
"""A cue comes at most this long before its words, if nothing is on the screen."""
DELAY_S = 0.4
"""A cue comes at most this long after its first word."""
