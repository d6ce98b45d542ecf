"""The Protocol that a search needs of an index, and the matches that it asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

NAME_LINE = -1
"""Number of the line that is a transcript's name."""
NOTE_LINE = -2
"""Number of the first line that is a note of the user; others have the numbers below."""
NAME_BOOST = 3.0
"""A name scores this many times what a segment with the same words would."""
BROAD = 10_000
"""A query that matches more lines than this is ranked by date instead of bm25."""
ENDS = 2_000
"""Lines of a broad query taken from either end of the index, where the newest lines are."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Consecutive words, as `normalize.query_phrases` returns them."""

    text: str
    prefix: bool = False
    """The last word may go on."""
    first: bool = False
    """The line begins with the phrase."""


@dataclass(frozen=True, slots=True)
class Every:
    """A line that matches all parts; without parts nothing matches."""

    parts: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """A line that matches at least one part."""

    parts: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """A line that matches `wanted` and not `excluded`."""

    wanted: Match
    excluded: Match


Match = Phrase | Every | Either | Without


@dataclass(frozen=True, slots=True)
class Within:
    """Filters; an empty one does not filter."""

    language: str = ""
    tag: str = ""
    """Folded."""
    transcript_id: str = ""
    scopes: tuple[str, ...] = ()
    since: str = ""
    """As `created_at`: transcripts made before are left out."""
    until: str = ""
    """As `created_at`: transcripts made then or later are left out."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line that matches, with its transcript."""

    doc: int
    number: int
    start_s: float
    end_s: float
    text: str
    transcript_id: str
    name: str
    created_at: str
    score: float


class Source(Protocol):
    """An index to search. Equal lines have equal results in every implementation."""

    def best(self, match: Match, within: Within, limit: int, docs: Sequence[int] = ()) -> list[Row]:
        """Return lines that match, best first; with `docs` only lines of these documents.

        The order: bm25 (for names times `NAME_BOOST`), then date, document and number. If more
        than `BROAD` lines match, the boost alone is the score, and only `ENDS` lines from either
        end of the index are compared.
        """
        ...

    def documents_matching(self, matches: Sequence[Match], within: Within, most: int) -> list[int]:
        """Return documents that have a line for each match, the newest in the index first."""
        ...

    def line(self, doc: int, number: int) -> str | None:
        """Return the text of a line; None where there is no such line."""
        ...

    def line_at(self, doc: int, start_s: float) -> int | None:
        """Return the number of the text's last line that begins at a time or before it."""
        ...

    def similar_terms(self, word: str, unfinished: bool) -> Iterable[tuple[str, int]]:
        """Yield words of the index that may be spelled like `word`, and their numbers of lines.

        Candidates match one of `spelling.patterns` or share one of `spelling.grams`.
        """
        ...


def phrases(match: Match) -> list[Phrase]:
    """Return the phrases that count for a line's score, in order: all but excluded ones."""
    if isinstance(match, Phrase):
        return [match]
    if isinstance(match, Without):
        return phrases(match.wanted)
    return [phrase for part in match.parts for phrase in phrases(part)]
