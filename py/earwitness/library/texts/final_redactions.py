"""Making redactions final: one write takes the words out of all that is stored of a recording."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from dataclasses import dataclass

from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.final_redactions import is_open, made_final, without_voices
from earwitness.domain.jobs import UNFINISHED, with_one_track, without_words
from earwitness.domain.records import Record
from earwitness.domain.redaction import RedactedParts
from earwitness.domain.speakers import with_speakers
from earwitness.domain.transcription import revised, with_counts
from earwitness.engine_messages import SpeakerWindow, WindowRow
from earwitness.errors import BadRequestError, EarwitnessError
from earwitness.library.ports import AudioStore, BackupFiles, Emit
from earwitness.library.repository import LibraryRepository, Transaction
from earwitness.library.store import (
    EDITS,
    SPEAKERS,
    DeletePrefix,
    Put,
    Store,
    run_prefix,
    transcript_prefix,
    version_prefix,
)
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.messages import MakeRedactionsFinal, SegmentsSaved
from earwitness.serialization import from_plain, to_plain


@dataclass(frozen=True)
class FinalRedactions:
    """Deletes redacted words. What was written before the library ended is whole."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _store: Store
    _audio_store: AudioStore
    _backups: BackupFiles
    _emit: Emit

    async def make(self, request: MakeRedactionsFinal) -> None:
        """Delete the words, the versions of the text and the recording with the words.

        Raises:
            NotFoundError: there is no such transcript.
            BadRequestError: nothing is to be made final, there is work on the recording, or what
                was silenced is not what is redacted now.
            StorageError: nothing was changed.
        """
        id_ = request.transcript_id
        stored = await self._audio_store.list()
        async with self._repository.transaction() as t:
            record = self._repository.record(id_)
            opened = await self._documents.open(id_)
            self._check(request, record, opened.document, stored)
            record, opened = await self._rewrite(t, request, record, opened.document)
            if request.audio is not None:
                record = dataclasses.replace(
                    record,
                    audio_path=request.audio.path,
                    audio_bytes=request.audio.bytes,
                    fingerprint=request.audio.fingerprint,
                    media_type=request.audio.media_type,
                    tracks=(),
                )
            t.put(record, opened.document)
            t.write(self._documents.shard(record, opened))
        self._documents.remove(id_)
        self._documents.replace(opened)
        self._documents.index_from(record, opened, 0)
        self._emit(SegmentsSaved(id_, 0, opened.segments))
        # At the latest the next start deletes these.
        with suppress(EarwitnessError):
            await self._audio_store.delete_older(id_, record.audio_path)
        with suppress(EarwitnessError):
            await self._backups.clear()

    def _check(
        self,
        request: MakeRedactionsFinal,
        record: Record,
        document: Document,
        stored: dict[str, int],
    ) -> None:
        if not is_open(document):
            raise BadRequestError("There is nothing to make final.", hint="Redact words first.")
        speaker_job = record.speaker_job
        is_analysed = speaker_job is not None and speaker_job.state not in ("done", "failed")
        if self._repository.job(record.id).state in UNFINISHED or is_analysed:
            raise BadRequestError(
                "There is still work on this recording.",
                hint="Wait until it is done, or cancel it.",
            )
        if request.redactions != document.redactions:
            raise BadRequestError(
                "The redactions have changed meanwhile.", hint="Look at them, and try again."
            )
        audio = request.audio
        if not record.audio_path and audio is None:
            return
        is_there = audio is not None and stored.get(audio.path) == audio.bytes
        is_own = audio is not None and audio.path.startswith(f"audio/{record.id}.")
        if not record.audio_path or not is_there or not is_own:
            raise BadRequestError(
                "The silenced recording is not stored.", hint="Try again; nothing was changed."
            )

    async def _rewrite(
        self, t: Transaction, request: MakeRedactionsFinal, record: Record, document: Document
    ) -> tuple[Record, OpenDocument]:
        """Write everything but record and document without the words; return these two."""
        id_ = record.id
        windows: dict[int, list[WindowRow]] = {layer.run: [] for layer in document.layers}
        parts = RedactedParts(document.redactions)
        for row in await self._store.scan("windows", prefix=transcript_prefix(id_)):
            kind = row.key.split("/")[1]
            if kind == SPEAKERS:
                found = from_plain(SpeakerWindow, row.value)
                window = without_voices(found, parts)
                if window is not found:
                    t.write(Put("windows", row.key, to_plain(window)))
            elif kind != EDITS and int(kind) in windows:
                windows[int(kind)].append(from_plain(WindowRow, row.value))
            elif kind != EDITS:
                t.write(DeletePrefix("windows", run_prefix(id_, int(kind))))
        is_silenced = request.audio is not None
        final = made_final(document, windows, has_one_track=is_silenced)
        for run, rows in final.windows.items():
            t.put_windows(id_, run, rows)
        t.write(DeletePrefix("windows", version_prefix(id_)))
        job = without_words(self._repository.job(id_), final.removed)
        t.put(with_one_track(job) if is_silenced else job)
        document = dataclasses.replace(final.document, stable_since=record.revision + 1)
        opened = OpenDocument(document, {**windows, **final.windows})
        record = revised(record, redactions=document.redactions)
        return with_speakers(with_counts(record, opened.segments), opened), opened
