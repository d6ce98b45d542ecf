"""Jobs in the database: accepted once, committed batch by batch, never lost and never doubled."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.jobs import Job
from earwitness.domain.records import Record, clean_name, iso
from earwitness.domain.transcription import (
    Transcription,
    apply_batch,
    apply_finish,
    is_committed,
)
from earwitness.engine_messages import WindowRow
from earwitness.errors import ErrorView, NotFoundError
from earwitness.messages import JobState
from earwitness.speech.transcribe import Batch

from earwitness_server.storage.database import Admit, Database, anyone, now_s
from earwitness_server.storage.job_spec import JobSpec, key_reused
from earwitness_server.storage.rows import FINISHED, Entry, dump, entry, joined, load
from earwitness_server.storage.tables import jobs, transcripts, windows


class Queue:
    """The table of jobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def accept(self, order: JobSpec, admit: Admit = anyone) -> Entry:
        """Write a job down; once this returns it will be done. The same idempotency key again
        gives the job that is there already; `admit` may refuse a new one.

        Raises:
            ApiError: 422, the key was used for another request; what `admit` raises.
            StorageError: nothing was written.
        """
        moment = now_s()
        record = Record(
            id=order.transcript_id,
            name=clean_name(order.name),
            created_at=iso(moment),
            model=order.options.model,
            task=order.options.task,
            audio_path=order.audio,
            audio_bytes=order.audio_bytes,
            media_type=order.media_type,
            fingerprint=order.fingerprint,
        )
        job = Job(order.transcript_id, order.options, moment)
        same = (order.owner, order.idempotency_key, order.request_hash)
        with self._database.write() as connection:
            self._database.one_at_a_time(connection)
            if order.idempotency_key:
                before = self._same(connection, *same)
                if before is not None:
                    return before
            admit(connection)
            connection.execute(
                sa.insert(transcripts).values(
                    id=record.id,
                    owner=order.owner,
                    shared=False,
                    hidden=order.hidden,
                    created_at=record.created_at,
                    expires_s=order.expires_s,
                    audio_bytes=order.audio_bytes,
                    audio_kept=True,
                    keep_audio=order.keep_audio,
                    record=dump(record),
                    document=dump(Document(record.id)),
                )
            )
            row: dict[str, Any] = {
                "transcript_id": record.id,
                "owner": order.owner,
                "state": job.state,
                "attempt": 1,
                "created_s": moment,
                "changed_s": moment,
                "idempotency_key": order.idempotency_key,
                "request_hash": order.request_hash,
                "compute_s": 0.0,
                "value": dump(job),
            }
            if not self._database.insert_if_absent(connection, jobs, row):
                # Another process took the key between the look and the insert.
                connection.execute(sa.delete(transcripts).where(transcripts.c.id == record.id))
                before = self._same(connection, *same)
                assert before is not None
                return before
            self._database.changed(connection, record.id)
            return self._read(connection, record.id)

    def _same(
        self, connection: sa.Connection, owner: str, key: str | None, request_hash: str
    ) -> Entry | None:
        found = connection.execute(
            sa.select(jobs.c.transcript_id, jobs.c.request_hash).where(
                jobs.c.owner == owner, jobs.c.idempotency_key == key
            )
        ).one_or_none()
        if found is None:
            return None
        if found.request_hash != request_hash:
            raise key_reused()
        return self._read(connection, found.transcript_id)

    def find_key(self, owner: str, key: str, request_hash: str) -> Entry | None:
        """The job accepted earlier under an idempotency key.

        Raises:
            ApiError: 422, it was for another request.
        """
        with self._database.read() as connection:
            return self._same(connection, owner, key, request_hash)

    def find(self, transcript_id: str) -> Entry:
        """The job with its transcript.

        Raises:
            NotFoundError: it was deleted.
        """
        with self._database.read() as connection:
            return self._read(connection, transcript_id)

    def views(self, transcript_ids: Sequence[str]) -> dict[str, tuple[float, Entry]]:
        """Several jobs at once, each with the moment it last changed."""
        with self._database.read() as connection:
            statement = joined().where(jobs.c.transcript_id.in_(transcript_ids))
            return {
                row.transcript_id: (row.changed_s, entry(row))
                for row in connection.execute(statement)
            }

    def whole(self, transcript_ids: Sequence[str]) -> dict[str, tuple[Entry, list[WindowRow]]]:
        """Several transcripts with the windows of their latest run; missing ones are left out."""
        whole: dict[str, tuple[Entry, list[WindowRow]]] = {}
        for transcript_id, (_changed_s, each) in self.views(transcript_ids).items():
            whole[transcript_id] = (each, [])
        statement = (
            sa.select(windows.c.transcript_id, windows.c.run, windows.c.value)
            .where(windows.c.transcript_id.in_(transcript_ids))
            .order_by(windows.c.transcript_id, windows.c.window)
        )
        with self._database.read() as connection:
            for row in connection.execute(statement):
                found = whole.get(row.transcript_id)
                if found is not None and row.run == found[0].job.run:
                    found[1].append(load(WindowRow, row.value))
        return whole

    def windows_from(self, transcript_id: str, run: int, first: int) -> list[WindowRow]:
        """Return a run's windows from that number on."""
        with self._database.read() as connection:
            return self._windows_from(connection, transcript_id, run, first)

    def _windows_from(
        self, connection: sa.Connection, transcript_id: str, run: int, first: int
    ) -> list[WindowRow]:
        statement = (
            sa.select(windows.c.value)
            .where(
                windows.c.transcript_id == transcript_id,
                windows.c.run == run,
                windows.c.window >= first,
            )
            .order_by(windows.c.window)
        )
        return [load(WindowRow, value) for value in connection.execute(statement).scalars()]

    def commit(self, transcript_id: str, batch: Batch, duration_s: float) -> Entry:
        """Write a batch and the point to go on from, in one transaction. A batch that is there
        already (its worker died before it could say so) changes nothing.

        Raises:
            NotFoundError: the transcript was deleted meanwhile.
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
                    "value": dump(row),
                }
                self._database.upsert(connection, windows, values, "transcript_id", "run", "window")
            record = dataclasses.replace(found.record, duration_s=duration_s)
            job = dataclasses.replace(found.job, state="transcribing")
            after = apply_batch(Transcription(record, job, found.document), batch)
            if batch.finished:
                rows = self._windows_from(connection, transcript_id, job.run, 0)
                opened = OpenDocument(after.document, {job.run: rows})
                after, _ = apply_finish(after, opened, duration_s=batch.position_s)
            connection.execute(
                sa.update(transcripts)
                .where(transcripts.c.id == transcript_id)
                .values(record=dump(after.record), document=dump(after.document))
            )
            self._put_job(connection, after.job, compute_s=found.compute_s + batch.compute_s)
            self._database.changed(connection, transcript_id)
            return self._read(connection, transcript_id)

    def change(
        self,
        transcript_id: str,
        state: JobState,
        *,
        error: ErrorView | None = None,
        unless: Sequence[str] = FINISHED,
        **values: Any,
    ) -> Entry:
        """Move a job to a state, unless it is in one of `unless`.

        Raises:
            NotFoundError: it was deleted.
        """
        with self._database.write() as connection:
            found = self._read(connection, transcript_id, lock=True)
            if found.job.state in unless:
                return found
            job = dataclasses.replace(found.job, state=state, error=error)
            self._put_job(connection, job, **values)
            return self._read(connection, transcript_id)

    def restart(self, transcript_id: str, admit: Admit = anyone) -> Entry:
        """Let a failed or cancelled job go on from its last window, under a new attempt.

        Raises:
            ApiError: what `admit` raises.
            NotFoundError: it was deleted.
        """
        with self._database.write() as connection:
            self._database.one_at_a_time(connection)
            admit(connection)
            found = self._read(connection, transcript_id, lock=True)
            job = dataclasses.replace(found.job, state="queued", error=None)
            self._put_job(connection, job, attempt=found.attempt + 1)
            return self._read(connection, transcript_id)

    def revive(self, seen: Entry) -> Entry | None:
        """Begin a job anew whose workflow is gone; None when it moved on since it was `seen`.

        Raises:
            NotFoundError: it was deleted.
        """
        with self._database.write() as connection:
            found = self._read(connection, seen.record.id, lock=True)
            if found.job.state in FINISHED or found.attempt != seen.attempt:
                return None
            job = dataclasses.replace(found.job, state="queued", error=None)
            self._put_job(connection, job, attempt=found.attempt + 1)
            return self._read(connection, seen.record.id)

    def unfinished(self, limit: int = 1000) -> list[Entry]:
        """Jobs that should be running or waiting, oldest first."""
        statement = joined().where(jobs.c.state.not_in(FINISHED)).order_by(jobs.c.created_s)
        with self._database.read() as connection:
            return [entry(row) for row in connection.execute(statement.limit(limit))]

    def depths(self) -> dict[str, int]:
        """Unfinished jobs by state."""
        statement = (
            sa.select(jobs.c.state, sa.func.count())
            .where(jobs.c.state.not_in(FINISHED))
            .group_by(jobs.c.state)
        )
        with self._database.read() as connection:
            return {state: int(count) for state, count in connection.execute(statement)}

    def audio_gone(self, transcript_id: str) -> None:
        """The audio was deleted; the words stay."""
        with self._database.write() as connection:
            found = self._read(connection, transcript_id, lock=True)
            record = dataclasses.replace(found.record, audio_path="", audio_bytes=0)
            connection.execute(
                sa.update(transcripts)
                .where(transcripts.c.id == transcript_id)
                .values(record=dump(record), audio_kept=False, audio_bytes=0)
            )

    def _put_job(self, connection: sa.Connection, job: Job, **values: Any) -> None:
        connection.execute(
            sa.update(jobs)
            .where(jobs.c.transcript_id == job.transcript_id)
            .values(value=dump(job), state=job.state, changed_s=now_s(), **values)
        )

    def _read(self, connection: sa.Connection, transcript_id: str, *, lock: bool = False) -> Entry:
        statement = joined().where(jobs.c.transcript_id == transcript_id)
        if lock:
            statement = statement.with_for_update()
        row = connection.execute(statement).one_or_none()
        if row is None:
            raise NotFoundError(
                f"There is no job {transcript_id!r:.80}.", hint="It may have been deleted."
            )
        return entry(row)
