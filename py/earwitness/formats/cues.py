"""Make subtitle cues of segments: at most two lines of 42 columns, cut where a reader pauses.

The limits are those of broadcasters' style guides. A wide character (Chinese, Japanese, Korean)
takes two columns.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.domain.clock import valid_time_s
from earwitness.formats.cue_times import screen_times
from earwitness.transcript import Segment, Word

COLUMNS = 42
LINES = 2

_SENTENCE_END = ".?!…。？！؟।"
_PAUSE = ",;:，、；：،—–"
_NOT_FIRST = ".,?!…。？！，、；：)]}）」』】”’»%"
"""Characters that no line begins with."""


@dataclass(frozen=True, slots=True)
class Cue:
    """The text on the screen from `start_s` to `end_s`."""

    start_s: float
    end_s: float
    lines: tuple[str, ...]
    words: tuple[Word, ...] = ()
    speaker: str | None = None

    @property
    def text(self) -> str:
        """The lines joined."""
        return join_lines(self.lines)


def valid_span_s(segment: Segment) -> tuple[float, float]:
    """Return start and end: valid times, the end not before the start."""
    start_s = valid_time_s(segment.start_s)
    return start_s, max(start_s, valid_time_s(segment.end_s))


def spoken(segments: Sequence[Segment]) -> list[Segment]:
    """Return the segments that have text."""
    return [segment for segment in segments if segment.text.strip()]


def tidy(text: str) -> str:
    """Return the text in one line, with single spaces."""
    return " ".join(text.split())


def join_lines(lines: Sequence[str]) -> str:
    """Return the lines joined, with a space unless both neighbours are wide characters."""
    text = ""
    for line in (line.strip() for line in lines):
        if not text or not line:
            text += line
        else:
            text += line if _is_wide(text[-1]) and _is_wide(line[0]) else f" {line}"
    return text


def cues(segments: Sequence[Segment]) -> list[Cue]:
    """Return the cues of all segments, each long enough to read; none overlaps the next one."""
    made = [cue for segment in spoken(segments) for cue in _cut(segment)]
    times = screen_times(
        [(cue.start_s, cue.end_s) for cue in made],
        [sum(map(width, cue.lines)) for cue in made],
    )
    return [
        Cue(start_s, end_s, cue.lines, cue.words, cue.speaker)
        for cue, (start_s, end_s) in zip(made, times, strict=True)
    ]


def _cut(segment: Segment) -> list[Cue]:
    text = tidy(segment.text)
    start_s, end_s = valid_span_s(segment)
    words = [word for word in segment.words if word.text.strip()]
    offsets = _word_offsets(text, words)
    made: list[Cue] = []
    for begin, stop in _parts(text, 0, len(text)):
        lines = _lines(text[begin:stop].strip())
        if offsets is None:
            length = max(1, len(text))
            first_s = start_s + (end_s - start_s) * begin / length
            last_s = start_s + (end_s - start_s) * stop / length
            made.append(Cue(first_s, last_s, lines, (), segment.speaker))
            continue
        low, high = bisect_left(offsets, begin), bisect_left(offsets, stop)
        own = tuple(words[low:high])
        first_s = valid_time_s(own[0].start_s) if own and made else start_s
        last_s = valid_time_s(own[-1].end_s) if own and stop < len(text) else end_s
        made.append(Cue(first_s, last_s, lines, own, segment.speaker))
    return made


def _word_offsets(text: str, words: Sequence[Word]) -> list[int] | None:
    """Return the offset of each word in the text; None if the words differ from the text."""
    offsets: list[int] = []
    at = 0
    for word in words:
        token = tidy(word.text)
        while at < len(text) and text[at] == " ":
            at += 1
        if not text.startswith(token, at):
            return None
        offsets.append(at)
        at += len(token)
    return offsets if offsets and at >= len(text) else None


def _parts(text: str, begin: int, stop: int) -> list[tuple[int, int]]:
    """Return [begin, stop) in parts that fit on the screen."""
    part = text[begin:stop].strip()
    if width(part) <= COLUMNS or _break(part, COLUMNS) is not None:
        return [(begin, stop)]
    lead = len(text[begin:stop]) - len(text[begin:stop].lstrip())
    at = begin + lead + _best(part, _breaks(part))
    return _parts(text, begin, at) + _parts(text, at, stop)


def _lines(part: str) -> tuple[str, ...]:
    at = _break(part, COLUMNS) if width(part) > COLUMNS else None
    return (part,) if at is None else (part[:at].strip(), part[at:].strip())


def _break(part: str, columns: int) -> int | None:
    """Return the offset that splits the part into two lines that fit, or None."""
    if width(part) > LINES * columns:
        return None
    fitting = [
        at
        for at in _breaks(part)
        if width(part[:at].strip()) <= columns and width(part[at:].strip()) <= columns
    ]
    return _best(part, fitting) if fitting else None


def _breaks(part: str) -> list[int]:
    """Return the offsets where a line may end: at spaces, or between wide characters.

    A single long word may be cut anywhere.
    """
    found = [
        i
        for i in range(1, len(part))
        if part[i - 1] == " "
        or (_is_wide(part[i]) and part[i - 1] != " " and part[i] not in _NOT_FIRST)
    ]
    return found or list(range(1, len(part)))


def _best(part: str, breaks: Sequence[int]) -> int:
    """Return the break nearest the middle, with preference for punctuation."""

    def cost(at: int) -> float:
        before = part[:at].rstrip()[-1:]
        roughness = 0.0 if before in _SENTENCE_END else 0.15 if before in _PAUSE else 0.3
        return abs(at / len(part) - 0.5) + roughness

    return min(breaks, key=cost)


def width(text: str) -> int:
    """Return the columns that a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if _is_wide(c) else 0 if unicodedata.combining(c) else 1 for c in text)


def _is_wide(character: str) -> bool:
    return not character.isascii() and unicodedata.east_asian_width(character) in "WF"
