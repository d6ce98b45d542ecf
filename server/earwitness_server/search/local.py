"""The index of one process: SQLite's FTS5 in a file of its own."""

from __future__ import annotations

import fcntl
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

from earwitness.library.search.find import Query, search
from earwitness.library.search.index import SearchIndex
from earwitness.messages import Hit

from earwitness_server.search.follow import Place, Search, Text
from earwitness_server.storage.database import Database
from earwitness_server.storage.queue import Queue

PROCESSES = 32
"""Processes of one data folder that keep an index file; further ones keep it in memory."""


class LocalSearch(Search):
    """Holds one index file and lets one thread at a time into it."""

    def __init__(self, database: Database, queue: Queue, folder: Path) -> None:
        super().__init__(database, queue)
        self._lock = threading.Lock()
        self._held, path = _hold(folder)
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


class LocalIndex:
    """A cache: losing its latest writes in a power cut only means to follow them again."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.index = self._open()

    def place(self) -> Place | None:
        """How far it has come."""
        row = self.index.db.execute("SELECT number, built FROM place").fetchone()
        return None if row is None else Place(int(row[0]), row[1])

    def remember(self, place: Place) -> None:
        """Keep how far it has come."""
        with self.index.db as db:
            db.execute("DELETE FROM place")
            db.execute("INSERT INTO place VALUES (?, ?)", (place.number, place.built))

    def clear(self) -> None:
        """Forget every transcript."""
        self.index.db.execute("PRAGMA user_version = 0")
        self.index.close()
        self.index = self._open()

    def take(self, texts: dict[str, Text | None]) -> None:
        """Replace what is known of these transcripts."""
        for transcript_id, text in texts.items():
            if text is None:
                self.index.remove(transcript_id)
            else:
                self.index.put(text.entry, text.lines)

    def _open(self) -> SearchIndex:
        try:
            index = SearchIndex(self._path)
        except sqlite3.DatabaseError:
            Path(self._path).unlink(missing_ok=True)
            index = SearchIndex(self._path)
        index.db.execute("PRAGMA journal_mode = WAL")
        index.db.execute("PRAGMA synchronous = OFF")
        index.db.execute("CREATE TABLE IF NOT EXISTS place (number INTEGER NOT NULL, built TEXT)")
        if index.fresh:
            index.db.execute("DELETE FROM place")
        index.db.commit()
        return index


def _hold(folder: Path) -> tuple[IO[bytes] | None, str]:
    """The first index file that no other process here holds, with its lock; else memory."""
    for number in range(PROCESSES):
        path = folder / f"search-{number}.sqlite"
        held = path.with_suffix(".lock").open("wb")
        with suppress(BlockingIOError):
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return held, str(path)
        held.close()
    return None, ":memory:"
