"""One job on one worker: open the recording at the last commit, and continue."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from earwitness.domain.jobs import start
from earwitness.errors import EarwitnessError, ErrorView, StorageError
from earwitness.speakers.diarization import Diarization
from earwitness.speech.transcribe import Batch

from earwitness_server.inference.engine import Engine
from earwitness_server.inference.transcriber import Recording
from earwitness_server.media.source import DecodedAudio
from earwitness_server.observability.metrics import count_batch
from earwitness_server.observability.tracing import describe, tracing
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.queue import Queue
from earwitness_server.storage.rows import FINISHED, Entry


class Leaving(BaseException):
    """Ends a workflow's thread without a result, so that another worker continues the job.

    DBOS records the end of a workflow for every `Exception`, and this is none.
    """


@dataclass(eq=False)
class Execution:
    """A transcription in progress. Belongs to one thread; call `close` in a `finally`.

    If it fails, a fresh `Execution` continues from the point in the database.
    """

    engine: Engine
    queue: Queue
    objects: Objects
    temporary: Callable[[], Path]
    """Returns a path that nothing else uses."""
    leaving: Callable[[], bool]
    """Whether the process is about to end."""

    def __post_init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = ExitStack()
        self._batches: AsyncGenerator[Batch] | None = None
        self._audio: DecodedAudio | None = None

    def advance(self, transcript_id: str) -> Entry:
        """Decode the next batch and commit it; return the job.

        Raises:
            EarwitnessError: this batch could not be decoded or committed.
        """
        entry = self.queue.find(transcript_id)
        if entry.job.state in FINISHED:
            return entry
        if self._batches is None:
            self._batches = self._open(entry)
            self.queue.change(transcript_id, lambda job: start(job, loaded=True))
        before_s = entry.job.position_s
        try:
            with tracing.windows() as span:
                batch = self._runner.run(_next(self._batches))
                describe(span, batch)
            entry = self._commit_words(entry, batch)
        except BaseException:
            # The generator is past the batch that was not committed: the next try opens a new one.
            self._stop()
            raise
        count_batch(batch.position_s - before_s, batch.compute_s)
        if entry.job.state == "done" and not entry.keep_audio:
            self._stop()
            self.objects.delete(entry.record.audio_path)
            self.queue.mark_audio_deleted(transcript_id)
        return entry

    def _open(self, entry: Entry) -> AsyncGenerator[Batch]:
        path = self._stack.enter_context(
            self.objects.as_file(entry.record.audio_path, self.temporary)
        )
        job = entry.job
        record = entry.record
        recording = Recording(path, job.options, record.fingerprint, job.resume, record.media_type)
        return self.engine.transcribe(recording, opened=self._opened)

    def _commit_words(self, entry: Entry, batch: Batch) -> Entry:
        """Commit a batch. The speakers are told apart between the last words and the end."""
        if not batch.finished or not entry.job.options.speakers:
            return self._commit(entry.record.id, batch)
        if batch.windows:
            entry = self._commit(entry.record.id, replace(batch, finished=False))
            point = replace(batch.resume, batch=batch.resume.batch + 1)
            batch = replace(batch, windows=(), resume=point, compute_s=0.0)
        return self._commit(entry.record.id, batch, self._find_speakers(entry))

    def _find_speakers(self, entry: Entry) -> Diarization | ErrorView:
        """Return who speaks when; why that is unknown, if the analysis failed.

        Raises:
            Leaving: the process ends before the analysis; the words are committed.
        """
        record, job = entry.record, entry.job
        path = self._stack.enter_context(self.objects.as_file(record.audio_path, self.temporary))
        recording = Recording(path, job.options, record.fingerprint, None, record.media_type)
        try:
            found = self._runner.run(self.engine.find_speakers(recording, stop=self.leaving))
        except EarwitnessError as error:
            if isinstance(error, StorageError):
                raise
            return error.view()
        if self.leaving():
            # What was found may be of the part that was analysed until then.
            raise Leaving
        return found

    def _opened(self, audio: DecodedAudio) -> None:
        self._audio = audio

    def _commit(
        self, transcript_id: str, batch: Batch, speakers: Diarization | ErrorView | None = None
    ) -> Entry:
        audio = self._audio
        duration_s = audio.duration_s if audio is not None else None
        cut_off = audio is not None and audio.is_cut_off
        return self.queue.commit(
            transcript_id, batch, duration_s or 0.0, is_cut_off=cut_off, speakers=speakers
        )

    def _stop(self) -> None:
        batches, self._batches = self._batches, None
        if batches is not None:
            self._runner.run(batches.aclose())
        self._stack.close()

    def close(self) -> None:
        """End the decoder and free its memory and files."""
        try:
            self._stop()
        finally:
            self._runner.close()


async def _next(batches: AsyncGenerator[Batch]) -> Batch:
    return await anext(batches)


class Executions:
    """The executions of this process, each kept between the steps of its workflow."""

    def __init__(self, make: Callable[[], Execution]) -> None:
        self._make = make
        self._executions: dict[str, Execution] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Execution:
        """Return the execution under this key, created now if there is none."""
        with self._lock:
            if key not in self._executions:
                self._executions[key] = self._make()
            return self._executions[key]

    def end(self, key: str) -> None:
        """Close the execution under this key, if there is one."""
        with self._lock:
            execution = self._executions.pop(key, None)
        if execution is not None:
            execution.close()

    def keys(self) -> set[str]:
        """Return the keys of the executions in progress."""
        with self._lock:
            return set(self._executions)
