"""Backups on the origin's private file system, and backups the user brings."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable
from typing import IO, Any, Protocol, cast

from pyodide.ffi import JsException, to_js

from earwitness.browser.bridge import answer, error_of
from earwitness.library.ports import Attachment
from earwitness.messages import BackupFile

READ_BYTES = 1 << 20
"""Read at once: a zip's table of contents is read in many small steps."""


class PlatformFile(Protocol):
    """`BackupFile` in web/workers/backup-files.js."""

    path: str
    bytes: int

    def append(self, data: Any) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> Awaitable[None]: ...


class PlatformBackups(Protocol):
    """web/workers/backup-files.js."""

    def create(self, name: str) -> Awaitable[PlatformFile]: ...

    def clear(self) -> Awaitable[None]: ...

    def size(self, blob: object) -> int: ...

    def read(self, blob: object, start: int, stop: int) -> Any: ...

    def part(self, blob: object, start: int, stop: int) -> object: ...


class OpfsBackups:
    """Implements `earwitness.library.ports.BackupFiles`."""

    def __init__(self, platform: PlatformBackups) -> None:
        self._platform = platform

    async def write(self, name: str, pieces: AsyncIterator[bytes]) -> BackupFile:
        """Stream a file in, in the place of the last one."""
        file = await answer(self._platform.create(name))
        try:
            async for piece in pieces:
                file.append(to_js(piece))
            file.finish()
        except BaseException as error:
            await answer(file.abandon())
            if isinstance(error, JsException):
                raise error_of(error) from error
            raise
        return BackupFile(file.path, name, file.bytes)

    async def clear(self) -> None:
        """Delete what was written last."""
        await answer(self._platform.clear())

    def open(self, attachment: Attachment) -> IO[bytes]:
        """A Blob, to be read anywhere in it."""
        raw = BlobFile(self._platform, attachment)
        return cast("IO[bytes]", io.BufferedReader(raw, READ_BYTES))

    def part(self, attachment: Attachment, start: int, stop: int) -> Attachment:
        """Bytes [start, stop) of it, as a Blob of its own."""
        return self._platform.part(attachment, start, stop)


class BlobFile(io.RawIOBase):
    """A Blob as Python reads files. Only in a worker: it waits for the disk."""

    def __init__(self, platform: PlatformBackups, blob: object) -> None:
        super().__init__()
        self._platform = platform
        self._blob = blob
        self._size = platform.size(blob)
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a byte."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning of the file")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        """The byte to be read next."""
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Fill the buffer, less of it at the file's end.

        Raises:
            OSError: the file was moved, changed or locked.
        """
        room = memoryview(buffer).cast("B")
        stop = min(self._size, self._at + len(room))
        if stop <= self._at:
            return 0
        try:
            data: bytes = self._platform.read(self._blob, self._at, stop).to_bytes()
        except JsException as error:
            raise OSError(f"{error.name}: {error.message}") from error
        room[: len(data)] = data
        self._at += len(data)
        return len(data)
