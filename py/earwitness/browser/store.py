"""The library's store in IndexedDB: each call is one JSON string and one transaction."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Sequence
from typing import Protocol

from earwitness.browser.bridge import settled, settled_json
from earwitness.library.store import Change, Row, Table
from earwitness.serialization import Plain, to_json


class PlatformStore(Protocol):
    """`Store` in web/workers/store.js."""

    def get(self, table: str, key: str) -> Awaitable[str | None]: ...

    def scan(self, table: str, prefix: str) -> Awaitable[str]: ...

    def write(self, changes: str) -> Awaitable[None]: ...


class IndexedDbStore:
    """Implements `earwitness.library.store.Store`."""

    def __init__(self, platform: PlatformStore) -> None:
        self._platform = platform

    async def get(self, table: Table, key: str) -> Plain | None:
        """Return the value under `key`, or None."""
        text = await settled(self._platform.get(table, key))
        return None if text is None else json.loads(text)

    async def scan(self, table: Table, *, prefix: str = "") -> list[Row]:
        """Return the rows whose keys start with `prefix`, in the order of their keys."""
        rows = await settled_json(self._platform.scan(table, prefix))
        return [Row(key, value) for key, value in rows]

    async def write(self, changes: Sequence[Change]) -> None:
        """Apply all changes in one transaction; on return they are stored."""
        await settled(self._platform.write(to_json(list(changes))))
