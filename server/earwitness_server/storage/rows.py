"""A row of `transcripts` and of `jobs` as what they hold, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.jobs import Job
from earwitness.domain.records import Record
from earwitness.domain.views import job_view, remaining_s, summary_of, transcript_of
from earwitness.engine_messages import WindowRow
from earwitness.messages import JobView, TranscriptSummary
from earwitness.serialization import from_plain, to_plain
from earwitness.transcript import Transcript

from earwitness_server.storage.tables import jobs, transcripts

T = TypeVar("T")
FINISHED = ("done", "failed", "cancelled")
"""States of a job that will not change by themselves."""


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
        """What is happening to it."""
        done_s = self.job.position_s
        running = self.job.state == "transcribing" and done_s > 0
        pace = self.compute_s / done_s if running else None
        left_s = remaining_s(done_s, self.record.duration_s, pace)
        return job_view(self.job, self.record, remaining_s=left_s)

    @property
    def summary(self) -> TranscriptSummary:
        """The line of the history."""
        return summary_of(self.record, self.view)

    def transcript(self, windows: list[WindowRow]) -> Transcript:
        """With its words: windows of every visible layer, in order."""
        by_run: dict[int, Sequence[WindowRow]] = {layer.run: [] for layer in self.document.layers}
        by_run[self.job.run] = windows
        opened = OpenDocument(self.document, by_run)
        return transcript_of(self.record, opened.segments)


def dump(value: object) -> str:
    """JSON of one of `earwitness`' dataclasses."""
    return json.dumps(to_plain(value), ensure_ascii=False, separators=(",", ":"))


def load(kind: type[T], text: str) -> T:
    """The dataclass back from its JSON."""
    return from_plain(kind, json.loads(text))


def entry(row: Any) -> Entry:
    """An `Entry` from a row of both tables joined; the job's JSON is labelled `job`."""
    return Entry(
        owner=row.owner,
        shared=row.shared,
        hidden=row.hidden,
        keep_audio=row.keep_audio,
        record=load(Record, row.record),
        document=load(Document, row.document),
        job=load(Job, row.job),
        compute_s=row.compute_s,
        attempt=row.attempt,
    )


def joined() -> sa.Select[Any]:
    """Transcripts with their jobs, as `entry` reads them."""
    return sa.select(
        transcripts,
        jobs.c.transcript_id,
        jobs.c.value.label("job"),
        jobs.c.compute_s,
        jobs.c.attempt,
        jobs.c.changed_s,
    ).join(jobs, jobs.c.transcript_id == transcripts.c.id)
