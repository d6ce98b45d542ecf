"""Times for a text without times, taken from the words that were heard in its recording.

Words of the text are matched with the heard ones in their order. A word that matches has the times
that the decoder's cross-attention gave; the words between two of them share the time between, and
are marked as estimated. In scripts without spaces characters are matched.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from earwitness.domain.retime import share_time, words_of
from earwitness.domain.scripts import has_unspaced
from earwitness.domain.sentence_ends import ends_sentence
from earwitness.errors import BadRequestError
from earwitness.transcript import Segment, Word

FITS_LEAST = 0.25
"""The share of words that must be heard; below it the text is of another recording."""
_SMALL = 400
"""Words on either side of a gap that are compared with each other."""
_ANCHORS = (4, 3, 2, 1)
"""How many words in a row must be unique in both texts to be the same place."""
_ESTIMATE_S = 0.07
"""For each character of words that stand before the first heard one or after the last."""
_TOKEN = re.compile(r"\s*\S+")
_MARKS = re.compile(r"[^\w']+")


@dataclass(frozen=True, slots=True)
class Aligned:
    """A text with times."""

    segments: tuple[Segment, ...]
    fit: float
    """The share of its words that were heard."""


def has_times(segments: Sequence[Segment]) -> bool:
    """Return whether a text has any times."""
    return any(segment.end_s > 0 for segment in segments)


def align(text: Sequence[Segment], heard: Sequence[Segment], duration_s: float) -> Aligned:
    """Return the sentences of a text with the times of the heard words.

    Speakers of the text stay; where it names none, who was heard is who speaks.

    Raises:
        BadRequestError: nothing was heard yet, or the text is of another recording.
    """
    words = [
        (word, segment.speaker, not segment.words)
        for segment in heard
        for word in segment.words or words_of(segment.text, segment.start_s, segment.end_s)
    ]
    if not words:
        raise BadRequestError(
            "This text has no times, and nothing was heard in the recording yet.",
            hint="Transcribe the recording first; its words give the times.",
        )
    unspaced = any(has_unspaced(segment.text) for segment in text)
    if unspaced:
        words = [
            (part, speaker, True)
            for word, speaker, _ in words
            for part in share_time(list(word.text.strip()), word.start_s, word.end_s)
        ]
    sentences = [
        replace(segment, text=sentence) for segment in text for sentence in _sentences(segment.text)
    ]
    tokens = [
        list(sentence.text.strip()) if unspaced else _TOKEN.findall(f" {sentence.text.strip()}")
        for sentence in sentences
    ]
    flat = [token for each in tokens for token in each]
    keys = [_key(token) for token in flat]
    found = dict(_matches(keys, [_key(word.text) for word, _, _ in words]))
    spoken = sum(map(bool, keys)) or 1
    fit = sum(1 for at in found if keys[at]) / spoken
    if fit < FITS_LEAST:
        raise BadRequestError(
            "This text does not fit the recording.",
            hint="Add it as a transcript of its own, or choose the recording that it is of.",
            detail=f"{fit:.0%} of its words were heard.",
        )
    timed = _timed(flat, found, [word for word, _, _ in words], duration_s)
    speakers = [words[found[i]][1] if i in found else None for i in range(len(flat))]
    return Aligned(tuple(_joined(sentences, tokens, timed, speakers, found, unspaced)), fit)


def _sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a paragraph."""
    tokens = _TOKEN.findall(text)
    begin = 0
    for i, (token, following) in enumerate(pairwise([*tokens, ""])):
        if i + 1 == len(tokens) or ends_sentence(token, following):
            yield "".join(tokens[begin : i + 1]).strip()
            begin = i + 1


def _key(text: str) -> str:
    """Return what spellings of one word share; empty for marks alone."""
    return _MARKS.sub("", text).casefold()


def _matches(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield indices of equal items, both in order: a gap is divided where both are unique."""
    gaps = [(0, len(one), 0, len(other))]
    while gaps:
        i1, i2, j1, j2 = gaps.pop()
        if i1 >= i2 or j1 >= j2:
            continue
        if i2 - i1 <= _SMALL and j2 - j1 <= _SMALL:
            yield from _blocks(one[i1:i2], other[j1:j2], i1, j1)
            continue
        anchors = _anchors(one[i1:i2], other[j1:j2])
        if not anchors:
            # Nothing is unique: the ends of a long gap can still be compared.
            i3, j3 = min(i2, i1 + _SMALL), min(j2, j1 + _SMALL)
            if (i3, j3) != (i2, j2):
                yield from _blocks(one[i1:i3], other[j1:j3], i1, j1)
            continue
        yield from ((i1 + i, j1 + j) for i, j in anchors)
        edges = [(-1, -1), *anchors, (i2 - i1, j2 - j1)]
        for (i, j), (following_i, following_j) in pairwise(edges):
            gaps.append((i1 + i + 1, i1 + following_i, j1 + j + 1, j1 + following_j))


def _blocks(one: Sequence[str], other: Sequence[str], i: int, j: int) -> Iterator[tuple[int, int]]:
    """Yield equal items of a gap; one word that stands alone in a long gap is chance."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    near = len(one) < 8 and len(other) < 8
    for block in matcher.get_matching_blocks():
        at_edge = block.a == 0 or block.a + block.size == len(one)
        if block.size > 1 or (block.size and (near or at_edge)):
            for k in range(block.size):
                yield i + block.a + k, j + block.b + k


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Return places that are unique in both, in an order that both share; the most of them."""
    for length in _ANCHORS:
        places = _unique(other, length)
        pairs = [
            (i, places[key]) for key, i in sorted(_unique(one, length).items(), key=_second)
            if key in places
        ]  # fmt: skip
        if rising := _longest_rising(pairs):
            return rising
    return []


def _second(item: tuple[tuple[str, ...], int]) -> int:
    return item[1]


def _unique(items: Sequence[str], length: int) -> dict[tuple[str, ...], int]:
    """Return the places of runs of so many words that stand once."""
    runs = [tuple(items[i : i + length]) for i in range(len(items) - length + 1)]
    counts = Counter(runs)
    return {run: i for i, run in enumerate(runs) if counts[run] == 1 and all(run)}


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the most pairs whose second numbers rise as the first do."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, value) in enumerate(pairs):
        place = bisect_left(ends, value)
        if place == len(ends):
            ends.append(value)
            last.append(index)
        else:
            ends[place], last[place] = value, index
        before.append(last[place - 1] if place else -1)
    rising: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        rising.append(pairs[index])
        index = before[index]
    return rising[::-1]


def _timed(
    tokens: Sequence[str], found: dict[int, int], heard: Sequence[Word], duration_s: float
) -> list[Word]:
    """Return all tokens with times, which never go back."""
    timed: list[Word] = []
    known = sorted(found)
    for before, after in pairwise([-1, *known, len(tokens)]):
        between = tokens[before + 1 : after]
        if between:
            length_s = sum(map(len, between)) * _ESTIMATE_S
            end_s = heard[found[after]].start_s if after < len(tokens) else None
            start_s = heard[found[before]].end_s if before >= 0 else None
            if start_s is None:
                start_s = max(0.0, (end_s or 0.0) - length_s)
            if end_s is None:
                end_s = max(start_s, min(start_s + length_s, duration_s or start_s + length_s))
            timed += share_time(between, start_s, max(start_s, end_s))
        if after < len(tokens):
            word = heard[found[after]]
            timed.append(Word(tokens[after], word.start_s, word.end_s, word.probability))
    return timed


def _joined(
    sentences: Sequence[Segment],
    tokens: Sequence[Sequence[str]],
    timed: Sequence[Word],
    speakers: Sequence[str | None],
    found: dict[int, int],
    unspaced: bool,
) -> Iterator[Segment]:
    """Yield the sentences with their words."""
    first = 0
    for sentence, own in zip(sentences, tokens, strict=True):
        stop = first + len(own)
        words = [word for word in timed[first:stop] if word.text.strip()]
        if not words:
            continue
        is_known = [i in found for i in range(first, stop) if timed[i].text.strip()]
        named = Counter(who for who in speakers[first:stop] if who)
        yield Segment(
            words[0].start_s,
            max(words[-1].end_s, words[0].start_s),
            sentence.text.strip(),
            tuple(words) if not unspaced else (),
            speaker=sentence.speaker or (named.most_common(1)[0][0] if named else None),
            estimated_words=()
            if unspaced
            else tuple(i for i, known in enumerate(is_known) if not known),
            edges_estimated=not (is_known[0] and is_known[-1]),
        )
        first = stop
