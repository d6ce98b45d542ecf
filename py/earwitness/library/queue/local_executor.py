"""Runs jobs on this device: one at a time, every batch committed before the next.

The engine may die or hang at any moment. What is committed stays, and the job goes on from there:
once more on a fresh engine, and when that dies at the same window too, the next job starts.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from earwitness import engine_messages as em
from earwitness.domain import jobs
from earwitness.domain.jobs import Job
from earwitness.domain.media_types import media_type_of
from earwitness.errors import EarwitnessError, ErrorView
from earwitness.library.events import EngineState, Events
from earwitness.library.models import ModelCatalogue
from earwitness.library.ports import Engines, Host
from earwitness.library.queue.commits import Commits
from earwitness.library.queue.executor import Executor
from earwitness.library.queue.placement import Placement
from earwitness.library.queue.speaker_jobs import SpeakerJobs
from earwitness.library.queue.watchdog import Watchdog, patience_s
from earwitness.library.repository import LibraryRepository
from earwitness.library.wake_lock import WakeLock

_log = logging.getLogger("earwitness.library")
_SPEAKERS = "speakers"
_HUNG = ErrorView(
    "ModelError",
    "The speech engine stopped answering.",
    "Retry with a smaller model, or restart the browser.",
)


@dataclass
class LocalExecutor:
    """Owns the engine. `running` is the id of the recording that it works on."""

    _repository: LibraryRepository
    _commits: Commits
    _engines: Engines
    _models: ModelCatalogue
    _host: Host
    _events: Events
    _wake_lock: WakeLock
    _placement: Placement
    _server: Executor
    """Starts the jobs that are handed over."""
    _speakers: SpeakerJobs

    def __post_init__(self) -> None:
        self.running: str | None = None
        self.finding: str | None = None
        """The id of the recording whose speakers it tells apart. Words go first."""
        self._watchdog = Watchdog(0.0)
        self._gpu_failed = False
        self._loaded_model = ""

    async def start(self) -> None:
        """Start the next job when the engine is free."""
        while self.running is None:
            try:
                job = await self._claim_next()
                if job is None and self.running is None:
                    await self._start_finding()
            except EarwitnessError as error:
                _log.warning("The queue waits: %s %s", error, error.detail)
                job = None
            self._wake_lock.set("job", bool(self.running or self.finding))
            if job is None or await self._give_to_engine(job):
                break
        await self._events.queue_changed()

    async def pause(self, transcript_id: str) -> None:
        """Stop this job after the batch in flight, or soon, if the engine works on it."""
        if self.running == transcript_id:
            self._repository.show_progress(transcript_id, pausing=True)
            self._watchdog.pause()
            await self._engines.pause()

    async def stop(self, transcript_id: str) -> None:
        """End this job's work now, if the engine works on it."""
        if transcript_id in (self.running, self.finding):
            await self._end_engine()

    async def stop_finding(self, transcript_id: str) -> None:
        """End the analysis of this recording's speakers; what is saved of it stays."""
        if self.finding == transcript_id:
            await self._end_engine()

    async def warm_up(self, model_id: str) -> None:
        """Load a model that is on this device already, while a file is still coming in.

        If that fails, the job says so when it starts.
        """
        model = self._models.find(model_id)
        if self._events.engine.state == "off" and model is not None and model.cached:
            self._show_engine("loading")
            settings = self._repository.settings
            try:
                await self._engines.warm_up(em.WarmUp(model_id, settings.device, settings.threads))
            except EarwitnessError:
                self._show_engine("off")

    async def hand_over(self) -> bool:
        """Give the job in the engine to the server, if it takes too long here and may be sent."""
        if self.running is None:
            return False
        job = self._repository.job(self.running, in_bin=True)
        if job.state not in jobs.RUNNING or not self._placement.moves_to_server(job):
            return False
        await self._end_engine()
        await self._repository.change_job(job.transcript_id, jobs.hand_over)
        await self._events.transcript_changed(job.transcript_id)
        await self._server.start()
        await self.start()
        return True

    async def check_engine(self) -> None:
        """End an engine that is silent for too long, as if it had died, or that pauses too late.

        What a pause cuts off is decoded again from the resume point.
        """
        id_ = self.running or self.finding
        verdict = "well" if id_ is None else self._watchdog.check()
        if id_ is None or verdict == "well":
            return
        if verdict == "late":
            await self._end_engine()
            await self._events.transcript_changed(id_)
            await self.start()
        else:
            _log.warning("The engine hangs on %s", id_)
            run = self._repository.job(id_, in_bin=True).run
            await self.on_event(em.EngineFailed(id_, run, _HUNG, engine_lost=True))

    # ------------------------------------------------------------ events of the engine

    async def on_event(self, event: em.EngineEvent) -> None:
        """Act on an event of the engine. Those of a run that is over are ignored."""
        self._watchdog.reset()
        match event:
            case em.Working():
                pass
            case em.EngineReady():
                await self._on_ready(event)
            case em.ModelLoading():
                await self._on_loading(event)
            case em.SpeakersReady() | em.SpeakersFound():
                if event.transcript_id == self.finding:
                    await self._on_speakers(event)
            case em.EngineFailed() if self.finding is not None:
                if event.transcript_id == self.finding:
                    await self._on_speakers_failed(event.error, engine_lost=event.engine_lost)
            case em.EngineFailed() if self.running is None:
                await self._end_engine("failed")
                await self._events.status_changed()
            case em.PartialTexts():
                if self._is_current(event.transcript_id, event.run):
                    self._repository.show_progress(event.transcript_id, partial=event.texts)
                    await self._events.transcript_changed(event.transcript_id)
            case em.AudioOpened() | em.WindowsReady() | em.Finished() | em.EngineFailed():
                if self._is_current(event.transcript_id, getattr(event, "run", None)):
                    await self._on_job_event(event)

    async def _on_job_event(
        self, event: em.AudioOpened | em.WindowsReady | em.Finished | em.EngineFailed
    ) -> None:
        try:
            match event:
                case em.AudioOpened():
                    await self._on_opened(event)
                case em.WindowsReady():
                    await self._on_windows(event)
                case em.Finished():
                    await self._on_finished(event)
                case em.EngineFailed():
                    await self._on_failed(event)
        except EarwitnessError as error:
            await self._end_engine()
            failing = partial(jobs.fail_to_save, error=error.view())
            await self._conclude(event.transcript_id, failing)
            await self.start()

    def _is_current(self, transcript_id: str, run: int | None) -> bool:
        """Return whether the engine works on this run; None: the event names no run."""
        if transcript_id != self.running:
            return False
        return run in (None, self._repository.job(transcript_id, in_bin=True).run)

    async def _on_ready(self, event: em.EngineReady) -> None:
        device = "webgpu" if event.device == "webgpu" else "wasm"
        self._show_engine(self._events.engine.state, device=device, threads=event.threads)
        self._loaded_model = event.model
        await self._models.refresh()
        if self.running is None:
            self._show_engine("ready")
        else:
            await self._set_transcribing(self.running)
        await self._events.status_changed()

    async def _on_loading(self, event: em.ModelLoading) -> None:
        loading = (event.loaded_bytes, event.total_bytes)
        if self.running is not None:
            self._repository.show_progress(self.running, loading=loading)
            await self._events.transcript_changed(self.running)
        elif self.finding is not None:
            self._repository.show_progress(self.finding, finding="loading", loading=loading)
            await self._events.transcript_changed(self.finding)

    async def _on_opened(self, event: em.AudioOpened) -> None:
        id_ = event.transcript_id
        known = {"duration_s": event.duration_s} if event.duration_s > 0 else {}
        await self._repository.change_record(id_, in_bin=True, tracks=event.tracks, **known)
        if await self.hand_over():
            return
        if self._loaded_model == self._repository.job(id_, in_bin=True).options.model:
            await self._set_transcribing(id_)
        await self._events.transcript_changed(id_)

    async def _on_windows(self, event: em.WindowsReady) -> None:
        await self._set_transcribing(event.transcript_id)
        await self._commits.commit_windows(event)
        self._forget_partial(event.transcript_id, event.position_s)
        await self._events.transcript_changed(event.transcript_id)
        if self._is_current(event.transcript_id, event.run):
            await self._engines.acknowledge(em.WindowsSaved(event.resume.batch))

    def _forget_partial(self, transcript_id: str, position_s: float) -> None:
        """Stop showing the text before this time, which is saved. The next batch is in work."""
        texts = self._repository.progress(transcript_id).partial
        left = tuple(each for each in texts if each.start_s >= position_s)
        self._repository.show_progress(transcript_id, partial=left)

    async def _on_finished(self, event: em.Finished) -> None:
        await self._commits.commit_finish(event)
        self._release("ready")
        await self._events.transcript_changed(event.transcript_id)
        await self.start()

    async def _on_failed(self, event: em.EngineFailed) -> None:
        failing = self._failing(event.error, engine_lost=event.engine_lost)
        job = failing(self._repository.job(event.transcript_id, in_bin=True))
        self._gpu_failed |= event.engine_lost and self._events.engine.device == "webgpu"
        if event.engine_lost or job.state == "queued":
            await self._end_engine("failed")
        engine = self._events.engine.state
        self._release(engine if engine in ("off", "failed") else "ready")
        await self._conclude(event.transcript_id, failing)
        await self.start()

    async def _set_transcribing(self, transcript_id: str) -> None:
        self._show_engine("busy")
        before, job = await self._repository.change_job(transcript_id, jobs.transcribe)
        if job != before:
            self._repository.show_progress(transcript_id, loading=(0, 0))
        await self._events.transcript_changed(transcript_id)

    # ------------------------------------------------------------ speakers

    async def _start_finding(self) -> None:
        """Begin the next analysis of speakers while no job has the engine."""
        facts = await self._host.facts()
        record = await self._speakers.claim(metered=facts.metered)
        if record is None or self.running is not None or self.finding is not None:
            return
        request = await self._speakers.engine_request(record)
        wanted = self._repository.record(record.id).speaker_job
        if self.running is not None or self.finding is not None or wanted != record.speaker_job:
            return
        self.finding = record.id
        size = self._models.speakers.bytes if self._models.speakers is not None else 0
        patience = patience_s(self._repository.speeds, _SPEAKERS, size, record.duration_s)
        self._watchdog = Watchdog(patience)
        self._show_engine("busy")
        self._repository.show_progress(record.id, finding="running")
        await self._events.transcript_changed(record.id)
        try:
            await self._engines.find_speakers(request)
        except EarwitnessError as error:
            await self._on_speakers_failed(error.view(), engine_lost=True)

    async def _on_speakers(self, event: em.SpeakersReady | em.SpeakersFound) -> None:
        id_ = event.transcript_id
        try:
            if isinstance(event, em.SpeakersReady):
                await self._speakers.save(event)
                self._repository.show_progress(id_, finding="running", loading=(0, 0))
                await self._events.transcript_changed(id_)
                return
            if not event.paused:
                await self._speakers.finish(event)
        except EarwitnessError as error:
            await self._on_speakers_failed(error.view(), engine_lost=True)
            return
        await self._models.refresh()
        self._release("ready")
        await self._events.transcript_changed(id_)
        await self.start()

    async def _on_speakers_failed(self, error: ErrorView, *, engine_lost: bool) -> None:
        id_ = self.finding
        if engine_lost:
            await self._end_engine("failed")
        else:
            self._release("ready")
        if id_ is not None:
            try:
                await self._speakers.fail(id_, error)
            except EarwitnessError as unsaved:
                _log.warning("How an analysis ended is lost: %s %s", unsaved, unsaved.detail)
            await self._events.transcript_changed(id_)
        await self.start()

    # ------------------------------------------------------------ starting and ending

    async def _claim_next(self) -> Job | None:
        facts = await self._host.facts()
        async with self._repository.transaction() as t:
            at_work = () if self.running is None else (self.running,)
            job = self._placement.next_job("device", at_work, metered=facts.metered)
            if job is None:
                return None
            if self.finding is not None:
                self._watchdog.pause()
                await self._engines.pause()
                return None
            job = jobs.start(job, loaded=self._loaded_model == job.options.model)
            t.put(job)
        self.running = job.transcript_id
        model = self._models.find(job.options.model)
        size, speeds = model.bytes if model is not None else 0, self._repository.speeds
        patience = patience_s(speeds, job.options.model, size, job.position_s)
        self._watchdog = Watchdog(patience)
        self._show_engine("busy" if job.state == "transcribing" else "loading")
        return job

    async def _give_to_engine(self, job: Job) -> bool:
        """Hand a claimed job to the engine; return False when no engine can be started."""
        id_ = job.transcript_id
        record = self._repository.record(id_, in_bin=True)
        settings = self._repository.settings
        request = em.Transcribe(
            id_,
            job.run,
            record.audio_path,
            record.fingerprint,
            job.options,
            job.resume,
            device="wasm" if job.fallback or self._gpu_failed else settings.device,
            threads=settings.threads,
            start_s=job.start_s,
            end_s=job.end_s,
            # A recording of 0.1.0 has no media type where only its name tells it.
            media_type=media_type_of(record.name, record.media_type),
        )
        await self._events.transcript_changed(id_)
        try:
            await self._engines.start(request)
        except EarwitnessError as error:
            if not self._is_current(id_, job.run):
                return True
            await self._end_engine("failed")
            await self._conclude(id_, self._failing(error.view(), engine_lost=True))
            return False
        return True

    def _failing(self, error: ErrorView, *, engine_lost: bool) -> Callable[[Job], Job]:
        """Return the transition of a job that failed: again here, on the server, or to its end."""

        def after(job: Job) -> Job:
            failed = jobs.fail_on_device(job, error, engine_lost=engine_lost)
            return self._placement.after_failure(failed)

        return after

    async def _conclude(self, transcript_id: str, transition: Callable[[Job], Job]) -> None:
        """Write how a job ended here; if even that fails, show it at least."""
        self._repository.show_progress(transcript_id, loading=(0, 0))
        _, job = await self._repository.change_job(transcript_id, transition, even_unsaved=True)
        await self._events.transcript_changed(transcript_id)
        if job.on_server:
            await self._server.start()

    async def _end_engine(self, state: EngineState = "off") -> None:
        self._release(state)
        self._loaded_model = ""
        await self._engines.terminate()

    def _release(self, state: EngineState) -> None:
        if self.running is not None:
            self._repository.show_progress(self.running, loading=(0, 0), pausing=False, partial=())
        if self.finding is not None:
            self._repository.show_progress(self.finding, loading=(0, 0), finding=None)
        self.running = self.finding = None
        self._show_engine(state)

    def _show_engine(self, state: EngineState, **changes: Any) -> None:
        self._events.engine = dataclasses.replace(self._events.engine, state=state, **changes)
