"""Find words of the index that are spelled like a mistyped one.

The index gives candidates: words that match a pattern with one letter open, or share a trigram.
The Damerau-Levenshtein distance decides. The distances allowed are those of Elasticsearch's
`fuzziness: AUTO`: 0 below 3 letters, 1 up to 5, 2 above.
"""

from __future__ import annotations

from earwitness.domain.scripts import has_unspaced
from earwitness.search.normalize import fold
from earwitness.search.source import Source

CORRECTIONS_MAX = 6
CANDIDATES_MAX = 300
"""Of each kind of candidate."""
LONGEST = 40
"""Letters of a word; a longer one is not corrected."""
_LONG = 6
"""Letters from which on two edits are allowed."""


def corrections(source: Source, word: str, unfinished: bool) -> list[str]:
    """Return the likeliest words of the index for `word`, best first, without `word` itself.

    `unfinished`: the word of the index may go on.
    """
    folded = fold(word)
    allowed = edits_allowed(folded)
    if not allowed or len(folded) > LONGEST or not folded.isalnum() or has_unspaced(folded):
        return []
    found: list[tuple[int, int, str]] = []
    for term, count in source.similar_terms(folded, unfinished):
        away = distance(folded, term, unfinished)
        if 0 < away <= allowed:
            found.append((away, -count, term))
    return [term for _, _, term in sorted(found)[:CORRECTIONS_MAX]]


def edits_allowed(word: str) -> int:
    """Return the largest distance of a correction from this word."""
    return 0 if len(word) < 3 else 1 if len(word) < _LONG else 2


def distance(typed: str, term: str, unfinished: bool) -> int:
    """Return the insertions, deletions, substitutions and transpositions from `typed` to `term`.

    `unfinished`: to the nearest prefix of `term`.
    """
    before: list[int] = []
    last = list(range(len(term) + 1))
    for i, letter in enumerate(typed, 1):
        row = [i]
        for j, other in enumerate(term, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == term[j - 2] and typed[i - 2] == other:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return min(last) if unfinished else last[-1]


def patterns(word: str, unfinished: bool) -> list[str]:
    """Return GLOB patterns of candidates for `word`, which is letters and digits only."""
    tail = "*" if unfinished else ""
    found = _swaps(word) if len(word) >= _LONG else _edits(word)
    return [f"{pattern}{tail}" for pattern in found]


def grams(word: str) -> list[str]:
    """Return the sorted trigrams of a long word; a candidate has at least one of them."""
    if len(word) < _LONG:
        return []
    return sorted({word[i : i + 3] for i in range(len(word) - 2)})


def _swaps(word: str) -> list[str]:
    """Return the word with each two neighbours swapped, which may leave no trigram of it."""
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]


def _edits(word: str) -> list[str]:
    """Return the patterns of all words one edit away."""
    found = _swaps(word)
    for i in range(len(word) + 1):
        found.append(f"{word[:i]}?{word[i:]}")
        if i < len(word):
            found.append(f"{word[:i]}?{word[i + 1 :]}")
            found.append(word[:i] + word[i + 1 :])
    return found
