"""Rows of `transcripts`, `jobs` and `windows` as the values they hold, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.jobs import Job
from earwitness.domain.records import Record
from earwitness.domain.versions import Version
from earwitness.domain.views import job_view, remaining_s, summary_of, transcript_of
from earwitness.engine_messages import WindowRow
from earwitness.messages import JobView, TranscriptSummary
from earwitness.serialization import from_json, to_json
from earwitness.transcript import Transcript

from earwitness_server.storage.tables import jobs, transcripts, versions, windows

FINISHED = ("done", "failed", "cancelled")
"""States in which a job has ended."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One transcript with its job, as the database has them."""

    owner: str
    shared: bool
    hidden: bool
    keep_audio: bool
    record: Record
    document: Document
    job: Job
    compute_s: float
    attempt: int

    @property
    def view(self) -> JobView:
        """The state and progress of its job.

        Where words are redacted, it does not have the names and terms that were expected.
        """
        done_s = self.job.position_s
        running = self.job.state == "transcribing" and done_s > 0
        pace = self.compute_s / done_s if running else None
        left_s = remaining_s(done_s, self.record.duration_s, pace)
        view = job_view(self.job, self.record, remaining_s=left_s)
        if not self.record.redactions:
            return view
        options = replace(view.options, prompt="", terms=())
        return replace(view, options=options, prompt_used="")

    @property
    def summary(self) -> TranscriptSummary:
        """Its row in the history."""
        return summary_of(self.record, self.view)

    def transcript(self, heard: Sequence[WindowRow]) -> Transcript:
        """Return it with the words of every visible layer; `heard` is the latest run's windows."""
        return transcript_of(self.record, self.opened(heard))

    def opened(self, heard: Sequence[WindowRow]) -> OpenDocument:
        """Return its document; `heard` is the latest run's windows."""
        by_run: dict[int, Sequence[WindowRow]] = {layer.run: [] for layer in self.document.layers}
        by_run[self.job.run] = heard
        return OpenDocument(self.document, by_run)


def entry(row: Any) -> Entry:
    """Return an `Entry` from a row of `joined`."""
    return Entry(
        owner=row.owner,
        shared=row.shared,
        hidden=row.hidden,
        keep_audio=row.keep_audio,
        record=from_json(Record, row.record),
        document=from_json(Document, row.document),
        job=from_json(Job, row.job),
        compute_s=row.compute_s,
        attempt=row.attempt,
    )


def joined() -> sa.Select[Any]:
    """Select transcripts with their jobs; the job's JSON is labelled `job`."""
    return sa.select(
        transcripts,
        jobs.c.transcript_id,
        jobs.c.value.label("job"),
        jobs.c.compute_s,
        jobs.c.attempt,
        jobs.c.changed_s,
    ).join(jobs, jobs.c.transcript_id == transcripts.c.id)


def find_entry(
    connection: sa.Connection, transcript_id: str, *, lock: bool = False
) -> Entry | None:
    """Return one transcript with its job; `lock` keeps others from writing it meanwhile."""
    statement = joined().where(transcripts.c.id == transcript_id)
    if lock:
        statement = statement.with_for_update()
    row = connection.execute(statement).one_or_none()
    return entry(row) if row is not None else None


def put_record(connection: sa.Connection, record: Record, **values: Any) -> None:
    """Write a record, and values of other columns beside it."""
    statement = sa.update(transcripts).where(transcripts.c.id == record.id)
    connection.execute(statement.values(record=to_json(record), **values))


def insert_transcript(
    connection: sa.Connection,
    owner: str,
    job: Job,
    record: Record,
    document: Document,
    columns: dict[str, Any],
    job_columns: dict[str, Any],
) -> None:
    """Write a new transcript and its job, with the values of other columns of both tables."""
    connection.execute(
        sa.insert(transcripts).values(
            id=record.id,
            owner=owner,
            shared=False,
            created_at=record.created_at,
            record=to_json(record),
            document=to_json(document, "set"),
            **columns,
        )
    )
    connection.execute(
        sa.insert(jobs).values(
            transcript_id=record.id,
            owner=owner,
            state=job.state,
            attempt=1,
            compute_s=0.0,
            value=to_json(job),
            model=job.options.model,
            **job_columns,
        )
    )


def windows_of(
    connection: sa.Connection, transcript_id: str, run: int, first: int = 0
) -> list[WindowRow]:
    """Return the windows of a run from number `first` on, in order."""
    statement = (
        sa.select(windows.c.value)
        .where(
            windows.c.transcript_id == transcript_id,
            windows.c.run == run,
            windows.c.window >= first,
        )
        .order_by(windows.c.window)
    )
    return [from_json(WindowRow, value) for value in connection.execute(statement).scalars()]


def versions_of(connection: sa.Connection, transcript_id: str) -> list[Version]:
    """Return the versions of a text, oldest first."""
    statement = (
        sa.select(versions.c.value)
        .where(versions.c.transcript_id == transcript_id)
        .order_by(versions.c.number)
    )
    return [from_json(Version, value) for value in connection.execute(statement).scalars()]
