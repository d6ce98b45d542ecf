"""Writing the index in PostgreSQL: one process at a time, which holds the row of its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from earwitness.search.index import Entry, Line
from earwitness.search.normalize import FOLDING, fold, index_text
from earwitness.search.source import NAME_LINE, NOTE_LINE
from earwitness.search.spelling import LONGEST
from earwitness.search.tokens import Tokenizer

from earwitness_server.search.index_sync import Checkpoint, Text
from earwitness_server.search.postgres import BEGIN, quoted, shortened

POSITIONS = 16_383
"""PostgreSQL's last position within a line."""
_BETWEEN = "\x1f"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A line of the index."""

    id: int
    doc: int
    line: tuple[int, float, float, str]
    """Its number, times and text."""


class PostgresIndex:
    """Adds and deletes transcripts, within the caller's transaction."""

    def __init__(self, connection: sa.Connection, tokens: Tokenizer) -> None:
        self._connection = connection
        self._tokens = tokens
        self._terms: Counter[str] = Counter()
        self._lines = self._words = 0

    def checkpoint(self) -> Checkpoint | None:
        """Return how far the index has come, and lock it until the transaction ends.

        An index that was folded by other rules has not come anywhere.
        """
        [row] = self._run("SELECT number, built, folding FROM search_place FOR UPDATE")
        current = row[0] is not None and row[2] == FOLDING
        return Checkpoint(int(row[0]), row[1]) if current else None

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Store how far the index has come."""
        [before] = self._run("SELECT built FROM search_place")
        self._run(
            "UPDATE search_place SET number = :number, built = :built",
            number=checkpoint.number,
            built=checkpoint.built,
        )
        if before[0] is not None and checkpoint.built is None:
            for table in ("search_docs", "search_lines", "search_terms"):
                self._run(f"ANALYZE {table}")

    def clear(self) -> None:
        """Delete every transcript."""
        self._run("TRUNCATE search_docs, search_lines, search_terms")
        self._run(
            "UPDATE search_place SET number = NULL, built = NULL, lines = 0, words = 0,"
            " folding = :folding",
            folding=FOLDING,
        )

    def update(self, texts: dict[str, Text | None]) -> None:
        """Replace these transcripts; None deletes one."""
        before = self._known(list(texts))
        kept = self._kept([doc for doc, _scope in before.values()])
        docs = self._describe([text.entry for text in texts.values() if text])
        gone: list[_Kept] = []
        fresh: list[tuple[int, str, tuple[int, float, float, str]]] = []
        for transcript_id, text in texts.items():
            doc, scope = before.get(transcript_id, (0, ""))
            old = {each.line: each for each in kept.get(doc, [])}
            wanted = _lines(text) if text else []
            if text is None or text.entry.scope != scope:
                same: set[Any] = set()
            else:
                same = old.keys() & set(wanted)
            gone += [each for line, each in old.items() if line not in same]
            if text is not None:
                scope = text.entry.scope
                fresh += [(docs[transcript_id], scope, line) for line in wanted if line not in same]
        self._remove(
            gone, [before[id_][0] for id_, text in texts.items() if not text and id_ in before]
        )
        self._insert(fresh)
        self._count()

    def _known(self, transcript_ids: list[str]) -> dict[str, tuple[int, str]]:
        rows = self._run(
            "SELECT transcript_id, id, scope FROM search_docs WHERE transcript_id = ANY(:ids)",
            ids=transcript_ids,
        )
        return {row[0]: (int(row[1]), row[2]) for row in rows}

    def _kept(self, docs: list[int]) -> dict[int, list[_Kept]]:
        rows = self._run(
            "SELECT id, doc, number, start_s, end_s, text FROM search_lines WHERE doc = ANY(:docs)",
            docs=docs,
        )
        kept: dict[int, list[_Kept]] = {}
        for id_, doc, number, start_s, end_s, text in rows:
            kept.setdefault(doc, []).append(_Kept(id_, doc, (number, start_s, end_s, text)))
        return kept

    def _describe(self, entries: list[Entry]) -> dict[str, int]:
        """Write everything but the lines; return transcript id -> document id."""
        rows = self._run(
            """
            INSERT INTO search_docs (transcript_id, name, created_at, language, scope, tags)
            SELECT id, name, created_at, language, scope, string_to_array(tags, :between)
            FROM unnest(CAST(:ids AS text[]), CAST(:names AS text[]), CAST(:created AS text[]),
                        CAST(:languages AS text[]), CAST(:scopes AS text[]), CAST(:tags AS text[]))
                WITH ORDINALITY AS each (id, name, created_at, language, scope, tags, place)
            ORDER BY place
            ON CONFLICT (transcript_id) DO UPDATE SET name = excluded.name,
                created_at = excluded.created_at, language = excluded.language,
                scope = excluded.scope, tags = excluded.tags
            RETURNING transcript_id, id
            """,
            between=_BETWEEN,
            ids=[each.transcript_id for each in entries],
            names=[_stored(each.name) for each in entries],
            created=[each.created_at for each in entries],
            languages=[each.language for each in entries],
            scopes=[each.scope for each in entries],
            tags=[_BETWEEN.join(_stored(fold(tag)) for tag in each.tags) for each in entries],
        )
        return {row[0]: int(row[1]) for row in rows}

    def _remove(self, lines: list[_Kept], docs: list[int]) -> None:
        for each in lines:
            self._learn(self._cut(each.line[3]), -1)
        self._run("DELETE FROM search_lines WHERE id = ANY(:ids)", ids=[each.id for each in lines])
        self._run("DELETE FROM search_docs WHERE id = ANY(:ids)", ids=docs)

    def _insert(self, lines: Iterable[tuple[int, str, tuple[int, float, float, str]]]) -> None:
        raw: Any = self._connection.connection.driver_connection
        columns = "COPY search_lines (doc, number, start_s, end_s, text, words) FROM STDIN"
        with raw.cursor() as cursor, cursor.copy(columns) as copy:
            for doc, scope, line in lines:
                words = self._cut(line[3])
                self._learn(words, 1)
                copy.write_row((doc, *line, _vector(words, scope)))

    def _cut(self, text: str) -> list[str]:
        return [shortened(word) for word in self._tokens(index_text(text))]

    def _learn(self, words: list[str], sign: int) -> None:
        self._lines += sign
        self._words += sign * len(words)
        for word in set(words):
            self._terms[word] += sign

    def _count(self) -> None:
        """Write the counts of words, and make the new lines cheap to find."""
        changed = {term: count for term, count in sorted(self._terms.items()) if count}
        self._run(
            """
            INSERT INTO search_terms (term, lines, grams)
            SELECT term, lines, string_to_array(grams, ' ') FROM unnest(
                CAST(:terms AS text[]), CAST(:counts AS bigint[]), CAST(:grams AS text[])
            ) AS each (term, lines, grams)
            ON CONFLICT (term) DO UPDATE SET lines = search_terms.lines + excluded.lines
            """,
            terms=list(changed),
            counts=list(changed.values()),
            grams=[" ".join(_grams(term)) for term in changed],
        )
        gone = [term for term, count in changed.items() if count < 0]
        self._run("DELETE FROM search_terms WHERE term = ANY(:terms) AND lines <= 0", terms=gone)
        self._run(
            "UPDATE search_place SET lines = lines + :lines, words = words + :words",
            lines=self._lines,
            words=self._words,
        )
        self._terms.clear()
        self._lines = self._words = 0
        # New lines wait in a list that every search would read through.
        self._run("SELECT gin_clean_pending_list('search_lines_words')")

    def _run(self, sql: str, **values: Any) -> Sequence[Any]:
        result = self._connection.execute(sa.text(sql), values)
        return result.all() if result.returns_rows else ()


def _lines(text: Text) -> list[tuple[int, float, float, str]]:
    lines = [*enumerate([Line(0.0, 0.0, text.entry.name), *text.lines], NAME_LINE)]
    lines += [(NOTE_LINE - i, note) for i, note in enumerate(text.entry.notes or ())]
    return [(number, line.start_s, line.end_s, _stored(line.text)) for number, line in lines]


def _vector(words: list[str], scope: str) -> str:
    """Return the tsvector of a line."""
    places: dict[str, list[int]] = {BEGIN: [1]}
    for place, word in enumerate(words, 2):
        places.setdefault(word, []).append(min(place, POSITIONS))
    parts = [f"{quoted(word)}:{','.join(map(str, at))}" for word, at in places.items()]
    return " ".join([quoted(f"@{scope}"), *parts])


def _grams(term: str) -> list[str]:
    """Return the trigrams of a word as `spelling.grams` does; none if it is too long to guess."""
    if len(term) > LONGEST:
        return []
    return sorted({term[i : i + 3] for i in range(len(term) - 2)})


def _stored(text: str) -> str:
    """Return the text without NUL characters and lone surrogates, which PostgreSQL refuses."""
    whole = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return whole.replace("\0", " ")
