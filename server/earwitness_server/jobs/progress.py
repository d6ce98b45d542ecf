"""Progress for many listeners: one look at the database a moment, however many are watching."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from earwitness.engine_messages import WindowRow
from earwitness.errors import NotFoundError, StorageError

from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import FINISHED, Entry

LOOK_S = 0.3
"""Time between two looks."""


@dataclass
class _Watched:
    entry: Entry
    changed_s: float = 0.0
    windows: list[WindowRow] = field(default_factory=list[WindowRow])
    gone: bool = False
    listeners: int = 0
    version: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        self.version += 1
        self.wake()

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a job stands, and the windows that its listener has not seen."""

    entry: Entry
    first: int
    """Index of windows[0] among the job's windows."""
    windows: tuple[WindowRow, ...]

    @property
    def finished(self) -> bool:
        """Nothing more will come."""
        return self.entry.job.state in FINISHED


class ProgressFeed:
    """The listeners of this process."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._watched: dict[str, _Watched] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """How many there are."""
        return sum(each.listeners for each in self._watched.values())

    async def follow(
        self,
        transcript_id: str,
        seen: int = 0,
        idle_s: float = 15.0,
        stop: Callable[[], bool] = lambda: False,
    ) -> AsyncGenerator[Progress | None]:
        """Progress from window number `seen` on, at once and then at every change, until the job
        is finished or `stop()` turned true (see `wake`); None when nothing happened for `idle_s`.

        Raises:
            NotFoundError: there is no such job, or it was deleted meanwhile.
        """
        watched = await self._join(transcript_id)
        version = -1
        try:
            while not stop():
                if watched.gone:
                    raise NotFoundError("The transcript was deleted.", hint="Close the stream.")
                if watched.version != version:
                    version = watched.version
                    fresh = tuple(watched.windows[seen:])
                    progress = Progress(watched.entry, seen, fresh)
                    seen += len(fresh)
                    yield progress
                    if progress.finished:
                        return
                    continue
                try:
                    await asyncio.wait_for(watched.changed.wait(), idle_s)
                except TimeoutError:
                    yield None
        finally:
            watched.listeners -= 1
            if not watched.listeners:
                self._watched.pop(transcript_id, None)

    async def _join(self, transcript_id: str) -> _Watched:
        if transcript_id not in self._watched:
            entry = await asyncio.to_thread(self._queue.find, transcript_id)
            fresh = self._watched.setdefault(transcript_id, _Watched(entry))
            if not fresh.windows:
                await self._look([transcript_id])
        watched = self._watched[transcript_id]
        watched.listeners += 1
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._look_on())
        return watched

    async def _look_on(self) -> None:
        while self._watched:
            try:
                await self._look(list(self._watched))
            except StorageError:
                # Listeners keep what they have; the next look may succeed.
                await asyncio.sleep(1)
            await asyncio.sleep(LOOK_S)

    async def _look(self, ids: list[str]) -> None:
        found = await asyncio.to_thread(self._queue.views, ids)
        for transcript_id in ids:
            watched = self._watched.get(transcript_id)
            if watched is None:
                continue
            if transcript_id not in found:
                watched.gone = True
                watched.tell()
                continue
            changed_s, entry = found[transcript_id]
            if changed_s == watched.changed_s:
                continue
            have = len(watched.windows)
            if entry.job.resume.window > have:
                rows = await asyncio.to_thread(
                    self._queue.windows_from, transcript_id, entry.job.run, have
                )
                if len(watched.windows) == have:
                    watched.windows += rows
            watched.entry, watched.changed_s = entry, changed_s
            watched.tell()

    def wake(self) -> None:
        """Let every listener ask its `stop()` now."""
        for watched in self._watched.values():
            watched.wake()

    def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
