"""Recordings from the library into a backup, and from a backup into the library."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import IO

from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.jobs import Job, finish
from earwitness.domain.records import Record, iso
from earwitness.domain.transcription import with_counts
from earwitness.engine_messages import WindowRow
from earwitness.errors import EarwitnessError
from earwitness.library.backup.manifest import Saved
from earwitness.library.backup.read import AudioPart, BackupReader, refused
from earwitness.library.backup.write import BackupWriter
from earwitness.library.document_cache import DocumentCache
from earwitness.library.ports import AudioStore, Clock, StoredAudio
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import Store, transcript_prefix
from earwitness.messages import TranscribeOptions
from earwitness.serialization import from_plain

Save = Callable[[str, AudioPart], Awaitable[StoredAudio]]
"""Saves a part of the backup in the audio store under an id; StorageError: it does not fit."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a backup brought."""

    added: tuple[str, ...]
    known: tuple[str, ...]
    """These were in the library already and were left as they are."""


@dataclass(frozen=True)
class Transfer:
    """Moves whole recordings."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _store: Store
    _audio_store: AudioStore
    _clock: Clock

    async def save(
        self, transcript_ids: Iterable[str] = (), *, audio: bool = True
    ) -> AsyncIterator[bytes]:
        """Yield a backup of these recordings in pieces; none named means all.

        Raises:
            NotFoundError: one of them is not in the library.
            StorageError: something cannot be read.
        """
        wanted = tuple(dict.fromkeys(transcript_ids))
        wanted = wanted or tuple(record.id for record in self._repository.records())
        writer = BackupWriter(iso(self._clock.now()))
        for id_ in wanted:
            record = self._repository.record(id_)
            writer.add(await self._saved(id_))
            yield writer.drain()
            if audio and record.audio_path:
                async for piece in writer.add_audio(id_, self._audio_store.read(id_)):
                    yield piece
        yield writer.finish()

    async def load(self, file: IO[bytes], save: Save) -> Loaded:
        """Add what a backup holds and the library does not.

        Each recording is one transaction: a damaged one ends the loading, those before it stay.

        Raises:
            BadRequestError: no backup, damaged, or made to do harm.
            StorageError: it does not fit.
        """
        reader = BackupReader(file)
        added: list[str] = []
        known: list[str] = []
        for id_ in reader.ids:
            if id_ in self._repository:
                known.append(id_)
                continue
            await self._add(reader.read(id_), reader, save)
            added.append(id_)
        return Loaded(tuple(added), tuple(known))

    async def _saved(self, id_: str) -> Saved:
        kept = await self._store.get("documents", id_)
        windows: dict[str, list[WindowRow]] = {}
        for row in await self._store.scan("windows", prefix=transcript_prefix(id_)):
            run = str(int(row.key.split("/")[1]))
            windows.setdefault(run, []).append(from_plain(WindowRow, row.value))
        return Saved(
            record=self._repository.record(id_),
            document=from_plain(Document, kept) if kept is not None else Document(id_),
            windows={run: tuple(rows) for run, rows in windows.items()},
        )

    async def _add(self, saved: Saved, reader: BackupReader, save: Save) -> None:
        record = saved.record
        runs = {int(run): rows for run, rows in saved.windows.items()}
        layers = {layer.run: runs.get(layer.run, ()) for layer in saved.document.layers}
        opened = OpenDocument(saved.document, layers)
        record = with_counts(record, opened.segments)
        part = reader.audio(record.id)
        if part is not None:
            record = await self._with_audio(record, await save(record.id, part))
        options = TranscribeOptions(model=record.model, task=record.task)
        job = finish(Job(record.id, options, 0.0, record.runs), position_s=record.duration_s)
        try:
            async with self._repository.transaction() as t:
                t.put(record, job, saved.document)
                t.write(self._documents.shard(record, opened))
                for run, rows in runs.items():
                    t.put_windows(record.id, run, rows)
        except EarwitnessError:
            await self._audio_store.delete(record.id)
            raise
        await self._documents.index_transcript(record.id)

    async def _with_audio(self, record: Record, audio: StoredAudio) -> Record:
        if record.fingerprint and audio.fingerprint != record.fingerprint:
            await self._audio_store.delete(record.id)
            raise refused("an audio file in it is damaged", record.id)
        return dataclasses.replace(
            record, audio_path=audio.path, audio_bytes=audio.bytes, fingerprint=audio.fingerprint
        )
