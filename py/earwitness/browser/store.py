"""The library's store on IndexedDB: one JSON string and one transaction a call."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Protocol

from earwitness.browser.bridge import answer, read, write
from earwitness.library.store import Change, Row, Table
from earwitness.serialization import Plain


class PlatformStore(Protocol):
    """`Store` in web/workers/store.js."""

    def get(self, table: str, key: str) -> Awaitable[str | None]: ...

    def scan(self, table: str, prefix: str, after: str, limit: int) -> Awaitable[str]: ...

    def write(self, changes: str) -> Awaitable[None]: ...


class IndexedDbStore:
    """Implements `earwitness.library.store.Store`."""

    def __init__(self, platform: PlatformStore) -> None:
        self._platform = platform

    async def get(self, table: Table, key: str) -> Plain | None:
        """Return the value under `key`, or None."""
        text = await answer(self._platform.get(table, key))
        return None if text is None else read(text)

    async def scan(
        self, table: Table, *, prefix: str = "", after: str = "", limit: int = 0
    ) -> list[Row]:
        """Return rows in the order of their keys."""
        text = await answer(self._platform.scan(table, prefix, after, limit))
        return [Row(key, value) for key, value in read(text)]

    async def write(self, changes: Sequence[Change]) -> None:
        """Apply all changes in one transaction; they are on the disk on return."""
        await answer(self._platform.write(write(list(changes))))
