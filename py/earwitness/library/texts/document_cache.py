"""The words of transcripts: read from windows, kept at hand, and put into the search index."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from earwitness.domain.changes import Splice
from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.highlights import in_order
from earwitness.domain.jobs import ACTIVE
from earwitness.domain.records import Record
from earwitness.engine_messages import WindowRow
from earwitness.library.ports import Clock
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import Put, Store, run_prefix
from earwitness.search.index import Entry, Line, SearchIndex, notes_of
from earwitness.search.index import Splice as IndexSplice
from earwitness.serialization import from_plain
from earwitness.transcript import Segment

OPEN_AT_ONCE = 4
"""Documents kept in memory with every word."""
SHARD_SCHEMA = 1
"""Of the lines kept for the search index; another one is built anew from the windows."""
SHARD_DELAY_S = 5.0
"""After a correction, before the lines for the next visit's index are written."""
BUILD_CHUNK = 20
"""Transcripts indexed before others get their turn."""


@dataclass
class DocumentCache:
    """Keeps the documents opened last, and the search index in step with every document."""

    _repository: LibraryRepository
    _store: Store
    _clock: Clock

    def __post_init__(self) -> None:
        self._open: OrderedDict[str, OpenDocument] = OrderedDict()
        self._turns: dict[str, int] = {}
        """How often each document changed, so that a slow reader notices."""
        self.index = SearchIndex()
        self.indexing = False
        self._shards_waiting: set[str] = set()
        self._unindexed_splices: list[tuple[str, list[IndexSplice]]] = []

    async def open(self, transcript_id: str) -> OpenDocument:
        """Return the document with its words.

        Raises:
            NotFoundError: there is no such transcript, or it is in the bin.
            StorageError: the store cannot be read.
        """
        self._repository.record(transcript_id)
        while transcript_id not in self._open:
            turn = self._turns.get(transcript_id, 0)
            opened = await self._read(transcript_id)
            if transcript_id not in self._open and self._turns.get(transcript_id, 0) == turn:
                self._cache(transcript_id, opened)
        self._open.move_to_end(transcript_id)
        return self._open[transcript_id]

    def replace(self, opened: OpenDocument) -> None:
        """Keep what the store holds now; a reader of an older state reads again."""
        transcript_id = opened.document.transcript_id
        self._turn(transcript_id)
        self._cache(transcript_id, opened)

    def close(self, transcript_id: str) -> None:
        """Drop a document from memory; the next `open` reads the store."""
        self._turn(transcript_id)
        self._open.pop(transcript_id, None)

    def _turn(self, transcript_id: str) -> None:
        self._turns[transcript_id] = self._turns.get(transcript_id, 0) + 1

    def _cache(self, transcript_id: str, opened: OpenDocument) -> None:
        self._open[transcript_id] = opened
        if len(self._open) > OPEN_AT_ONCE:
            self._open.popitem(last=False)

    # ------------------------------------------------------------ search

    def index_from(self, record: Record, opened: OpenDocument, first: int) -> None:
        """Let the search find the segments from index `first` on."""
        self.finish_index()
        known = record.id in self.index
        lines = [_line(segment) for segment in opened.read_from(first if known else 0)]
        entry = _entry(record, notes_of(in_order(opened.document.highlights)))
        if known:
            self.index.describe(entry)
            self.index.replace_from(record.id, first, lines)
        else:
            self.index.put(entry, lines)

    def index_splices(
        self, record: Record, opened: OpenDocument, splices: Sequence[Splice]
    ) -> None:
        """Let the search find the new segments; at the latest with the next search.

        Numbering the lines behind them anew takes longer than a correction may.
        """
        moved = 0
        changes: list[IndexSplice] = []
        for splice in splices:
            first = splice.first + moved
            new = opened.read_from(first, first + splice.added)
            changes.append((splice.first, splice.removed, [*map(_line, new)]))
            moved += splice.added - splice.removed
        self._unindexed_splices.append((record.id, changes))

    def finish_index(self) -> None:
        """Let the search find all changes so far."""
        waiting, self._unindexed_splices = self._unindexed_splices, []
        for transcript_id, changes in waiting:
            # One that is not indexed yet is read with its changes.
            if transcript_id in self.index:
                self.index.splice(transcript_id, changes)

    def index_record(self, record: Record) -> None:
        """Let the search find the record by its new name, tags and language."""
        if record.id in self.index:
            self.index.describe(_entry(record))

    def index_notes(self, record: Record, opened: OpenDocument) -> None:
        """Let the search find the labels and notes of the highlights."""
        if record.id in self.index:
            self.index.describe(_entry(record, notes_of(in_order(opened.document.highlights))))

    def remove(self, transcript_id: str) -> None:
        """Drop a transcript that left the library from memory and search."""
        self.finish_index()
        self.close(transcript_id)
        self.index.remove(transcript_id)

    def shard(self, record: Record, opened: OpenDocument) -> Put:
        """Return the change that keeps the search index's lines for the next visit."""
        lines = [[p.start_s, p.end_s, opened.text(p)] for p in opened.pieces]
        notes = [
            [n.start_s, n.end_s, n.text] for n in notes_of(in_order(opened.document.highlights))
        ]
        value = {
            "schema": SHARD_SCHEMA, "revision": record.revision, "lines": lines, "notes": notes,
        }  # fmt: skip
        return Put("shards", record.id, value)

    async def save_shard(self, transcript_id: str) -> None:
        """Index a corrected transcript and write its lines, once the user has gone on for a while.

        Raises:
            StorageError: nothing was written; the next visit reads the windows instead.
        """
        if transcript_id in self._shards_waiting:
            return
        self._shards_waiting.add(transcript_id)
        try:
            await self._clock.sleep(SHARD_DELAY_S)
        finally:
            self._shards_waiting.discard(transcript_id)
        self.finish_index()
        async with self._repository.transaction() as t:
            opened = self._open.get(transcript_id)
            if opened is not None and self._repository.is_listed(transcript_id):
                t.write(self.shard(self._repository.record(transcript_id), opened))

    async def build_index(self) -> None:
        """Index the whole library, newest first, letting others in between.

        Raises:
            StorageError: the store cannot be read.
        """
        self.indexing = True
        try:
            waiting = [record.id for record in self._repository.records()]
            for at in range(0, len(waiting), BUILD_CHUNK):
                for id_ in waiting[at : at + BUILD_CHUNK]:
                    await self.index_transcript(id_)
                await self._clock.sleep(0)
            self.index.update_spellings()
        finally:
            self.indexing = False

    async def index_transcript(self, transcript_id: str) -> None:
        """Index a transcript from its shard, or from its windows when the shard is not of today."""
        record = self._unindexed(transcript_id)
        if record is None:
            return
        revision = record.revision
        found = _read_shard(await self._store.get("shards", record.id), record.revision)
        if found is not None:
            lines, notes = found
        else:
            opened = self._open.get(record.id) or await self._read(record.id)
            lines = [_line(segment) for segment in opened.segments]
            notes = notes_of(in_order(opened.document.highlights))
            if lines and self._repository.job(record.id, in_bin=True).state not in ACTIVE:
                await self._store.write([self.shard(record, opened)])
        self.finish_index()
        record = self._unindexed(transcript_id)
        if record is not None and record.revision != revision:
            await self.index_transcript(transcript_id)  # It was corrected meanwhile.
        elif record is not None:
            self.index.put(_entry(record, notes), lines)

    def _unindexed(self, transcript_id: str) -> Record | None:
        if transcript_id in self.index or not self._repository.is_listed(transcript_id):
            return None
        return self._repository.record(transcript_id)

    async def document(self, transcript_id: str) -> Document:
        """Return the layers and corrections that are stored.

        Raises:
            StorageError: the store cannot be read.
        """
        kept = await self._store.get("documents", transcript_id)
        return from_plain(Document, kept) if kept is not None else Document(transcript_id)

    async def _read(self, transcript_id: str) -> OpenDocument:
        return await self.compose(await self.document(transcript_id))

    async def compose(self, document: Document) -> OpenDocument:
        """Return a document, stored or not, with the words it is made of.

        Raises:
            StorageError: the store cannot be read.
        """
        transcript_id = document.transcript_id
        windows: dict[int, Sequence[WindowRow]] = {}
        for layer in document.visible():
            rows = await self._store.scan("windows", prefix=run_prefix(transcript_id, layer.run))
            windows[layer.run] = [from_plain(WindowRow, row.value) for row in rows]
        return OpenDocument(document, windows)


def _entry(record: Record, notes: tuple[Line, ...] | None = None) -> Entry:
    language = record.language or ""
    return Entry(record.id, record.name, record.created_at, language, record.tags, notes=notes)


def _line(segment: Segment) -> Line:
    return Line(segment.start_s, segment.end_s, segment.text)


def _read_shard(shard: Any, revision: int) -> tuple[list[Line], tuple[Line, ...]] | None:
    """Lines and notes of a shard; None when it is missing, older, of another schema or damaged."""
    try:
        if shard is None or shard["schema"] != SHARD_SCHEMA or shard["revision"] != revision:
            return None
        lines, notes = (
            [Line(float(start), float(end), str(text)) for start, end, text in rows]
            for rows in (shard["lines"], shard.get("notes", []))
        )
        return lines, tuple(notes)
    except (TypeError, KeyError, ValueError):
        return None
