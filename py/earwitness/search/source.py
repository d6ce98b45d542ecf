"""What a search asks of an index, whichever database keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

NAME_LINE = -1
"""Number of the line that is a transcript's name."""
NAME_BOOST = 3.0
"""Among the rows taken from the index, a name that matches counts like three sentences."""
BROAD = 20_000
"""Lines; a query that matches more says so little that newness ranks instead of bm25."""
ENDS = 2_000
"""Of a broad query: lines taken from either end of the index, where the newest ones are."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to each other, as prepared by `scripts.query_phrases`."""

    text: str
    begun: bool = False
    """The last word may go on."""
    first: bool = False
    """The line begins with it."""


@dataclass(frozen=True, slots=True)
class Every:
    """All of it in one line; without parts it matches nothing."""

    parts: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of it."""

    parts: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The one and not the other."""

    wanted: Match
    excluded: Match


Match = Phrase | Every | Either | Without


@dataclass(frozen=True, slots=True)
class Within:
    """Where to look; what is empty does not narrow."""

    language: str = ""
    tag: str = ""
    """Folded."""
    transcript_id: str = ""
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A line that matches."""

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
    """An index that can be searched. Equal lines give equal answers from every one of them."""

    def best(self, match: Match, within: Within, limit: int, docs: Sequence[int] = ()) -> list[Row]:
        """Lines that match, of these documents only if there are any: by bm25 times `NAME_BOOST`
        for names, then the newest, then by document and number. For more than `BROAD` lines the
        boost alone, and of `ENDS` lines from either end."""
        ...

    def holding(self, matches: Sequence[Match], within: Within, most: int) -> list[int]:
        """Documents that have a line for each match, the latest put in first."""
        ...

    def line(self, doc: int, number: int) -> str | None:
        """The text of a line."""
        ...

    def alike(self, word: str, unfinished: bool) -> Iterable[tuple[str, int]]:
        """Words of the index that may look like `word`, with the number of their lines: those
        that match a pattern of `spelling.patterns`, or share one of `spelling.grams`."""
        ...


def phrases(match: Match) -> list[Phrase]:
    """Phrases that a line's score counts, in order: all but excluded ones."""
    if isinstance(match, Phrase):
        return [match]
    if isinstance(match, Without):
        return phrases(match.wanted)
    return [phrase for part in match.parts for phrase in phrases(part)]
