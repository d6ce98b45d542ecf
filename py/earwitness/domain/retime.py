"""Times for the words of a corrected segment, taken from the words that were heard.

A word that stays keeps its times. New words share the time of the words they replace. In scripts
without spaces the same holds for characters, and a word begins where a heard word begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from earwitness.domain.scripts import has_unspaced
from earwitness.transcript import Segment, Word

_TOKEN = re.compile(r"\s*\S+")
_PUNCTUATION = re.compile(r"[^\w']+")
_LONGEST = 1500
"""Characters; above it the comparison would be slow, so the time is shared evenly."""


def retime(heard: Segment, text: str) -> tuple[Word, ...]:
    """Return the words of `text`, timed inside `heard`; none where `heard` has no words."""
    if not heard.words or not text.strip():
        return ()
    spaced = heard.words[0].text.startswith(" ")
    new = f" {text.strip()}" if spaced else text.strip()
    old = [word.text for word in heard.words]
    if sum(map(len, old)) + len(new) > _LONGEST:
        return _shared(_TOKEN.findall(new), heard.start_s, heard.end_s)
    if not has_unspaced(new):
        return _matched(heard.words, _TOKEN.findall(new))
    characters = [
        character
        for word in heard.words
        for character in _shared(list(word.text), word.start_s, word.end_s)
    ]
    starts = {round(word.start_s, 3) for word in heard.words}
    return _joined(_matched(characters, list(new)), starts)


def _matched(heard: Sequence[Word], tokens: Sequence[str]) -> tuple[Word, ...]:
    """Return the tokens with the times of the heard words that they equal or replace."""
    old, new = [_key(word.text) for word in heard], [_key(token) for token in tokens]
    words: list[Word] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            words += [
                Word(token, word.start_s, word.end_s, word.probability)
                for token, word in zip(tokens[j1:j2], heard[i1:i2], strict=True)
            ]
        else:
            start_s = heard[i1].start_s if i1 < len(heard) else heard[-1].end_s
            end_s = heard[i2 - 1].end_s if i2 > i1 else start_s
            words += _shared(tokens[j1:j2], start_s, end_s)
    return tuple(words)


def _shared(tokens: Sequence[str], start_s: float, end_s: float) -> tuple[Word, ...]:
    """Return the tokens in sequence from start to end, timed by their lengths."""
    total = sum(map(len, tokens)) or 1
    step_s = (end_s - start_s) / total
    edges = [start_s, *(start_s + step_s * n for n in accumulate(map(len, tokens)))]
    spans = zip(tokens, pairwise(edges), strict=True)
    return tuple(Word(token, round(begin, 3), round(end, 3)) for token, (begin, end) in spans)


def _joined(characters: Sequence[Word], starts: set[float]) -> tuple[Word, ...]:
    """Join characters to words, which begin at spaces and where a heard word begins."""
    words: list[Word] = []
    for character in characters:
        last = words[-1] if words else None
        if last is None or character.text.isspace() or _begins(last, character, starts):
            words.append(character)
        else:
            words[-1] = Word(last.text + character.text, last.start_s, character.end_s)
    return tuple(word for word in words if not word.text.isspace())


def _begins(last: Word, character: Word, starts: set[float]) -> bool:
    unspaced = has_unspaced(character.text) and not last.text.isspace()
    return unspaced and character.start_s in starts and character.start_s > last.start_s


def _key(text: str) -> str:
    """Return what two spellings of one word share: no case, no punctuation."""
    return _PUNCTUATION.sub("", text).casefold() or text.strip()
