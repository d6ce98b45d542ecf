"""Split tokens into words, in scripts with spaces and without."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from earwitness.domain.scripts import LANGUAGES_WITHOUT_SPACES
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


def split_words(tokenizer: Tokenizer, tokens: Sequence[int], language: str) -> list[TokenWord]:
    """Return the words of text tokens, in order; every token is in one word.

    In languages without spaces a word is the shortest run of tokens that ends with a character.
    """
    characters = _whole_characters(tokenizer, tokens)
    if language not in LANGUAGES_WITHOUT_SPACES:
        characters = _join_at_spaces(characters)
    return _join_marks(characters)


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


def _join_at_spaces(groups: Iterable[TokenWord]) -> list[TokenWord]:
    words: list[TokenWord] = []
    for group in groups:
        if words and not group.text.startswith(" "):
            words[-1] = _joined(words[-1], group)
        else:
            words.append(group)
    return words


def _join_marks(words: Sequence[TokenWord]) -> list[TokenWord]:
    """Join opening marks to the word after them, closing marks to the word before."""
    joined: list[TokenWord] = []
    opening: TokenWord | None = None
    for word in words:
        marks = word.text.strip()
        if opening is not None:
            word = _joined(opening, word)
            opening = None
        elif marks and word.text.startswith(" ") and set(marks) <= OPENING:
            opening = word
            continue
        if joined and (not marks or set(marks) <= CLOSING) and not word.text.startswith(" "):
            joined[-1] = _joined(joined[-1], word)
        else:
            joined.append(word)
    if opening is not None:
        joined.append(opening)
    return joined


def _joined(left: TokenWord, right: TokenWord) -> TokenWord:
    return TokenWord(left.text + right.text, left.first, right.last)
