"""An index that follows the table of changes, and is built anew when it missed some."""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa
from earwitness.engine_messages import WindowRow
from earwitness.messages import Hit, SearchResult
from earwitness.search.find import Query
from earwitness.search.index import Entry as Indexed
from earwitness.search.index import Line

from earwitness_server.observability.log import log
from earwitness_server.storage.database import Database
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import Entry
from earwitness_server.storage.tables import changes, transcripts

SHARED = "*"
"""Scope of what everyone may see; no owner has such a name."""
AT_ONCE = 500
"""Transcripts taken in before a search; with more to come the answer says that it is indexing."""
LOOK_S = 5.0
"""How often changes are taken in when nobody searches."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far an index has come."""

    number: int
    """The last change that is in it, or was there when it began to be built."""
    built: str | None = None
    """The last transcript put in while it is being built; None: it is complete."""


@dataclass(frozen=True, slots=True)
class Text:
    """A transcript as an index takes it."""

    entry: Indexed
    lines: list[Line]


class Index(Protocol):
    """What follows: it knows how far it has come."""

    def place(self) -> Place | None:
        """How far it has come; None: there is nothing yet."""
        ...

    def remember(self, place: Place) -> None:
        """Keep how far it has come."""
        ...

    def clear(self) -> None:
        """Forget every transcript."""
        ...

    def take(self, texts: dict[str, Text | None]) -> None:
        """Replace what is known of these transcripts; None: forget it."""
        ...


class Search(ABC):
    """Synchronous: call from a thread."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self._database = database
        self._queue = queue
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep_up, name="index", daemon=True)

    def start(self) -> None:
        """Take changes in from now on, also while nobody searches."""
        self._thread.start()

    def find(self, owner: str, query: Query) -> SearchResult:
        """Hits in what `owner` may see, best first.

        Raises:
            StorageError: the database is away.
        """
        began = time.perf_counter()
        behind = self._follow()
        scoped = Query(
            text=query.text,
            limit=query.limit,
            language=query.language,
            tag=query.tag,
            transcript_id=query.transcript_id,
            scopes=(owner, SHARED),
        )
        hits = self._hits(scoped)
        return SearchResult(hits, round((time.perf_counter() - began) * 1000, 1), indexing=behind)

    def follow(self) -> None:
        """Take in every change there is.

        Raises:
            StorageError: the database is away.
        """
        while self._follow() and not self._over.is_set():
            continue

    def close(self) -> None:
        """Follow no more, and close what is open."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _keep_up(self) -> None:
        while not self._over.is_set():
            try:
                self.follow()
                self._tidy()
            except Exception as error:
                # Whatever it is (a full disk, say), the next look may succeed.
                log.warning("index_behind", error=f"{type(error).__name__}: {error}"[:300])
            self._over.wait(LOOK_S)

    def _tidy(self) -> None:  # noqa: B027 (most have nothing to do)
        """Wipe out what is left of deleted transcripts, where deleting leaves something."""

    @abstractmethod
    def _hits(self, query: Query) -> tuple[Hit, ...]:
        """Search what is in the index."""

    @abstractmethod
    def _follow(self) -> bool:
        """Take in at most `AT_ONCE` transcripts with `_advance`; True when there are more."""

    def _advance(self, index: Index) -> bool:
        place, left = index.place(), AT_ONCE
        with self._database.read() as connection:
            while True:
                ends = sa.select(sa.func.min(changes.c.number), sa.func.max(changes.c.number))
                oldest, newest = connection.execute(ends).one()
                if place is None or (oldest or 0) > place.number + 1:
                    index.clear()
                    place = Place(newest or 0, "")
                if left <= 0:
                    return place.built is not None or (newest or 0) > place.number
                ids, after = self._next(connection, place, left)
                if after == place:
                    return False
                if ids:
                    index.take(self._texts(ids))
                    left -= len(ids)
                index.remember(after)
                place = after

    def _next(self, connection: sa.Connection, place: Place, most: int) -> tuple[list[str], Place]:
        """Transcripts to take in now, and the place once they are."""
        if place.built is not None:
            column = transcripts.c.id
            statement = sa.select(column).where(column > place.built).order_by(column).limit(most)
            ids = list(connection.execute(statement).scalars())
            return ids, Place(place.number, ids[-1] if ids else None)
        statement = (
            sa.select(changes.c.number, changes.c.transcript_id)
            .where(changes.c.number > place.number)
            .order_by(changes.c.number)
            .limit(most)
        )
        found = connection.execute(statement).all()
        if not found:
            return [], place
        return list(dict.fromkeys(each.transcript_id for each in found)), Place(found[-1].number)

    def _texts(self, transcript_ids: list[str]) -> dict[str, Text | None]:
        whole = self._queue.whole(transcript_ids)
        texts: dict[str, Text | None] = {}
        for transcript_id in transcript_ids:
            found = whole.get(transcript_id)
            texts[transcript_id] = _text(*found) if found and not found[0].hidden else None
        return texts


def _text(entry: Entry, windows: list[WindowRow]) -> Text:
    record = entry.record
    indexed = Indexed(
        transcript_id=record.id,
        name=record.name,
        created_at=record.created_at,
        language=record.language or "",
        tags=record.tags,
        scope=SHARED if entry.shared else entry.owner,
    )
    segments = entry.transcript(windows).segments
    return Text(indexed, [Line(each.start_s, each.end_s, each.text) for each in segments])
