"""FTS5's ranking, for an index in another database.

Okapi BM25 (Robertson et al.) with k1 = 1.2 and b = 0.75 over the phrases of a query, computed like
SQLite's `bm25()`: a phrase in more than half of all lines still has a small weight.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

_K1 = 1.2
_B = 0.75
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class PhraseCount:
    """A phrase of a query, and the number of lines in the index that have it."""

    words: tuple[str, ...]
    prefix: bool
    """The last word may go on."""
    lines: int


class Bm25:
    """Scores lines for one query."""

    def __init__(self, phrases: Sequence[PhraseCount], lines: int, words: int) -> None:
        """`lines` and `words`: their numbers in the whole index."""
        self._average = words / lines if lines else 1.0
        self._phrases = [(each.words, each.prefix, _weight(each.lines, lines)) for each in phrases]

    def score(self, line: Sequence[str]) -> float:
        """Return the score of a line, given as its words; higher is better."""
        share = _K1 * (1 - _B + _B * len(line) / self._average)
        total = 0.0
        for words, prefix, weight in self._phrases:
            found = _occurrences(line, words, prefix)
            total += weight * (found * (_K1 + 1) / (found + share))
        return total


def _weight(matching: int, lines: int) -> float:
    weight = log((lines - matching + 0.5) / (matching + 0.5))
    return weight if weight > 0 else _LEAST


def _occurrences(line: Sequence[str], words: tuple[str, ...], prefix: bool) -> int:
    *whole, last = words
    size = len(whole)
    if not size:
        return sum(map(str.startswith, line, [last] * len(line))) if prefix else line.count(last)
    found = 0
    for i, word in enumerate(line[size:]):
        if (word.startswith(last) if prefix else word == last) and line[i : i + size] == whole:
            found += 1
    return found
