"""The analyses that tell speakers apart: which one is next, and what its results change.

An analysis begins once the words are there, and is kept in the record. Its windows are stored as
they come, so that it goes on after a reload. If it fails, the text stays as it is.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from earwitness import engine_messages as em
from earwitness.domain.media_types import media_type_of
from earwitness.domain.records import Record, without_audio
from earwitness.domain.speakers import (
    apply_turns,
    speaker_range,
    with_new_indices,
    with_speakers,
)
from earwitness.domain.transcription import revised, with_counts
from earwitness.errors import BadRequestError, ErrorView, StorageError
from earwitness.library.models import ModelCatalogue
from earwitness.library.ports import AudioStore, Emit
from earwitness.library.queue.placement import Placement
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import DeletePrefix, Put, Store, speaker_key, speaker_prefix
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.library.texts.remembered_voices import RememberedVoices
from earwitness.messages import SegmentsSaved, SpeakerCount, SpeakerJob
from earwitness.serialization import from_plain, to_plain

_NO_AUDIO = ErrorView(
    "NotFoundError",
    "The audio of this recording is not stored here.",
    "Add the recording again to tell its speakers apart.",
)
_NOT_FETCHED = ErrorView(
    "ModelError",
    "The speaker models were not downloaded.",
    "Find the speakers again when you want to download them.",
)


@dataclass(frozen=True)
class SpeakerJobs:
    """Each method that writes raises StorageError; then nothing is changed, but by `fail`."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _store: Store
    _audio_store: AudioStore
    _models: ModelCatalogue
    _placement: Placement
    _voices: RememberedVoices
    _emit: Emit

    @property
    def model_id(self) -> str:
        """The id of the models; empty: there are none here."""
        return self._models.speakers.id if self._models.speakers is not None else ""

    async def request(self, transcript_id: str, wanted: SpeakerCount) -> None:
        """Queue an analysis, or the same one with another number; False withdraws it.

        Raises:
            NotFoundError: there is no such transcript.
            BadRequestError: the number is not valid, or the audio is not stored.
        """
        record = self._repository.record(transcript_id)
        if speaker_range(wanted) is None:
            await self._change(transcript_id, None)
            return
        if not record.audio_path:
            raise BadRequestError(_NO_AUDIO.message, hint=_NO_AUDIO.hint)
        await self._change(transcript_id, SpeakerJob(speakers=wanted))

    async def claim(self, *, metered: bool) -> Record | None:
        """Return the recording whose analysis is next; None: none may begin.

        `metered`: the connection counts bytes, so that the user is asked before a download.
        """
        for record in reversed(self._repository.records()):
            job = record.speaker_job
            if job is None or job.state != "queued":
                continue
            if self._repository.job(record.id).state != "done":
                continue
            if not record.audio_path:
                await self.fail(record.id, _NO_AUDIO)
            elif not metered or self._placement.may_be_fetched(self._models.speakers, ask=True):
                return record
        return None

    async def engine_request(self, record: Record) -> em.FindSpeakers:
        """Return what the engine is asked for a recording.

        Raises:
            StorageError: the store cannot be read.
        """
        rows = await self._store.scan("windows", prefix=speaker_prefix(record.id))
        windows = tuple(from_plain(em.SpeakerWindow, row.value) for row in rows)
        job = record.speaker_job or SpeakerJob()
        least, most = speaker_range(job.speakers) or (1, None)
        track = self._repository.job(record.id).options.audio_track
        settings = self._repository.settings
        return em.FindSpeakers(
            record.id,
            record.audio_path,
            track,
            windows,
            least,
            most,
            settings.device,
            settings.threads,
            media_type_of(record.name, record.media_type),
        )

    async def save(self, event: em.SpeakersReady) -> None:
        """Write windows, and how far the analysis is. Those of one that is not wanted are lost."""
        id_ = event.transcript_id
        async with self._repository.transaction() as t:
            record = self._repository.record(id_, in_bin=True)
            if record.speaker_job is None:
                return
            job = dataclasses.replace(record.speaker_job, position_s=event.position_s)
            t.put(dataclasses.replace(record, speaker_job=job))
            t.snapshot = False
            for number, window in enumerate(event.windows, event.first):
                t.write(Put("windows", speaker_key(id_, number), to_plain(window)))

    async def finish(self, event: em.SpeakersFound) -> None:
        """Write who says what, then let the pages and the search know."""
        id_ = event.transcript_id
        recognised = await self._voices.recognise(event)
        people = recognised.found.speakers
        async with self._repository.transaction() as t:
            record = self._repository.record(id_, in_bin=True)
            if record.removed_at or record.speaker_job is None:
                return
            opened = apply_turns(await self._documents.open(id_), people, event.turns)
            job = dataclasses.replace(
                record.speaker_job, state="done", error=None, recognised=dict(recognised.likeness)
            )
            record = with_counts(revised(record, speaker_job=job), opened.segments)
            record = with_speakers(record, opened)
            opened = with_new_indices(record, opened)
            if not self._repository.settings.keep_audio:
                record = without_audio(record)
                t.write(DeletePrefix("windows", speaker_prefix(id_)))
            t.put(record, opened.document)
            t.write(self._documents.shard(record, opened))
        self._documents.replace(opened)
        self._documents.index_from(record, opened, 0)
        self._emit(SegmentsSaved(id_, 0, opened.segments))
        if not record.audio_path:
            await self._audio_store.delete(id_)

    async def fail(self, transcript_id: str, error: ErrorView) -> None:
        """Write why an analysis failed; the text stays as it is.

        Where the store refuses, it fails in memory at least, so that it does not begin again.
        """
        record = self._repository.record(transcript_id, in_bin=True)
        if record.speaker_job is not None:
            job = dataclasses.replace(record.speaker_job, state="failed", error=error)
            try:
                await self._change(transcript_id, job)
            except StorageError:
                await self._repository.keep_in_memory(transcript_id, speaker_job=job)
                raise

    async def download_refused(self) -> list[str]:
        """End the analyses that wait for the models; return the ids of their recordings."""
        waiting = [
            record.id
            for record in self._repository.records()
            if record.speaker_job is not None and record.speaker_job.state == "queued"
        ]
        for id_ in waiting:
            await self.fail(id_, _NOT_FETCHED)
        return waiting

    async def _change(self, transcript_id: str, job: SpeakerJob | None) -> None:
        """Write the state of an analysis; audio that only it waited for is deleted."""
        is_over = job is None or job.state == "failed"
        async with self._repository.transaction() as t:
            record = self._repository.record(transcript_id, in_bin=True)
            was_waiting = record.speaker_job is not None and record.speaker_job.state == "queued"
            record = dataclasses.replace(record, speaker_job=job)
            done = self._repository.job(transcript_id, in_bin=True).state == "done"
            keeps = self._repository.settings.keep_audio or not (is_over and was_waiting and done)
            if not keeps:
                record = without_audio(record)
                t.write(DeletePrefix("windows", speaker_prefix(transcript_id)))
            t.put(record)
        if not keeps:
            await self._audio_store.delete(transcript_id)
