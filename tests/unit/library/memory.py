"""Tables, audio and backups in memory."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

from earwitness import messages as m
from earwitness.errors import MediaError, NotFoundError, StorageError
from earwitness.library.ports import StoredAudio, id_of
from earwitness.library.store import Change, Delete, Put, Row, Table


class MemoryStore:
    """Tables as dicts of JSON text. `fails` is the number of next writes that fail, `scans_fail`
    that of next scans."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, str]] = {}
        self.fails = 0
        self.scans_fail = 0
        self.writes = 0

    async def get(self, table: Table, key: str) -> Any:
        await asyncio.sleep(0)
        text = self.tables.get(table, {}).get(key)
        return None if text is None else json.loads(text)

    async def scan(self, table: Table, *, prefix: str = "") -> list[Row]:
        await asyncio.sleep(0)
        if self.scans_fail:
            self.scans_fail -= 1
            raise StorageError("The disk cannot be read.", hint="Restart the browser.")
        return [
            Row(key, json.loads(text))
            for key, text in sorted(self.tables.get(table, {}).items())
            if key.startswith(prefix)
        ]

    async def write(self, changes: Sequence[Change]) -> None:
        await asyncio.sleep(0)
        if self.fails:
            self.fails -= 1
            raise StorageError("The disk is full.", hint="Free some space.")
        self.writes += 1
        for change in changes:
            table = self.tables.setdefault(change.table, {})
            if isinstance(change, Put):
                table[change.key] = json.dumps(change.value, allow_nan=False)
            elif isinstance(change, Delete):
                table.pop(change.key, None)
            else:
                for key in [key for key in table if key.startswith(change.prefix)]:
                    del table[key]


class MemoryAudioStore:
    """Audio as bytes. Attachments are bytes as well."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.player_files: set[str] = set()
        """Recordings of which the player has made something."""
        self.full = False

    async def save(self, transcript_id: str, attachment: object) -> StoredAudio:
        await asyncio.sleep(0)
        if self.full:
            raise StorageError("The disk is full.", hint="Free some space.")
        assert isinstance(attachment, bytes)
        if not attachment:
            raise MediaError("The file is empty.", hint="Choose another.")
        self.files[transcript_id] = attachment
        fingerprint = hashlib.sha256(attachment).hexdigest()
        return StoredAudio(f"audio/{transcript_id}", len(attachment), fingerprint, "audio/wav")

    async def delete(self, transcript_id: str) -> None:
        await self.delete_older(transcript_id, "")

    async def delete_older(self, transcript_id: str, path: str) -> None:
        for name in [name for name in self.files if id_of(name) == transcript_id]:
            if f"audio/{name}" != path:
                del self.files[name]
        self.player_files.discard(transcript_id)

    async def delete_player_files_except(self, transcript_ids: Collection[str]) -> None:
        self.player_files &= set(transcript_ids)

    async def list(self) -> dict[str, int]:
        return {f"audio/{name}": len(content) for name, content in self.files.items()}

    async def read(self, path: str) -> AsyncIterator[bytes]:
        name = path.removeprefix("audio/")
        if name not in self.files:
            raise NotFoundError("No such audio.")
        content = self.files[name]
        for at in range(0, len(content), 7):
            yield content[at : at + 7]


class MemoryBackups:
    """The backup that was written last. Attachments are bytes."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.full = False

    async def write(self, name: str, pieces: AsyncIterator[bytes]) -> m.BackupFile:
        content = b"".join([piece async for piece in pieces])
        if self.full:
            raise StorageError("The disk is full.", hint="Free some space.")
        self.files = {name: content}
        return m.BackupFile(f"backup/{name}", name, len(content))

    async def clear(self) -> None:
        self.files.clear()

    def open(self, attachment: object) -> io.BytesIO:
        assert isinstance(attachment, bytes)
        return io.BytesIO(attachment)

    def part(self, attachment: object, start: int, stop: int) -> bytes:
        assert isinstance(attachment, bytes)
        return attachment[start:stop]
