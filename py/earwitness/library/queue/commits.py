"""What a batch, or the end of a run, changes: all of it in one transaction."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from earwitness.domain import jobs
from earwitness.domain.documents import OpenDocument
from earwitness.domain.jobs import Job
from earwitness.domain.records import Record, without_audio
from earwitness.domain.speakers import apply_turns, with_new_indices, with_speakers
from earwitness.domain.transcription import Transcription, apply_batch, apply_finish, is_committed
from earwitness.engine_messages import Finished, WindowsReady
from earwitness.library.ports import AudioStore, Emit
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.messages import SegmentsSaved, SpeakerJob
from earwitness.transcript import Transcript


@dataclass(frozen=True)
class Commits:
    """Writes what the engine found, then lets the pages and the search know."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _audio_store: AudioStore
    _emit: Emit

    async def commit_windows(self, event: WindowsReady) -> None:
        """Commit a batch; one that is committed already changes nothing.

        Raises:
            StorageError: nothing was written.
        """
        id_ = event.transcript_id
        async with self._repository.transaction() as t:
            job = self._repository.job(id_, in_bin=True)
            record = self._repository.record(id_, in_bin=True)
            if job.run != event.run or record.removed_at or is_committed(job, event):
                return
            opened = await self._documents.open(id_)
            before = Transcription(record, job, opened.document)
            after = apply_batch(before, event, replaces_text=not opened.alone)
            audio_s = event.position_s - max(job.position_s, job.start_s)
            speeds = self._repository.speeds
            speeds = speeds.learned(job.options.model, event.compute_s, audio_s)
            t.put(after.record, after.job, after.document, speeds)
            t.put_windows(id_, event.run, event.windows)
            t.snapshot = not job.resume.batch
        first = opened.add(after.document, event.windows)
        self._documents.replace(opened)
        self._announce(after.record, opened, first)

    async def commit_finish(self, event: Finished, found: Transcript | None = None) -> None:
        """Commit the end of a run, or its pause. `found`: what a server answers, with its turns.

        An analysis of the speakers is queued if the run asked for it and nobody has done it.

        Raises:
            StorageError: nothing was written.
        """
        id_ = event.transcript_id
        async with self._repository.transaction() as t:
            job = self._repository.job(id_, in_bin=True)
            record = self._repository.record(id_, in_bin=True)
            if job.run != event.run or record.removed_at:
                return
            if event.paused:
                if jobs.stop.allows(job):
                    t.put(jobs.stop(job))
                return
            if not jobs.finish.allows(job):
                return
            before = await self._documents.open(id_)
            after, opened = apply_finish(
                Transcription(record, job, before.document),
                before,
                duration_s=event.duration_s,
                ends_s=event.ends_s,
                broken_off=event.broken_off,
            )
            record = after.record
            if found is not None and found.turns:
                opened = apply_turns(opened, found.speakers, found.turns)
                opened = with_new_indices(record, opened)
                done = SpeakerJob("done", job.options.speakers, record.duration_s)
                record = dataclasses.replace(with_speakers(record, opened), speaker_job=done)
            elif _wants_speakers(record, job):
                waiting = SpeakerJob(speakers=job.options.speakers)
                record = dataclasses.replace(record, speaker_job=waiting)
            waits = record.speaker_job is not None and record.speaker_job.state == "queued"
            if not self._repository.settings.keep_audio and not waits:
                record = without_audio(record)
            t.put(record, after.job, opened.document)
            t.write(self._documents.shard(record, opened))
        self._documents.replace(opened)
        self._announce(record, opened, opened.first_change(before.pieces))
        if not record.audio_path:
            await self._audio_store.delete(record.id)

    def _announce(self, record: Record, opened: OpenDocument, first: int | None) -> None:
        """Tell search and pages the segments from `first` on; None: only the record changed."""
        if first is None:
            self._documents.index_record(record)
            return
        self._documents.index_from(record, opened, first)
        self._emit(SegmentsSaved(record.id, first, opened.read_from(first)))


def _wants_speakers(record: Record, job: Job) -> bool:
    """Return whether the run's speakers are to be told apart, and have not been in this way."""
    before, wanted = record.speaker_job, job.options.speakers
    if wanted is False or not record.audio_path:
        return False
    return before is None or before.state == "failed" or before.speakers != wanted
