"""Reads the index in PostgreSQL: its full text finds lines, FTS5's rules rank them.

`postgres_index` cuts the words with FTS5's tokenizer, so no dictionary of PostgreSQL is involved.
A line also holds `^` before its first word, and `@` with its scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from earwitness.search.bm25 import Bm25, PhraseCount
from earwitness.search.normalize import index_text
from earwitness.search.source import (
    BROAD,
    ENDS,
    NAME_BOOST,
    NAME_LINE,
    Every,
    Match,
    Phrase,
    Row,
    Within,
    Without,
    phrases,
)
from earwitness.search.spelling import CANDIDATES_MAX, LONGEST, grams, patterns
from earwitness.search.tokens import Tokenizer

RANKED = 2_000
"""Lines that are ranked exactly; if there are more, those that PostgreSQL ranks first."""
BEGIN = "^"
WORD_BYTES = 2_000
"""PostgreSQL's limit for a word is 2,046."""
_FROM = "FROM search_lines l JOIN search_docs d ON d.id = l.doc WHERE l.words @@ "
_ROWS = (
    "SELECT l.doc, l.number, l.start_s, l.end_s, l.text, d.transcript_id, d.name, d.created_at "
    + _FROM
)
_QUERY = "CAST(:query AS tsquery)"
_ALSO = "AND l.doc IN (SELECT doc FROM search_lines WHERE words @@ CAST(:also AS tsquery))"


class PostgresSource:
    """A `Source` for one search, on one connection."""

    def __init__(self, connection: sa.Connection, tokens: Tokenizer) -> None:
        self._connection = connection
        self._tokens = tokens
        self._counts: dict[str, int] = {}
        # A generic plan suits no query, and compiling a plan takes longer than running it.
        for setting in ("plan_cache_mode = force_custom_plan", "jit = off"):
            connection.execute(sa.text(f"SET LOCAL {setting}"))

    def best(self, match: Match, within: Within, limit: int, docs: Sequence[int] = ()) -> list[Row]:
        """Return lines that match, best first."""
        query = self._scoped(match, within)
        if query is None:
            return []
        filters, values = _filters(within)
        values |= {"query": query, "docs": list(docs), "name_line": NAME_LINE}
        if docs:
            filters += " AND l.doc = ANY(:docs)"
        found = self._count(query)
        if found > BROAD:
            rows = self._broad(filters, values, limit, ends=not docs)
            scores = [1.0] * len(rows)
        else:
            order = "LIMIT :most"
            if found > RANKED:
                order = f"ORDER BY l.number = :name_line DESC, ts_rank(l.words, {_QUERY}, 1) DESC "
                order += "LIMIT :most"
            rows = self._rows(f"{filters} {order}", values | {"most": max(RANKED, limit)})
            rank = self._ranking(match)
            scores = [rank.score(self._tokens(index_text(row[4]))) for row in rows]
        made = [
            Row(*row, score=score * (NAME_BOOST if row[1] == NAME_LINE else 1.0))
            for row, score in zip(rows, scores, strict=True)
        ]
        made.sort(key=lambda row: (row.doc, row.number))
        made.sort(key=lambda row: (row.score, row.created_at), reverse=True)
        return made[:limit]

    def documents_matching(self, matches: Sequence[Match], within: Within, most: int) -> list[int]:
        """Return documents that have a line for each match, the latest first."""
        queries = [query for match in matches if (query := self._scoped(match, within))]
        if not queries or len(queries) < len(matches):
            return []
        queries.sort(key=self._count)
        filters, values = _filters(within)
        # Assembled from constants; every value is bound.
        others = (_ALSO.replace(":also", f":also{i}") for i in range(1, len(queries)))
        sql = " ".join(
            ("SELECT DISTINCT l.doc", _FROM, _QUERY, filters, *others,
             "ORDER BY l.doc DESC LIMIT :most")
        )  # fmt: skip
        values |= {"query": queries[0], "most": most}
        values |= {f"also{i}": query for i, query in enumerate(queries)}
        return [int(row[0]) for row in self._connection.execute(sa.text(sql), values)]

    def line(self, doc: int, number: int) -> str | None:
        """Return the text of a line; None if there is none."""
        sql = sa.text("SELECT text FROM search_lines WHERE doc = :doc AND number = :number")
        found = self._connection.execute(sql, {"doc": doc, "number": number}).scalar()
        return None if found is None else str(found)

    def line_at(self, doc: int, start_s: float) -> int | None:
        """Return the number of the text's last line that begins at a time or before it."""
        sql = sa.text(
            "SELECT max(number) FROM search_lines"
            " WHERE doc = :doc AND number >= 0 AND start_s <= :start_s"
        )
        found = self._connection.execute(sql, {"doc": doc, "start_s": start_s}).scalar()
        return None if found is None else int(found)

    def similar_terms(self, word: str, unfinished: bool) -> Iterable[tuple[str, int]]:
        """Return words of the index that may be similar to `word`, with their numbers of lines."""
        shapes = [each.replace("?", "_").replace("*", "%") for each in patterns(word, unfinished)]
        values = {"shapes": shapes, "longest": LONGEST, "most": CANDIDATES_MAX}
        found = self._connection.execute(_SHAPED, values).all()
        shared = grams(word)
        if shared:
            longest = LONGEST if unfinished else len(word) + 2
            values = {"grams": shared, "shortest": len(word) - 2, "longest": longest}
            found = [
                *found,
                *self._connection.execute(_SHARING, values | {"most": CANDIDATES_MAX}).all(),
            ]
        return {str(term): int(lines) for term, lines in found}.items()

    def _rows(self, rest: str, values: dict[str, Any]) -> list[Any]:
        return list(self._connection.execute(sa.text(f"{_ROWS}{_QUERY}{rest}"), values))

    def _broad(self, filters: str, values: dict[str, Any], limit: int, *, ends: bool) -> list[Any]:
        newest = f"{filters} ORDER BY l.number = :name_line DESC, d.created_at DESC LIMIT :most"
        if not ends:
            return self._rows(newest, values | {"most": limit})
        rows = [
            *self._rows(f"{filters} ORDER BY l.id LIMIT :most", values | {"most": ENDS}),
            *self._rows(f"{filters} ORDER BY l.id DESC LIMIT :most", values | {"most": ENDS}),
            *self._rows(
                f"{filters} AND l.number = -1 ORDER BY d.created_at DESC LIMIT :most",
                values | {"most": limit},
            ),
        ]
        return list({(row[0], row[1]): row for row in rows}.values())

    def _ranking(self, match: Match) -> Bm25:
        lines, words = self._connection.execute(
            sa.text("SELECT lines, words FROM search_place")
        ).one()
        counted: list[PhraseCount] = []
        for phrase in phrases(match):
            cut = self._words(phrase)
            if cut:
                holding = self._holding(phrase, cut, int(lines))
                counted.append(PhraseCount(tuple(cut), phrase.prefix, holding))
        return Bm25(counted, int(lines), int(words))

    def _holding(self, phrase: Phrase, cut: list[str], lines: int) -> int:
        """Return the number of lines with the phrase, in the whole index."""
        if len(cut) == 1 and not phrase.prefix:
            one = sa.text("SELECT lines FROM search_terms WHERE term = :term")
            return int(self._connection.execute(one, {"term": cut[0]}).scalar() or 0)
        if len(cut) == 1:
            at_most = sa.text(
                "SELECT sum(lines) FROM search_terms WHERE term >= :term AND term < :end"
            )
            span = {"term": cut[0], "end": cut[0] + "\U0010ffff"}
            summed = int(self._connection.execute(at_most, span).scalar() or 0)
            if summed > BROAD:
                return min(lines, summed)
        return self._count(_phrase(cut, phrase))

    def _count(self, query: str) -> int:
        """Return the number of lines that match, counted to just above `BROAD`."""
        if query not in self._counts:
            values = {"query": query, "most": BROAD + 1}
            self._counts[query] = int(self._connection.execute(_COUNTED, values).scalar_one())
        return self._counts[query]

    def _scoped(self, match: Match, within: Within) -> str | None:
        query = self._render(match)
        if query is None or not within.scopes:
            return query
        scopes = " | ".join(quoted(f"@{scope}") for scope in within.scopes)
        return f"({query}) & ({scopes})"

    def _render(self, match: Match) -> str | None:
        """Return the tsquery; None when nothing can match."""
        if isinstance(match, Phrase):
            cut = self._words(match)
            return _phrase(cut, match) if cut else None
        if isinstance(match, Without):
            wanted, excluded = self._render(match.wanted), self._render(match.excluded)
            return f"({wanted}) & !({excluded})" if wanted and excluded else wanted
        parts = [self._render(part) for part in match.parts]
        found = [f"({part})" for part in parts if part]
        if isinstance(match, Every) and len(found) < len(parts):
            return None
        return (" & " if isinstance(match, Every) else " | ").join(found) or None

    def _words(self, phrase: Phrase) -> list[str]:
        return [shortened(word) for word in self._tokens(phrase.text)]


def quoted(word: str) -> str:
    """Return a word as a lexeme of a tsvector or a tsquery."""
    doubled = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def shortened(word: str) -> str:
    """Return a word as the index has it."""
    if len(word) <= WORD_BYTES // 4:
        return word
    return word.encode()[:WORD_BYTES].decode("utf-8", "ignore")


def _phrase(cut: list[str], phrase: Phrase) -> str:
    parts = [quoted(word) for word in ([BEGIN] if phrase.first else []) + cut]
    return " <-> ".join(parts) + (":*" if phrase.prefix else "")


def _filters(within: Within) -> tuple[str, dict[str, Any]]:
    values = {"language": within.language, "transcript_id": within.transcript_id, "tag": within.tag}
    return "".join(_FILTERS[name] for name, value in values.items() if value), values


_FILTERS = {
    "language": " AND d.language = :language",
    "transcript_id": " AND d.transcript_id = :transcript_id",
    "tag": " AND :tag = ANY(d.tags)",
}
_COUNTED = sa.text(
    "SELECT count(*) FROM (SELECT 1 FROM search_lines"
    " WHERE words @@ CAST(:query AS tsquery) LIMIT :most) AS found"
)
_SHAPED = sa.text(
    "SELECT term, lines FROM search_terms WHERE term LIKE ANY(:shapes)"
    " AND length(term) BETWEEN 2 AND :longest LIMIT :most"
)
_SHARING = sa.text(
    "SELECT term, lines FROM search_terms WHERE grams && CAST(:grams AS text[])"
    " AND length(term) BETWEEN :shortest AND :longest ORDER BY"
    " (SELECT count(*) FROM unnest(grams) AS gram WHERE gram = ANY(CAST(:grams AS text[]))) DESC,"
    " term LIMIT :most"
)
