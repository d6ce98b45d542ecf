"""A transcript that comes with all its words, as record, job and document of a library."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.domain.documents import Document, Layer, OpenDocument, SpeakerMarks
from earwitness.domain.highlights import labels_of, taken_over
from earwitness.domain.jobs import Job, ServerJob, finish
from earwitness.domain.records import Record, check_id, clean_name, clean_tags, shared_fields
from earwitness.domain.speakers import with_speakers
from earwitness.domain.transcription import with_counts
from earwitness.engine_messages import WindowRow
from earwitness.messages import TranscribeOptions
from earwitness.transcript import Transcript

_NO_SERVER = ServerJob()


@dataclass(frozen=True, slots=True)
class FinishedTranscript:
    """What a library stores of it."""

    record: Record
    job: Job
    opened: OpenDocument
    row: WindowRow
    """The only window."""

    @property
    def document(self) -> Document:
        """Its only layer."""
        return self.opened.document


def finished_transcript(
    found: Transcript,
    options: TranscribeOptions,
    server: ServerJob = _NO_SERVER,
    created_s: float = 0.0,
) -> FinishedTranscript:
    """Return what is stored of a transcript, whose id is kept.

    Args:
        found: all of it.
        options: for another run.
        server: where it was made; by default it was imported.
        created_s: when its job was made, in seconds since 1970.

    Raises:
        BadRequestError: its id, tags or highlights are not valid.
    """
    id_ = check_id(found.id)
    described = shared_fields(found, Record)
    described["name"] = clean_name(found.name)
    described["tags"] = clean_tags(found.tags)
    row = WindowRow(0, 0, 0.0, found.duration_s, found.segments)
    layers = (Layer(1, until_s=found.duration_s, finished=True),)
    marks = SpeakerMarks(people=found.speakers, turns=found.turns)
    highlights = taken_over(found.highlights, found.duration_s)
    described["labels"] = labels_of(highlights.values())
    document = Document(
        id_, layers, speakers=marks, highlights=highlights, redactions=found.redactions
    )
    opened = OpenDocument(document, {1: (row,)})
    record = with_speakers(with_counts(Record(**described), opened.segments), opened)
    job = finish(Job(id_, options, created_s, server=server), position_s=found.duration_s)
    return FinishedTranscript(record, job, opened, row)
