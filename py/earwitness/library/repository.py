"""Records, jobs, settings and speeds in memory: written to the store first, then changed here."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from earwitness.domain.jobs import ACTIVE, Job, next_job, queue_position
from earwitness.domain.records import Record
from earwitness.domain.views import job_view, summary_of
from earwitness.errors import BadRequestError, EarwitnessError, NotFoundError
from earwitness.library.ports import Host, ModelInfo
from earwitness.library.queue.estimate import Speeds
from earwitness.library.store import (
    RECENT_KEY,
    SETTINGS_KEY,
    SPEEDS_KEY,
    Change,
    Delete,
    DeletePrefix,
    Put,
    Store,
    transcript_prefix,
)
from earwitness.messages import (
    Settings,
    TranscribeOptions,
    TranscriptList,
    TranscriptSummary,
)
from earwitness.remote.address import origin_of
from earwitness.serialization import Plain, from_plain, to_plain

T = TypeVar("T")
SNAPSHOT_LENGTH = 50
"""Summaries that the page can read before Python is up."""


class Ledger:
    """The truth about every recording. Whoever changes it holds `lock`."""

    def __init__(self, store: Store, page_origin: str = "") -> None:
        """`page_origin`: where the page came from, the server that an empty setting means."""
        self.store = store
        self.lock = asyncio.Lock()
        self.records: dict[str, Record] = {}
        self.jobs: dict[str, Job] = {}
        self.settings = Settings()
        self.speeds = Speeds()
        self.models: dict[str, ModelInfo] = {}
        self.loading: dict[str, tuple[int, int]] = {}
        """Bytes of the model (loaded, total) for the job that waits for them, or of the audio on
        its way to a server; not kept."""
        self.pausing: set[str] = set()
        """Paused recordings that the engine has not let go of yet; not kept."""
        self.remaining_s: dict[str, float | None] = {}
        """What a server expects of the jobs it works on; not kept."""
        self.page_origin = page_origin

    async def load(self) -> None:
        """Read everything but words. A row that cannot be read is left where it is, unseen.

        Raises:
            StorageError: the store cannot be read.
        """
        for row in await self.store.scan("transcripts"):
            record = _read(Record, row.value)
            if record is not None and record.id == row.key:
                self.records[row.key] = record
        for row in await self.store.scan("jobs"):
            job = _read(Job, row.value)
            if job is not None and row.key in self.records:
                self.jobs[row.key] = job
        for id_ in self.records.keys() - self.jobs.keys():
            options = TranscribeOptions(model=self.records[id_].model)
            self.jobs[id_] = Job(id_, options, 0.0, self.records[id_].runs, "done")
        kept = await self.store.get("settings", SETTINGS_KEY)
        self.settings = _read(Settings, kept) or Settings()
        self.speeds = _read(Speeds, await self.store.get("settings", SPEEDS_KEY)) or Speeds()

    async def refresh_models(self, host: Host) -> None:
        """Ask which models there are, and which of them are on this device."""
        try:
            self.models = {model.id: model for model in await host.models()}
        except EarwitnessError:
            return  # What was known stays.

    # ------------------------------------------------------------ reading

    def record(self, transcript_id: str) -> Record:
        """The record, unless it is in the bin.

        Raises:
            NotFoundError: there is none.
        """
        record = self.records.get(transcript_id)
        if record is None or record.removed_at:
            raise NotFoundError(
                "That transcript is not in the library.",
                hint="It may have been deleted in another tab; look at the history.",
                detail=transcript_id,
            )
        return record

    def job(self, transcript_id: str) -> Job:
        """The latest job of a record in the library.

        Raises:
            NotFoundError: there is no such record.
        """
        return self.jobs[self.record(transcript_id).id]

    def active_jobs(self) -> list[Job]:
        """Jobs of records that are not in the bin."""
        return [job for id_, job in self.jobs.items() if not self.records[id_].removed_at]

    def next_job(self, models: Iterable[str] | None = None) -> Job | None:
        """The job that waits for this device, among those for `models` (None: any)."""
        allowed = None if models is None else set(models)
        return next_job(
            job
            for job in self.active_jobs()
            if not job.on_server and (allowed is None or job.options.model in allowed)
        )

    def summary(self, transcript_id: str) -> TranscriptSummary:
        """The line of the history."""
        line = self._summary(transcript_id, self.records, self.jobs)
        if transcript_id in self.pausing and line.job.state == "paused":
            return dataclasses.replace(line, job=dataclasses.replace(line.job, state="pausing"))
        return line

    def _summary(
        self, id_: str, records: Mapping[str, Record], jobs: Mapping[str, Job]
    ) -> TranscriptSummary:
        record, job = records[id_], jobs[id_]
        loaded, total = self.loading.get(id_, (0, 0))
        end_s = job.end_s if job.end_s is not None else record.duration_s
        left_s = (
            self.remaining_s.get(id_)
            if job.on_server
            else self.speeds.remaining_s(job.options.model, job.position_s, end_s)
        )
        waiting = (
            job for key, job in jobs.items() if key in records and not records[key].removed_at
        )
        view = job_view(
            job,
            record,
            remaining_s=left_s if job.state in ACTIVE else None,
            loaded_bytes=loaded,
            total_bytes=total,
            queue_position=queue_position(job, waiting),
            server=self._origin(job),
        )
        same = records.get(record.same_as)
        if same is None or same.removed_at:
            record = dataclasses.replace(record, same_as="")
        return summary_of(record, view)

    def _origin(self, job: Job) -> str:
        """The server that does a job or did; for one that waits, the one it will go to."""
        if not job.on_server:
            return ""
        return origin_of(job.server.base or self.settings.server_url or self.page_origin)

    def newest(self) -> list[Record]:
        """What is not in the bin, newest first."""
        return _newest(self.records)

    def page(self, before: str, limit: int, *, removed: bool = False) -> TranscriptList:
        """A page of the history, or of what is in the bin.

        Raises:
            BadRequestError: the limit is not 1 to 1000.
        """
        if not 1 <= limit <= 1000:
            raise BadRequestError(f"limit should be 1 to 1000, not {limit}.", hint="Correct it.")
        rest = _newest(self.records, removed=removed)
        rest = [r for r in rest if not before or _place(r) < before]
        shown = rest[:limit]
        return TranscriptList(
            tuple(self.summary(record.id) for record in shown),
            next=_place(shown[-1]) if len(rest) > limit else "",
        )

    # ------------------------------------------------------------ writing

    def state_of(self, transcript_id: str) -> str:
        """How far a recording's job is; empty where there is none."""
        job = self.jobs.get(transcript_id)
        return job.state if job is not None else ""

    async def commit(
        self,
        records: Sequence[Record] = (),
        jobs: Sequence[Job] = (),
        more: Sequence[Change] = (),
        *,
        snapshot: bool = True,
    ) -> None:
        """Write all of it in one transaction, then change it here.

        Raises:
            StorageError: nothing was written and nothing is changed.
        """
        new_records = {record.id: record for record in records}
        new_jobs = {job.transcript_id: job for job in jobs}
        changes: list[Change] = [Put("transcripts", r.id, to_plain(r)) for r in records]
        changes += [Put("jobs", j.transcript_id, to_plain(j)) for j in jobs]
        changes += more
        if snapshot:
            changes.append(self._snapshot(self.records | new_records, self.jobs | new_jobs))
        await self.store.write(changes)
        self.records |= new_records
        self.jobs |= new_jobs

    async def forget(self, transcript_ids: Iterable[str]) -> None:
        """Delete for good, words and all (audio is the shelf's).

        Raises:
            StorageError: nothing was deleted.
        """
        gone = set(transcript_ids)
        changes: list[Change] = []
        for id_ in sorted(gone):
            changes += [
                Delete("transcripts", id_),
                Delete("jobs", id_),
                Delete("documents", id_),
                Delete("shards", id_),
                DeletePrefix("windows", transcript_prefix(id_)),
            ]
        kept = {id_: record for id_, record in self.records.items() if id_ not in gone}
        changes.append(self._snapshot(kept, self.jobs))
        await self.store.write(changes)
        for id_ in gone:
            self.records.pop(id_, None)
            self.jobs.pop(id_, None)
            self.loading.pop(id_, None)

    async def keep_settings(self, settings: Settings) -> None:
        """Write the settings.

        Raises:
            StorageError: they are as before.
        """
        await self.store.write([Put("settings", SETTINGS_KEY, to_plain(settings))])
        self.settings = settings

    def learned(self, model: str, compute_s: float, audio_s: float) -> Put:
        """Take a measurement in; the change to write along with the batch it came from."""
        self.speeds = self.speeds.learned(model, compute_s, audio_s)
        return Put("settings", SPEEDS_KEY, to_plain(self.speeds))

    def _snapshot(self, records: Mapping[str, Record], jobs: Mapping[str, Job]) -> Put:
        shown = _newest(records)[:SNAPSHOT_LENGTH]
        summaries = [to_plain(self._summary(r.id, records, jobs)) for r in shown]
        return Put("snapshot", RECENT_KEY, summaries)


def _newest(records: Mapping[str, Record], *, removed: bool = False) -> list[Record]:
    kept = (record for record in records.values() if bool(record.removed_at) == removed)
    return sorted(kept, key=_place, reverse=True)


def _place(record: Record) -> str:
    return f"{record.created_at} {record.id}"


def _read(kind: type[T], value: Plain) -> T | None:
    if value is None:
        return None
    try:
        return from_plain(kind, value)
    except BadRequestError:
        return None
