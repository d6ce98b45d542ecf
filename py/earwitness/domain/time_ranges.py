"""The words of a text that lie in parts of the recording, and their characters.

A word belongs to a part if its middle lies in it; the ends of the part count. A sentence whose
words have no times counts as one word. `web/app/time-ranges.js` does the same for the page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from earwitness.domain.scripts import join_texts
from earwitness.transcript import Segment

_SEARCHED = 40
"""Characters in which the next word is looked for; a correction may have removed some."""


class TimeRange(Protocol):
    """Anything that has a start and an end in the recording, in seconds."""

    @property
    def start_s(self) -> float:
        """The start."""
        ...

    @property
    def end_s(self) -> float:
        """The end."""
        ...


class TimeRanges:
    """Parts of a recording, which may overlap."""

    def __init__(self, parts: Iterable[TimeRange]) -> None:
        """`parts`: in any order."""
        merged: list[tuple[float, float]] = []
        for start_s, end_s in sorted((part.start_s, part.end_s) for part in parts):
            if merged and start_s <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end_s, merged[-1][1])
            else:
                merged.append((start_s, end_s))
        self._starts = [start_s for start_s, _ in merged]
        self._ends = [end_s for _, end_s in merged]

    def hold(self, timed: TimeRange) -> bool:
        """Return whether the middle of something lies in one of the parts."""
        middle_s = (timed.start_s + timed.end_s) / 2
        at = bisect_right(self._starts, middle_s) - 1
        return at >= 0 and middle_s <= self._ends[at]

    def words(self, segment: Segment) -> tuple[int, ...]:
        """Return the indices of a segment's words that lie in one of the parts."""
        return tuple(i for i, word in enumerate(segment.words) if self.hold(word))

    def spans(self, segment: Segment) -> tuple[tuple[int, int], ...]:
        """Return the characters of a segment's text that lie in one of the parts.

        A span is its first character and the one after its last. Words that follow each other are
        one span, with the space between them.
        """
        spans: list[tuple[int, int]] = []
        is_next = False
        for begin, end, timed in _placed(segment):
            is_inside = self.hold(timed)
            if is_inside and is_next:
                spans[-1] = spans[-1][0], end
            elif is_inside:
                spans.append((begin, end))
            is_next = is_inside
        return tuple(spans)


def segments_within(segments: Sequence[Segment], part: TimeRange) -> range:
    """Return the indices of the segments that may have words in a part."""
    first = bisect_left(segments, part.start_s, key=lambda segment: segment.start_s)
    while first and segments[first - 1].end_s >= part.start_s:
        first -= 1
    stop = bisect_right(segments, part.end_s, first, key=lambda segment: segment.start_s)
    return range(first, stop)


def text_within(segments: Sequence[Segment], part: TimeRange) -> str:
    """Return the words of a text that lie in a part, in one line; empty where there are none."""
    ranges = TimeRanges([part])
    own = (segments[index] for index in segments_within(segments, part))
    return join_texts(each.text[begin:end] for each in own for begin, end in ranges.spans(each))


def _placed(segment: Segment) -> Iterator[tuple[int, int, TimeRange]]:
    """Yield where each word stands in the text; without word times, where the sentence does."""
    text = segment.text
    at = len(text) - len(text.lstrip())
    is_any = False
    for word in segment.words:
        bare = word.text.strip()
        begin = text.find(bare, at, at + _SEARCHED + len(bare)) if bare else -1
        if begin >= 0:
            at = begin + len(bare)
            is_any = True
            yield begin, at, word
    if not is_any and text.strip():
        yield at, len(text.rstrip()), segment
