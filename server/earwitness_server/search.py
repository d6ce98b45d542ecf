"""The page's search over the database's transcripts: an index that follows the table of changes.

The index is a cache in a file of this process. Its truth is in the database: it can be deleted
at any time, and is built again.
"""

from __future__ import annotations

import fcntl
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from earwitness.library.search.find import Query, search
from earwitness.library.search.index import Entry as Indexed
from earwitness.library.search.index import Line, SearchIndex
from earwitness.messages import SearchResult

from earwitness_server.storage.database import Database
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import Entry
from earwitness_server.storage.tables import changes, transcripts

SHARED = "*"
"""Scope of what everyone may see; no owner has such a name."""
PROCESSES = 32
"""Processes of one data folder that keep an index file; further ones keep it in memory."""
AT_ONCE = 500
"""Changes taken in before a search; with more to come the answer says that it is indexing."""


class Search:
    """Synchronous: call from a thread."""

    def __init__(self, database: Database, queue: Queue, folder: Path) -> None:
        self._database = database
        self._queue = queue
        self._lock = threading.Lock()
        self._held, self._path = _hold(folder)
        self._index = self._open()

    def find(self, owner: str, query: Query) -> SearchResult:
        """Hits in what `owner` may see, best first."""
        began = time.perf_counter()
        with self._lock:
            behind = self._follow(AT_ONCE)
            hits = search(self._index, _scoped(query, owner))
        return SearchResult(hits, round((time.perf_counter() - began) * 1000, 1), indexing=behind)

    def follow(self) -> None:
        """Take in every change there is; what a fresh index needs before it is useful."""
        behind = True
        while behind:
            with self._lock:
                behind = self._follow(AT_ONCE)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._index.close()
        if self._held is not None:
            self._held.close()

    def _open(self) -> SearchIndex:
        try:
            index = SearchIndex(self._path)
        except sqlite3.DatabaseError:
            Path(self._path).unlink(missing_ok=True)
            index = SearchIndex(self._path)
        # A cache: losing its latest writes in a power cut only means to follow them again.
        index.db.execute("PRAGMA journal_mode = WAL")
        index.db.execute("PRAGMA synchronous = OFF")
        index.db.execute("CREATE TABLE IF NOT EXISTS followed (number INTEGER NOT NULL)")
        if index.fresh:
            index.db.execute("DELETE FROM followed")
        index.db.commit()
        return index

    def _follow(self, most: int) -> bool:
        """Take in at most `most` changes; True when there are more."""
        row = self._index.db.execute("SELECT number FROM followed").fetchone()
        last = int(row[0]) if row else 0
        with self._database.read() as connection:
            oldest, newest = connection.execute(
                sa.select(sa.func.min(changes.c.number), sa.func.max(changes.c.number))
            ).one()
            if newest is None or newest == last:
                return False
            if row is None or (oldest or 0) > last + 1:
                self._rebuild(connection)
                self._remember(newest)
                return False
            statement = (
                sa.select(changes.c.number, changes.c.transcript_id)
                .where(changes.c.number > last)
                .order_by(changes.c.number)
                .limit(most)
            )
            found = connection.execute(statement).all()
        self._take(list(dict.fromkeys(each.transcript_id for each in found)))
        self._remember(found[-1].number)
        return found[-1].number < newest

    def _rebuild(self, connection: sa.Connection) -> None:
        """Everything from the start; changes that come meanwhile are taken in afterwards."""
        last = ""
        while True:
            statement = (
                sa.select(transcripts.c.id)
                .where(transcripts.c.id > last)
                .order_by(transcripts.c.id)
                .limit(AT_ONCE)
            )
            ids = list(connection.execute(statement).scalars())
            if not ids:
                return
            self._take(ids)
            last = ids[-1]

    def _take(self, transcript_ids: list[str]) -> None:
        whole = self._queue.whole(transcript_ids)
        for transcript_id in transcript_ids:
            if transcript_id not in whole:
                self._index.remove(transcript_id)
                continue
            entry, windows = whole[transcript_id]
            if not entry.hidden:
                segments = entry.transcript(windows).segments
                lines = [Line(each.start_s, each.end_s, each.text) for each in segments]
                self._index.put(_indexed(entry), lines)

    def _remember(self, number: int) -> None:
        with self._index.db as db:
            db.execute("DELETE FROM followed")
            db.execute("INSERT INTO followed VALUES (?)", (number,))


def _indexed(entry: Entry) -> Indexed:
    record = entry.record
    return Indexed(
        transcript_id=record.id,
        name=record.name,
        created_at=record.created_at,
        language=record.language or "",
        tags=record.tags,
        scope=SHARED if entry.shared else entry.owner,
    )


def _scoped(query: Query, owner: str) -> Query:
    return Query(
        text=query.text,
        limit=query.limit,
        language=query.language,
        tag=query.tag,
        transcript_id=query.transcript_id,
        scopes=(owner, SHARED),
    )


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
