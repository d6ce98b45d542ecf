"""How a batch of windows, and the end of a run, change a recording; the same on page and server.

Each function takes values and returns new ones. The caller reads and writes them in one
transaction.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.jobs import Job, advance, finish
from earwitness.domain.records import Record
from earwitness.domain.redaction import hide, parts_of
from earwitness.domain.scripts import count_words
from earwitness.domain.speakers import apply_attribution, with_speakers
from earwitness.engine_messages import ResumePoint, WindowRow
from earwitness.transcript import Segment

PREVIEW_MAX = 160
"""Characters of the preview in the history."""


class Batch(Protocol):
    """Windows decoded together. The page's `WindowsReady` and the engine's `Batch` are such."""

    @property
    def windows(self) -> Sequence[WindowRow]:
        """The new windows, in order."""
        ...

    @property
    def resume(self) -> ResumePoint:
        """Where the run goes on after this batch."""
        ...

    @property
    def position_s(self) -> float:
        """Everything before this time is final."""
        ...


@dataclass(frozen=True, slots=True)
class Transcription:
    """A recording with its job and document: what one transaction reads and writes."""

    record: Record
    job: Job
    document: Document


def is_committed(job: Job, batch: Batch) -> bool:
    """Return whether the job has this batch already: its sender died before it heard so."""
    return batch.resume.batch <= job.resume.batch


def apply_batch(
    before: Transcription, batch: Batch, *, replaces_text: bool = False
) -> Transcription:
    """Return the transcription after a batch that is not committed yet.

    Preview and word count grow with the new segments, unless the run `replaces_text` of an
    earlier one: then they describe a mixture, and only `apply_finish` counts anew.
    """
    record, job = before.record, before.job
    changes: dict[str, Any] = {}
    if job.whole and batch.resume.language:
        changes["language"] = batch.resume.language
        changes["language_probability"] = batch.resume.language_probability
    if not job.resume.batch:
        record = with_options_of(record, job)
    if not replaces_text:
        parts = parts_of(record.redactions)
        segments = [hide(segment, parts) for row in batch.windows for segment in row.segments]
        changes["word_count"] = record.word_count + _words_of(segments)
        # A preview with fewer words than the text was cut. Its "…" alone is no sign of that.
        if count_words(record.preview) >= record.word_count:
            changes["preview"] = preview(segments, record.preview)
    record = revised(record, **changes)
    document = _with_layer(before.document, job.run, until_s=batch.position_s)
    if replaces_text:
        document = dataclasses.replace(document, stable_since=record.revision)
    return Transcription(record, advance(job, batch.resume, batch.position_s), document)


def apply_finish(
    before: Transcription,
    opened: OpenDocument,
    *,
    duration_s: float,
    ends_s: float | None = None,
    broken_off: bool = False,
) -> tuple[Transcription, OpenDocument]:
    """Return the transcription at the end of its run, and the text it has then.

    Args:
        before: after the last batch.
        opened: its document with every window.
        duration_s: the length that the container tells; 0 where it tells none.
        ends_s: where the sound ended, which is the recording's length; None where the run did not
            get there.
        broken_off: the file ends there before it should.
    """
    job = before.job
    record = before.record
    document = _with_layer(before.document, job.run, finished=True)
    if not opened.alone:
        document = dataclasses.replace(document, stable_since=record.revision + 1)
    opened = apply_attribution(opened.with_document(document))
    document = opened.document
    if document.speakers.splits is not before.document.speakers.splits:
        document = dataclasses.replace(document, stable_since=record.revision + 1)
        opened = opened.with_document(document)
    if job.whole:
        duration_s = ends_s or duration_s or record.duration_s
        early_s = duration_s if broken_off else 0.0
        record = dataclasses.replace(record, duration_s=duration_s, ends_s=early_s)
    if not job.resume.batch and not job.on_server:
        record = with_options_of(record, job)
    position_s = record.duration_s if job.end_s is None else job.end_s
    record = with_speakers(with_counts(revised(record), opened.segments), opened)
    return Transcription(record, finish(job, position_s=position_s, error=None), document), opened


def with_options_of(record: Record, job: Job) -> Record:
    """Return the record with the model and task of a job over the whole recording.

    A job over a part changes neither.
    """
    if not job.whole:
        return record
    return dataclasses.replace(record, model=job.options.model, task=job.options.task)


def with_counts(record: Record, segments: Sequence[Segment]) -> Record:
    """Return the record with the preview and word count of this text."""
    return dataclasses.replace(record, preview=preview(segments), word_count=_words_of(segments))


def revised(record: Record, **changes: Any) -> Record:
    """Return the record with these changes and the next revision: its words have changed."""
    return dataclasses.replace(record, revision=record.revision + 1, **changes)


def preview(segments: Iterable[Segment], so_far: str = "") -> str:
    """Return the first words, continuing `so_far`, cut after a word where the script has spaces."""
    return preview_of((segment.text for segment in segments), so_far)


def preview_of(texts: Iterable[str], so_far: str = "") -> str:
    """Return the first words of texts as `preview` does."""
    text = so_far
    for each in texts:
        if len(text) > PREVIEW_MAX:
            break
        text = f"{text} {each.strip()}".strip()
    if len(text) <= PREVIEW_MAX:
        return text
    cut = text[:PREVIEW_MAX]
    space = cut.rfind(" ")
    return (cut[:space] if space > PREVIEW_MAX // 2 else cut).rstrip() + "…"


def _words_of(segments: Iterable[Segment]) -> int:
    return sum(count_words(segment.text) for segment in segments)


def _with_layer(document: Document, run: int, **changes: Any) -> Document:
    layers = tuple(
        dataclasses.replace(layer, **changes) if layer.run == run else layer
        for layer in document.layers
    )
    return dataclasses.replace(document, layers=layers)
