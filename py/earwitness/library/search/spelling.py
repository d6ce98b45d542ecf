"""Words that are really in the library and look like a mistyped one.

Candidates come from a trigram index over the vocabulary, or for short words from patterns with
one letter open; a Damerau-Levenshtein distance decides. Distances allowed as in Elasticsearch's
`fuzziness: AUTO`: none below 3 letters, 1 up to 5, 2 above.
"""

from __future__ import annotations

from earwitness.library.search.index import SearchIndex
from earwitness.library.search.scripts import fold, is_unspaced

CORRECTIONS_MAX = 6
_CANDIDATES_MAX = 300
_LONGEST = 40
"""Letters; longer words are not guessed."""


def corrections(index: SearchIndex, word: str, unfinished: bool) -> list[str]:
    """Return the likeliest words of the library for `word`, best first, `word` itself excluded.

    `unfinished`: only the beginning of the library's word has to be like it.
    """
    folded = fold(word)
    allowed = 0 if len(folded) < 3 else 1 if len(folded) < 6 else 2
    if not allowed or len(folded) > _LONGEST or not folded.isalnum() or is_unspaced(folded):
        return []
    learn_words(index)
    found: list[tuple[int, int, str]] = []
    for term in _candidates(index, folded, unfinished):
        away = distance(folded, term, unfinished)
        if 0 < away <= allowed:
            count = index.db.execute(
                "SELECT doc FROM vocabulary WHERE term = ?", (term,)
            ).fetchone()
            if count is not None:
                found.append((away, -int(count[0]), term))
    return [term for _, _, term in sorted(found)[:CORRECTIONS_MAX]]


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


def _candidates(index: SearchIndex, word: str, unfinished: bool) -> set[str]:
    long = len(word) >= 6
    tail = "*" if unfinished else ""
    patterns = [f"{pattern}{tail}" for pattern in (_swaps(word) if long else _edits(word))]
    either = " OR ".join(["term GLOB ?"] * len(patterns))
    rows = index.db.execute(
        f"SELECT term FROM spelled WHERE {either} LIMIT ?",  # noqa: S608 (only question marks)
        [*patterns, _CANDIDATES_MAX],
    ).fetchall()
    if long:
        grams = {word[i : i + 3] for i in range(len(word) - 2)}
        match = " OR ".join(f'"{gram}"' for gram in sorted(grams))
        rows += index.db.execute(
            "SELECT term FROM spellings WHERE spellings MATCH ? ORDER BY rank LIMIT ?",
            (match, _CANDIDATES_MAX),
        ).fetchall()
    return {str(row[0]) for row in rows}


def _swaps(word: str) -> list[str]:
    """The word with two neighbours swapped: that can leave no trigram of it as it was."""
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]


def _edits(word: str) -> list[str]:
    """GLOB patterns of everything one edit away; the word is letters and digits only."""
    patterns = _swaps(word)
    for i in range(len(word) + 1):
        patterns.append(f"{word[:i]}?{word[i:]}")
        if i < len(word):
            patterns.append(f"{word[:i]}?{word[i + 1 :]}")
            patterns.append(word[:i] + word[i + 1 :])
    return patterns


def learn_words(index: SearchIndex) -> None:
    """Take in the words that are new since the last time; the first time takes longest."""
    if not index.spellings_stale:
        return
    with index.db:
        index.db.execute(
            "INSERT INTO spellings (term) SELECT term FROM vocabulary WHERE length(term)"
            " BETWEEN 2 AND ? AND term NOT IN (SELECT term FROM spelled)",
            (_LONGEST,),
        )
        index.db.execute(
            "INSERT OR IGNORE INTO spelled SELECT term FROM vocabulary"
            " WHERE length(term) BETWEEN 2 AND ?",
            (_LONGEST,),
        )
    index.spellings_stale = False
