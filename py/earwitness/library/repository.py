"""Records, jobs, settings, speeds and known voices: read from memory, written to the store first.

Everything that changes them is a transaction:

    async with repository.transaction() as t:
        t.put(cancel(repository.job(id_)))

One transaction runs at a time. What was put is written when the block ends, all of it or nothing,
and only then is it what readers see. An error in the block, or of the store, changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from earwitness.domain.documents import Document
from earwitness.domain.estimate import Speeds
from earwitness.domain.jobs import ACTIVE, Job, finish
from earwitness.domain.known_voices import KnownVoices
from earwitness.domain.queue_order import queue_position
from earwitness.domain.records import Record
from earwitness.domain.redaction import parts_of
from earwitness.domain.versions import Recorded
from earwitness.domain.views import job_view, summary_of
from earwitness.engine_messages import WindowRow
from earwitness.errors import BadRequestError, EarwitnessError, NotFoundError
from earwitness.library import store as tables
from earwitness.messages import (
    PartialText,
    Settings,
    TranscribeOptions,
    TranscriptList,
    TranscriptSummary,
)
from earwitness.remote.address import origin_of
from earwitness.serialization import Plain, from_plain, to_plain

T = TypeVar("T")
_WINDOW_MAX_S = 30.0
"""A window that is decoded is not longer."""
SNAPSHOT_LENGTH = 50
"""Summaries that the page can read before Python is up."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is shown of a job at work beside what is kept of it."""

    loading: tuple[int, int] = (0, 0)
    """Bytes (so far, in all) of the model that the job waits for, or of the audio on its way to a
    server."""
    pausing: bool = False
    """It is paused, but the engine has not let go of it yet."""
    finding: Literal["loading", "running"] | None = None
    """What the engine does for the analysis of its speakers."""
    remaining_s: float | None = None
    """How long the server that works on it expects to need."""
    partial: tuple[PartialText, ...] = ()
    """The text so far of the windows that the engine decodes."""


@dataclass(slots=True)
class _State:
    """What readers see; a transaction puts the next one in its place."""

    records: dict[str, Record] = field(default_factory=dict[str, Record])
    jobs: dict[str, Job] = field(default_factory=dict[str, Job])
    """By transcript id; one for each record."""
    settings: Settings = field(default_factory=Settings)
    speeds: Speeds = field(default_factory=Speeds)
    known_voices: KnownVoices = field(default_factory=KnownVoices)

    def newest(self, *, in_bin: bool = False) -> list[Record]:
        listed = (record for record in self.records.values() if bool(record.removed_at) == in_bin)
        return sorted(listed, key=_place, reverse=True)

    def jobs_of_library(self) -> Iterator[Job]:
        return (job for id_, job in self.jobs.items() if not self.records[id_].removed_at)


class Transaction:
    """What one transaction changes; `LibraryRepository.transaction` gives one."""

    def __init__(self, state: _State) -> None:
        self.after = replace(state, records=dict(state.records), jobs=dict(state.jobs))
        """What readers will see. Only the repository reads it."""
        self.changes: list[tables.Change] = []
        self.snapshot = True
        """False: the snapshot stays as it is, though a record or job changes."""

    def put(self, *values: Record | Job | Document | Settings | Speeds | KnownVoices) -> None:
        """Write values, each in the place of the one before it."""
        for value in values:
            match value:
                case Record():
                    table, key = "transcripts", value.id
                    self.after.records[key] = value
                case Job():
                    table, key = "jobs", value.transcript_id
                    self.after.jobs[key] = value
                case Document():
                    table, key = "documents", value.transcript_id
                case Settings():
                    table, key = "settings", tables.SETTINGS_KEY
                    self.after.settings = value
                case Speeds():
                    table, key = "settings", tables.SPEEDS_KEY
                    self.after.speeds = value
                case KnownVoices():
                    table, key = "settings", tables.VOICES_KEY
                    self.after.known_voices = value
            added = "set" if isinstance(value, Document) else "all"
            self.write(tables.Put(table, key, to_plain(value, added)))

    def put_versions(self, transcript_id: str, recorded: Recorded) -> None:
        """Write versions of a text, and delete those that became one with another."""
        for version in recorded.put:
            key = tables.version_key(transcript_id, version.number)
            self.write(tables.Put("windows", key, to_plain(version, "set")))
        for number in recorded.removed:
            self.write(tables.Delete("windows", tables.version_key(transcript_id, number)))

    def put_windows(self, transcript_id: str, run: int, rows: Iterable[WindowRow]) -> None:
        """Write windows of a run."""
        for row in rows:
            key = tables.window_key(transcript_id, run, row.window)
            self.write(tables.Put("windows", key, to_plain(row, "set")))

    def write(self, *changes: tables.Change) -> None:
        """Write to tables that the repository does not read."""
        self.changes += changes

    def delete_run(self, transcript_id: str, run: int) -> None:
        """Delete the windows of a run."""
        self.write(tables.DeletePrefix("windows", tables.run_prefix(transcript_id, run)))

    def delete(self, transcript_id: str) -> None:
        """Delete a recording for good, words and all. Its audio is not the repository's."""
        self.after.records.pop(transcript_id, None)
        self.after.jobs.pop(transcript_id, None)
        for table in ("transcripts", "jobs", "documents", "shards"):
            self.write(tables.Delete(table, transcript_id))
        self.write(tables.DeletePrefix("windows", tables.transcript_prefix(transcript_id)))


class LibraryRepository:
    """The recordings of the library with their jobs, and what the user chose."""

    def __init__(self, store: tables.Store, page_origin: str = "") -> None:
        """`page_origin`: where the page came from, the server that an empty setting means."""
        self.page_origin = page_origin
        self._store = store
        self._lock = asyncio.Lock()
        self._state = _State()
        self._progress: dict[str, Progress] = {}

    async def load(self) -> None:
        """Read everything but words. A row that cannot be read is left where it is, unseen.

        Raises:
            StorageError: the store cannot be read.
        """
        records: dict[str, Record] = {}
        jobs: dict[str, Job] = {}
        for row in await self._store.scan("transcripts"):
            record = _read(Record, row.value)
            if record is not None and record.id == row.key:
                records[row.key] = record
        for row in await self._store.scan("jobs"):
            job = _read(Job, row.value)
            if job is not None and row.key in records:
                jobs[row.key] = job
        for id_ in records.keys() - jobs.keys():
            options = TranscribeOptions(model=records[id_].model)
            jobs[id_] = finish(Job(id_, options, 0.0, records[id_].runs))
        settings = _read(Settings, await self._store.get("settings", tables.SETTINGS_KEY))
        speeds = _read(Speeds, await self._store.get("settings", tables.SPEEDS_KEY))
        voices = _read(KnownVoices, await self._store.get("settings", tables.VOICES_KEY))
        self._state = _State(
            records, jobs, settings or Settings(), speeds or Speeds(), voices or KnownVoices()
        )

    # ------------------------------------------------------------ reading

    @property
    def settings(self) -> Settings:
        """What the user chose."""
        return self._state.settings

    @property
    def speeds(self) -> Speeds:
        """How fast this device is with each model."""
        return self._state.speeds

    @property
    def known_voices(self) -> KnownVoices:
        """The voices that the user asked to remember."""
        return self._state.known_voices

    def __contains__(self, transcript_id: str) -> bool:
        """Return whether there is such a record, in the library or in the bin."""
        return transcript_id in self._state.records

    def is_listed(self, transcript_id: str) -> bool:
        """Return whether there is such a record in the library; one in the bin does not count."""
        record = self._state.records.get(transcript_id)
        return record is not None and not record.removed_at

    def record(self, transcript_id: str, *, in_bin: bool = False) -> Record:
        """Return a record of the library; `in_bin`: or of the bin.

        Raises:
            NotFoundError: there is none.
        """
        record = self._state.records.get(transcript_id)
        if record is None or (record.removed_at and not in_bin):
            raise NotFoundError(
                "That transcript is not in the library.",
                hint="It may have been deleted in another tab; look at the history.",
                detail=transcript_id,
            )
        return record

    def job(self, transcript_id: str, *, in_bin: bool = False) -> Job:
        """Return the latest job of a record. Arguments and errors are those of `record`."""
        return self._state.jobs[self.record(transcript_id, in_bin=in_bin).id]

    def records(self, *, in_bin: bool = False) -> list[Record]:
        """Return the records of the library, or those of the bin, newest first."""
        return self._state.newest(in_bin=in_bin)

    def jobs(self) -> list[Job]:
        """Return the latest job of each record of the library."""
        return list(self._state.jobs_of_library())

    def jobs_and_bin(self) -> list[Job]:
        """Return the latest job of each record, those in the bin too."""
        return list(self._state.jobs.values())

    def page(self, before: str, limit: int, *, in_bin: bool = False) -> TranscriptList:
        """Return a page of the history, or of what is in the bin.

        Raises:
            BadRequestError: the limit is not 1 to 1000.
        """
        if not 1 <= limit <= 1000:
            raise BadRequestError(f"limit should be 1 to 1000, not {limit}.", hint="Correct it.")
        rest = [r for r in self.records(in_bin=in_bin) if not before or _place(r) < before]
        shown = rest[:limit]
        return TranscriptList(
            tuple(self.summary(record.id) for record in shown),
            next=_place(shown[-1]) if len(rest) > limit else "",
        )

    def summary(self, transcript_id: str) -> TranscriptSummary:
        """Return the line of the history.

        Raises:
            NotFoundError: there is no such record, nor in the bin.
        """
        record = self.record(transcript_id, in_bin=True)
        line = self._summary(self._state, record)
        progress, view = self.progress(transcript_id), line.job
        if progress.pausing and view.state == "paused":
            view = replace(view, state="pausing")
        # What is decoded has no word times yet, so all of a window is hidden.
        parts = parts_of(record.redactions)
        partial = tuple(
            each
            for each in progress.partial
            if not parts.touch(each.start_s, each.start_s + _WINDOW_MAX_S)
        )
        return replace(line, job=replace(view, partial=partial))

    # ------------------------------------------------------------ progress, never stored

    def progress(self, transcript_id: str) -> Progress:
        """Return how far the work on a job is beyond what is stored."""
        return self._progress.get(transcript_id, Progress())

    def show_progress(self, transcript_id: str, **changes: Any) -> None:
        """Change fields of `Progress`."""
        self._progress[transcript_id] = replace(self.progress(transcript_id), **changes)

    # ------------------------------------------------------------ writing

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction]:
        """Write what is put into the transaction when the block ends without an error.

        Raises:
            StorageError: nothing was written and nothing is changed.
        """
        async with self._lock:
            transaction = Transaction(self._state)
            yield transaction
            await self._commit(transaction)

    async def change_job(
        self, transcript_id: str, transition: Callable[[Job], Job], *, even_unsaved: bool = False
    ) -> tuple[Job, Job]:
        """Apply a transition to the latest job of a record, in the bin or not.

        Returns the job before and after it; they are equal where nothing was written.

        `even_unsaved`: where the store refuses, the job changes in memory at least, so that the
        page shows how it ended.

        Raises:
            NotFoundError: there is no such record.
            StorageError: it is as before.
        """
        async with self._lock:
            before = self.job(transcript_id, in_bin=True)
            job = transition(before)
            if job != before:
                transaction = Transaction(self._state)
                transaction.put(job)
                try:
                    await self._commit(transaction)
                except EarwitnessError:
                    if not even_unsaved:
                        raise
                    self._state.jobs[transcript_id] = job
            return before, job

    async def change_record(
        self, transcript_id: str, *, in_bin: bool = False, **changes: Any
    ) -> Record:
        """Change fields of a record; return it. `in_bin`: one in the bin too.

        Raises:
            NotFoundError: there is no such record.
            StorageError: it is as before.
        """
        async with self.transaction() as t:
            before = self.record(transcript_id, in_bin=in_bin)
            record = replace(before, **changes)
            if record != before:
                t.put(record)
        return record

    async def keep_in_memory(self, transcript_id: str, **changes: Any) -> None:
        """Change fields of a record, in the bin or not, that the store refuses to take.

        Raises:
            NotFoundError: there is no such record.
        """
        async with self._lock:
            record = self.record(transcript_id, in_bin=True)
            self._state.records[transcript_id] = replace(record, **changes)

    async def _commit(self, transaction: Transaction) -> None:
        after, changes = transaction.after, transaction.changes
        history = any(change.table in ("transcripts", "jobs") for change in changes)
        if history and transaction.snapshot:
            newest = after.newest()[:SNAPSHOT_LENGTH]
            summaries = [to_plain(self._summary(after, record)) for record in newest]
            changes.append(tables.Put("snapshot", tables.RECENT_KEY, summaries))
        if changes:
            await self._store.write(changes)
            self._state = after
            self._progress = {id_: p for id_, p in self._progress.items() if id_ in self}

    def _summary(self, state: _State, record: Record) -> TranscriptSummary:
        job, progress = state.jobs[record.id], self.progress(record.id)
        end_s = job.end_s if job.end_s is not None else record.duration_s
        remaining_s = (
            progress.remaining_s
            if job.on_server
            else state.speeds.shown_remaining_s(job.options.model, job.position_s, end_s)
        )
        view = replace(
            job_view(job, record, remaining_s=remaining_s if job.state in ACTIVE else None),
            loaded_bytes=progress.loading[0],
            total_bytes=progress.loading[1],
            queue_position=queue_position(job, state.jobs_of_library()),
            server=self._origin(job, state.settings),
            copied=job.server.id == job.transcript_id,
        )
        if progress.finding and record.speaker_job is not None:
            loaded, total = progress.loading
            shown = replace(
                record.speaker_job, state=progress.finding, loaded_bytes=loaded, total_bytes=total
            )
            record = replace(record, speaker_job=shown)
            view = replace(view, loaded_bytes=0, total_bytes=0)
        same = state.records.get(record.same_as)
        if same is None or same.removed_at:
            record = replace(record, same_as="")
        return summary_of(record, view)

    def _origin(self, job: Job, settings: Settings) -> str:
        """The server that does a job or did; for one that waits, the one it will go to."""
        if not job.on_server:
            return ""
        return origin_of(job.server.base or settings.server_url or self.page_origin)


def _place(record: Record) -> str:
    return f"{record.created_at} {record.id}"


def _read(kind: type[T], value: Plain) -> T | None:
    if value is None:
        return None
    try:
        return from_plain(kind, value)
    except BadRequestError:
        return None
