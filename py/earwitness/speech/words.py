"""Split tokens into words, in scripts with spaces and without, also where a text mixes them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from earwitness.domain.scripts import WIDE_CLOSING, WIDE_OPENING, has_unspaced
from earwitness.speech.protocols import Tokenizer

OPENING = frozenset("\"'“‘¿¡([{-«「『（【《〈")
"""Marks that are joined to the word after them."""
CLOSING = frozenset("\"'.。,，!！?？:：”’)]}、;；…»」』）】》〉")
"""Marks that are joined to the word before them."""


@dataclass(frozen=True, slots=True)
class TokenWord:
    """A word and its tokens: tokens[first:last] of the piece."""

    text: str
    first: int
    last: int


def split_words(tokenizer: Tokenizer, tokens: Sequence[int]) -> list[TokenWord]:
    """Return the words of text tokens, in order; every token is in one word.

    In scripts without spaces a word is the shortest run of tokens that ends with a character.
    Letters and digits of other scripts are whole words there too. No word is white space alone.
    """
    groups = _join_blanks(_whole_characters(tokenizer, tokens))
    return _join_parts(_join_marks(groups))


def word_probability(log_probabilities: Sequence[float]) -> float:
    """Return the mean probability of a word's tokens, 0 to 1."""
    if not log_probabilities:
        return 0.0
    return round(min(1.0, sum(map(math.exp, log_probabilities)) / len(log_probabilities)), 4)


def _whole_characters(tokenizer: Tokenizer, tokens: Sequence[int]) -> list[TokenWord]:
    """Return the shortest groups of tokens that decode to whole characters."""
    whole = tokenizer.decode(tokens)
    groups: list[TokenWord] = []
    first, offset = 0, 0
    for last in range(1, len(tokens) + 1):
        text = tokenizer.decode(tokens[first:last])
        # A replacement character may be part of the text.
        if "\ufffd" in text and text + tokenizer.decode(tokens[last:]) != whole[offset:]:
            continue
        groups.append(TokenWord(text, first, last))
        first, offset = last, offset + len(text)
    if first < len(tokens):
        groups.append(TokenWord(tokenizer.decode(tokens[first:]), first, len(tokens)))
    return groups


def _join_blanks(groups: Sequence[TokenWord]) -> list[TokenWord]:
    """Join white space to the word after it, at the end to the word before it."""
    joined: list[TokenWord] = []
    blank: TokenWord | None = None
    for group in groups:
        if blank is not None:
            group, blank = _joined(blank, group), None
        if group.text.strip():
            joined.append(group)
        else:
            blank = group
    if blank is not None:
        joined.append(_joined(joined.pop(), blank) if joined else blank)
    return joined


def _join_marks(words: Sequence[TokenWord]) -> list[TokenWord]:
    """Join opening marks to the word after them, closing and combining marks to the one before."""
    joined: list[TokenWord] = []
    opening: TokenWord | None = None
    for word in words:
        marks = word.text.strip()
        spaced = word.text[:1].isspace()
        if opening is not None:
            word, opening = _joined(opening, word), None
        elif marks and set(marks) <= (OPENING if spaced else WIDE_OPENING):
            opening = word
            continue
        closes = set(marks) <= CLOSING or unicodedata.category(marks[0]).startswith("M")
        if joined and closes and not spaced:
            joined[-1] = _joined(joined[-1], word)
        else:
            joined.append(word)
    if opening is not None:
        joined.append(opening)
    return joined


def _join_parts(groups: Iterable[TokenWord]) -> list[TokenWord]:
    """Join the parts of a word that is written with spaces around it."""
    words: list[TokenWord] = []
    for group in groups:
        if words and not _is_boundary(words[-1].text, group.text):
            words[-1] = _joined(words[-1], group)
        else:
            words.append(group)
    return words


def _is_boundary(before: str, after: str) -> bool:
    """Return whether a word ends between two texts."""
    if after[0].isspace() or before[-1] in WIDE_CLOSING or after[0] in WIDE_OPENING:
        return True
    if before.isascii() and after.isascii():
        return False
    letters = [letter for letter in before if letter.isalnum()]
    return has_unspaced(after[0]) or (bool(letters) and has_unspaced(letters[-1]))


def _joined(left: TokenWord, right: TokenWord) -> TokenWord:
    return TokenWord(left.text + right.text, left.first, right.last)
