"""Make subtitle cues of segments: at most two lines of 42 columns, cut where a reader pauses.

The limits are those of broadcasters' style guides. A wide character (Chinese, Japanese, Korean)
takes two columns. `line_breaks` says where a line may end, `cue_times` when a cue is shown.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from earwitness.domain.clock import valid_time_s
from earwitness.formats.characters import is_spaceless, width
from earwitness.formats.cue_times import screen_times
from earwitness.formats.line_breaks import Break, breaks
from earwitness.transcript import Segment, Word

COLUMNS = 42
LINES = 2
_ZERO_WIDTH_SPACE = "\u200b"
"""Between words of Khmer, Thai and others: a line may end here."""


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
    """Return the lines joined: with a space, unless their script has none and the line neither."""
    text, spaced = "", False
    for line in lines:
        bare = line.strip()
        if not text or not bare:
            text += bare
        else:
            close = not spaced and is_spaceless(text[-1]) and is_spaceless(bare[0])
            text += bare if close or text.endswith(_ZERO_WIDTH_SPACE) else f" {bare}"
        spaced = line.endswith(" ")
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
    offsets = word_offsets(text, words)
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


def word_offsets(text: str, words: Sequence[Word]) -> list[int] | None:
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
    at = begin + lead + _best(part, breaks(part))
    return _parts(text, begin, at) + _parts(text, at, stop)


def _lines(part: str) -> tuple[str, ...]:
    at = _break(part, COLUMNS) if width(part) > COLUMNS else None
    return (part,) if at is None else (_first_line(part, at), part[at:].strip())


def _first_line(part: str, at: int) -> str:
    """Return the first of two lines; where joining them would lose a space, it ends with one."""
    line, last = part[:at].strip(), part[:at][-1:]
    kept = last == " " and is_spaceless(line[-1]) and is_spaceless(part[at])
    return f"{line} " if kept else line


def _break(part: str, columns: int) -> int | None:
    """Return the offset that splits the part into two lines that fit, or None."""
    if width(part) > LINES * columns:
        return None
    fitting = [
        each
        for each in breaks(part)
        if width(_first_line(part, each.at)) <= columns
        and width(part[each.at :].strip()) <= columns
    ]
    return _best(part, fitting) if fitting else None


def _best(part: str, found: Sequence[Break]) -> int:
    """Return the break nearest the middle, with preference for smooth ones."""
    return min(found, key=lambda each: abs(each.at / len(part) - 0.5) + each.roughness).at
