"""A text from a file in the place of what a recording says: a layer over the earlier runs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from earwitness.domain.documents import Before, Layer, OpenDocument
from earwitness.domain.jobs import Job, finish
from earwitness.domain.records import shared_fields
from earwitness.domain.speakers import apply_attribution, with_speakers
from earwitness.domain.text_alignment import align, has_times
from earwitness.domain.transcription import Transcription, revised, with_counts
from earwitness.engine_messages import WindowRow
from earwitness.transcript import Transcript


@dataclass(frozen=True, slots=True)
class WithText:
    """A recording with the text of a file."""

    transcription: Transcription
    opened: OpenDocument
    row: WindowRow
    """The only window of the new layer."""


def with_text(before: Transcription, opened: OpenDocument, found: Transcript) -> WithText:
    """Return the recording with the segments of a file as its newest layer.

    A text without times gets those of the words on show.

    Raises:
        BadRequestError: it has no times, and does not fit what was heard.
    """
    record, job = before.record, before.job
    segments = found.segments
    if not has_times(segments):
        heard = tuple(map(opened.unredacted, opened.pieces))
        segments = align(segments, heard, record.duration_s).segments
    end_s = max(record.duration_s, max((each.end_s for each in segments), default=0.0))
    run = record.runs + 1
    row = WindowRow(0, 0, 0.0, end_s, segments)
    described = Before(job=job, **shared_fields(record, Before))
    layer = Layer(run, until_s=end_s, finished=True, before=described)
    record = revised(
        record,
        runs=run,
        model=found.model,
        language=found.language or record.language,
        duration_s=end_s,
    )
    document = dataclasses.replace(
        opened.document,
        layers=(*opened.document.layers, layer),
        stable_since=record.revision,
    )
    after = apply_attribution(OpenDocument(document, {run: (row,)}))
    record = with_speakers(with_counts(record, after.segments), after)
    done = finish(Job(job.transcript_id, job.options, job.order, run), position_s=end_s)
    return WithText(Transcription(record, done, after.document), after, row)
