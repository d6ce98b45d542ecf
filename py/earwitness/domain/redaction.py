"""Redactions: which words of a text lie in redacted parts, and the text without them.

A redaction is a part of the recording, so it stays when a text is corrected, split or run again. A
word that only touches the part is hidden as well. A sentence whose words have no times counts as
one word. Words in a row become one sign, whose length says nothing about them.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby
from typing import Protocol

from earwitness.transcript import Redaction, Segment, Transcript, Word

SIGN = "[redacted]"
"""Stands in the place of words that are redacted."""
_SIGN = re.compile(re.escape(SIGN))
_TOKEN = re.compile(rf"{re.escape(SIGN)}|(?:(?!{re.escape(SIGN)})\S)+")


class Timed(Protocol):
    """Anything that has a start and an end in the recording, in seconds."""

    @property
    def start_s(self) -> float:
        """The start."""
        ...

    @property
    def end_s(self) -> float:
        """The end."""
        ...


class RedactedParts:
    """The parts of a recording that are redacted."""

    def __init__(self, redactions: Iterable[Timed], margin_s: float = 0.0) -> None:
        """`margin_s`: how much longer each part is at both ends."""
        merged: list[tuple[float, float]] = []
        for start_s, end_s in sorted((each.start_s, each.end_s) for each in redactions):
            start_s, end_s = start_s - margin_s, end_s + margin_s
            if merged and start_s <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end_s, merged[-1][1])
            else:
                merged.append((start_s, end_s))
        self.spans = tuple(merged)
        """Start and end of each, in order; none overlaps another."""
        self._starts = [start_s for start_s, _ in merged]

    def touch(self, start_s: float, end_s: float) -> bool:
        """Return whether a stretch of time shares more than an edge with a part.

        For a stretch or a part without length, an edge is enough.
        """
        at = bisect_right(self._starts, end_s)
        for own_start_s, own_end_s in reversed(self.spans[:at]):
            if own_end_s < start_s:
                return False
            first_s, last_s = max(start_s, own_start_s), min(end_s, own_end_s)
            if first_s < last_s or start_s == end_s or own_start_s == own_end_s:
                return True
        return False

    def touch_segment(self, segment: Segment) -> bool:
        """Return whether a segment, or one of its words, touches a part."""
        start_s, end_s = segment.start_s, segment.end_s
        if segment.words:
            start_s = min(start_s, segment.words[0].start_s)
            end_s = max(end_s, segment.words[-1].end_s)
        return self.touch(start_s, end_s)


@lru_cache(maxsize=64)
def parts_of(redactions: tuple[Redaction, ...]) -> RedactedParts:
    """Return the parts of redactions."""
    return RedactedParts(redactions)


def redacted(transcript: Transcript) -> Transcript:
    """Return a transcript without the words of its redacted parts.

    Its name, its tags and the names of its speakers are as the user wrote them.
    """
    if not transcript.redactions:
        return transcript
    parts = parts_of(transcript.redactions)
    segments = tuple(hide(segment, parts) for segment in transcript.segments)
    return dataclasses.replace(transcript, segments=segments)


def without_alternatives(segment: Segment) -> Segment:
    """Return a segment without what else its words may be, which may be a redacted word."""
    if not any(word.alternatives for word in segment.words):
        return segment
    words = tuple(dataclasses.replace(word, alternatives=()) for word in segment.words)
    return dataclasses.replace(segment, words=words)


def hide(segment: Segment, parts: RedactedParts) -> Segment:
    """Return a segment without the words of redacted parts; the same segment if it has none."""
    if not parts.touch_segment(segment):
        return segment
    heard = None if segment.heard is None else SIGN
    runs = runs_of(segment, parts)
    if not any(run.is_hidden for run in runs):
        return segment if heard is None else dataclasses.replace(segment, heard=heard)
    words: list[Word] = []
    estimated: list[int] = []
    was_estimated = set(segment.estimated_words)
    for run in runs:
        if run.is_hidden:
            words.append(_one_word(run.words))
            continue
        estimated += [
            len(words) + i for i in range(len(run.words)) if run.first + i in was_estimated
        ]
        words += run.words
    return dataclasses.replace(
        segment,
        text="".join(run.shown for run in runs),
        words=tuple(words) if segment.words else (),
        heard=heard,
        estimated_words=tuple(estimated) if segment.words else (),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """Words of a segment in a row that are all hidden, or all visible."""

    is_hidden: bool
    before: str
    """The space before the first word, in the text."""
    text: str
    """The words and the spaces between them, in the text; of the last run, up to its end."""
    words: tuple[Word, ...]
    first: int
    """The index of the first word."""

    @property
    def shown(self) -> str:
        """What stands in the text for it."""
        return self.before + (SIGN if self.is_hidden else self.text)


def runs_of(segment: Segment, parts: RedactedParts) -> list[Run]:
    """Return a segment's words in runs; their texts together are the segment's.

    A text that is not made of its words is hidden as a whole where one of the words is.
    """
    words = timed_words(segment)
    hidden = [parts.touch(word.start_s, word.end_s) for word in words]
    text = segment.text
    places = places_of(text, words)
    if places is None:
        is_hidden = any(hidden) or not words
        return [Run(is_hidden, "", text, words, 0)] if text else []
    runs: list[Run] = []
    at = first = 0
    for is_hidden, group in groupby(hidden):
        stop = first + len([*group])
        begin, end = places[first][0], places[stop - 1][1]
        end = len(text) if stop == len(words) and not is_hidden else end
        runs.append(
            Run(is_hidden, text[at:begin], text[begin:end], tuple(words[first:stop]), first)
        )
        at, first = end, stop
    return runs


def timed_words(segment: Segment) -> tuple[Word, ...]:
    """Return the words of a segment; where they have no times, its text as one word."""
    if segment.words or not segment.text.strip():
        return segment.words
    return (Word(segment.text, segment.start_s, segment.end_s),)


def places_of(text: str, words: Sequence[Word]) -> list[tuple[int, int]] | None:
    """Return the characters of each word in a text; None: the text is not made of these words."""
    places: list[tuple[int, int]] = []
    at = 0
    for word in words:
        bare = word.text.strip()
        begin = text.find(bare, at)
        if begin < 0 or text[at:begin].strip():
            return None
        at = begin + len(bare)
        places.append((begin, at))
    return None if text[at:].strip() else places


def _one_word(words: Sequence[Word]) -> Word:
    """Return what stands for words that are hidden."""
    first = words[0]
    space = " " if first.text[:1].isspace() else ""
    start_s = min(word.start_s for word in words)
    end_s = max(word.end_s for word in words)
    return Word(space + SIGN, start_s, end_s, speaker=first.speaker)


# ---------------------------------------------------------------- texts that the user types


class Typed:
    """A text that the user typed where signs stood, with the words of the signs again.

    A sign that is missing takes its words away; one that was typed stays a sign.
    """

    def __init__(self, typed: str, segment: Segment, parts: RedactedParts) -> None:
        """`segment`: with the words that are hidden. `typed`: as `hide` shows the segment."""
        runs = runs_of(segment, parts) if parts.touch_segment(segment) else []
        shown = "".join(run.shown for run in runs)
        below = [
            each
            for run in runs
            for each in ([run.text] if run.is_hidden else _SIGN.findall(run.text))
        ]
        kept = iter(_kept(shown, typed, below))
        self._pieces = [
            (piece, next(kept) if piece == SIGN else piece)
            for piece in re.split(f"({re.escape(SIGN)})", typed)
        ]

    @property
    def text(self) -> str:
        """The text with the hidden words."""
        return "".join(below for _, below in self._pieces)

    def letters(self, count: int) -> int:
        """Return how many letters of `text` come before that many letters of the typed text."""
        found = 0
        for typed, below in self._pieces:
            length = _letters(typed)
            if typed == SIGN:
                if count * 2 < length:
                    return found
                found += _letters(below)
            else:
                found += min(count, length)
            count -= length
            if count <= 0:
                break
        return found


def _kept(shown: str, typed: str, below: Sequence[str]) -> Iterator[str]:
    """Yield for each sign that was typed what it stands for."""
    count = len(_SIGN.findall(typed))
    if count == len(below):
        yield from below
        return
    old, new = _TOKEN.findall(shown), _TOKEN.findall(typed)
    known = dict(zip((i for i, t in enumerate(old) if t == SIGN), below, strict=True))
    found: dict[int, str] = {}
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            if block.a + offset in known:
                found[block.b + offset] = known[block.a + offset]
    yield from (found.get(i, SIGN) for i, token in enumerate(new) if token == SIGN)


def _letters(text: str) -> int:
    return len("".join(text.split()))
