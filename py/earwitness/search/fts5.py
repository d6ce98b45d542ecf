"""Read the index in SQLite's FTS5."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

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
)
from earwitness.search.spelling import CANDIDATES_MAX, LONGEST, grams, patterns

_COLUMNS = "SELECT doc, number, start_s, end_s, lines.text, transcript_id, name, created_at,"
_JOINS = "CROSS JOIN lines ON lines.id = words.rowid CROSS JOIN docs ON docs.id = lines.doc"
_BEST = "ORDER BY score DESC, created_at DESC, lines.doc, lines.number LIMIT :limit"
_FIRST_LINE = (
    " (SELECT min(id) FROM lines WHERE doc ="
    " (SELECT id FROM docs WHERE transcript_id = :transcript_id))"
)


class Fts5Source:
    """The reading half of a `SearchIndex`; implements `Source`."""

    db: sqlite3.Connection
    spellings_stale: bool

    def best(self, match: Match, within: Within, limit: int, docs: Sequence[int] = ()) -> list[Row]:
        """Return lines that match, best first."""
        expression = render(match)
        filters, values = _filters(within)
        if docs:
            filters += f" AND lines.doc IN ({', '.join(map(str, docs))})"
        boost = "iif(lines.number = :name_line, :name_boost, 1.0)"
        source, where, score = "words", "words MATCH :match", f"-words.rank * {boost}"
        if self._is_broad(expression):
            score = boost
            if not docs:
                source, where, filters = f"({_broad_rows(filters)}) words", "true", ""
        # Assembled from constants; every value is bound.
        sql = " ".join(
            (_COLUMNS, score, "AS score FROM", source, _JOINS, "WHERE", where, filters, _BEST)
        )
        values |= {"match": expression, "ends": ENDS, "limit": limit}
        values |= {"name_line": NAME_LINE, "name_boost": NAME_BOOST}
        return [Row(*row) for row in self.db.execute(sql, values).fetchall()]

    def documents_matching(self, matches: Sequence[Match], within: Within, most: int) -> list[int]:
        """Return documents that have a line for each match, the newest in the index first."""
        filters, values = _filters(within)
        sql = " ".join(
            ("SELECT DISTINCT doc FROM words", _JOINS, "WHERE words MATCH :match", filters)
            if filters
            else ("SELECT DISTINCT doc FROM lines WHERE id IN",
                  "(SELECT rowid FROM words WHERE words MATCH :match)")
        )  # fmt: skip
        docs: set[int] | None = None
        for match in matches:
            rows = self.db.execute(sql, values | {"match": render(match)})
            own = {int(row[0]) for row in rows}
            docs = own if docs is None else docs & own
        return sorted(docs or (), reverse=True)[:most]

    def line(self, doc: int, number: int) -> str | None:
        """Return the text of a line; None where there is no such line."""
        found = self.db.execute(
            "SELECT text FROM lines WHERE doc = ? AND number = ?", (doc, number)
        ).fetchone()
        return None if found is None else str(found[0])

    def line_at(self, doc: int, start_s: float) -> int | None:
        """Return the number of the text's last line that begins at a time or before it."""
        found = self.db.execute(
            "SELECT max(number) FROM lines WHERE doc = ? AND number >= 0 AND start_s <= ?",
            (doc, start_s),
        ).fetchone()
        return None if found[0] is None else int(found[0])

    def similar_terms(self, word: str, unfinished: bool) -> Iterable[tuple[str, int]]:
        """Yield words of the index that may be spelled like `word`, and their numbers of lines."""
        self.update_spellings()
        globs = patterns(word, unfinished)
        either = " OR ".join(["term GLOB ?"] * len(globs))
        rows = self.db.execute(
            f"SELECT term FROM spelled WHERE {either} LIMIT ?",  # noqa: S608 (only question marks)
            [*globs, CANDIDATES_MAX],
        ).fetchall()
        shared = grams(word)
        if shared:
            match = " OR ".join(f'"{gram}"' for gram in shared)
            rows += self.db.execute(
                "SELECT term FROM spellings WHERE spellings MATCH ? ORDER BY rank LIMIT ?",
                (match, CANDIDATES_MAX),
            ).fetchall()
        for term in {str(row[0]) for row in rows}:
            counted = self.db.execute("SELECT doc FROM vocabulary WHERE term = ?", (term,))
            count = counted.fetchone()
            if count is not None:
                yield term, int(count[0])

    def update_spellings(self) -> None:
        """Add the words that are new in the index to the table of spellings."""
        if not self.spellings_stale:
            return
        with self.db:
            self.db.execute(
                "INSERT INTO spellings (term) SELECT term FROM vocabulary WHERE length(term)"
                " BETWEEN 2 AND ? AND term NOT IN (SELECT term FROM spelled)",
                (LONGEST,),
            )
            self.db.execute(
                "INSERT OR IGNORE INTO spelled SELECT term FROM vocabulary"
                " WHERE length(term) BETWEEN 2 AND ?",
                (LONGEST,),
            )
        self.spellings_stale = False

    def _is_broad(self, expression: str) -> bool:
        counted = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
        found = self.db.execute(counted, (expression, BROAD + 1)).fetchone()
        return int(found[0]) > BROAD


def render(match: Match) -> str:
    """Return the FTS5 expression of a match."""
    if isinstance(match, Phrase):
        quoted = '"' + match.text.replace('"', '""') + '"'
        return f"{'^ ' if match.first else ''}{quoted}{' *' if match.prefix else ''}"
    if isinstance(match, Without):
        return f"({render(match.wanted)}) NOT ({render(match.excluded)})"
    between = " AND " if isinstance(match, Every) else " OR "
    return between.join(f"({render(part)})" for part in match.parts) or '""'


def _broad_rows(filters: str) -> str:
    """Return the SQL for the rows of a broad query: from both ends of the index, and names."""
    narrowed = f"words {_JOINS if filters else ''} WHERE words MATCH :match {filters}"
    end = "SELECT words.rowid AS rowid FROM"
    return " ".join(
        (
            "SELECT rowid FROM (", end, narrowed, "ORDER BY words.rowid LIMIT :ends)",
            "UNION SELECT rowid FROM (", end, narrowed, "ORDER BY words.rowid DESC LIMIT :ends)",
            "UNION", end, narrowed,
            # SQLite would read all lines: it takes a partial index only for a constant, if told to.
            "AND +words.rowid IN (SELECT id FROM lines INDEXED BY lines_names",
            f"WHERE number = {NAME_LINE})",
        )
    )  # fmt: skip


def _filters(within: Within) -> tuple[str, dict[str, Any]]:
    parts: list[str] = []
    values: dict[str, Any] = {
        "language": within.language,
        "transcript_id": within.transcript_id,
        "tag": within.tag,
        "since": within.since,
        "until": within.until,
    }
    if within.language:
        parts.append("docs.language = :language")
    if within.transcript_id:
        parts.append("docs.transcript_id = :transcript_id AND words.rowid >=" + _FIRST_LINE)
    if within.tag:
        parts.append("EXISTS (SELECT 1 FROM tags WHERE tags.doc = docs.id AND tag = :tag)")
    if within.since:
        parts.append("docs.created_at >= :since")
    if within.until:
        parts.append("docs.created_at < :until")
    if within.scopes:
        names = [f"scope_{i}" for i in range(len(within.scopes))]
        parts.append(f"docs.scope IN ({', '.join(f':{name}' for name in names)})")
        values |= dict(zip(names, within.scopes, strict=True))
    return "".join(f" AND {part}" for part in parts), values
