"""Find hits for a query, best first.

Three rounds, each only if the rounds before found little: lines (segments and names) with every
word; transcripts with every word in some line; lines with words spelled like the ones typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from earwitness.domain.scripts import has_unspaced
from earwitness.languages import code_of
from earwitness.messages import Hit
from earwitness.search.normalize import fold, query_phrases
from earwitness.search.query import Parsed, Term, parse
from earwitness.search.snippet import Highlight, snippet
from earwitness.search.source import (
    NAME_LINE,
    NOTE_LINE,
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
"""With fewer hits than this the next round runs; corrections only without any hit."""
_ROWS_PER_HIT = 6
"""Rows ranked for each hit shown."""
_GUESSES = 0
"""Scores of the last round are below 1."""
_TRANSCRIPTS_MAX = 200
"""Transcripts searched in the second round."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to find, and where."""

    text: str
    limit: int = 50
    language: str = ""
    tag: str = ""
    transcript_id: str = ""
    scopes: tuple[str, ...] = ()
    """Only transcripts in these scopes; empty: in all."""


def search(source: Source, query: Query) -> tuple[Hit, ...]:
    """Return at most `limit` hits, best first. Every query is valid; some have no hits."""
    parsed = parse(query.text)
    limit = max(1, min(query.limit, 500))
    if not parsed.wanted:
        return ()
    finder = _Finder(source, query, parsed)
    found: dict[tuple[int, int], Row] = {}
    rounds = ((2, finder.in_lines), (1, finder.in_transcripts), (_GUESSES, finder.similar))
    for tier, look in rounds:
        if len(found) >= (1 if tier == _GUESSES else FEW):
            break
        covered = {row.doc for row in found.values()}
        for row in look(limit):
            if row.doc not in covered:
                found.setdefault((row.doc, row.number), _placed(row, tier))
    marks = _marks([*parsed.wanted, *finder.corrections])
    ranked = sorted(found.values(), key=lambda r: r.created_at, reverse=True)
    ranked.sort(key=lambda r: round(r.score, 3), reverse=True)
    shown = _spread(ranked) if not query.transcript_id else ranked
    return tuple(_hit(source, row, marks) for row in shown[:limit])


class _Finder:
    """One search: its rounds share filters and exclusions."""

    def __init__(self, source: Source, query: Query, parsed: Parsed) -> None:
        self._source = source
        self._within = Within(
            code_of(query.language), fold(query.tag), query.transcript_id, tuple(query.scopes)
        )
        self._wanted = [_alternatives(term) for term in parsed.wanted]
        self._terms = parsed.wanted
        self._excluded = [_all(term) for term in parsed.excluded]
        self.corrections: list[Term] = []

    def in_lines(self, limit: int) -> Iterator[Row]:
        """Yield lines with every word, and phrases that go on in the next line."""
        yield from self._rows(Every(tuple(self._wanted)), limit)
        if len(self._terms) == 1 and self._terms[0].phrase:
            yield from self._across(self._terms[0], limit)

    def in_transcripts(self, limit: int) -> Iterator[Row]:
        """Yield the best lines of transcripts that have every word in some line."""
        if len(self._wanted) < 2:
            return
        docs = self._source.documents_matching(self._wanted, self._within, _TRANSCRIPTS_MAX)
        if docs:
            yield from self._rows(Either(tuple(self._wanted)), limit, docs)

    def similar(self, limit: int) -> Iterator[Row]:
        """Yield lines with words of the index that are spelled like the ones typed."""
        guesses: list[Match] = []
        for term, wanted in zip(self._terms, self._wanted, strict=True):
            others = [] if term.phrase else corrections(self._source, term.text, term.unfinished)
            self.corrections += [Term(other) for other in others]
            guesses.append(Either((wanted, *(Phrase(other) for other in others))))
        if self.corrections:
            yield from self._rows(Every(tuple(guesses)), limit)

    def _across(self, term: Term, limit: int) -> Iterator[Row]:
        """Yield lines that go on with a phrase whose beginning ends the line before."""
        words = Highlight(term.text).words
        if len(words) < 2 or len(words) > 12 or has_unspaced(term.text):
            return
        for cut in range(1, len(words)):
            rest = Phrase(" ".join(words[cut:]), term.unfinished, first=True)
            for row in self._rows(rest, limit):
                before = self._source.line(row.doc, row.number - 1) if row.number > 0 else None
                if before and Highlight(before).words[-cut:] == words[:cut]:
                    yield row

    def _rows(self, match: Match, limit: int, docs: Sequence[int] = ()) -> list[Row]:
        for excluded in self._excluded:
            match = Without(match, excluded)
        return self._source.best(match, self._within, limit * _ROWS_PER_HIT, docs)


def _alternatives(term: Term) -> Match:
    """Return the match for a term; a whole word scores more than a longer word."""
    phrases = query_phrases(term.text)
    parts: list[Match] = []
    for i, (phrase, prefix) in enumerate(phrases):
        last = i == len(phrases) - 1 and len(phrase) > 1 and not has_unspaced(phrase)
        prefix = prefix or (term.unfinished and last)
        exact = Phrase(phrase)
        parts.append(Either((exact, Phrase(phrase, prefix=True))) if prefix else exact)
    return Every(tuple(parts))


def _all(term: Term) -> Match:
    return Every(tuple(Phrase(phrase, prefix) for phrase, prefix in query_phrases(term.text)))


def _marks(terms: Sequence[Term]) -> tuple[list[Highlight], list[str]]:
    words: list[Highlight] = []
    runs: list[str] = []
    for term in terms:
        if has_unspaced(term.text):
            runs.append(term.text)
        else:
            words.append(Highlight(term.text, term.unfinished))
    return words, runs


def _placed(row: Row, tier: int) -> Row:
    """Return the row with a score in [tier, tier + 1), so that earlier rounds rank first.

    A name gets at least half a point, so that only a very good line ranks before it.
    """
    share = row.score / (1 + row.score)
    share = 0.5 + share / 2 if row.number == NAME_LINE else share * 0.75
    return replace(row, score=tier + share)


def _spread(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with at most `PER_TRANSCRIPT` of each transcript first."""
    seen: dict[int, int] = {}
    first: list[Row] = []
    later: list[Row] = []
    for row in rows:
        seen[row.doc] = seen.get(row.doc, 0) + 1
        (first if seen[row.doc] <= PER_TRANSCRIPT else later).append(row)
    return first + later


def _hit(source: Source, row: Row, marks: tuple[list[Highlight], list[str]]) -> Hit:
    is_note = row.number <= NOTE_LINE
    number = (source.line_at(row.doc, row.start_s) or 0) if is_note else row.number
    return Hit(
        transcript_id=row.transcript_id,
        name=row.name,
        segment=None if row.number == NAME_LINE else number,
        start_s=row.start_s,
        end_s=row.end_s,
        snippet=snippet(row.text, *marks),
        score=round(row.score, 4),
        guess=row.score < _GUESSES + 1,
        note=is_note,
    )
