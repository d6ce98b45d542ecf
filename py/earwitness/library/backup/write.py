"""Writing a backup: the zip comes out in pieces, so its size is no matter of memory."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import Any

from earwitness.domain.highlights import in_order
from earwitness.domain.jobs import Job
from earwitness.domain.known_voices import KnownVoices
from earwitness.domain.versions import Version
from earwitness.library.backup import manifest
from earwitness.serialization import Plain, to_json, to_plain

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Zip entries carry no time of their own, so that the same library gives the same file."""


class BackupWriter:
    """Builds the zip in pieces: take `drain()` after every step and append it to the file."""

    def __init__(
        self,
        created_at: str,
        terms: manifest.Terms | None = None,
        voices: KnownVoices | None = None,
    ) -> None:
        self._out = ZipOutlet()
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._created_at = created_at
        self._terms = terms or manifest.Terms()
        self._voices = voices or KnownVoices()
        self._ids: list[str] = []
        self._jobs: dict[str, Plain] = {}
        self._corrections: dict[str, Plain] = {}

    def add(self, saved: manifest.Saved, job: Job, versions: Sequence[Version]) -> None:
        """Add a recording's words and their versions, and its job if that is not done.

        Jobs, versions, passages and highlights stand in the manifest, where 0.1.0 reads over them:
        it loads such a backup too.
        """
        document = saved.document
        if document.passages or document.highlights or versions:
            corrections = manifest.Corrections(
                document.passages, tuple(versions), in_order(document.highlights)
            )
            self._corrections[saved.record.id] = to_plain(corrections, "set")
            document = dataclasses.replace(document, passages={}, stable_since=0, highlights={})
            record = dataclasses.replace(saved.record, labels=())
            saved = dataclasses.replace(saved, record=record, document=document)
        self._ids.append(saved.record.id)
        if job.state != "done":
            self._jobs[saved.record.id] = to_plain(job, "set")
        text = to_json(saved, "set")
        self._zip.writestr(_entry(manifest.transcript_entry(saved.record.id)), text.encode())

    async def add_audio(
        self, transcript_id: str, pieces: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        """Add a recording's audio; yields the zip's bytes as they come."""
        entry = _entry(manifest.audio_entry(transcript_id))
        entry.compress_type = zipfile.ZIP_STORED
        with self._zip.open(entry, "w", force_zip64=True) as file:
            async for piece in pieces:
                file.write(piece)
                yield self.drain()
        yield self.drain()

    def drain(self) -> bytes:
        """The zip's bytes since the last time."""
        return self._out.take()

    def finish(self) -> bytes:
        """The zip's last bytes."""
        about = {
            "kind": manifest.KIND,
            "version": manifest.VERSION,
            "created_at": self._created_at,
            "transcripts": self._ids,
            "jobs": self._jobs,
            "corrections": self._corrections,
            "terms": to_plain(self._terms),
            "voices": to_plain(self._voices),
        }
        self._zip.writestr(_entry(manifest.MANIFEST), json.dumps(about, indent=1))
        self._zip.close()
        return self.drain()


class ZipOutlet(io.RawIOBase):
    """Takes what the zip writes and hands it on; a zip that cannot seek writes straight ahead."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep a piece until it is taken."""
        piece = bytes(data)
        self._pieces.append(piece)
        return len(piece)

    def take(self) -> bytes:
        """Return what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry
