"""Jobs in the database: each is accepted once and committed batch by batch."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.jobs import UNFINISHED, Job, interrupt, postpone, resume, start
from earwitness.domain.records import Record, clean_name, iso, without_audio
from earwitness.domain.transcription import Transcription, apply_batch, apply_finish, is_committed
from earwitness.engine_messages import WindowRow
from earwitness.errors import ErrorView, NotFoundError
from earwitness.messages import TranscribeOptions
from earwitness.serialization import from_json, to_json
from earwitness.speech.transcribe import Batch

from earwitness_server.storage import rows
from earwitness_server.storage.database import Admit, Database, anyone, now_s
from earwitness_server.storage.errors import IdempotencyKeyReusedError
from earwitness_server.storage.rows import FINISHED, Entry
from earwitness_server.storage.tables import jobs, windows


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A recording to transcribe; its audio is stored already."""

    transcript_id: str
    owner: str
    name: str
    options: TranscribeOptions
    audio: str
    """Name of the object."""
    audio_bytes: int
    media_type: str
    fingerprint: str
    """SHA-256 of the audio."""
    keep_audio: bool = True
    hidden: bool = False
    expires_s: float | None = None
    idempotency_key: str | None = None
    request_hash: str = ""


class Queue:
    """The table of jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, spec: JobSpec, admit: Admit = anyone) -> Entry:
        """Write a job and return it; from then on it will be done, whatever fails.

        An idempotency key that was used before gives the job that exists already; `admit` may
        refuse a new one by raising an error.

        Raises:
            IdempotencyKeyReusedError: the key was used for another request.
            RefusedError: what `admit` raises.
            StorageError: nothing was written.
        """
        moment = now_s()
        record = Record(
            id=spec.transcript_id,
            name=clean_name(spec.name),
            created_at=iso(moment),
            model=spec.options.model,
            task=spec.options.task,
            audio_path=spec.audio,
            audio_bytes=spec.audio_bytes,
            media_type=spec.media_type,
            fingerprint=spec.fingerprint,
        )
        job = Job(spec.transcript_id, spec.options, moment)
        with self._database.write() as connection:
            self._database.one_at_a_time(connection)
            key = spec.idempotency_key
            if key and (before := self._same(connection, spec.owner, key, spec.request_hash)):
                return before
            admit(connection)
            rows.insert_transcript(
                connection,
                spec.owner,
                job,
                record,
                Document(record.id),
                {
                    "hidden": spec.hidden,
                    "expires_s": spec.expires_s,
                    "audio_bytes": spec.audio_bytes,
                    "audio_kept": True,
                    "keep_audio": spec.keep_audio,
                },
                {
                    "created_s": moment,
                    "changed_s": moment,
                    "idempotency_key": spec.idempotency_key,
                    "request_hash": spec.request_hash,
                },
            )
            self._database.changed(connection, record.id)
            return self._read(connection, record.id)

    def _same(
        self, connection: sa.Connection, owner: str, key: str, request_hash: str
    ) -> Entry | None:
        found = connection.execute(
            sa.select(jobs.c.transcript_id, jobs.c.request_hash).where(
                jobs.c.owner == owner, jobs.c.idempotency_key == key
            )
        ).one_or_none()
        if found is None:
            return None
        if found.request_hash != request_hash:
            raise IdempotencyKeyReusedError
        return self._read(connection, found.transcript_id)

    def find_by_key(self, owner: str, key: str, request_hash: str) -> Entry | None:
        """Return the job accepted earlier under an idempotency key; None if there is none.

        Raises:
            IdempotencyKeyReusedError: the key was used for another request.
        """
        with self._database.read() as connection:
            return self._same(connection, owner, key, request_hash)

    def find(self, transcript_id: str) -> Entry:
        """Return the job with its transcript.

        Raises:
            NotFoundError: the transcript was deleted.
        """
        with self._database.read() as connection:
            return self._read(connection, transcript_id)

    def find_all(self, transcript_ids: Sequence[str]) -> dict[str, tuple[float, Entry]]:
        """Return several jobs by transcript id, each with the time of its last change."""
        statement = rows.joined().where(jobs.c.transcript_id.in_(transcript_ids))
        found = self._database.rows(statement)
        return {row.transcript_id: (row.changed_s, rows.entry(row)) for row in found}

    def find_with_windows(
        self, transcript_ids: Sequence[str]
    ) -> dict[str, tuple[Entry, list[WindowRow]]]:
        """Return several jobs with the windows of their latest run, without the missing ones."""
        found: dict[str, tuple[Entry, list[WindowRow]]] = {
            transcript_id: (each, [])
            for transcript_id, (_changed_s, each) in self.find_all(transcript_ids).items()
        }
        statement = (
            sa.select(windows.c.transcript_id, windows.c.run, windows.c.value)
            .where(windows.c.transcript_id.in_(transcript_ids))
            .order_by(windows.c.transcript_id, windows.c.window)
        )
        for row in self._database.rows(statement):
            each = found.get(row.transcript_id)
            if each is not None and row.run == each[0].job.run:
                each[1].append(from_json(WindowRow, row.value))
        return found

    def windows_from(self, transcript_id: str, run: int, first: int) -> list[WindowRow]:
        """Return the windows of a run from number `first` on."""
        with self._database.read() as connection:
            return rows.windows_of(connection, transcript_id, run, first)

    def commit(
        self, transcript_id: str, batch: Batch, duration_s: float, *, is_cut_off: bool = False
    ) -> Entry:
        """Write a batch and the point to continue from, in one transaction; return the job.

        `duration_s` is the length that the container claims. `is_cut_off`: the file ends before it
        should; read with the last batch.
        A batch that was committed before changes nothing: its worker died before it could report.

        Raises:
            NotFoundError: the transcript was deleted.
            StorageError: nothing was written.
        """
        with self._database.write() as connection:
            found = self._read(connection, transcript_id, lock=True)
            if found.job.state in FINISHED or is_committed(found.job, batch):
                return found
            for row in batch.windows:
                values = {
                    "transcript_id": transcript_id,
                    "run": found.job.run,
                    "window": row.window,
                    "value": to_json(row),
                }
                self._database.upsert(connection, windows, values, "transcript_id", "run", "window")
            record = dataclasses.replace(found.record, duration_s=duration_s)
            job = start(found.job, loaded=True)
            after = apply_batch(Transcription(record, job, found.document), batch)
            if batch.finished:
                heard = rows.windows_of(connection, transcript_id, job.run)
                opened = OpenDocument(after.document, {job.run: heard})
                end_s = batch.position_s
                after, _ = apply_finish(
                    after, opened, duration_s=duration_s, ends_s=end_s, broken_off=is_cut_off
                )
            rows.put_record(connection, after.record, document=to_json(after.document))
            self._put_job(connection, after.job, compute_s=found.compute_s + batch.compute_s)
            self._database.changed(connection, transcript_id)
            return self._read(connection, transcript_id)

    def change(self, transcript_id: str, transition: Callable[[Job], Job]) -> Entry:
        """Change a job by a transition of `domain.jobs`; return the job as it is then.

        Raises:
            NotFoundError: the transcript was deleted.
        """
        with self._database.write() as connection:
            found = self._read(connection, transcript_id, lock=True)
            return self._change(connection, found, transition(found.job))

    def postpone(self, seen: Entry, error: ErrorView | None) -> None:
        """Let a job wait that nobody works on, and store what for, unless it has changed since.

        Raises:
            NotFoundError: the transcript was deleted.
        """
        with self._database.write() as connection:
            found = self._read(connection, seen.record.id, lock=True)
            if found.job.state == seen.job.state and found.attempt == seen.attempt:
                self._change(connection, found, postpone(found.job, error=error))

    def needing_other_models(self, models: Sequence[str]) -> list[tuple[str, int]]:
        """Return transcript id and attempt of the unfinished jobs whose model is not one of these.

        Raises:
            StorageError: the database is unavailable.
        """
        statement = sa.select(jobs.c.transcript_id, jobs.c.attempt).where(
            jobs.c.state.in_(UNFINISHED), jobs.c.model.not_in(("", *models))
        )
        return [(row.transcript_id, row.attempt) for row in self._database.rows(statement)]

    def restart(self, transcript_id: str, admit: Admit = anyone) -> Entry:
        """Let a failed or cancelled job continue from its last window, under a new attempt.

        Raises:
            RefusedError: what `admit` raises.
            NotFoundError: the transcript was deleted.
        """
        with self._database.write() as connection:
            self._database.one_at_a_time(connection)
            admit(connection)
            found = self._read(connection, transcript_id, lock=True)
            job = resume(found.job, audio_here=True)
            return self._change(connection, found, job, attempt=found.attempt + 1)

    def revive(self, seen: Entry) -> Entry | None:
        """Queue a job again whose workflow is gone; None if the job changed since it was `seen`.

        Raises:
            NotFoundError: the transcript was deleted.
        """
        with self._database.write() as connection:
            found = self._read(connection, seen.record.id, lock=True)
            if found.job.state in FINISHED or found.attempt != seen.attempt:
                return None
            job = interrupt(found.job)
            self._put_job(connection, job, attempt=found.attempt + 1)
            return self._read(connection, found.record.id)

    def unfinished(self, limit: int = 1000) -> list[Entry]:
        """Return the jobs that should be running or waiting, oldest first."""
        statement = rows.joined().where(jobs.c.state.not_in(FINISHED)).order_by(jobs.c.created_s)
        return [rows.entry(row) for row in self._database.rows(statement.limit(limit))]

    def depths(self) -> dict[str, int]:
        """Return the number of unfinished jobs by state."""
        statement = (
            sa.select(jobs.c.state, sa.func.count())
            .where(jobs.c.state.not_in(FINISHED))
            .group_by(jobs.c.state)
        )
        return {state: int(count) for state, count in self._database.rows(statement)}

    def mark_audio_deleted(self, transcript_id: str) -> None:
        """Record that the audio was deleted; the words stay.

        Raises:
            NotFoundError: the transcript was deleted.
        """
        with self._database.write() as connection:
            found = self._read(connection, transcript_id, lock=True)
            record = without_audio(found.record)
            rows.put_record(connection, record, audio_kept=False, audio_bytes=0)

    def _change(self, connection: sa.Connection, found: Entry, job: Job, **values: Any) -> Entry:
        """Write a job after its transition; return it. Nothing is written if none was allowed."""
        if job is found.job:
            return found
        self._put_job(connection, job, **values)
        return self._read(connection, job.transcript_id)

    def _put_job(self, connection: sa.Connection, job: Job, **values: Any) -> None:
        connection.execute(
            sa.update(jobs)
            .where(jobs.c.transcript_id == job.transcript_id)
            .values(value=to_json(job), state=job.state, changed_s=now_s(), **values)
        )

    def _read(self, connection: sa.Connection, transcript_id: str, *, lock: bool = False) -> Entry:
        found = rows.find_entry(connection, transcript_id, lock=lock)
        if found is None:
            raise NotFoundError(
                f"There is no job {transcript_id!r:.80}.", hint="It may have been deleted."
            )
        return found
