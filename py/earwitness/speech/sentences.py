"""Group words into segments that read like sentences."""

from __future__ import annotations

from collections.abc import Sequence

from earwitness.domain.sentence_ends import CLOSERS, SENTENCE_END, ends_sentence
from earwitness.speech.settings import TextSettings
from earwitness.transcript import Word

CLAUSE_END = frozenset(",;:，、；：،–—")
SHORT_S = 2.0
"""A shorter sentence is joined with the next one, unless a pause separates them."""


def group_words(words: Sequence[Word], settings: TextSettings) -> list[tuple[Word, ...]]:
    """Return the words in groups that end with a sentence, at a long pause, or when too long."""
    groups: list[tuple[Word, ...]] = []
    current: list[Word] = []
    for index, word in enumerate(words):
        current.append(word)
        following = words[index + 1] if index + 1 < len(words) else None
        if following is None or _ends_here(current, following, settings):
            groups.extend(_split_long(current, settings))
            current = []
    return groups


def _ends_here(current: Sequence[Word], following: Word, settings: TextSettings) -> bool:
    last = current[-1]
    gap_s = following.start_s - last.end_s
    length_s = last.end_s - current[0].start_s
    ended = ends_sentence(last.text, following.text)
    if gap_s >= settings.long_gap_s:
        return True
    if gap_s >= settings.sentence_gap_s:
        return ended or length_s >= settings.unmarked_s
    return ended and length_s >= SHORT_S


def _split_long(words: Sequence[Word], settings: TextSettings) -> list[tuple[Word, ...]]:
    """Split near the middle, at a clause or a pause, until every part is short enough."""
    length_s = words[-1].end_s - words[0].start_s
    if length_s <= settings.max_segment_s or len(words) < 4:
        return [tuple(words)]
    middle_s = (words[0].start_s + words[-1].end_s) / 2

    def merit(index: int) -> float:
        before, after = words[index - 1], words[index]
        mark = before.text.strip().rstrip(CLOSERS)[-1:]
        merit = after.start_s - before.end_s
        merit += 1.0 if mark in SENTENCE_END else 0.5 if mark in CLAUSE_END else 0.0
        return merit - 2 * abs(after.start_s - middle_s) / length_s

    cut = max(range(2, len(words) - 1), key=merit)
    return [*_split_long(words[:cut], settings), *_split_long(words[cut:], settings)]
