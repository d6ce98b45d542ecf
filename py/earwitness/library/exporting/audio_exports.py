"""What files of sound hold and how they are called; the page writes them, because it decodes."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Sequence

from earwitness.domain.clock import clock
from earwitness.domain.file_names import file_name, free_name
from earwitness.domain.media_types import format_of
from earwitness.domain.redaction import parts_of
from earwitness.domain.spans import merged
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.library.backup.write import ZipOutlet
from earwitness.library.ports import Attachment, BackupFiles
from earwitness.library.repository import LibraryRepository
from earwitness.library.texts.document_cache import DocumentCache
from earwitness.messages import AudioExport, BackupFile, ExportAudio, ZipFiles

NAME = "Recordings.zip"
_MOMENT = (1980, 1, 1, 0, 0, 0)
READ_BYTES = 1 << 20


class AudioExports:
    """Describes files of sound, and puts written ones into a zip."""

    def __init__(
        self, repository: LibraryRepository, documents: DocumentCache, files: BackupFiles
    ) -> None:
        self._repository = repository
        self._documents = documents
        self._files = files

    async def describe(self, request: ExportAudio) -> AudioExport:
        """Return what the file holds: the parts in order, those that overlap as one.

        Raises:
            BadRequestError: a part is empty or no span of time, or nothing is highlighted.
            NotFoundError: the transcript is not in the library, or its audio is not on this device.
        """
        record = self._repository.record(request.transcript_id)
        job = self._repository.job(request.transcript_id)
        if not record.audio_path:
            raise NotFoundError(
                f"The recording of “{record.name}” is not on this device.",
                hint="Add the recording to its transcript again.",
            )
        parts = merged(request.parts)
        if request.highlights_only:
            opened = await self._documents.open(record.id)
            highlights = opened.document.highlights.values()
            if not highlights:
                raise BadRequestError(
                    f"Nothing is highlighted in “{record.name}”.",
                    hint="Highlight some words, or export all of the sound.",
                )
            parts = merged((each.start_s, each.end_s) for each in highlights)
        mark = ""
        if parts:
            mark = f" {clock(parts[0][0], digits=0, hours=None).replace(':', '-')}"
        return AudioExport(
            file_name(record.name, request.format, mark),
            record.audio_path,
            job.options.audio_track,
            format_of(record.media_type),
            parts,
            parts_of(record.redactions).spans,
        )

    async def zip_files(self, request: ZipFiles, attachments: Sequence[Attachment]) -> BackupFile:
        """Write the attachments into one zip, in the place of the last backup or zip.

        Raises:
            BadRequestError: there are more names or more files.
            StorageError: the zip does not fit.
        """
        if not attachments or len(attachments) != len(request.names):
            raise BadRequestError("Each file needs a name.", hint="Export the sound again.")
        return await self._files.write(NAME, self._pieces(request.names, attachments))

    async def _pieces(
        self, names: Sequence[str], attachments: Sequence[Attachment]
    ) -> AsyncIterator[bytes]:
        out, taken = ZipOutlet(), set[str]()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as written:
            for name, attachment in zip(names, attachments, strict=True):
                entry = zipfile.ZipInfo(free_name(name, taken), _MOMENT)
                with (
                    self._files.open(attachment) as file,
                    written.open(entry, "w", force_zip64=True) as into,
                ):
                    while piece := file.read(READ_BYTES):
                        into.write(piece)
                        yield out.take()
        yield out.take()
