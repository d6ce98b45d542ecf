"""Adding a transcript that comes with all its words, from a server or from a file."""

from __future__ import annotations

from earwitness.domain.finished_transcript import FinishedTranscript
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.document_cache import DocumentCache


async def import_transcript(
    repository: LibraryRepository, documents: DocumentCache, found: FinishedTranscript
) -> str:
    """Write a transcript as if it had been made here; return its id in this library.

    One of the same id that is in the library stays as it is.

    Raises:
        StorageError: nothing was written.
    """
    id_ = found.record.id
    if repository.is_listed(id_):
        return id_
    async with repository.transaction() as t:
        t.put(found.record, found.job, found.document)
        t.put_windows(id_, 1, [found.row])
        t.write(documents.shard(found.record, found.opened))
    await documents.index_transcript(id_)
    return id_
