"""FTS5's ranking, for indexes that another database keeps.

Okapi BM25 (Robertson et al.) with k1 = 1.2 and b = 0.75 over the phrases of a query, as SQLite's
`bm25()` computes it: a phrase that more than half of all lines hold still counts a little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

_K1 = 1.2
_B = 0.75
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Counted:
    """A phrase of a query, and how many lines of the index hold it."""

    words: tuple[str, ...]
    begun: bool
    lines: int


class Bm25:
    """Scores lines for one query."""

    def __init__(self, phrases: Sequence[Counted], lines: int, words: int) -> None:
        """`lines` and `words`: of the whole index."""
        self._average = words / lines if lines else 1.0
        self._phrases = [(each.words, each.begun, _weight(each.lines, lines)) for each in phrases]

    def score(self, line: Sequence[str]) -> float:
        """How well a line, given as its words, answers the query."""
        share = _K1 * (1 - _B + _B * len(line) / self._average)
        total = 0.0
        for words, begun, weight in self._phrases:
            found = _occurrences(line, words, begun)
            total += weight * (found * (_K1 + 1) / (found + share))
        return total


def _weight(holding: int, lines: int) -> float:
    weight = log((lines - holding + 0.5) / (holding + 0.5))
    return weight if weight > 0 else _LEAST


def _occurrences(line: Sequence[str], words: tuple[str, ...], begun: bool) -> int:
    *whole, last = words
    size = len(whole)
    if not size:
        return sum(map(str.startswith, line, [last] * len(line))) if begun else line.count(last)
    found = 0
    for i, word in enumerate(line[size:]):
        if (word.startswith(last) if begun else word == last) and line[i : i + size] == whole:
            found += 1
    return found
