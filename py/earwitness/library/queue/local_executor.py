"""Runs the queue: one job at a time on the engine, every batch committed before the next.

The engine may die or hang at any moment. What is committed stays, and the job goes on from there:
once more on a fresh engine, and when that dies at the same window too, the next job gets its turn.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Awaitable, Callable
from typing import Literal

from earwitness.domain.jobs import RUNNING, Job, after_failure, request_of
from earwitness.engine_messages import (
    AudioOpened,
    EngineEvent,
    EngineFailed,
    EngineReady,
    Finished,
    ModelLoading,
    WarmUp,
    WindowsReady,
    WindowsSaved,
    Working,
)
from earwitness.errors import EarwitnessError, ErrorView
from earwitness.library.ports import Emit, Engines, Host
from earwitness.library.queue.commits import Commits
from earwitness.library.queue.download_consent import Consent
from earwitness.library.queue.placement import Choice
from earwitness.library.queue.positions import Places
from earwitness.library.queue.watchdog import Watchdog, patience_s
from earwitness.library.repository import Ledger
from earwitness.library.wake_lock import Awake

_log = logging.getLogger("earwitness.library")
_HUNG = ErrorView(
    "ModelError",
    "The speech engine stopped answering.",
    "Retry with a smaller model, or restart the browser.",
)
EngineState = Literal["off", "loading", "ready", "busy", "failed"]


class Runner:
    """Owns the engine. `running` names the recording it is occupied with."""

    def __init__(
        self,
        ledger: Ledger,
        commits: Commits,
        engines: Engines,
        host: Host,
        emit: Emit,
        changed: Callable[[str], Awaitable[None]],
        awake: Awake,
        choice: Choice,
        handed_over: Callable[[], None],
    ) -> None:
        """`changed`: told the id of every transcript that changed, and '' for the status.
        `handed_over`: told when a job is the server's from now on.
        """
        self._ledger = ledger
        self._commits = commits
        self._engines = engines
        self._host = host
        self._consent = Consent(ledger, emit)
        self._changed = changed
        self._places = Places(ledger, changed)
        self._watchdog = Watchdog()
        self._awake = awake
        self._choice = choice
        self._handed_over = handed_over
        self.running: str | None = None
        self.engine: EngineState = "off"
        self.device: Literal["unknown", "wasm", "webgpu"] = "unknown"
        self.threads = 0
        self._gpu_failed = False
        self._loaded_model = ""

    async def pump(self) -> None:
        """Start the next job when the engine is free."""
        while self.running is None:
            try:
                job = await self._next()
            except EarwitnessError as error:
                _log.warning("The queue waits: %s %s", error, error.detail)
                job = None
            self._awake.hold("job", self.running is not None)
            if job is None:
                break
            if await self._start(job):
                break
        await self._places.tell()
        await self._changed("")

    async def approve(self, model: str, approved: bool) -> None:
        """The user's answer to `DownloadNeeded`; declined jobs wait as paused."""
        async with self._ledger.lock:
            declined = self._consent.answered(model, approved)
            await self._ledger.commit(jobs=declined)
        for job in declined:
            await self._changed(job.transcript_id)

    async def warm_up(self, model: str) -> None:
        """Load a model that is here already while a file is still coming in.

        Whatever goes wrong will be said when the job starts.
        """
        info = self._ledger.models.get(model)
        if self.engine == "off" and info is not None and info.cached:
            self.engine = "loading"
            settings = self._ledger.settings
            try:
                await self._engines.warm_up(WarmUp(model, settings.device, settings.threads))
            except EarwitnessError:
                self.engine = "off"

    async def stop(self, transcript_id: str) -> None:
        """End this job's work now, if it is the one in the engine."""
        if self.running == transcript_id:
            await self._discard_engine()

    async def pause_engine(self, transcript_id: str) -> None:
        """Stop this job after the batch in flight, or soon, if it is the one in the engine."""
        if self.running == transcript_id:
            self._ledger.pausing.add(transcript_id)
            self._watchdog.pause()
            await self._engines.pause()

    # ------------------------------------------------------------ events

    async def on_event(self, event: EngineEvent) -> None:
        """Take in what the engine says. Words of a run that is over are ignored."""
        self._watchdog.heard()
        if isinstance(event, Working):
            return
        if isinstance(event, EngineReady):
            await self._ready(event)
        elif isinstance(event, ModelLoading):
            await self._loading(event)
        elif self._current(event.transcript_id, getattr(event, "run", None)):
            try:
                await self._heard(event)
            except EarwitnessError as error:
                await self._give_up(event.transcript_id, error.view())
        elif isinstance(event, EngineFailed) and self.running is None:
            await self._discard_engine("failed")
            await self._changed("")

    async def check_engine(self) -> None:
        """End an engine that has been silent for too long, as if it had died, or pauses too late.

        What a pause cuts off is decoded again from the resume point.
        """
        id_ = self.running
        verdict = "well" if id_ is None else self._watchdog.check()
        if id_ is None or verdict == "well":
            return
        if verdict == "late":
            await self._discard_engine()
            await self._changed(id_)
            await self.pump()
        else:
            _log.warning("The engine hangs on %s", id_)
            run = self._ledger.jobs[id_].run
            await self.on_event(EngineFailed(id_, run, _HUNG, engine_lost=True))

    async def _heard(self, event: AudioOpened | WindowsReady | Finished | EngineFailed) -> None:
        match event:
            case AudioOpened():
                await self._opened(event)
            case WindowsReady():
                await self._windows(event)
            case Finished():
                await self._finished(event)
            case EngineFailed():
                await self._failed(event)

    def _current(self, transcript_id: str, run: int | None) -> bool:
        if transcript_id != self.running:
            return False
        return run is None or run == self._ledger.jobs[transcript_id].run

    async def _ready(self, event: EngineReady) -> None:
        self.device = "webgpu" if event.device == "webgpu" else "wasm"
        self.threads = event.threads
        self._loaded_model = event.model
        await self._ledger.refresh_models(self._host)
        if self.running is None:
            self.engine = "ready"
        else:
            await self._transcribing(self.running)
        await self._changed("")

    async def _loading(self, event: ModelLoading) -> None:
        if self.running is not None:
            self._ledger.loading[self.running] = (event.loaded_bytes, event.total_bytes)
            await self._changed(self.running)

    async def _opened(self, event: AudioOpened) -> None:
        async with self._ledger.lock:
            record = self._ledger.records[event.transcript_id]
            duration_s = event.duration_s if event.duration_s > 0 else record.duration_s
            opened = dataclasses.replace(record, duration_s=duration_s, tracks=event.tracks)
            if opened != record:
                await self._ledger.commit([opened])
        if await self.reconsider():
            return
        if self._loaded_model == self._ledger.jobs[event.transcript_id].options.model:
            await self._transcribing(event.transcript_id)
        await self._changed(event.transcript_id)

    async def reconsider(self) -> bool:
        """Hand the job in the engine over to the server, if it takes too long here and may go."""
        job = self._ledger.jobs.get(self.running or "")
        if job is None or job.state not in RUNNING or not self._choice.leaves(job):
            return False
        await self._discard_engine()
        await self._choice.send_away(job.transcript_id)
        await self._changed(job.transcript_id)
        self._handed_over()
        await self.pump()
        return True

    async def _transcribing(self, transcript_id: str) -> None:
        self.engine = "busy"
        async with self._ledger.lock:
            job = self._ledger.jobs[transcript_id]
            if job.state == "loading":
                await self._ledger.commit(jobs=[dataclasses.replace(job, state="transcribing")])
                self._ledger.loading.pop(transcript_id, None)
        await self._changed(transcript_id)

    async def _windows(self, event: WindowsReady) -> None:
        await self._transcribing(event.transcript_id)
        await self._commits.windows(event)
        await self._changed(event.transcript_id)
        if self._current(event.transcript_id, event.run):
            await self._engines.acknowledge(WindowsSaved(event.resume.batch))

    async def _finished(self, event: Finished) -> None:
        await self._commits.finished(event)
        self._release("ready")
        await self._changed(event.transcript_id)
        await self.pump()

    async def _failed(self, event: EngineFailed) -> None:
        job = self._ledger.jobs[event.transcript_id]
        after = self._choice.after_failure(after_failure(job, event.error, event.engine_lost))
        if job.state not in RUNNING:
            after = job
        self._gpu_failed |= event.engine_lost and self.device == "webgpu"
        if event.engine_lost or after.state == "queued":
            await self._discard_engine("failed")
        self._release(self.engine if self.engine in ("off", "failed") else "ready")
        await self._keep(after)
        await self.pump()

    # ------------------------------------------------------------ starting and ending

    async def _next(self) -> Job | None:
        facts = await self._host.facts()
        async with self._ledger.lock:
            if self.running is not None:
                return None
            job = self._ledger.next_job(self._consent.allowed(facts))
            return None if job is None else await self._claim(job)

    async def _claim(self, job: Job) -> Job:
        state = "transcribing" if self._loaded_model == job.options.model else "loading"
        job = dataclasses.replace(job, state=state)
        await self._ledger.commit(jobs=[job])
        self.running = job.transcript_id
        model = self._ledger.models.get(job.options.model)
        size = model.bytes if model is not None else 0
        speeds = self._ledger.speeds
        self._watchdog.begin(patience_s(speeds, job.options.model, size, job.position_s))
        self.engine = "busy" if state == "transcribing" else "loading"
        return job

    async def _start(self, job: Job) -> bool:
        """Hand the job to the engine; False when no engine can be started."""
        record, settings = self._ledger.records[job.transcript_id], self._ledger.settings
        device = "wasm" if job.fallback or self._gpu_failed else settings.device
        await self._changed(job.transcript_id)
        try:
            await self._engines.start(
                request_of(job, record, device=device, threads=settings.threads)
            )
        except EarwitnessError as error:
            if not self._current(job.transcript_id, job.run):
                return True
            await self._discard_engine("failed")
            after = after_failure(job, error.view(), engine_lost=True)
            await self._keep(self._choice.after_failure(after))
            return False
        return True

    async def _give_up(self, transcript_id: str, error: ErrorView) -> None:
        """Storage does not take the words: end the job, keep the queue going."""
        await self._discard_engine()
        job = self._ledger.jobs[transcript_id]
        await self._keep(dataclasses.replace(job, state="failed", error=error))
        await self.pump()

    async def _keep(self, job: Job) -> None:
        """Write the job's new state; if even that fails, show it at least."""
        async with self._ledger.lock:
            self._ledger.loading.pop(job.transcript_id, None)
            try:
                await self._ledger.commit(jobs=[job])
            except EarwitnessError:
                self._ledger.jobs[job.transcript_id] = job
        await self._changed(job.transcript_id)
        if job.on_server:
            self._handed_over()

    async def _discard_engine(self, state: EngineState = "off") -> None:
        self._release(state)
        self._loaded_model = ""
        await self._engines.terminate()

    def _release(self, state: EngineState) -> None:
        if self.running is not None:
            self._ledger.loading.pop(self.running, None)
            self._ledger.pausing.discard(self.running)
        self.running = None
        self.engine = state
