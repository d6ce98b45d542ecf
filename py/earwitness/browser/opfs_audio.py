"""The library's audio shelf on the origin's private file system."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import Any, Protocol

from earwitness.browser.bridge import answer, read
from earwitness.library.ports import Attachment, KeptAudio
from earwitness.serialization import from_plain

PIECE_BYTES = 4 * 1024 * 1024


class PlatformShelf(Protocol):
    """web/workers/opfs-audio.js."""

    def keep(self, id: str, blob: object) -> Awaitable[str]: ...

    def remove(self, id: str) -> Awaitable[None]: ...

    def list(self) -> Awaitable[str]: ...

    def piece(self, id: str, offset: int, length: int) -> Awaitable[Any]: ...


class OpfsShelf:
    """Implements `earwitness.library.ports.AudioShelf`."""

    def __init__(self, platform: PlatformShelf) -> None:
        self._platform = platform

    async def keep(self, transcript_id: str, attachment: Attachment) -> KeptAudio:
        """Stream a file in; it is safe on return."""
        return from_plain(
            KeptAudio, read(await answer(self._platform.keep(transcript_id, attachment)))
        )

    async def delete(self, transcript_id: str) -> None:
        """Delete; nothing happens when it is not there."""
        await answer(self._platform.remove(transcript_id))

    async def list(self) -> dict[str, int]:
        """Every transcript id on the shelf with its size in bytes."""
        return read(await answer(self._platform.list()))

    async def read(self, transcript_id: str) -> AsyncIterator[bytes]:
        """The content in pieces of 4 MB."""
        offset = 0
        while True:
            piece = await answer(self._platform.piece(transcript_id, offset, PIECE_BYTES))
            data: bytes = piece.to_bytes()
            if not data:
                return
            yield data
            offset += len(data)
