"""The library's recordings in the origin private file system."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Collection
from typing import Any, Protocol

from earwitness.browser.bridge import settled, settled_json
from earwitness.library.ports import Attachment, StoredAudio
from earwitness.serialization import from_json, to_json

READ_BYTES = 4 * 1024 * 1024


class PlatformAudioFiles(Protocol):
    """web/workers/opfs-audio.js."""

    def save(self, id: str, blob: object) -> Awaitable[str]: ...

    def remove(self, id: str) -> Awaitable[None]: ...

    def removeOlder(self, id: str, path: str) -> Awaitable[None]: ...  # noqa: N802

    def prune(self, ids: str) -> Awaitable[None]: ...

    def list(self) -> Awaitable[str]: ...

    def piece(self, path: str, offset: int, length: int) -> Awaitable[Any]: ...


class OpfsAudio:
    """Implements `earwitness.library.ports.AudioStore`."""

    def __init__(self, platform: PlatformAudioFiles) -> None:
        self._platform = platform

    async def save(self, transcript_id: str, attachment: Attachment) -> StoredAudio:
        """Store a file; on return it is complete."""
        return from_json(StoredAudio, await settled(self._platform.save(transcript_id, attachment)))

    async def delete(self, transcript_id: str) -> None:
        """Delete a recording and what the player made of it; a missing one is no error."""
        await settled(self._platform.remove(transcript_id))

    async def delete_older(self, transcript_id: str, path: str) -> None:
        """Delete what is stored of a recording, and what the player made of it, except a path."""
        await settled(self._platform.removeOlder(transcript_id, path))

    async def delete_player_files_except(self, transcript_ids: Collection[str]) -> None:
        """Delete the copies and peaks of other recordings."""
        await settled(self._platform.prune(to_json(tuple(transcript_ids))))

    async def list(self) -> dict[str, int]:
        """Return the size in bytes of each stored recording, by its path."""
        return await settled_json(self._platform.list())

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield the content in parts of `READ_BYTES`."""
        offset = 0
        while data := await self._piece(path, offset):
            yield data
            offset += len(data)

    async def _piece(self, path: str, offset: int) -> bytes:
        return (await settled(self._platform.piece(path, offset, READ_BYTES))).to_bytes()
