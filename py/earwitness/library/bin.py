"""The bin: removed transcripts wait there until they are restored, emptied, or 30 days old."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from earwitness.domain.jobs import Job, interrupt
from earwitness.domain.records import Record, iso, seconds
from earwitness.errors import NotFoundError
from earwitness.library.ports import AudioStore, Clock
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.document_cache import DocumentCache

KEPT_DAYS = 30
"""How long a removed transcript can be restored."""
KEPT_S = KEPT_DAYS * 24 * 3600.0


@dataclass(frozen=True)
class Bin:
    """Removing a transcript takes it out of lists, queue and search, and changes nothing else."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _audio_store: AudioStore
    _clock: Clock

    async def remove(self, transcript_ids: Iterable[str]) -> tuple[str, ...]:
        """Move transcripts into the bin; those in it already are left as they are.

        Returns:
            The ids that went in.

        Raises:
            NotFoundError: one of them never was; none is moved.
            StorageError: none is moved.
        """
        async with self._repository.transaction() as t:
            now = iso(self._clock.now())
            moved = [
                dataclasses.replace(record, removed_at=now)
                for record in self._records(transcript_ids)
                if not record.removed_at
            ]
            for record in moved:
                job = self._repository.job(record.id)
                t.put(record, *([interrupt(job)] if interrupt.allows(job) else []))
        for record in moved:
            self._documents.remove(record.id)
        return tuple(record.id for record in moved)

    async def restore(self, transcript_ids: Iterable[str]) -> tuple[str, ...]:
        """Take transcripts out of the bin, words, audio, position in the queue and all.

        Raises:
            NotFoundError: one of them is not there any more; none is restored.
            StorageError: none is restored.
        """
        async with self._repository.transaction() as t:
            moved = [
                dataclasses.replace(record, removed_at="")
                for record in self._records(transcript_ids)
                if record.removed_at
            ]
            t.put(*moved)
        for record in moved:
            await self._documents.index_transcript(record.id)
        return tuple(record.id for record in moved)

    async def empty(self, older_than_s: float = 0.0) -> list[Job]:
        """Delete for good what has been in the bin for that long, audio included.

        Returns:
            The jobs of what is gone, so that servers can delete their copies.

        Raises:
            StorageError: the database or the audio store refuses; what is gone is gone.
        """
        async with self._repository.transaction() as t:
            limit = self._clock.now() - older_than_s
            gone = [
                self._repository.job(record.id, in_bin=True)
                for record in self._repository.records(in_bin=True)
                if seconds(record.removed_at) <= limit
            ]
            for job in gone:
                t.delete(job.transcript_id)
        for job in gone:
            await self._audio_store.delete(job.transcript_id)
        return gone

    def _records(self, transcript_ids: Iterable[str]) -> list[Record]:
        """Return each of the records once."""
        ids = tuple(dict.fromkeys(transcript_ids))
        for id_ in ids:
            if id_ not in self._repository:
                raise NotFoundError(
                    "That transcript has been deleted for good.",
                    hint="It cannot be brought back; transcribe the recording again.",
                    detail=id_,
                )
        return [self._repository.record(id_, in_bin=True) for id_ in ids]
