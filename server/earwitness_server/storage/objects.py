"""Audio and pieces of uploads by name, in a folder or an S3-compatible store."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import obstore
from earwitness.errors import StorageError
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

PIECE_BYTES = 8 << 20
"""How much of an object is in memory at a time."""


class Objects:
    """Synchronous: call from a thread. Names are `folder/id` and never come from a client."""

    def __init__(self, address: str) -> None:
        self._folder: Path | None = None
        if "://" in address:
            self._store: Any = from_url(address)  # pyright: ignore[reportArgumentType]
        else:
            self._folder = Path(address).resolve()
            self._folder.mkdir(parents=True, exist_ok=True)
            self._store = LocalStore(self._folder)

    def put(self, name: str, data: bytes | Path) -> None:
        """Write bytes, or the content of a file; they are complete and on disk on return.

        Raises:
            StorageError: the object was not written.
        """
        with _translated():
            obstore.put(self._store, name, data, chunk_size=PIECE_BYTES)

    def join(self, parts: Sequence[str], name: str) -> str:
        """Write the content of `parts`, one after the other, as `name`; return its SHA-256.

        Raises:
            StorageError: the object was not written.
        """
        digest = hashlib.sha256()
        with _translated():
            # Not closed when something fails: an object appears only once its writer is closed.
            writer = obstore.open_writer(
                self._store, name, buffer_size=PIECE_BYTES, max_concurrency=2
            )
            for part in parts:
                for piece in self.read(part):
                    digest.update(piece)
                    writer.write(piece)
            writer.close()
        return digest.hexdigest()

    def read(self, name: str, part: tuple[int, int] | None = None) -> Iterator[bytes]:
        """Yield the content, or the bytes [start, stop) of it, in pieces.

        Raises:
            StorageError: the object cannot be read, or does not exist.
        """
        with _translated():
            found = obstore.get(self._store, name, options={"range": part} if part else {})
            for piece in found.stream(min_chunk_size=PIECE_BYTES):
                yield bytes(piece)

    def size(self, name: str) -> int | None:
        """Return the size of an object in bytes; None when there is none."""
        with _translated(), suppress(FileNotFoundError):
            return int(obstore.head(self._store, name)["size"])
        return None

    def delete(self, *names: str) -> None:
        """Delete objects; missing ones are ignored.

        Raises:
            StorageError: an object may not be deleted.
        """
        for name in names:
            with _translated(), suppress(FileNotFoundError):
                obstore.delete(self._store, name)

    @contextmanager
    def as_file(self, name: str, temporary: Callable[[], Path]) -> Generator[Path]:
        """Yield the object as a file: its own, or a copy that is deleted when the block ends.

        Raises:
            StorageError: the object cannot be read, or does not exist.
        """
        if self._folder is not None:
            path = self._folder / name
            if not path.is_file():
                raise _failed(f"{name} is not in the folder")
            yield path
            return
        path = temporary()
        try:
            with path.open("wb") as out:
                out.writelines(self.read(name))
            yield path
        finally:
            path.unlink(missing_ok=True)

    def alive(self) -> bool:
        """Return whether the store answers."""
        try:
            self.size("alive")
        except StorageError:
            return False
        return True


@contextmanager
def _translated() -> Generator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        raise _failed(f"{type(error).__name__}: {error}") from error


def _failed(detail: str) -> StorageError:
    return StorageError(
        "The audio store is unavailable.",
        hint="Try again in a moment; the operator should check its disk space and its log.",
        detail=detail[:500],
    )
