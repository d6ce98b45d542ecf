"""The index of one process: SQLite's FTS5 in a file of its own."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from earwitness.messages import Hit
from earwitness.search.find import Query, search
from earwitness.search.index import SearchIndex

from earwitness_server.search.index_sync import Checkpoint, Search, Text
from earwitness_server.search.secure_delete import acquire_file, delete_file, delete_unused, purge
from earwitness_server.storage.database import Database
from earwitness_server.storage.queue import Queue


class LocalSearch(Search):
    """Holds one index file, used by one thread at a time."""

    def __init__(self, database: Database, queue: Queue, folder: Path | None) -> None:
        super().__init__(database, queue)
        self._lock = threading.Lock()
        self._folder = folder
        self._held, path = acquire_file(folder) if folder is not None else (None, ":memory:")
        self._index = LocalIndex(path)

    def close(self) -> None:
        """Close the file."""
        super().close()
        with self._lock:
            self._index.index.close()
        if self._held is not None:
            self._held.close()

    def _hits(self, query: Query) -> tuple[Hit, ...]:
        with self._lock:
            return search(self._index.index, query)

    def _follow(self) -> bool:
        with self._lock:
            return self._advance(self._index)

    def _erase_deleted(self) -> None:
        with self._lock:
            if not self._index.unclean():
                return
        if self._folder is not None:
            delete_unused(self._folder)
        # A step at a time, so that a search need not wait for all of them.
        index = self._index.index
        steps, left = purge(index), True
        while left and not self._over.is_set():
            with self._lock:
                # Another thread may have begun a fresh index.
                left = self._index.index is index and next(steps, "over") is None


class LocalIndex:
    """A cache: after a power cut its latest writes are only indexed again."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.index = self._open()

    def checkpoint(self) -> Checkpoint | None:
        """Return how far the index has come; None: it is empty."""
        row = self.index.db.execute("SELECT number, built FROM place").fetchone()
        return None if row is None else Checkpoint(int(row[0]), row[1])

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Store how far the index has come."""
        with self.index.db as db:
            db.execute("DELETE FROM place")
            db.execute("INSERT INTO place VALUES (?, ?)", (checkpoint.number, checkpoint.built))

    def clear(self) -> None:
        """Delete every transcript."""
        self.index.close()
        delete_file(self._path)
        self.index = self._open()

    def unclean(self) -> bool:
        """Return whether remains of deleted transcripts are in the file."""
        return self.index.db.execute("SELECT 1 FROM unclean").fetchone() is not None

    def update(self, texts: dict[str, Text | None]) -> None:
        """Replace these transcripts; None deletes one."""
        for transcript_id, text in texts.items():
            is_known = transcript_id in self.index
            if is_known and (text is None or text.has_deleted):
                # Written first: a process that is killed in between cleans up later.
                with self.index.db as db:
                    db.execute("INSERT INTO unclean VALUES (1)")
            if text is not None:
                self.index.put(text.entry, text.lines)
            elif is_known:
                self.index.remove(transcript_id)

    def _open(self) -> SearchIndex:
        try:
            index = SearchIndex(self._path)
            known = {row[0] for row in index.db.execute("SELECT name FROM sqlite_master")}
        except sqlite3.DatabaseError:
            index, known = None, set[str]()
        if index is None or index.fresh or "unclean" not in known:
            # New, broken, or by a version that did not overwrite deleted rows.
            if index is not None:
                index.close()
            delete_file(self._path)
            index = SearchIndex(self._path)
        for pragma in ("journal_mode = WAL", "synchronous = OFF", "secure_delete = ON"):
            index.db.execute(f"PRAGMA {pragma}")
        index.db.execute("CREATE TABLE IF NOT EXISTS place (number INTEGER NOT NULL, built TEXT)")
        index.db.execute("CREATE TABLE IF NOT EXISTS unclean (since INTEGER)")
        index.db.commit()
        return index
