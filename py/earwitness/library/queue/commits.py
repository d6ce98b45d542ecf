"""What a batch, or the end of a run, changes: all of it in one transaction."""

from __future__ import annotations

import dataclasses

from earwitness.domain.documents import OpenDocument
from earwitness.domain.jobs import RUNNING
from earwitness.domain.records import Record, without_audio
from earwitness.domain.transcription import (
    Transcription,
    apply_batch,
    apply_finish,
    is_committed,
)
from earwitness.engine_messages import Finished, WindowsReady
from earwitness.library.document_cache import Texts, document_put
from earwitness.library.ports import AudioShelf, Emit
from earwitness.library.queue.estimate import Speeds
from earwitness.library.repository import Ledger
from earwitness.library.store import Change, Put, window_key
from earwitness.messages import SegmentsSaved
from earwitness.serialization import to_plain


class Commits:
    """Writes what the engine found, then lets the pages and the search know."""

    def __init__(self, ledger: Ledger, texts: Texts, shelf: AudioShelf, emit: Emit) -> None:
        self._ledger = ledger
        self._texts = texts
        self._shelf = shelf
        self._emit = emit

    async def windows(self, event: WindowsReady) -> None:
        """Commit a batch; one that is committed already changes nothing.

        Raises:
            StorageError: nothing was written.
        """
        async with self._ledger.lock:
            job = self._ledger.jobs[event.transcript_id]
            record = self._ledger.records[event.transcript_id]
            if job.run != event.run or record.removed_at or is_committed(job, event):
                return
            opened = await self._texts.open(event.transcript_id)
            before = Transcription(record, job, opened.document)
            after = apply_batch(before, event, replaces_text=not opened.alone)
            changes: list[Change] = [
                Put(
                    "windows",
                    window_key(event.transcript_id, event.run, row.window),
                    to_plain(row),
                )
                for row in event.windows
            ]
            speeds: Speeds = self._ledger.speeds
            audio_s = event.position_s - max(job.position_s, job.start_s)
            changes.append(self._ledger.learned(job.options.model, event.compute_s, audio_s))
            changes.append(document_put(after.document))
            try:
                await self._ledger.commit(
                    [after.record], [after.job], changes, snapshot=not job.resume.batch
                )
            except BaseException:
                self._ledger.speeds = speeds
                raise
            first = opened.add(after.document, event.windows)
            self._texts.committed(opened)
        self._announce(after.record, opened, first)

    async def finished(self, event: Finished) -> None:
        """Commit the end of a run, or its pause.

        Raises:
            StorageError: nothing was written.
        """
        async with self._ledger.lock:
            job = self._ledger.jobs[event.transcript_id]
            record = self._ledger.records[event.transcript_id]
            if job.run != event.run or record.removed_at:
                return
            if event.paused:
                if job.state in RUNNING:
                    await self._ledger.commit(jobs=[dataclasses.replace(job, state="paused")])
                return
            before = await self._texts.open(event.transcript_id)
            after, opened = apply_finish(
                Transcription(record, job, before.document),
                before,
                duration_s=event.duration_s,
                ends_s=event.ends_s,
                broken_off=event.broken_off,
            )
            record = after.record
            if not self._ledger.settings.keep_audio:
                record = without_audio(record)
            changes = [document_put(after.document), self._texts.shard(record, opened)]
            await self._ledger.commit([record], [after.job], changes)
            self._texts.committed(opened)
        self._announce(record, opened, opened.first_change(before))
        if not record.audio_path:
            await self._shelf.delete(record.id)

    def _announce(self, record: Record, opened: OpenDocument, first: int | None) -> None:
        """Tell search and pages the segments from `first` on; None: only the record changed."""
        if first is None:
            self._texts.described(record)
            return
        self._texts.appended(record, opened, first)
        self._emit(SegmentsSaved(record.id, first, opened.read_from(first)))
