"""Keeps a search index in step with the table of changes; rebuilds an index that missed some."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import Protocol

import sqlalchemy as sa
from earwitness.engine_messages import WindowRow
from earwitness.messages import Hit, SearchResult
from earwitness.search.find import Query
from earwitness.search.index import Entry as Indexed
from earwitness.search.index import Line, notes_of

from earwitness_server.observability.log import log
from earwitness_server.storage.database import Database
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import Entry
from earwitness_server.storage.tables import changes, transcripts

SHARED = "*"
"""Scope of shared transcripts; no owner has such a name."""
AT_ONCE = 500
"""Transcripts indexed before a search; if there are more, the answer says `indexing`."""
POLL_S = 5.0
"""How often changes are indexed when nobody searches."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far an index has come."""

    number: int
    """The last change in the index, or the newest one when its rebuild began."""
    built: str | None = None
    """The last transcript added by a rebuild in progress; None: the index is complete."""


@dataclass(frozen=True, slots=True)
class Text:
    """A transcript as an index holds it."""

    entry: Indexed
    lines: list[Line]
    has_deleted: bool = False
    """Some of its words were deleted for good, so that nothing may be left of them."""


class Index(Protocol):
    """An index that knows how far it has come."""

    def checkpoint(self) -> Checkpoint | None:
        """Return how far the index has come; None: it is empty."""
        ...

    def save_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Store how far the index has come."""
        ...

    def clear(self) -> None:
        """Delete every transcript."""
        ...

    def update(self, texts: dict[str, Text | None]) -> None:
        """Replace these transcripts; None deletes one."""
        ...


class Search(ABC):
    """Searches an index that follows the table of changes. Synchronous: call from a thread."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self._database = database
        self._queue = queue
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow_until_closed, name="index", daemon=True)

    def start(self) -> None:
        """Index changes from now on, also while nobody searches."""
        self._thread.start()

    def find(self, owner: str, query: Query) -> SearchResult:
        """Return hits in the transcripts that `owner` may see, best first.

        Raises:
            StorageError: the database is unavailable.
        """
        began = time.perf_counter()
        behind = self._follow()
        hits = self._hits(replace(query, scopes=(owner, SHARED)))
        return SearchResult(hits, round((time.perf_counter() - began) * 1000, 1), indexing=behind)

    def follow(self) -> None:
        """Index every change.

        Raises:
            StorageError: the database is unavailable.
        """
        while self._follow() and not self._over.is_set():
            continue

    def close(self) -> None:
        """Stop following changes, and close the index."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _follow_until_closed(self) -> None:
        while not self._over.is_set():
            try:
                self.follow()
                self._erase_deleted()
            except Exception as error:
                # Of any kind (a full disk, say): the next time may succeed.
                log.warning("index_behind", error=f"{type(error).__name__}: {error}"[:300])
            self._over.wait(POLL_S)

    def _erase_deleted(self) -> None:  # noqa: B027 (PostgreSQL leaves nothing to do)
        """Erase the remains of deleted transcripts, where deleting leaves any."""

    @abstractmethod
    def _hits(self, query: Query) -> tuple[Hit, ...]:
        """Return the hits in the index."""

    @abstractmethod
    def _follow(self) -> bool:
        """Index at most `AT_ONCE` transcripts with `_advance`; return whether there are more."""

    def _advance(self, index: Index) -> bool:
        checkpoint, left = index.checkpoint(), AT_ONCE
        with self._database.read() as connection:
            while True:
                ends = sa.select(sa.func.min(changes.c.number), sa.func.max(changes.c.number))
                oldest, newest = connection.execute(ends).one()
                if checkpoint is None or (oldest or 0) > checkpoint.number + 1:
                    index.clear()
                    checkpoint = Checkpoint(newest or 0, "")
                if left <= 0:
                    return checkpoint.built is not None or (newest or 0) > checkpoint.number
                ids, after = self._next(connection, checkpoint, left)
                if after == checkpoint:
                    return False
                if ids:
                    index.update(self._texts(ids))
                    left -= len(ids)
                index.save_checkpoint(after)
                checkpoint = after

    def _next(
        self, connection: sa.Connection, checkpoint: Checkpoint, most: int
    ) -> tuple[list[str], Checkpoint]:
        """Return the transcripts to index now, and the checkpoint after them."""
        if checkpoint.built is not None:
            column = transcripts.c.id
            statement = (
                sa.select(column).where(column > checkpoint.built).order_by(column).limit(most)
            )
            ids = list(connection.execute(statement).scalars())
            return ids, Checkpoint(checkpoint.number, ids[-1] if ids else None)
        statement = (
            sa.select(changes.c.number, changes.c.transcript_id)
            .where(changes.c.number > checkpoint.number)
            .order_by(changes.c.number)
            .limit(most)
        )
        found = connection.execute(statement).all()
        if not found:
            return [], checkpoint
        ids = list(dict.fromkeys(each.transcript_id for each in found))
        return ids, Checkpoint(found[-1].number)

    def _texts(self, transcript_ids: list[str]) -> dict[str, Text | None]:
        found_by_id = self._queue.find_with_windows(transcript_ids)
        texts: dict[str, Text | None] = {}
        for transcript_id in transcript_ids:
            found = found_by_id.get(transcript_id)
            texts[transcript_id] = _text(*found) if found and not found[0].hidden else None
        return texts


def _text(entry: Entry, windows: list[WindowRow]) -> Text:
    record, transcript = entry.record, entry.transcript(windows)
    indexed = Indexed(
        transcript_id=record.id,
        name=record.name,
        created_at=record.created_at,
        language=record.language or "",
        tags=record.tags,
        scope=SHARED if entry.shared else entry.owner,
        notes=notes_of(transcript.highlights),
    )
    lines = [Line(each.start_s, each.end_s, each.text) for each in transcript.segments]
    return Text(indexed, lines, any(each.final for each in record.redactions))
