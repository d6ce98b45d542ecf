"""Passages: what the user made of segments that were heard, beyond a corrected text.

A passage stands in the place of one or more segments that follow each other, and divides their
words into parts. A part has a text, its own start and end, and the heard words it came from. Parts
are split, joined, moved and deleted; the heard segments stay as they are below.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from earwitness.domain.retime import realign, words_of
from earwitness.serialization import ADDED
from earwitness.transcript import Segment, Word


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of a passage."""

    text: str
    start_s: float
    end_s: float
    first: int
    """Index of its first heard word among those of the passage."""
    stop: int
    """Index after its last heard word; `first` where it has none."""
    id: int = 0
    """Unique in the passage; 0 keeps the key of the passage's first segment."""
    deleted: bool = False
    """It is not shown, and can be restored."""
    estimated: bool = False
    """Its start or its end lies inside a word, or there are no word times."""
    begins_paragraph: bool = field(default=False, metadata=ADDED)
    """As in `Segment`."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Segments that were heard one after the other, and the parts in their place."""

    keys: tuple[str, ...]
    """Of the heard segments (`Piece.key`)."""
    parts: tuple[Part, ...]
    """In order of time."""
    edited_at: str

    def key(self, part: int) -> str:
        """Return the key of the part with this index."""
        id_ = self.parts[part].id
        return f"{self.keys[0]}~{id_}" if id_ else self.keys[0]


@dataclass(frozen=True, slots=True)
class Shown:
    """A part as it is shown."""

    part: int
    """Its index in the passage."""
    heard: Segment
    """The heard words of the part, within its start and end."""
    segment: Segment


def heard_words(segment: Segment) -> tuple[Word, ...]:
    """Return the words of a heard segment; without times, the words of its text, timed evenly."""
    return segment.words or words_of(segment.text, segment.start_s, segment.end_s)


def whole(keys: Sequence[str], heard: Sequence[Segment], texts: Sequence[str], at: str) -> Passage:
    """Return a passage in which every segment is a part with its text."""
    edges = [0, *accumulate(len(heard_words(segment)) for segment in heard)]
    parts = tuple(
        Part(clean(text), segment.start_s, segment.end_s, edges[i], edges[i + 1], i)
        for i, (segment, text) in enumerate(zip(heard, texts, strict=True))
    )
    return Passage(tuple(keys), parts, at)


def shown(passage: Passage, heard: Mapping[str, Segment]) -> list[Shown]:
    """Return the parts that are not deleted. `heard`: by key, each segment of the passage."""
    segments = [heard[key] for key in passage.keys]
    words = [word for segment in segments for word in heard_words(segment)]
    has_words = any(segment.words for segment in segments)
    all_heard = clean("".join(segment.text for segment in segments)).split()
    is_same_text = " ".join(part.text for part in passage.parts).split() == all_heard
    starts = [0, *accumulate(len(heard_words(segment)) for segment in segments)]
    found: list[Shown] = []
    for i, part in enumerate(passage.parts):
        if part.deleted:
            continue
        own = words[part.first : part.stop]
        # Metrics are those of the segment in which the part begins.
        base = next((j for j in range(len(segments)) if part.first < starts[j + 1]), -1)
        basis = dataclasses.replace(
            segments[base],
            start_s=part.start_s,
            end_s=part.end_s,
            text="".join(word.text for word in own),
            words=tuple(own) if has_words else (),
            heard=None,
        )
        segment = basis if not has_words else _timed(basis, part)
        corrected = not is_same_text and part.text.split() != basis.text.split()
        segment = dataclasses.replace(
            segment,
            text=part.text,
            heard=basis.text if corrected else None,
            edges_estimated=part.estimated,
            begins_paragraph=part.begins_paragraph,
        )
        found.append(Shown(i, basis, segment))
    return found


def _timed(basis: Segment, part: Part) -> Segment:
    """Return a part with the words of its text, inside its start and end."""
    if basis.words:
        words, estimated = realign(basis, part.text)
    else:
        words = words_of(part.text, part.start_s, part.end_s)
        estimated = tuple(range(len(words)))
    inside = tuple(_within(word, part.start_s, part.end_s) for word in words)
    if words and len(words) - 1 in estimated:
        # What was typed behind the last heard word has the time up to the end.
        inside = (*inside[:-1], dataclasses.replace(inside[-1], end_s=part.end_s))
    moved = {i for i, word in enumerate(words) if word is not inside[i]}
    return dataclasses.replace(
        basis, words=inside, estimated_words=tuple(sorted({*estimated, *moved}))
    )


def _within(word: Word, start_s: float, end_s: float) -> Word:
    if start_s <= word.start_s and word.end_s <= end_s:
        return word
    return dataclasses.replace(
        word,
        start_s=min(max(word.start_s, start_s), end_s),
        end_s=min(max(word.end_s, start_s), end_s),
    )


def visible_part(passage: Passage, heard: Mapping[str, Segment], keys: Sequence[str]) -> Passage:
    """Return what is left of a passage where only these keys of it, in a row, are not covered.

    `heard` has these keys. Words outside the time of their segments are left out.
    """
    begins, ends = keys[0] == passage.keys[0], keys[-1] == passage.keys[-1]
    start_s = float("-inf") if begins else heard[keys[0]].start_s
    end_s = float("inf") if ends else heard[keys[-1]].end_s
    own = [word for key in keys for word in heard_words(heard[key])]
    parts: list[Part] = []
    for part in passage.parts:
        every = words_of(part.text, part.start_s, part.end_s)
        words = [word for word in every if start_s <= (word.start_s + word.end_s) / 2 < end_s]
        if not words:
            continue
        text = clean("".join(word.text for word in words))
        part_start_s, part_end_s = max(part.start_s, start_s), min(part.end_s, end_s)
        inside = [
            i
            for i, word in enumerate(own)
            if part_start_s <= (word.start_s + word.end_s) / 2 < part_end_s
        ]
        parts.append(
            dataclasses.replace(
                part,
                text=part.text if len(words) == len(every) else text,
                start_s=part_start_s,
                end_s=part_end_s,
                first=inside[0] if inside else 0,
                stop=inside[-1] + 1 if inside else 0,
            )
        )
    return dataclasses.replace(passage, keys=tuple(keys), parts=tuple(parts))


def simplest(passage: Passage, heard: Mapping[str, Segment]) -> list[Passage]:
    """Return the passages that say the same with as few segments each as possible."""
    counts = [len(heard_words(heard[key])) for key in passage.keys]
    edges = list(accumulate(counts))
    found: list[Passage] = []
    key_from = part_from = 0
    for i in range(len(passage.keys)):
        last = i + 1 == len(passage.keys)
        at = next(
            (
                j
                for j in range(part_from, len(passage.parts))
                if passage.parts[j].stop == edges[i]
                and _parted(passage.parts[j : j + 2], heard, passage.keys[i : i + 2])
            ),
            None,
        )
        stop = len(passage.parts) if last else None if at is None else at + 1
        if stop is None:
            continue
        keys, parts = passage.keys[key_from : i + 1], passage.parts[part_from:stop]
        if not parts:
            continue
        base = sum(counts[:key_from])
        known = {part.id for part in parts}
        if 0 not in known:
            parts = (dataclasses.replace(parts[0], id=0), *parts[1:])
        moved = tuple(
            dataclasses.replace(part, first=part.first - base, stop=part.stop - base)
            for part in parts
        )
        found.append(Passage(keys, moved, passage.edited_at))
        key_from, part_from = i + 1, stop
    return found


def _parted(parts: Sequence[Part], heard: Mapping[str, Segment], keys: Sequence[str]) -> bool:
    """Return whether two parts meet where their two heard segments meet."""
    if len(parts) < 2 or len(keys) < 2:
        return False
    one, other = parts
    return (
        other.first == one.stop
        and one.end_s == heard[keys[0]].end_s
        and other.start_s == heard[keys[1]].start_s
    )


def is_plain(passage: Passage, heard: Segment) -> bool:
    """Return whether a passage of one segment differs from it in nothing but the text."""
    if len(passage.keys) > 1 or len(passage.parts) != 1:
        return False
    [part] = passage.parts
    return (
        not (part.deleted or part.begins_paragraph)
        and (part.start_s, part.end_s) == (heard.start_s, heard.end_s)
        and (part.first, part.stop) == (0, len(heard_words(heard)))
    )


def clean(text: str) -> str:
    """Return a text in one line, without space at its ends."""
    return " ".join(text.split())
