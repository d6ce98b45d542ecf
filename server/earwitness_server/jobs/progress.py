"""Progress for many listeners: one query at a time for all of them together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field

from earwitness.engine_messages import WindowRow
from earwitness.errors import NotFoundError, StorageError

from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import FINISHED, Entry

POLL_S = 0.3
"""Time between two queries."""


@dataclass
class _Followed:
    entry: Entry
    changed_s: float = 0.0
    windows: list[WindowRow] = field(default_factory=list[WindowRow])
    gone: bool = False
    listeners: int = 0
    version: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def notify(self) -> None:
        self.version += 1
        self.wake()

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a job, and the windows that its listener does not have yet."""

    entry: Entry
    windows: tuple[WindowRow, ...]

    @property
    def finished(self) -> bool:
        """Whether this is the last progress of the job."""
        return self.entry.job.state in FINISHED


class ProgressFeed:
    """Follows jobs for the listeners of this process."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._followed: dict[str, _Followed] = {}
        self._task: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """The number of listeners."""
        return sum(each.listeners for each in self._followed.values())

    async def follow(
        self,
        transcript_id: str,
        seen: int = 0,
        idle_s: float = 15.0,
        stop: Callable[[], bool] = lambda: False,
    ) -> AsyncGenerator[Progress | None]:
        """Yield progress from window number `seen` on: at once, then at every change.

        Ends when the job has ended, or `stop()` is true at a `wake`. Yields None when nothing
        has changed for `idle_s`.

        Raises:
            NotFoundError: there is no such job, or it was deleted.
        """
        followed = await self._join(transcript_id)
        version = -1
        try:
            while not stop():
                if followed.gone:
                    raise NotFoundError("The transcript was deleted.", hint="Close the stream.")
                if followed.version != version:
                    version = followed.version
                    progress = Progress(followed.entry, tuple(followed.windows[seen:]))
                    seen += len(progress.windows)
                    yield progress
                    if progress.finished:
                        return
                    continue
                try:
                    await asyncio.wait_for(followed.changed.wait(), idle_s)
                except TimeoutError:
                    yield None
        finally:
            followed.listeners -= 1
            if not followed.listeners:
                self._followed.pop(transcript_id, None)

    async def _join(self, transcript_id: str) -> _Followed:
        if transcript_id not in self._followed:
            entry = await asyncio.to_thread(self._queue.find, transcript_id)
            fresh = self._followed.setdefault(transcript_id, _Followed(entry))
            if not fresh.windows:
                await self._query([transcript_id])
        followed = self._followed[transcript_id]
        followed.listeners += 1
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._poll())
        return followed

    async def _poll(self) -> None:
        while self._followed:
            try:
                await self._query(list(self._followed))
            except StorageError:
                # Listeners keep what they have; the next query may succeed.
                await asyncio.sleep(1)
            await asyncio.sleep(POLL_S)

    async def _query(self, ids: list[str]) -> None:
        found = await asyncio.to_thread(self._queue.find_all, ids)
        for transcript_id in ids:
            followed = self._followed.get(transcript_id)
            if followed is None:
                continue
            if transcript_id not in found:
                followed.gone = True
                followed.notify()
                continue
            changed_s, entry = found[transcript_id]
            if changed_s == followed.changed_s:
                continue
            have = len(followed.windows)
            if entry.job.resume.window > have:
                rows = await asyncio.to_thread(
                    self._queue.windows_from, transcript_id, entry.job.run, have
                )
                if len(followed.windows) == have:
                    # A batch committed since belongs to the next state: a listener that is cut
                    # off between both would have its sentences without its position.
                    followed.windows += rows[: entry.job.resume.window - have]
            followed.entry, followed.changed_s = entry, changed_s
            followed.notify()

    def wake(self) -> None:
        """Make every listener check its `stop()` now."""
        for followed in self._followed.values():
            followed.wake()

    def close(self) -> None:
        """Stop the queries."""
        if self._task is not None:
            self._task.cancel()
