"""One job on one worker: open the recording where the last commit left it, and go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack
from pathlib import Path

from earwitness.errors import EarwitnessError, ErrorView, StorageError
from earwitness.speech.transcribe import Batch

from earwitness_server.inference.engine import Engine, Recording
from earwitness_server.observability.metrics import heard
from earwitness_server.observability.tracing import describe, tracing
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import FINISHED, Entry


class Execution:
    """A transcription in progress. Belongs to one thread; `close` in a `finally`.

    Whatever happens to it, the database knows where to go on: a fresh `Execution` does.
    """

    def __init__(
        self, engine: Engine, queue: Queue, objects: Objects, temporary: Callable[[], Path]
    ) -> None:
        self._engine = engine
        self._queue = queue
        self._objects = objects
        self._temporary = temporary
        self._runner = asyncio.Runner()
        self._stack = ExitStack()
        self._batches: AsyncGenerator[Batch] | None = None
        self._duration_s = 0.0

    def advance(self, transcript_id: str) -> Entry:
        """Decode the next batch and commit it.

        Raises:
            EarwitnessError: this batch could not be decoded or committed.
        """
        entry = self._queue.find(transcript_id)
        if entry.job.state in FINISHED:
            return entry
        if self._batches is None:
            self._open(entry)
            self._queue.change(transcript_id, "transcribing")
        assert self._batches is not None
        before_s = entry.job.position_s
        try:
            with tracing.windows() as span:
                batch = self._runner.run(_next(self._batches))
                describe(span, batch)
                entry = self._queue.commit(transcript_id, batch, self._duration_s)
        except BaseException:
            # The generator is past what was not committed: the next try opens it again.
            self._shut()
            raise
        heard(batch.position_s - before_s, batch.compute_s)
        if entry.job.state == "done" and not entry.keep_audio:
            self._shut()
            self._objects.delete(entry.record.audio_path)
            self._queue.audio_gone(transcript_id)
        return entry

    def _open(self, entry: Entry) -> None:
        path = self._stack.enter_context(
            self._objects.as_file(entry.record.audio_path, self._temporary)
        )
        job = entry.job
        recording = Recording(
            path,
            job.options,
            entry.record.fingerprint,
            job.resume,
            job.start_s,
            job.end_s,
            entry.record.media_type,
        )
        self._batches = self._engine.transcribe(recording, opened=self._opened)

    def _opened(self, duration_s: float) -> None:
        self._duration_s = duration_s

    def _shut(self) -> None:
        batches, self._batches = self._batches, None
        if batches is not None:
            self._runner.run(batches.aclose())
        self._stack.close()

    def close(self) -> None:
        """End the decoder and free what is held."""
        try:
            self._shut()
        finally:
            self._runner.close()


async def _next(batches: AsyncGenerator[Batch]) -> Batch:
    return await anext(batches)


class Executions:
    """The works in progress of this process, each kept between the steps of its workflow."""

    def __init__(self, make: Callable[[], Execution]) -> None:
        self._make = make
        self._works: dict[str, Execution] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> Execution:
        """The work under this key, begun now if there is none."""
        with self._lock:
            if key not in self._works:
                self._works[key] = self._make()
            return self._works[key]

    def end(self, key: str) -> None:
        """Close it; nothing happens when there is none."""
        with self._lock:
            work = self._works.pop(key, None)
        if work is not None:
            work.close()

    def keys(self) -> set[str]:
        """What is in progress."""
        with self._lock:
            return set(self._works)

    def __len__(self) -> int:
        return len(self._works)


def is_passing(error: BaseException) -> bool:
    """The same again may succeed later: the database or the store is away, or a disk is full."""
    return isinstance(error, StorageError)


def view_of(error: BaseException) -> ErrorView:
    """What the owner of a failed job is told."""
    if isinstance(error, EarwitnessError):
        return error.view()
    return ErrorView(
        "ServerError",
        "The server failed on this recording.",
        "Try again; if it fails again, tell the operator.",
        f"{type(error).__name__}: {error}"[:300],
    )
