"""Recordings from the library into a backup, and from a backup into the library."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import IO

from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.jobs import Job, after_boot, finish, leave_server
from earwitness.domain.records import Record, iso
from earwitness.domain.transcription import with_counts
from earwitness.engine_messages import WindowRow
from earwitness.errors import EarwitnessError
from earwitness.library.backup.manifest import Saved
from earwitness.library.backup.read import AudioPart, BackupReader, refused
from earwitness.library.backup.write import BackupWriter
from earwitness.library.bin import Bin
from earwitness.library.document_cache import DocumentCache
from earwitness.library.ports import AudioShelf, Clock, KeptAudio
from earwitness.library.repository import LibraryRepository
from earwitness.library.store import Store, transcript_prefix
from earwitness.messages import TranscribeOptions
from earwitness.serialization import from_plain

Keep = Callable[[str, AudioPart], Awaitable[KeptAudio]]
"""Puts a part of the backup on the shelf under an id; raises StorageError when it does not fit."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a backup brought."""

    added: tuple[str, ...]
    known: tuple[str, ...]
    """These were in the library already and were left as they are."""
    in_bin: tuple[str, ...]
    """These came into the bin, where they were when they were saved."""


@dataclass(frozen=True)
class Transfer:
    """Moves whole recordings."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _store: Store
    _shelf: AudioShelf
    _clock: Clock

    async def save(
        self, transcript_ids: Iterable[str] = (), *, audio: bool = True
    ) -> AsyncIterator[bytes]:
        """Yield a backup of these recordings in pieces; none named means all, the bin too.

        Raises:
            NotFoundError: one of them is not in the library.
            StorageError: something cannot be read.
        """
        wanted = tuple(dict.fromkeys(transcript_ids))
        if not wanted:
            everything = self._repository.records() + self._repository.records(in_bin=True)
            wanted = tuple(record.id for record in everything)
        writer = BackupWriter(iso(self._clock.now()))
        for id_ in wanted:
            record = self._repository.record(id_, in_bin=True)
            writer.add(await self._saved(id_), self._repository.job(id_, in_bin=True))
            yield writer.drain()
            if audio and record.audio_path:
                async for piece in writer.add_audio(id_, self._shelf.read(id_)):
                    yield piece
        yield writer.finish()

    async def load(self, file: IO[bytes], keep: Keep) -> Loaded:
        """Add what a backup holds and the library does not.

        What lies in the bin here, and did not when it was saved, comes back out of the bin.
        What was in the bin then goes there for another 30 days. A job goes on where it was, and
        what had failed stays failed. Each recording is one transaction: a damaged one ends the
        loading, those before it stay.

        Raises:
            BadRequestError: no backup, damaged, or made to do harm.
            StorageError: it does not fit.
        """
        reader = BackupReader(file)
        added: list[str] = []
        known: list[str] = []
        in_bin: list[str] = []
        bin = Bin(self._repository, self._documents, self._shelf, self._clock)
        for id_ in reader.ids:
            if self._repository.is_listed(id_):
                known.append(id_)
                continue
            saved = reader.read(id_)
            if id_ not in self._repository:
                await self._add(saved, reader, keep)
                (in_bin if saved.record.removed_at else added).append(id_)
            elif saved.record.removed_at:
                known.append(id_)
            else:
                added += await bin.restore([id_])
        return Loaded(tuple(added), tuple(known), tuple(in_bin))

    async def _saved(self, id_: str) -> Saved:
        kept = await self._store.get("documents", id_)
        windows: dict[str, list[WindowRow]] = {}
        for row in await self._store.scan("windows", prefix=transcript_prefix(id_)):
            run = str(int(row.key.split("/")[1]))
            windows.setdefault(run, []).append(from_plain(WindowRow, row.value))
        return Saved(
            record=self._repository.record(id_, in_bin=True),
            document=from_plain(Document, kept) if kept is not None else Document(id_),
            windows={run: tuple(rows) for run, rows in windows.items()},
        )

    async def _add(self, saved: Saved, reader: BackupReader, keep: Keep) -> None:
        record = saved.record
        runs = {int(run): rows for run, rows in saved.windows.items()}
        layers = {layer.run: runs.get(layer.run, ()) for layer in saved.document.layers}
        opened = OpenDocument(saved.document, layers)
        record = with_counts(record, opened.segments)
        part = reader.audio(record.id)
        if part is not None:
            record = await self._with_audio(record, await keep(record.id, part))
        if record.removed_at:
            record = dataclasses.replace(record, removed_at=iso(self._clock.now()))
        options = TranscribeOptions(model=record.model, task=record.task)
        job = reader.job(record.id)
        if job is None:
            job = finish(Job(record.id, options, 0.0, record.runs), position_s=record.duration_s)
        else:
            record = dataclasses.replace(record, runs=max(record.runs, job.run))
            # A server's own number of a job means nothing on another device.
            job = after_boot(leave_server(job), audio_here=bool(record.audio_path))
        try:
            async with self._repository.transaction() as t:
                t.put(record, job, saved.document)
                t.write(self._documents.shard(record, opened))
                for run, rows in runs.items():
                    t.put_windows(record.id, run, rows)
        except EarwitnessError:
            await self._shelf.delete(record.id)
            raise
        if not record.removed_at:
            await self._documents.index_transcript(record.id)

    async def _with_audio(self, record: Record, kept: KeptAudio) -> Record:
        if record.fingerprint and kept.fingerprint != record.fingerprint:
            await self._shelf.delete(record.id)
            raise refused("an audio file in it is damaged", record.id)
        return dataclasses.replace(
            record, audio_path=kept.path, audio_bytes=kept.bytes, fingerprint=kept.fingerprint
        )
