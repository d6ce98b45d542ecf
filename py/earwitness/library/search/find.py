"""From a query to hits, best first.

Three rounds, each only when the ones before found little: sentences (and names) that hold every
word; transcripts that hold every word somewhere; words that look like the ones typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from earwitness.library.search.index import NAME_LINE, SearchIndex
from earwitness.library.search.query import Parsed, Term, parse
from earwitness.library.search.scripts import fold, is_unspaced, query_phrases
from earwitness.library.search.snippet import Wanted, snippet
from earwitness.library.search.spelling import corrections
from earwitness.messages import Hit

NAME_BOOST = 3.0
"""Among the rows taken from the index, a name that matches counts like three sentences."""
PER_TRANSCRIPT = 10
"""Hits of one transcript before those of others come first."""
FEW = 3
"""Fewer hits than this: look further. Words are guessed only when there is none."""
_DEEP = 6
"""Rows ranked for each hit shown."""
_BROAD = 20_000
"""Lines; a query that matches more says so little that newness ranks instead of bm25."""
_ENDS = 2_000
"""Of a broad query: lines taken from either end of the index, where the newest ones are."""
_BROAD_ROWS = """
SELECT rowid FROM (SELECT rowid FROM words WHERE words MATCH :match ORDER BY rowid LIMIT :ends)
UNION SELECT rowid FROM
  (SELECT rowid FROM words WHERE words MATCH :match ORDER BY rowid DESC LIMIT :ends)
UNION SELECT rowid FROM words WHERE words MATCH :match
  AND +rowid IN (SELECT id FROM lines WHERE number = :name_line)"""
_COLUMNS = "SELECT doc, number, start_s, end_s, lines.text, transcript_id, name, created_at,"
_JOINS = "CROSS JOIN lines ON lines.id = words.rowid CROSS JOIN docs ON docs.id = lines.doc"
_BEST = "ORDER BY score DESC, created_at DESC LIMIT :limit"
_FIRST_LINE = (
    " (SELECT min(id) FROM lines WHERE doc ="
    " (SELECT id FROM docs WHERE transcript_id = :transcript_id))"
)


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


@dataclass(frozen=True, slots=True)
class _Row:
    doc: int
    number: int
    start_s: float
    end_s: float
    text: str
    transcript_id: str
    name: str
    created_at: str
    score: float


def search(index: SearchIndex, query: Query) -> tuple[Hit, ...]:
    """Return at most `limit` hits, best first. No query is an error; some find nothing."""
    parsed = parse(query.text)
    limit = max(1, min(query.limit, 500))
    if not parsed.wanted:
        return ()
    finder = _Finder(index, query, parsed)
    found: dict[tuple[int, int], _Row] = {}
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

    def __init__(self, index: SearchIndex, query: Query, parsed: Parsed) -> None:
        self._index = index
        self._query = query
        self._wanted = [_alternatives(term) for term in parsed.wanted]
        self._terms = parsed.wanted
        self._excluded = [_all(term) for term in parsed.excluded]
        self.guessed: list[Term] = []

    def in_lines(self, limit: int) -> Iterator[_Row]:
        """Every word in one line."""
        yield from self._rows(self._match(self._wanted), limit)
        if len(self._terms) == 1 and self._terms[0].phrase:
            yield from self._across(self._terms[0], limit)

    def in_transcripts(self, limit: int) -> Iterator[_Row]:
        """Every word in one transcript: its lines that hold most of them."""
        if len(self._wanted) < 2:
            return
        docs: set[int] | None = None
        for wanted in self._wanted:
            own = self._docs(wanted)
            docs = own if docs is None else docs & own
        if docs:
            either = self._without(" OR ".join(f"({wanted})" for wanted in self._wanted))
            yield from self._rows(either, limit, sorted(docs, reverse=True)[:200])

    def like(self, limit: int) -> Iterator[_Row]:
        """Words of the library that look like those typed."""
        guesses: list[str] = []
        for term, wanted in zip(self._terms, self._wanted, strict=True):
            others = [] if term.phrase else corrections(self._index, term.text, term.unfinished)
            self.guessed += [Term(other) for other in others]
            guesses.append(" OR ".join([f"({wanted})", *(_quoted(other) for other in others)]))
        if self.guessed:
            yield from self._rows(self._match(guesses), limit)

    def _across(self, term: Term, limit: int) -> Iterator[_Row]:
        """A phrase that begins in one line and ends in the next."""
        words = Wanted(term.text).words
        if len(words) < 2 or len(words) > 12 or is_unspaced(term.text):
            return
        for cut in range(1, len(words)):
            rest = f"^ {_quoted(' '.join(words[cut:]), term.unfinished)}"
            for row in self._rows(self._without(rest), limit):
                before = self._index.db.execute(
                    "SELECT text FROM lines WHERE doc = ? AND number = ?", (row.doc, row.number - 1)
                ).fetchone()
                if row.number > 0 and before and Wanted(before[0]).words[-cut:] == words[:cut]:
                    yield row

    def _match(self, wanted: Sequence[str]) -> str:
        return self._without(" AND ".join(f"({one})" for one in wanted))

    def _without(self, match: str) -> str:
        for excluded in self._excluded:
            match = f"({match}) NOT ({excluded})"
        return match

    def _docs(self, match: str) -> set[int]:
        rows = self._index.db.execute(
            "SELECT DISTINCT doc FROM lines WHERE id IN"
            " (SELECT rowid FROM words WHERE words MATCH ?)",
            (match,),
        )
        return {int(row[0]) for row in rows}

    def _rows(self, match: str, limit: int, docs: Sequence[int] = ()) -> Iterator[_Row]:
        filters, values = self._filters()
        if docs:
            filters += f" AND lines.doc IN ({', '.join(map(str, docs))})"
        boost = "iif(lines.number = :name_line, :name_boost, 1.0)"
        source, where, score = "words", "words MATCH :match", f"-words.rank * {boost}"
        if self._is_broad(match):
            score = boost
            if not filters:
                source, where = f"({_BROAD_ROWS}) words", "true"
        # Assembled from constants; every value is bound.
        sql = " ".join(
            (_COLUMNS, score, "AS score FROM", source, _JOINS, "WHERE", where, filters, _BEST)
        )
        values |= {"match": match, "ends": _ENDS, "limit": limit * _DEEP}
        values |= {"name_line": NAME_LINE, "name_boost": NAME_BOOST}
        for row in self._index.db.execute(sql, values).fetchall():
            yield _Row(*row)

    def _is_broad(self, match: str) -> bool:
        counted = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
        found = self._index.db.execute(counted, (match, _BROAD + 1)).fetchone()
        return int(found[0]) > _BROAD

    def _filters(self) -> tuple[str, dict[str, Any]]:
        query = self._query
        parts: list[str] = []
        values: dict[str, Any] = {
            "language": query.language,
            "transcript_id": query.transcript_id,
            "tag": fold(query.tag),
        }
        if query.language:
            parts.append("docs.language = :language")
        if query.transcript_id:
            parts.append("docs.transcript_id = :transcript_id AND words.rowid >=" + _FIRST_LINE)
        if query.tag:
            parts.append("EXISTS (SELECT 1 FROM tags WHERE tags.doc = docs.id AND tag = :tag)")
        if query.scopes:
            names = [f"scope_{i}" for i in range(len(query.scopes))]
            parts.append(f"docs.scope IN ({', '.join(f':{name}' for name in names)})")
            values |= dict(zip(names, query.scopes, strict=True))
        return "".join(f" AND {part}" for part in parts), values


def _alternatives(term: Term) -> str:
    """The FTS5 expression for a term: a whole word counts more than one that only begins so."""
    phrases = query_phrases(term.text)
    parts: list[str] = []
    for i, (phrase, open_) in enumerate(phrases):
        last = i == len(phrases) - 1 and len(phrase) > 1 and not is_unspaced(phrase)
        begun = open_ or (term.unfinished and last)
        exact = _quoted(phrase)
        parts.append(f"({exact} OR {_quoted(phrase, True)})" if begun else exact)
    return " AND ".join(parts) or '""'


def _all(term: Term) -> str:
    phrases = [_quoted(phrase, open_) for phrase, open_ in query_phrases(term.text)]
    return " AND ".join(phrases) or '""'


def _quoted(phrase: str, begun: bool = False) -> str:
    escaped = phrase.replace('"', '""')
    return f'"{escaped}"*' if begun else f'"{escaped}"'


def _marks(terms: Sequence[Term]) -> tuple[list[Wanted], list[str]]:
    words: list[Wanted] = []
    runs: list[str] = []
    for term in terms:
        if is_unspaced(term.text):
            runs.append(term.text)
        else:
            words.append(Wanted(term.text, term.unfinished))
    return words, runs


def _placed(row: _Row, tier: int) -> _Row:
    """The row with a score between `tier` and the next: no later round outranks an earlier one.

    A name starts half way up, so only a line that says a lot comes before it.
    """
    share = row.score / (1 + row.score)
    share = 0.5 + share / 2 if row.number == NAME_LINE else share * 0.75
    return replace(row, score=tier + share)


def _spread(rows: Sequence[_Row]) -> list[_Row]:
    """No transcript fills the page while others wait."""
    seen: dict[int, int] = {}
    first: list[_Row] = []
    later: list[_Row] = []
    for row in rows:
        seen[row.doc] = seen.get(row.doc, 0) + 1
        (first if seen[row.doc] <= PER_TRANSCRIPT else later).append(row)
    return first + later


def _hit(row: _Row, marks: tuple[list[Wanted], list[str]]) -> Hit:
    return Hit(
        transcript_id=row.transcript_id,
        name=row.name,
        segment=None if row.number == NAME_LINE else row.number,
        start_s=row.start_s,
        end_s=row.end_s,
        snippet=snippet(row.text, *marks),
        score=round(row.score, 4),
    )
