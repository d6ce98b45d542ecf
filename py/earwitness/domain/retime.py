"""Times for the words of a corrected segment, taken from the words that were heard.

A word that stays keeps its times. New words share the time of the words they replace; their times
are estimated. In scripts without spaces the same holds for characters, and a word begins where a
heard word begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from earwitness.domain.scripts import has_unspaced
from earwitness.transcript import Segment, Word

_TOKEN = re.compile(r"\s*\S+")
_CHARACTER = re.compile(r"\s*\S")
_PUNCTUATION = re.compile(r"[^\w']+")
_LONGEST = 1500
"""Characters; above it the comparison would be slow, so only the changed middle is compared."""


def retime(heard: Segment, text: str) -> tuple[Word, ...]:
    """Return the words of `text`, timed inside `heard`; none where `heard` has no words."""
    return realign(heard, text)[0]


def realign(heard: Segment, text: str) -> tuple[tuple[Word, ...], tuple[int, ...]]:
    """Return the words as `retime` does, and the indices of those whose times are estimated."""
    if not heard.words or not text.strip():
        return (), ()
    spaced = heard.words[0].text.startswith(" ")
    new = f" {text.strip()}" if spaced else text.strip()
    old = [word.text for word in heard.words]
    is_long = sum(map(len, old)) + len(new) > _LONGEST
    if not has_unspaced(new):
        timed = _matched(heard.words, _TOKEN.findall(new), is_long)
    else:
        characters = [
            character
            for word in heard.words
            for character in share_time(list(word.text), word.start_s, word.end_s)
        ]
        starts = {round(word.start_s, 3) for word in heard.words}
        timed = _joined(_matched(characters, list(new), is_long), starts)
    estimated = tuple(i for i, (_, is_estimated) in enumerate(timed) if is_estimated)
    return tuple(word for word, _ in timed), estimated


def words_of(text: str, start_s: float, end_s: float) -> tuple[Word, ...]:
    """Return the words of a text without times, timed by their lengths.

    In scripts without spaces every character is one.
    """
    pattern = _CHARACTER if has_unspaced(text) else _TOKEN
    return share_time(pattern.findall(text), start_s, end_s)


_Timed = list[tuple[Word, bool]]
"""Words, and whether their times are estimated."""


def _matched(heard: Sequence[Word], tokens: Sequence[str], is_long: bool) -> _Timed:
    """Return the tokens with the times of the heard words that they equal or replace."""
    old, new = [_key(word.text) for word in heard], [_key(token) for token in tokens]
    head = _common(old, new) if is_long else 0
    tail = _common(old[head:][::-1], new[head:][::-1]) if is_long else 0
    i_end, j_end = len(old) - tail, len(new) - tail
    words: _Timed = []
    for tag, i1, i2, j1, j2 in (
        ("equal", 0, head, 0, head),
        *_opcodes(old, new, (head, i_end), (head, j_end)),
        ("equal", i_end, len(old), j_end, len(new)),
    ):
        if tag == "equal":
            words += [
                (Word(token, word.start_s, word.end_s, word.probability), False)
                for token, word in zip(tokens[j1:j2], heard[i1:i2], strict=True)
            ]
        else:
            start_s = heard[i1].start_s if i1 < len(heard) else heard[-1].end_s
            end_s = heard[i2 - 1].end_s if i2 > i1 else start_s
            words += [(word, True) for word in share_time(tokens[j1:j2], start_s, end_s)]
    return words


def _opcodes(
    old: Sequence[str], new: Sequence[str], i: tuple[int, int], j: tuple[int, int]
) -> list[tuple[str, int, int, int, int]]:
    """Return how `old[i]` becomes `new[j]`, as `SequenceMatcher` tells it."""
    one, other = old[slice(*i)], new[slice(*j)]
    if sum(map(len, one)) + sum(map(len, other)) > _LONGEST:
        return [("replace", *i, *j)]
    codes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return [(tag, i1 + i[0], i2 + i[0], j1 + j[0], j2 + j[0]) for tag, i1, i2, j1, j2 in codes]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many items both begin with."""
    pairs = zip(one, other, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def share_time(tokens: Sequence[str], start_s: float, end_s: float) -> tuple[Word, ...]:
    """Return the tokens in sequence from start to end, timed by their lengths."""
    total = sum(map(len, tokens)) or 1
    step_s = (end_s - start_s) / total
    edges = [start_s, *(start_s + step_s * n for n in accumulate(map(len, tokens)))]
    spans = zip(tokens, pairwise(edges), strict=True)
    return tuple(Word(token, round(begin, 3), round(end, 3)) for token, (begin, end) in spans)


def _joined(characters: _Timed, starts: set[float]) -> _Timed:
    """Join characters to words, which begin at spaces and where a heard word begins."""
    words: _Timed = []
    for character, is_estimated in characters:
        last = words[-1][0] if words else None
        if last is None or character.text.isspace() or _begins(last, character, starts):
            words.append((character, is_estimated))
        else:
            joined = Word(last.text + character.text, last.start_s, character.end_s)
            words[-1] = (joined, words[-1][1] or is_estimated)
    return [(word, is_estimated) for word, is_estimated in words if not word.text.isspace()]


def _begins(last: Word, character: Word, starts: set[float]) -> bool:
    unspaced = has_unspaced(character.text) and not last.text.isspace()
    return unspaced and character.start_s in starts and character.start_s > last.start_s


def _key(text: str) -> str:
    """Return what two spellings of one word share: no case, no punctuation."""
    return _PUNCTUATION.sub("", text).casefold() or text.strip()
