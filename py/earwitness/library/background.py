"""Work that nobody waits for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from earwitness.errors import EarwitnessError

_log = logging.getLogger("earwitness.library")


class BackgroundTasks:
    """Keeps tasks until they end, and logs the errors that no request can report."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Start work that goes on by itself; return its task."""
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def settle(self) -> None:
        """Wait until all of it is done, and what it started as well."""
        while self._tasks:
            await asyncio.gather(*self._tasks)


async def _logged(work: Coroutine[Any, Any, object]) -> None:
    try:
        await work
    except EarwitnessError as error:
        _log.warning("%s %s", error, error.detail)
