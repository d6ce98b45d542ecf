"""Saving the library to a backup and loading one, as the user asks for it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

from earwitness.domain.documents import OpenDocument
from earwitness.domain.jobs import Job, after_boot, finish, leave_server
from earwitness.domain.known_voices import KnownVoices
from earwitness.domain.queue_order import last_order
from earwitness.domain.records import Record, iso
from earwitness.domain.speakers import with_speakers
from earwitness.domain.terms import joined_terms
from earwitness.domain.transcription import with_counts
from earwitness.domain.versions import Recorded, Version
from earwitness.engine_messages import WindowRow
from earwitness.errors import EarwitnessError
from earwitness.library.backup.manifest import Saved, Terms
from earwitness.library.backup.read import BackupReader, refused
from earwitness.library.backup.unfinished import unfinished_job
from earwitness.library.backup.write import BackupWriter
from earwitness.library.bin import Bin
from earwitness.library.ports import Attachment, AudioStore, BackupFiles, Clock
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import EDITS, SPEAKERS, Store, transcript_prefix
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.library.wake_lock import WakeLock
from earwitness.messages import BackupFile, BackupLoaded, TranscribeOptions
from earwitness.serialization import from_plain


@dataclass
class BackupService:
    """One backup at a time; the file written last stays until the next one or the next visit."""

    _repository: LibraryRepository
    _bin: Bin
    _documents: DocumentCache
    _store: Store
    _audio_store: AudioStore
    _files: BackupFiles
    _clock: Clock
    _wake_lock: WakeLock

    def __post_init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()

    async def save(self, *, audio: bool) -> BackupFile:
        """Write everything in the library and its bin into one file.

        Raises:
            StorageError: it does not fit, or something cannot be read; no file is left.
        """
        async with self._one_at_a_time:
            with self._wake_lock.hold("backup"):
                name = f"earwitness-{self._clock.today()}.zip"
                return await self._files.write(name, self._pieces(audio=audio))

    async def load(self, attachment: Attachment, *, made_now: bool = False) -> BackupLoaded:
        """Add what a backup holds and the library does not.

        What lies in the bin here, and did not when it was saved, comes back out of the bin.
        What was in the bin then goes there for another 30 days. A job goes on where it was, and
        what had failed stays failed. A backup of 0.1.0 does not tell: there, what was not done is
        paused. Each recording is one transaction: a damaged one ends the loading, those before it
        stay. Its lists of terms are added to those of the settings, and remembered voices whose
        names are not known here. `made_now`: recordings that are added were made now.

        Raises:
            BadRequestError: no backup, damaged, or made to do harm.
            StorageError: it does not fit.
        """
        added: list[str] = []
        known: list[str] = []
        in_bin: list[str] = []
        async with self._one_at_a_time:
            with self._wake_lock.hold("backup"):
                reader = BackupReader(self._files.open(attachment))
                for id_ in reader.ids:
                    if self._repository.is_listed(id_):
                        known.append(id_)
                        continue
                    saved = reader.read(id_)
                    if id_ not in self._repository:
                        if made_now:
                            made_at = iso(self._clock.now())
                            record = dataclasses.replace(saved.record, created_at=made_at)
                            saved = dataclasses.replace(saved, record=record)
                        await self._add(saved, reader, attachment)
                        (in_bin if saved.record.removed_at else added).append(id_)
                    elif saved.record.removed_at:
                        known.append(id_)
                    else:
                        added += await self._bin.restore([id_])
                await self._add_terms(reader.terms)
                await self._add_voices(reader.voices)
        return BackupLoaded(tuple(added), tuple(known), tuple(in_bin))

    async def clear(self) -> None:
        """Delete the file of an earlier visit; if that fails, the next visit tries again."""
        with suppress(EarwitnessError):
            await self._files.clear()

    async def _pieces(self, *, audio: bool) -> AsyncIterator[bytes]:
        """Yield a backup of the library in pieces."""
        settings = self._repository.settings
        terms = Terms(settings.terms, settings.tag_terms)
        writer = BackupWriter(iso(self._clock.now()), terms, self._repository.known_voices)
        everything = self._repository.records() + self._repository.records(in_bin=True)
        for id_ in [record.id for record in everything]:
            record = self._repository.record(id_, in_bin=True)
            saved, versions = await self._saved(record)
            writer.add(saved, self._repository.job(id_, in_bin=True), versions)
            yield writer.drain()
            if audio and record.audio_path:
                async for piece in writer.add_audio(id_, self._audio_store.read(record.audio_path)):
                    yield piece
        yield writer.finish()

    async def _saved(self, record: Record) -> tuple[Saved, list[Version]]:
        versions: list[Version] = []
        windows: dict[str, list[WindowRow]] = {}
        document = await self._documents.document(record.id)
        for row in await self._store.scan("windows", prefix=transcript_prefix(record.id)):
            run = row.key.split("/")[1]
            if run == SPEAKERS:
                continue  # Voices belong in no backup.
            if run == EDITS:
                versions.append(from_plain(Version, row.value))
                continue
            windows.setdefault(str(int(run)), []).append(from_plain(WindowRow, row.value))
        rows_by_run = {run: tuple(rows) for run, rows in windows.items()}
        return Saved(record, document, rows_by_run), versions

    async def _add(self, saved: Saved, reader: BackupReader, attachment: Attachment) -> None:
        id_ = saved.record.id
        versions = reader.versions(id_)
        runs = {int(run): rows for run, rows in saved.windows.items()}
        layers = {layer.run: runs.get(layer.run, ()) for layer in saved.document.layers}
        opened = OpenDocument(saved.document, layers)
        record = with_speakers(with_counts(saved.record, opened.segments), opened)
        record = await self._with_audio(record, reader, attachment)
        if record.removed_at:
            record = dataclasses.replace(record, removed_at=iso(self._clock.now()))
        job = reader.job(id_)
        if not reader.has_jobs:
            job = unfinished_job(saved, last_order(self._repository.jobs_and_bin()))
        if job is None:
            options = TranscribeOptions(model=record.model, task=record.task)
            job = finish(Job(id_, options, 0.0, record.runs), position_s=record.duration_s)
        else:
            record = dataclasses.replace(record, runs=max(record.runs, job.run))
            # A server's own number of a job means nothing on another device.
            job = after_boot(leave_server(job), audio_here=bool(record.audio_path))
        try:
            async with self._repository.transaction() as t:
                t.put(record, job, saved.document)
                t.write(self._documents.shard(record, opened))
                for run, rows in runs.items():
                    t.put_windows(id_, run, rows)
                t.put_versions(id_, Recorded(versions, versions))
        except EarwitnessError:
            await self._audio_store.delete(id_)
            raise
        if not record.removed_at:
            await self._documents.index_transcript(id_)

    async def _add_terms(self, terms: Terms) -> None:
        """Add a backup's lists of terms to those of the settings."""
        if terms == Terms():
            return
        async with self._repository.transaction() as t:
            settings = self._repository.settings
            by_tag = dict(settings.tag_terms)
            for tag, more in terms.by_tag.items():
                by_tag[tag] = joined_terms(by_tag.get(tag, ()), more)
            everything = joined_terms(settings.terms, terms.everything)
            t.put(dataclasses.replace(settings, terms=everything, tag_terms=by_tag))

    async def _add_voices(self, voices: KnownVoices) -> None:
        known = self._repository.known_voices
        new = [each for each in voices.voices if known.named(each.name) is None]
        if new:
            async with self._repository.transaction() as t:
                for each in new:
                    known = known.with_voice(each)
                t.put(known)

    async def _with_audio(
        self, record: Record, reader: BackupReader, attachment: Attachment
    ) -> Record:
        """Keep the recording's audio, if there is some; return the record with it."""
        span = reader.audio(record.id)
        if span is None:
            return record
        piece = self._files.part(attachment, *span)
        kept = await self._audio_store.save(record.id, piece)
        if record.fingerprint and kept.fingerprint != record.fingerprint:
            await self._audio_store.delete(record.id)
            raise refused("an audio file in it is damaged", record.id)
        return dataclasses.replace(
            record, audio_path=kept.path, audio_bytes=kept.bytes, fingerprint=kept.fingerprint
        )
