"""Adding transcripts that other programs made, alone or with their recording."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from earwitness.domain.finished_transcript import finished_transcript
from earwitness.domain.records import check_id
from earwitness.errors import BadRequestError, EarwitnessError
from earwitness.library.extensions import Extensions
from earwitness.library.importing.import_transcript import import_transcript
from earwitness.library.ports import Attachment, AudioStore, BackupFiles, TranscriptReader
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.messages import ImportFile, TranscribeOptions
from earwitness.transcript import Transcript

BYTES_MAX = 64 * 1024 * 1024
"""More of a file is not read; `formats` refuses longer ones."""


@dataclass(frozen=True)
class FileImports:
    """Reads files of transcripts into the library."""

    _repository: LibraryRepository
    _documents: DocumentCache
    _audio_store: AudioStore
    _files: BackupFiles
    _extensions: Extensions
    _read: TranscriptReader
    _new_id: Callable[[], str]

    async def add(self, request: ImportFile, attachments: Sequence[Attachment]) -> str:
        """Add a transcript, with its recording where that is attached; return its id.

        Raises:
            BadRequestError: the file is no transcript, or the id is taken.
            StorageError: the recording does not fit; nothing is left behind.
            MediaError: the recording is empty.
        """
        if not 1 <= len(attachments) <= 2:
            raise BadRequestError(
                f"A transcript and its recording are 2 files, not {len(attachments)}.",
                hint="Choose them again.",
            )
        id_ = check_id(request.transcript_id or self._new_id())
        if id_ in self._repository:
            raise BadRequestError("This transcript is here already.", hint="Import it once.")
        found = dataclasses.replace(await self.read(request.name, attachments[0]), id=id_)
        made = finished_transcript(found, TranscribeOptions())
        if len(attachments) > 1:
            audio = await self._audio_store.save(id_, attachments[1])
            record = dataclasses.replace(
                made.record,
                audio_path=audio.path,
                audio_bytes=audio.bytes,
                media_type=audio.media_type,
                fingerprint=audio.fingerprint,
            )
            made = dataclasses.replace(made, record=record)
        try:
            return await import_transcript(self._repository, self._documents, made)
        except EarwitnessError:
            await self._audio_store.delete(id_)
            raise

    async def read(self, name: str, attachment: Attachment) -> Transcript:
        """Return the transcript in a file.

        Raises:
            BadRequestError: the file is no transcript.
            EarwitnessError: an extension or a tool that reads it failed.
        """
        with self._files.open(attachment) as file:
            data = file.read(BYTES_MAX + 1)
        return await self._extensions.read(data, name) or await self._read(data, name)
