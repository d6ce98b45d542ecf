"""What pages and clients are shown of a recording, made from its record, job and text."""

from __future__ import annotations

from collections.abc import Iterable

from earwitness.domain.jobs import Job
from earwitness.domain.records import Record
from earwitness.messages import JobView, TranscriptSummary
from earwitness.transcript import Segment, Transcript


def remaining_s(position_s: float, end_s: float, pace: float | None) -> float | None:
    """Return the seconds of work left; None while the end or the pace is unknown.

    `pace`: seconds of work for a second of audio.
    """
    if end_s <= 0 or pace is None:
        return None
    return max(0.0, end_s - position_s) * pace


def job_view(
    job: Job,
    record: Record,
    *,
    remaining_s: float | None,
    loaded_bytes: int = 0,
    total_bytes: int = 0,
    queue_position: int = 0,
    server: str = "",
) -> JobView:
    """Return how far a job is. The arguments are what neither job nor record knows."""
    return JobView(
        transcript_id=record.id,
        state=job.state,
        position_s=job.position_s,
        duration_s=record.duration_s,
        loaded_bytes=loaded_bytes,
        total_bytes=total_bytes,
        remaining_s=remaining_s,
        queue_position=queue_position,
        error=job.error,
        options=job.options,
        server=server,
    )


def summary_of(record: Record, job: JobView) -> TranscriptSummary:
    """Return the record's line in the history."""
    return TranscriptSummary(
        id=record.id,
        name=record.name,
        created_at=record.created_at,
        duration_s=record.duration_s,
        model=record.model,
        task=record.task,
        language=record.language,
        language_probability=record.language_probability,
        preview=record.preview,
        word_count=record.word_count,
        audio_kept=bool(record.audio_path),
        tags=record.tags,
        job=job,
        tracks=record.tracks,
        ends_s=record.ends_s,
        same_as=record.same_as,
        earlier=record.earlier,
        nothing_heard=job.state == "failed" and not record.word_count and not record.earlier,
    )


def transcript_of(record: Record, segments: Iterable[Segment]) -> Transcript:
    """Return the record with its words: what a reader or an export needs."""
    return Transcript(
        id=record.id,
        name=record.name,
        created_at=record.created_at,
        duration_s=record.duration_s,
        model=record.model,
        task=record.task,
        language=record.language,
        language_probability=record.language_probability,
        segments=tuple(segments),
        tags=record.tags,
    )
