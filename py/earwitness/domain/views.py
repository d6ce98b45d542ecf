"""What pages and clients are shown of a recording, made from its record, job and text."""

from __future__ import annotations

import dataclasses

from earwitness.domain.documents import OpenDocument
from earwitness.domain.highlights import in_order
from earwitness.domain.jobs import Job
from earwitness.domain.records import Record, shared_fields
from earwitness.domain.redaction import without_alternatives
from earwitness.domain.speakers import turns_of
from earwitness.messages import JobView, TranscriptSummary
from earwitness.transcript import Transcript


def remaining_s(position_s: float, end_s: float, pace: float | None) -> float | None:
    """Return the seconds of work left; None while the end or the pace is unknown.

    `pace`: seconds of work for a second of audio.
    """
    if end_s <= 0 or pace is None:
        return None
    return max(0.0, end_s - position_s) * pace


def job_view(job: Job, record: Record, *, remaining_s: float | None) -> JobView:
    """Return how far a job is, as far as job and record know it."""
    return JobView(
        transcript_id=record.id,
        state=job.state,
        position_s=job.position_s,
        duration_s=record.duration_s,
        remaining_s=remaining_s,
        error=job.error,
        options=job.options,
        prompt_used=job.resume.prompt_used,
        ends_s=record.ends_s,
    )


def summary_of(record: Record, job: JobView) -> TranscriptSummary:
    """Return the record's line in the history."""
    return TranscriptSummary(
        **shared_fields(record, TranscriptSummary),
        audio_kept=bool(record.audio_path),
        job=job,
        nothing_heard=job.state == "failed" and not record.word_count and not record.earlier,
    )


def transcript_of(record: Record, opened: OpenDocument) -> Transcript:
    """Return the record with its words: what a reader or an export needs.

    Only segments in another language than the transcript's name theirs. Where words are redacted,
    no word has alternatives.
    """
    segments = opened.segments
    if opened.document.redactions:
        segments = tuple(map(without_alternatives, segments))
    named = (
        dataclasses.replace(segment, language=None)
        if segment.language is not None and segment.language == record.language
        else segment
        for segment in segments
    )
    return Transcript(
        **shared_fields(record, Transcript),
        segments=tuple(named),
        turns=turns_of(opened.document.speakers),
        highlights=in_order(opened.document.highlights),
    )
