"""Adding a transcript that comes with all its words, from a server."""

from __future__ import annotations

from earwitness.domain.documents import Document, Layer, OpenDocument, SpeakerMarks
from earwitness.domain.jobs import Job, ServerJob, finish
from earwitness.domain.records import Record, check_id, clean_name, clean_tags, shared_fields
from earwitness.domain.speakers import with_speakers
from earwitness.domain.transcription import with_counts
from earwitness.engine_messages import WindowRow
from earwitness.library.document_cache import DocumentCache
from earwitness.library.repository import LibraryRepository
from earwitness.messages import TranscribeOptions
from earwitness.transcript import Transcript


async def import_transcript(
    repository: LibraryRepository, documents: DocumentCache, found: Transcript, server: ServerJob
) -> str:
    """Write a transcript of a server as if it had been made here; return its id in this library.

    One of the same id that is in the library stays as it is.

    Raises:
        BadRequestError: its id or tags are not valid.
        StorageError: nothing was written.
    """
    id_ = check_id(found.id)
    if repository.is_listed(id_):
        return id_
    described = shared_fields(found, Record)
    described["name"] = clean_name(found.name)
    described["tags"] = clean_tags(found.tags)
    record = Record(**described)
    row = WindowRow(0, 0, 0.0, found.duration_s, found.segments)
    marks = SpeakerMarks(people=found.speakers, turns=found.turns)
    layers = (Layer(1, until_s=found.duration_s, finished=True),)
    document = Document(id_, layers, speakers=marks)
    opened = OpenDocument(document, {1: (row,)})
    record = with_speakers(with_counts(record, opened.segments), opened)
    options = TranscribeOptions(model=found.model, task=found.task, where="server")
    async with repository.transaction() as t:
        job = finish(Job(id_, options, 0.0, server=server), position_s=found.duration_s)
        t.put(record, job, document)
        t.put_windows(id_, 1, [row])
        t.write(documents.shard(record, opened))
    await documents.index_transcript(id_)
    return id_
