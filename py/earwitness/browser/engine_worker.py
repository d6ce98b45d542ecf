"""The engine worker: runs `speech.transcribe` in the browser. JavaScript calls `main` once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, cast

from pyodide.ffi import create_proxy

from earwitness.browser.audio import BrowserAudio, PlatformAudio
from earwitness.browser.bridge import error_view, settled
from earwitness.browser.heartbeat import Heartbeat
from earwitness.browser.model_loader import ModelLoader, PlatformEngine
from earwitness.browser.transformers import ComputeError
from earwitness.engine_messages import (
    AudioOpened,
    EngineEvent,
    EngineFailed,
    EngineRequest,
    Finished,
    Pause,
    Transcribe,
    WarmUp,
    WindowsReady,
    WindowsSaved,
    Working,
)
from earwitness.errors import EarwitnessError
from earwitness.serialization import from_json, to_json
from earwitness.speech.transcribe import transcribe


class Platform(PlatformEngine, Protocol):
    """`EngineWorker.platform` in web/workers/engine-worker.js."""

    def open(self, receive: Callable[[str], None]) -> None: ...

    def send(self, text: str) -> None: ...

    def openAudio(self, path: str, track: int) -> Awaitable[PlatformAudio]: ...  # noqa: N802


class EngineWorker:
    """Runs one job at a time and reports on it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._models = ModelLoader(platform, self._send)
        self._saved: asyncio.Queue[int] = asyncio.Queue()
        self._pausing = False
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def receive(self, text: str) -> None:
        """Handle a message of the library."""
        request: EngineRequest = from_json(cast(Any, EngineRequest), text)
        if isinstance(request, WindowsSaved):
            self._saved.put_nowait(request.batch)
        elif isinstance(request, Pause):
            self._pausing = True
        elif isinstance(request, Transcribe):
            self._pausing = False
            self._saved = asyncio.Queue()
            self._begin(self._run(request))
        else:
            self._begin(self._warm_up(request))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _warm_up(self, request: WarmUp) -> None:
        async with self._turn:
            try:
                await self._models.vad(request)
                await self._models.model(request.model, request)
            except EarwitnessError:
                return  # The job that needs the model has the same error and reports it.

    async def _run(self, job: Transcribe) -> None:
        async with self._turn:
            try:
                await self._transcribe(job)
            except Exception as error:
                lost = isinstance(error, ComputeError) or not isinstance(error, EarwitnessError)
                self._send(EngineFailed(job.transcript_id, job.run, error_view(error), lost))

    async def _transcribe(self, job: Transcribe) -> None:
        id_, track = job.transcript_id, job.options.audio_track
        audio = BrowserAudio(
            await settled(self._platform.openAudio(job.audio_path, track)), self._platform.samples
        )
        try:
            container_s = audio.duration_s or 0.0
            self._send(AudioOpened(id_, container_s, audio.tracks))
            vad = await self._models.vad(job)
            model = await self._models.model(job.options.model, job)
            batches = transcribe(
                audio,
                vad,
                Heartbeat(model, lambda: self._send(Working(id_))),
                job.options,
                job.resume,
                fingerprint=job.fingerprint,
                start_s=job.start_s,
                end_s=job.end_s,
                stop=lambda: self._pausing,
            )
            unsaved, position_s, finished = 0, 0.0, False
            async for batch in batches:
                await self._wait_saved(unsaved)
                ready = batch.windows, batch.resume, batch.position_s, batch.compute_s
                self._send(WindowsReady(id_, job.run, *ready))
                unsaved, finished = batch.resume.batch, batch.finished
                position_s = batch.position_s
                await asyncio.sleep(0)  # Let a pause and acknowledgements in.
            await self._wait_saved(unsaved)
            duration_s, paused = container_s or position_s, not finished
            end = audio.ends_s, audio.broken_off
            self._send(Finished(id_, job.run, duration_s, paused, *end))
        finally:
            audio.close()

    async def _wait_saved(self, batch: int) -> None:
        """Wait until this batch is committed; 0: no batch. News of earlier jobs is skipped."""
        while batch and await self._saved.get() != batch:
            pass

    def _send(self, event: EngineEvent) -> None:
        self._platform.send(to_json(event))


async def main(platform: Platform) -> str:
    """Start to receive messages; models are loaded with the first job. Returns no error."""
    platform.open(create_proxy(EngineWorker(platform).receive))
    return ""
