"""Write the index: transcripts, their lines, and FTS5's table of words, in one SQLite database.

FTS5 stores no text (`content=''`, since SQLite 3.39); the table `lines` does. A transcript's name
is its line number -1; the user's notes have the numbers below.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from earwitness.search.fts5 import Fts5Source
from earwitness.search.normalize import FOLDING, fold, index_text
from earwitness.search.source import NAME_LINE, NOTE_LINE
from earwitness.transcript import Highlight

_FIRST = -(2**31)
"""Below every number of a line."""
_ABOVE = 2**31
"""Above every number of a line."""
SCHEMA_VERSION = 1
_VERSION = SCHEMA_VERSION * 100 + FOLDING
"""An index of another version is dropped. Version 0.1.0 had 1."""

TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
"""Marks count as letters, or words in Hindi and other scripts would end at vowel signs."""
_SCHEMA = f"""
CREATE TABLE docs (
    id INTEGER PRIMARY KEY, transcript_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    created_at TEXT NOT NULL, language TEXT NOT NULL, scope TEXT NOT NULL
);
CREATE INDEX docs_scope ON docs (scope);
CREATE TABLE tags (doc INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (doc, tag)) WITHOUT ROWID;
CREATE TABLE lines (
    id INTEGER PRIMARY KEY, doc INTEGER NOT NULL, number INTEGER NOT NULL,
    start_s REAL NOT NULL, end_s REAL NOT NULL, text TEXT NOT NULL
);
CREATE UNIQUE INDEX lines_doc ON lines (doc, number);
CREATE INDEX lines_names ON lines (id) WHERE number = {NAME_LINE};
CREATE VIRTUAL TABLE words USING fts5 (text, content='', tokenize="{TOKENIZER}");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
CREATE TABLE spelled (term TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE spellings USING fts5 (term, tokenize='trigram', detail='none');
PRAGMA user_version = {_VERSION};
"""
_TABLES = ("spellings", "spelled", "vocabulary", "words", "lines", "tags", "docs")


@dataclass(frozen=True, slots=True)
class Line:
    """A segment to find. Times in seconds from the recording's start."""

    start_s: float
    end_s: float
    text: str


Splice = tuple[int, int, Sequence[Line]]
"""The number of a line, how many lines go from there, and which come."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A transcript in the index, without its lines."""

    transcript_id: str
    name: str
    created_at: str
    language: str = ""
    tags: tuple[str, ...] = ()
    scope: str = ""
    """Its owner on a server, or the shared space; empty in the page."""
    notes: tuple[Line, ...] | None = None
    """What the user noted, with its time; None: as it is in the index."""


def notes_of(highlights: Iterable[Highlight]) -> tuple[Line, ...]:
    """Return labels and notes of highlights as lines to find, in the order of the highlights."""
    return tuple(
        Line(each.start_s, each.end_s, " ".join(text.split()))
        for each in highlights
        if (text := ": ".join(part for part in (each.label, each.note) if part))
    )


class SearchIndex(Fts5Source):
    """The index for `find.search`. Every method that writes is one transaction."""

    def __init__(self, path: str = ":memory:") -> None:
        """Open the index or create it. `fresh`: it is new, or of another version, and empty.

        Raises:
            sqlite3.DatabaseError: the file is not a SQLite database.
        """
        self.db = sqlite3.connect(path, check_same_thread=False)
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        self.fresh = version != _VERSION
        if self.fresh:
            for table in _TABLES:
                self.db.execute(f"DROP TABLE IF EXISTS {table}")
            self.db.executescript(_SCHEMA)
        self.spellings_stale = True

    def __contains__(self, transcript_id: object) -> bool:
        """Return whether the transcript is in the index."""
        found = self.db.execute("SELECT 1 FROM docs WHERE transcript_id = ?", (transcript_id,))
        return found.fetchone() is not None

    def __len__(self) -> int:
        """Return the number of transcripts in the index."""
        return int(self.db.execute("SELECT count(*) FROM docs").fetchone()[0])

    def put(self, entry: Entry, lines: Sequence[Line]) -> None:
        """Add a transcript, or replace it."""
        with self.db:
            self._describe(entry)
            self._replace(entry.transcript_id, 0, lines)

    def describe(self, entry: Entry) -> None:
        """Change name, language, tags, scope or notes; the lines stay."""
        with self.db:
            self._describe(entry)

    def replace_from(self, transcript_id: str, first: int, lines: Sequence[Line]) -> None:
        """Replace every line from number `first` on.

        Raises:
            KeyError: the transcript is not in the index.
        """
        with self.db:
            self._replace(transcript_id, first, lines)

    def splice(self, transcript_id: str, changes: Sequence[Splice]) -> None:
        """Put lines in the place of others; `changes` are in order, with the numbers before them.

        Raises as `replace_from`.
        """
        with self.db:
            doc = self._known_doc(transcript_id)
            for first, removed, lines in reversed(changes):
                if removed:
                    self._delete_lines(doc, first, first + removed - 1)
                if len(lines) != removed:
                    self._move_lines(doc, first + removed, len(lines) - removed)
                if lines:
                    self._insert_lines(doc, first, lines)

    def remove(self, transcript_id: str) -> None:
        """Remove a transcript; a missing one is no error."""
        with self.db:
            doc = self._doc(transcript_id)
            if doc is not None:
                self._delete_lines(doc, _FIRST)
                self.db.execute("DELETE FROM tags WHERE doc = ?", (doc,))
                self.db.execute("DELETE FROM docs WHERE id = ?", (doc,))

    def close(self) -> None:
        """Close the database."""
        self.db.close()

    def _describe(self, entry: Entry) -> None:
        values = (entry.name, entry.created_at, entry.language, entry.scope, entry.transcript_id)
        doc = self._doc(entry.transcript_id)
        if doc is None:
            cursor = self.db.execute(
                "INSERT INTO docs (name, created_at, language, scope, transcript_id)"
                " VALUES (?, ?, ?, ?, ?)",
                values,
            )
            doc = int(cursor.lastrowid or 0)
        else:
            self.db.execute(
                "UPDATE docs SET name = ?, created_at = ?, language = ?, scope = ?"
                " WHERE transcript_id = ?",
                values,
            )
            self.db.execute("DELETE FROM tags WHERE doc = ?", (doc,))
            self._delete_lines(doc, NAME_LINE, NAME_LINE)
        folded = {(doc, fold(tag)) for tag in entry.tags}
        self.db.executemany("INSERT INTO tags (doc, tag) VALUES (?, ?)", sorted(folded))
        self._insert_lines(doc, NAME_LINE, [Line(0.0, 0.0, entry.name)])
        if entry.notes is not None:
            self._delete_lines(doc, _FIRST, NOTE_LINE)
            for number, note in enumerate(entry.notes):
                self._insert_lines(doc, NOTE_LINE - number, [note])

    def _replace(self, transcript_id: str, first: int, lines: Sequence[Line]) -> None:
        doc = self._known_doc(transcript_id)
        self._delete_lines(doc, first)
        self._insert_lines(doc, first, lines)

    def _doc(self, transcript_id: str) -> int | None:
        row = self.db.execute("SELECT id FROM docs WHERE transcript_id = ?", (transcript_id,))
        found = row.fetchone()
        return None if found is None else int(found[0])

    def _known_doc(self, transcript_id: str) -> int:
        doc = self._doc(transcript_id)
        if doc is None:
            raise KeyError(transcript_id)
        return doc

    def _insert_lines(self, doc: int, first: int, lines: Iterable[Line]) -> None:
        top = self.db.execute("SELECT coalesce(max(id), 0) FROM lines").fetchone()[0]
        rows = [
            (top + 1 + i, doc, first + i, line.start_s, line.end_s, _stored(line.text))
            for i, line in enumerate(lines)
        ]
        self.db.executemany("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)", rows)
        self.db.executemany(
            "INSERT INTO words (rowid, text) VALUES (?, ?)",
            [(row[0], index_text(row[5])) for row in rows],
        )
        self.spellings_stale = True

    def _move_lines(self, doc: int, first: int, by: int) -> None:
        """Number the lines from `first` on anew; through high numbers, as each is unique."""
        self.db.execute(
            "UPDATE lines SET number = number + ? WHERE doc = ? AND number >= ?",
            (by + _ABOVE, doc, first),
        )
        self.db.execute(
            "UPDATE lines SET number = number - ? WHERE doc = ? AND number >= ?",
            (_ABOVE, doc, _ABOVE // 2),
        )

    def _delete_lines(self, doc: int, first: int, last: int | None = None) -> None:
        span = (doc, first, last if last is not None else _ABOVE)
        found = self.db.execute(
            "SELECT id, text FROM lines WHERE doc = ? AND number >= ? AND number <= ?", span
        ).fetchall()
        self.db.executemany(
            "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)",
            [(id_, index_text(text)) for id_, text in found],
        )
        self.db.executemany("DELETE FROM lines WHERE id = ?", [(id_,) for id_, _ in found])


def _stored(text: str) -> str:
    """Return the text without lone surrogates, which SQLite refuses."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
