"""What a batch, or the end of a run, changes: all of it in one transaction."""

from __future__ import annotations

import dataclasses
from typing import Any

from earwitness.domain import records as lines
from earwitness.domain.documents import Document, Layer, OpenDocument
from earwitness.domain.jobs import RUNNING, Job
from earwitness.domain.records import Record
from earwitness.engine_messages import Finished, WindowsReady
from earwitness.library.document_cache import Texts, document_put
from earwitness.library.ports import AudioShelf, Emit
from earwitness.library.queue.estimate import Speeds
from earwitness.library.repository import Ledger, changed_words
from earwitness.library.store import Change, Put, window_key
from earwitness.messages import SegmentsSaved
from earwitness.serialization import to_plain

MISSING_S = 1.0
MISSING_SHARE = 0.01
"""What may be missing at a recording's end without a word: containers round, encoders pad."""


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
            over = job.run != event.run or self._ledger.records[event.transcript_id].removed_at
            if over or event.resume.batch <= job.resume.batch:
                return
            opened = await self._texts.open(event.transcript_id)
            record = self._record_after(event, job, opened)
            document = _reaching(opened.document, job.run, event.position_s)
            changes: list[Change] = [
                Put(
                    "windows",
                    window_key(event.transcript_id, event.run, row.window),
                    to_plain(row),
                )
                for row in event.windows
            ]
            before: Speeds = self._ledger.speeds
            audio_s = event.position_s - max(job.position_s, job.start_s)
            changes.append(self._ledger.learned(job.options.model, event.compute_s, audio_s))
            changes.append(document_put(document))
            job = dataclasses.replace(job, resume=event.resume, position_s=event.position_s)
            try:
                await self._ledger.commit([record], [job], changes, snapshot=job.resume.batch == 1)
            except BaseException:
                self._ledger.speeds = before
                raise
            first = opened.add(document, event.windows)
            self._texts.committed(opened)
        self._texts.appended(record, opened, first)
        segments = opened.read_from(first)
        if segments:
            self._emit(SegmentsSaved(record.id, first, segments))

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
            opened = await self._texts.open(event.transcript_id)
            document = _finished(opened.document, job.run)
            duration_s = event.duration_s if job.whole else record.duration_s
            record = changed_words(record, duration_s=duration_s or record.duration_s)
            if not job.resume.batch and not job.on_server:
                record = described(record, job)
            if job.whole:
                record = dataclasses.replace(record, ends_s=_too_early_s(event, record.duration_s))
            if not self._ledger.settings.keep_audio:
                record = lines.without_audio(record)
            position_s = record.duration_s if job.end_s is None else job.end_s
            job = dataclasses.replace(job, state="done", position_s=position_s, error=None)
            first = opened.add(document, ())
            record = counted(record, opened)
            changes = [document_put(document), self._texts.shard(record, opened)]
            try:
                await self._ledger.commit([record], [job], changes)
            except BaseException:
                self._texts.close(record.id)
                raise
            self._texts.committed(opened)
        if first < len(opened.pieces):
            self._texts.appended(record, opened, first)
            self._emit(SegmentsSaved(record.id, first, opened.read_from(first)))
        if not record.audio_path:
            await self._shelf.delete(record.id)

    def _record_after(self, event: WindowsReady, job: Job, opened: OpenDocument) -> Record:
        record = self._ledger.records[event.transcript_id]
        new = [segment for row in event.windows for segment in row.segments]
        changes: dict[str, Any] = {}
        if job.whole and event.resume.language:
            changes["language"] = event.resume.language
            changes["language_probability"] = event.resume.language_probability
        if not job.resume.batch:
            record = described(record, job)
        if opened.alone:
            words = sum(lines.count_words(segment.text) for segment in new)
            changes["word_count"] = record.word_count + words
            if not record.preview.endswith("…"):
                changes["preview"] = lines.preview(new, record.preview)
        return changed_words(record, **changes)


def described(record: Record, job: Job) -> Record:
    """The record of a text that this job has begun to write; a part changes no description."""
    if not job.whole:
        return record
    return dataclasses.replace(record, model=job.options.model, task=job.options.task)


def counted(record: Record, opened: OpenDocument) -> Record:
    """The record with preview and word count of the text as it is now."""
    segments = opened.segments
    return dataclasses.replace(
        record,
        preview=lines.preview(segments),
        word_count=sum(lines.count_words(segment.text) for segment in segments),
    )


def _too_early_s(event: Finished, duration_s: float) -> float:
    """Where a recording ends, when what is missing is more than a rounded length; else 0."""
    if event.ends_s is None:
        return 0.0
    missing_s = duration_s - event.ends_s
    told = event.broken_off or missing_s > max(MISSING_S, duration_s * MISSING_SHARE)
    return event.ends_s if told else 0.0


def _reaching(document: Document, run: int, until_s: float) -> Document:
    return _with_layer(document, run, until_s=until_s)


def _finished(document: Document, run: int) -> Document:
    return _with_layer(document, run, finished=True)


def _with_layer(document: Document, run: int, **changes: Any) -> Document:
    layers: tuple[Layer, ...] = tuple(
        dataclasses.replace(layer, **changes) if layer.run == run else layer
        for layer in document.layers
    )
    return dataclasses.replace(document, layers=layers)
