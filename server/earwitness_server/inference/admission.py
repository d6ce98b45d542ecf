"""Admission of direct requests: one counter of places for a process, and the limits of keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from earwitness_server.inference.errors import ServerBusyError
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.quotas import Quotas


class Admission:
    """Places are taken before a body is read: with the largest upload they bound the disk space.

    Belongs to the event loop of the web server.
    """

    def __init__(self, places: int, quotas: Quotas) -> None:
        self._places = places
        self._taken = 0
        self._quotas = quotas

    @asynccontextmanager
    async def acquire(self, caller: Caller, length: int | None) -> AsyncGenerator[int | None]:
        """Hold a place for a request of `length` bytes (None: unknown) until the block ends.

        The block is given the number of bytes that its key allows (None: no limit).

        Raises:
            ServerBusyError: every place is taken.
            TooManyJobsError: the key allows no further request at the same time.
            QuotaExceededError: the key allows no further bytes.
        """
        if self._taken >= self._places:
            raise ServerBusyError
        self._taken += 1
        try:
            async with self._quotas.direct_request(caller, length) as limit_bytes:
                yield limit_bytes
        finally:
            self._taken -= 1

    def hold_until(self, work: asyncio.Future[Any]) -> None:
        """Keep a further place taken until `work` ends: its client left, but it computes on."""
        self._taken += 1
        work.add_done_callback(lambda _done: self._release())

    def _release(self) -> None:
        self._taken -= 1
