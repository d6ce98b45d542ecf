"""Backup files: written to the origin private file system, read from the user's files."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable
from typing import IO, Any, Protocol, cast

from pyodide.ffi import JsException, to_js

from earwitness.browser.bridge import platform_error, settled
from earwitness.library.ports import Attachment
from earwitness.messages import BackupFile

READ_BYTES = 1 << 20
"""Read at once, because a zip's directory is read in many small steps."""


class PlatformFile(Protocol):
    """`BackupFile` in web/workers/backup-files.js."""

    path: str
    bytes: int

    def append(self, data: Any) -> None: ...

    def finish(self) -> None: ...

    def abandon(self) -> Awaitable[None]: ...


class Blob(Protocol):
    """The browser's."""

    size: int

    def slice(self, start: int, stop: int) -> Blob: ...


class PlatformBackups(Protocol):
    """web/workers/backup-files.js."""

    def create(self, name: str) -> Awaitable[PlatformFile]: ...

    def clear(self) -> Awaitable[None]: ...

    def read(self, blob: Blob, start: int, stop: int) -> Any: ...


class OpfsBackups:
    """Implements `earwitness.library.ports.BackupFiles`."""

    def __init__(self, platform: PlatformBackups) -> None:
        self._platform = platform

    async def write(self, name: str, pieces: AsyncIterator[bytes]) -> BackupFile:
        """Write a file, which replaces the last one."""
        file = await settled(self._platform.create(name))
        try:
            async for piece in pieces:
                file.append(to_js(piece))
            file.finish()
        except BaseException as error:
            await settled(file.abandon())
            if isinstance(error, JsException):
                raise platform_error(error) from error
            raise
        return BackupFile(file.path, name, file.bytes)

    async def clear(self) -> None:
        """Delete the file that was written last."""
        await settled(self._platform.clear())

    def open(self, attachment: Attachment) -> IO[bytes]:
        """Return a Blob as a binary file."""
        raw = BlobFile(self._platform, cast("Blob", attachment))
        return cast("IO[bytes]", io.BufferedReader(raw, READ_BYTES))

    def part(self, attachment: Attachment, start: int, stop: int) -> Attachment:
        """Return bytes [start, stop) as a Blob."""
        return cast("Blob", attachment).slice(start, stop)


class BlobFile(io.RawIOBase):
    """A Blob as a Python file; only in a worker, because it blocks while it reads."""

    def __init__(self, platform: PlatformBackups, blob: Blob) -> None:
        super().__init__()
        self._platform = platform
        self._blob = blob
        self._at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Set the position; return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._blob.size}[whence]
        if base + offset < 0:
            raise ValueError("The position is negative.")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        """Read into the buffer; return the number of bytes, 0 at the end.

        Raises:
            OSError: the file was moved, changed or locked.
        """
        room = memoryview(buffer).cast("B")
        stop = min(self._blob.size, self._at + len(room))
        if stop <= self._at:
            return 0
        try:
            data: bytes = self._platform.read(self._blob, self._at, stop).to_bytes()
        except JsException as error:
            raise OSError(f"{error.name}: {error.message}") from error
        room[: len(data)] = data
        self._at += len(data)
        return len(data)
