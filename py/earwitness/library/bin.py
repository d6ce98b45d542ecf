"""The bin: removed transcripts wait there until they are restored, emptied, or 30 days old."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from earwitness.domain.jobs import RUNNING
from earwitness.domain.records import iso, seconds
from earwitness.errors import NotFoundError
from earwitness.library.document_cache import Texts
from earwitness.library.ports import AudioShelf, Clock
from earwitness.library.repository import Ledger

KEPT_DAYS = 30
"""How long a removed transcript can be restored."""
KEPT_S = KEPT_DAYS * 24 * 3600.0


class Bin:
    """Removing takes a transcript out of lists, queue and search; nothing else changes."""

    def __init__(self, ledger: Ledger, texts: Texts, shelf: AudioShelf, clock: Clock) -> None:
        self._ledger = ledger
        self._texts = texts
        self._shelf = shelf
        self._clock = clock

    async def remove(self, transcript_ids: Iterable[str]) -> tuple[str, ...]:
        """Move them in; those that are there already are left as they are.

        Returns:
            The ids that went in.

        Raises:
            NotFoundError: one of them never was; none is moved.
            StorageError: none is moved.
        """
        async with self._ledger.lock:
            self._known(transcript_ids)
            now = iso(self._clock.now())
            moved = [
                dataclasses.replace(record, removed_at=now)
                for id_ in dict.fromkeys(transcript_ids)
                if not (record := self._ledger.records[id_]).removed_at
            ]
            jobs = [self._ledger.jobs[record.id] for record in moved]
            waiting = [dataclasses.replace(j, state="queued") for j in jobs if j.state in RUNNING]
            await self._ledger.commit(moved, waiting)
        for record in moved:
            self._texts.removed(record.id)
        return tuple(record.id for record in moved)

    async def restore(self, transcript_ids: Iterable[str]) -> tuple[str, ...]:
        """Take them out again, words, audio, place in the queue and all.

        Raises:
            NotFoundError: one of them is not there any more; none is restored.
            StorageError: none is restored.
        """
        async with self._ledger.lock:
            self._known(transcript_ids)
            moved = [
                dataclasses.replace(record, removed_at="")
                for id_ in dict.fromkeys(transcript_ids)
                if (record := self._ledger.records[id_]).removed_at
            ]
            await self._ledger.commit(moved)
        for record in moved:
            await self._texts.index_one(record.id)
        return tuple(record.id for record in moved)

    async def empty(self, older_than_s: float = 0.0) -> tuple[str, ...]:
        """Delete for good what has been in the bin for that long, audio included.

        Raises:
            StorageError: the store or the shelf would not; what is gone is gone.
        """
        async with self._ledger.lock:
            limit = self._clock.now() - older_than_s
            gone = tuple(
                record.id
                for record in self._ledger.records.values()
                if record.removed_at and seconds(record.removed_at) <= limit
            )
            if gone:
                await self._ledger.forget(gone)
        for id_ in gone:
            await self._shelf.delete(id_)
        return gone

    def _known(self, transcript_ids: Iterable[str]) -> None:
        for id_ in transcript_ids:
            if id_ not in self._ledger.records:
                raise NotFoundError(
                    "That transcript has been deleted for good.",
                    hint="It cannot be brought back; transcribe the recording again.",
                    detail=id_,
                )
