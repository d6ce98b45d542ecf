"""Words that are really in the library and look like a mistyped one.

An index gives candidates: words of a pattern with one letter open, or words that share three
letters in a row. A Damerau-Levenshtein distance decides. Distances allowed as in Elasticsearch's
`fuzziness: AUTO`: none below 3 letters, 1 up to 5, 2 above.
"""

from __future__ import annotations

from earwitness.search.scripts import fold, is_unspaced
from earwitness.search.source import Source

CORRECTIONS_MAX = 6
CANDIDATES_MAX = 300
"""Of each kind, from the index."""
LONGEST = 40
"""Letters; longer words are not guessed."""
_LONG = 6
"""Letters; from here on two edits are allowed."""


def corrections(source: Source, word: str, unfinished: bool) -> list[str]:
    """Return the likeliest words of the library for `word`, best first, `word` itself excluded.

    `unfinished`: only the beginning of the library's word has to be like it.
    """
    folded = fold(word)
    allowed = edits_allowed(folded)
    if not allowed or len(folded) > LONGEST or not folded.isalnum() or is_unspaced(folded):
        return []
    found: list[tuple[int, int, str]] = []
    for term, count in source.alike(folded, unfinished):
        away = distance(folded, term, unfinished)
        if 0 < away <= allowed:
            found.append((away, -count, term))
    return [term for _, _, term in sorted(found)[:CORRECTIONS_MAX]]


def edits_allowed(word: str) -> int:
    """How far a word of the library may be from this one."""
    return 0 if len(word) < 3 else 1 if len(word) < _LONG else 2


def distance(typed: str, term: str, unfinished: bool) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours from `typed` to `term`.

    `unfinished`: to the nearest beginning of `term`.
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
    """GLOB patterns (`?` any letter, `*` any more) of candidates; `word` is letters and digits."""
    tail = "*" if unfinished else ""
    found = _swaps(word) if len(word) >= _LONG else _edits(word)
    return [f"{pattern}{tail}" for pattern in found]


def grams(word: str) -> list[str]:
    """Three letters in a row, one of which a candidate for a long word has; sorted."""
    if len(word) < _LONG:
        return []
    return sorted({word[i : i + 3] for i in range(len(word) - 2)})


def _swaps(word: str) -> list[str]:
    """The word with two neighbours swapped: that can leave no trigram of it as it was."""
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]


def _edits(word: str) -> list[str]:
    """Everything one edit away."""
    found = _swaps(word)
    for i in range(len(word) + 1):
        found.append(f"{word[:i]}?{word[i:]}")
        if i < len(word):
            found.append(f"{word[:i]}?{word[i + 1 :]}")
            found.append(word[:i] + word[i + 1 :])
    return found
