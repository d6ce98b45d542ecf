"""From a query to hits, best first.

Three rounds, each only when the ones before found little: sentences (and names) that hold every
word; transcripts that hold every word somewhere; words that look like the ones typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from earwitness.messages import Hit
from earwitness.search.query import Parsed, Term, parse
from earwitness.search.scripts import fold, is_unspaced, query_phrases
from earwitness.search.snippet import Wanted, snippet
from earwitness.search.source import (
    NAME_LINE,
    Either,
    Every,
    Match,
    Phrase,
    Row,
    Source,
    Within,
    Without,
)
from earwitness.search.spelling import corrections

PER_TRANSCRIPT = 10
"""Hits of one transcript before those of others come first."""
FEW = 3
"""Fewer hits than this: look further. Words are guessed only when there is none."""
_DEEP = 6
"""Rows ranked for each hit shown."""
_TOGETHER = 200
"""Transcripts looked at whose words stand in several lines."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for, and where."""

    text: str
    limit: int = 50
    language: str = ""
    tag: str = ""
    transcript_id: str = ""
    scopes: tuple[str, ...] = ()
    """Only what these may see; empty: everything."""


def search(source: Source, query: Query) -> tuple[Hit, ...]:
    """Return at most `limit` hits, best first. No query is an error; some find nothing."""
    parsed = parse(query.text)
    limit = max(1, min(query.limit, 500))
    if not parsed.wanted:
        return ()
    finder = _Finder(source, query, parsed)
    found: dict[tuple[int, int], Row] = {}
    for tier, look in ((2, finder.in_lines), (1, finder.in_transcripts), (0, finder.like)):
        if len(found) >= (FEW if tier else 1):
            break
        covered = {row.doc for row in found.values()}
        for row in look(limit):
            if row.doc not in covered:
                found.setdefault((row.doc, row.number), _placed(row, tier))
    marks = _marks([*parsed.wanted, *finder.guessed])
    ranked = sorted(found.values(), key=lambda r: r.created_at, reverse=True)
    ranked.sort(key=lambda r: round(r.score, 3), reverse=True)
    shown = _spread(ranked) if not query.transcript_id else ranked
    return tuple(_hit(row, marks) for row in shown[:limit])


class _Finder:
    """One search: the rounds share the filters and what was excluded."""

    def __init__(self, source: Source, query: Query, parsed: Parsed) -> None:
        self._source = source
        self._within = Within(
            query.language, fold(query.tag), query.transcript_id, tuple(query.scopes)
        )
        self._wanted = [_alternatives(term) for term in parsed.wanted]
        self._terms = parsed.wanted
        self._excluded = [_all(term) for term in parsed.excluded]
        self.guessed: list[Term] = []

    def in_lines(self, limit: int) -> Iterator[Row]:
        """Every word in one line."""
        yield from self._rows(Every(tuple(self._wanted)), limit)
        if len(self._terms) == 1 and self._terms[0].phrase:
            yield from self._across(self._terms[0], limit)

    def in_transcripts(self, limit: int) -> Iterator[Row]:
        """Every word in one transcript: its lines that hold most of them."""
        if len(self._wanted) < 2:
            return
        docs = self._source.holding(self._wanted, self._within, _TOGETHER)
        if docs:
            yield from self._rows(Either(tuple(self._wanted)), limit, docs)

    def like(self, limit: int) -> Iterator[Row]:
        """Words of the library that look like those typed."""
        guesses: list[Match] = []
        for term, wanted in zip(self._terms, self._wanted, strict=True):
            others = [] if term.phrase else corrections(self._source, term.text, term.unfinished)
            self.guessed += [Term(other) for other in others]
            guesses.append(Either((wanted, *(Phrase(other) for other in others))))
        if self.guessed:
            yield from self._rows(Every(tuple(guesses)), limit)

    def _across(self, term: Term, limit: int) -> Iterator[Row]:
        """A phrase that begins in one line and ends in the next."""
        words = Wanted(term.text).words
        if len(words) < 2 or len(words) > 12 or is_unspaced(term.text):
            return
        for cut in range(1, len(words)):
            rest = Phrase(" ".join(words[cut:]), term.unfinished, first=True)
            for row in self._rows(rest, limit):
                before = self._source.line(row.doc, row.number - 1) if row.number > 0 else None
                if before and Wanted(before).words[-cut:] == words[:cut]:
                    yield row

    def _rows(self, match: Match, limit: int, docs: Sequence[int] = ()) -> list[Row]:
        for excluded in self._excluded:
            match = Without(match, excluded)
        return self._source.best(match, self._within, limit * _DEEP, docs)


def _alternatives(term: Term) -> Match:
    """What matches a term: a whole word counts more than one that only begins so."""
    phrases = query_phrases(term.text)
    parts: list[Match] = []
    for i, (phrase, open_) in enumerate(phrases):
        last = i == len(phrases) - 1 and len(phrase) > 1 and not is_unspaced(phrase)
        begun = open_ or (term.unfinished and last)
        exact = Phrase(phrase)
        parts.append(Either((exact, Phrase(phrase, begun=True))) if begun else exact)
    return Every(tuple(parts))


def _all(term: Term) -> Match:
    return Every(tuple(Phrase(phrase, open_) for phrase, open_ in query_phrases(term.text)))


def _marks(terms: Sequence[Term]) -> tuple[list[Wanted], list[str]]:
    words: list[Wanted] = []
    runs: list[str] = []
    for term in terms:
        if is_unspaced(term.text):
            runs.append(term.text)
        else:
            words.append(Wanted(term.text, term.unfinished))
    return words, runs


def _placed(row: Row, tier: int) -> Row:
    """The row with a score between `tier` and the next: no later round outranks an earlier one.

    A name starts half way up, so only a line that says a lot comes before it.
    """
    share = row.score / (1 + row.score)
    share = 0.5 + share / 2 if row.number == NAME_LINE else share * 0.75
    return replace(row, score=tier + share)


def _spread(rows: Sequence[Row]) -> list[Row]:
    """No transcript fills the page while others wait."""
    seen: dict[int, int] = {}
    first: list[Row] = []
    later: list[Row] = []
    for row in rows:
        seen[row.doc] = seen.get(row.doc, 0) + 1
        (first if seen[row.doc] <= PER_TRANSCRIPT else later).append(row)
    return first + later


def _hit(row: Row, marks: tuple[list[Wanted], list[str]]) -> Hit:
    return Hit(
        transcript_id=row.transcript_id,
        name=row.name,
        segment=None if row.number == NAME_LINE else row.number,
        start_s=row.start_s,
        end_s=row.end_s,
        snippet=snippet(row.text, *marks),
        score=round(row.score, 4),
    )
