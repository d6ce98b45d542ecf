"""Several transcripts as files in one zip, written in pieces, so that memory stays flat."""

from __future__ import annotations

import base64
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from earwitness.domain.file_names import free_name
from earwitness.errors import BadRequestError
from earwitness.library.backup.write import ZipOutlet
from earwitness.library.ports import BackupFiles, Exporter
from earwitness.messages import BackupFile, ExportedFile, ExportSeveral
from earwitness.transcript import Transcript

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Entries carry no time of their own, so that the same texts give the same file."""
NAME = "Transcripts.zip"


@dataclass(frozen=True)
class ZipExports:
    """Writes where backups are written, in the place of the last file there."""

    _files: BackupFiles
    _export: Exporter
    _read: Callable[[str], Awaitable[Transcript]]

    async def write(self, request: ExportSeveral) -> BackupFile:
        """Write the zip; files of the same name get a number.

        With `highlights_only`, transcripts without highlights are left out.

        Raises:
            BadRequestError: no transcript is named, or only highlights are wanted and there are
                none.
            NotFoundError: one of them is not in the library.
            StorageError: the zip does not fit.
        """
        if not request.transcript_ids:
            raise BadRequestError("No transcript is chosen.", hint="Choose one.")
        return await self._files.write(NAME, self._pieces(request))

    async def _pieces(self, request: ExportSeveral) -> AsyncIterator[bytes]:
        out, names = ZipOutlet(), set[str]()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zip:
            for id_ in request.transcript_ids:
                transcript = await self._read(id_)
                if request.options.highlights_only and not transcript.highlights:
                    continue
                file = self._export(transcript, request.format, request.options)
                entry = zipfile.ZipInfo(free_name(file.name, names), _MOMENT)
                entry.compress_type = zipfile.ZIP_DEFLATED
                zip.writestr(entry, _content(file))
                yield out.take()
        if not names:
            raise BadRequestError(
                "Nothing is highlighted in these transcripts.",
                hint="Highlight some words, or export all of the texts.",
            )
        yield out.take()


def _content(file: ExportedFile) -> bytes:
    return base64.b64decode(file.base64) if file.base64 else file.text.encode()
