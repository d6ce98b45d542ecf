"""The engine worker: runs `speech` and `speakers` in the browser. JavaScript calls `main` once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any, Protocol, cast

from pyodide.ffi import create_proxy

from earwitness import engine_messages as em
from earwitness.browser.audio import BrowserAudio, PlatformAudio
from earwitness.browser.bridge import error_view, settled
from earwitness.browser.model_loader import ModelLoader, PlatformEngine
from earwitness.browser.transformers import ComputeError
from earwitness.browser.vad import BrowserLevels
from earwitness.domain.media_types import format_of
from earwitness.errors import EarwitnessError
from earwitness.library.background import BackgroundTasks
from earwitness.serialization import from_json, to_json
from earwitness.speakers.diarization import diarize
from earwitness.speakers.windows import analyse
from earwitness.speech.channels import CHANNELS, Channels, levels_of_run, speech_levels
from earwitness.speech.protocols import AudioSource
from earwitness.speech.transcribe import transcribe

MIX = -1
"""All channels, as one."""


class Platform(PlatformEngine, Protocol):
    """`EngineWorker.platform` in web/workers/engine-worker.js."""

    def open(self, receive: Callable[[str], None]) -> None: ...

    def send(self, text: str) -> None: ...

    def openAudio(  # noqa: N802
        self, path: str, track: int, container: str, channel: int
    ) -> Awaitable[PlatformAudio]: ...


class EngineWorker:
    """Runs one job at a time and reports on it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._models = ModelLoader(platform, self._send)
        self._saved: asyncio.Queue[int] = asyncio.Queue()
        self._pausing = False
        self._turn = asyncio.Lock()
        self._tasks = BackgroundTasks()

    def receive(self, text: str) -> None:
        """Handle a message of the library."""
        request: em.EngineRequest = from_json(cast(Any, em.EngineRequest), text)
        match request:
            case em.WindowsSaved():
                self._saved.put_nowait(request.batch)
            case em.Pause():
                self._pausing = True
            case em.Transcribe():
                self._pausing = False
                self._saved = asyncio.Queue()
                self._tasks.spawn(self._run(request))
            case em.FindSpeakers():
                self._pausing = False
                self._tasks.spawn(self._run(request))
            case em.WarmUp():
                self._tasks.spawn(self._warm_up(request))

    async def _warm_up(self, request: em.WarmUp) -> None:
        async with self._turn:
            with suppress(EarwitnessError):  # The job that needs the model reports it.
                await self._models.vad(request)
                await self._models.model(request.model, request)

    async def _run(self, request: em.Transcribe | em.FindSpeakers) -> None:
        async with self._turn:
            run = 0
            try:
                if isinstance(request, em.Transcribe):
                    run = request.run
                    await self._transcribe(request)
                else:
                    await self._find_speakers(request)
            except Exception as error:
                lost = isinstance(error, ComputeError) or not isinstance(error, EarwitnessError)
                self._send(em.EngineFailed(request.transcript_id, run, error_view(error), lost))

    async def _find_speakers(self, request: em.FindSpeakers) -> None:
        id_, windows = request.transcript_id, list(request.windows)
        if not _is_whole(windows):
            await self._analyse(request, windows)
        if self._pausing and not _is_whole(windows):
            self._send(em.SpeakersFound(id_, paused=True))
            return
        found = diarize(windows, request.least, request.most)
        self._send(em.SpeakersFound(id_, found.speakers, found.turns))

    async def _analyse(self, request: em.FindSpeakers, windows: list[em.SpeakerWindow]) -> None:
        """Send the windows that are missing, to the end or a pause, and add them to `windows`."""
        models = await self._models.speakers(request)
        with ExitStack() as opened:
            audio = await self._audio_of_speakers(request, opened)
            if self._pausing:
                return
            batches = analyse(audio, models, done=len(windows), stop=lambda: self._pausing)
            async for batch in batches:
                end_s = batch[-1].own[1] / em.SAMPLE_RATE_HZ
                self._send(em.SpeakersReady(request.transcript_id, len(windows), batch, end_s))
                windows += batch
                await asyncio.sleep(0)  # Let a pause in.

    async def _audio_of_speakers(
        self, request: em.FindSpeakers, opened: ExitStack
    ) -> AudioSource | Channels:
        """The recording, or its channels if each holds a voice. An analysis goes on as it began."""
        source = _Source(request.audio_path, request.audio_track, request.media_type)
        if not request.windows:
            with ExitStack() as once:
                count = await _channels_of(await self._open(source, once))
        else:
            count = request.windows[0].channels
        if count == CHANNELS:
            levels = await self._channel_levels(source)
            if levels is not None:
                return await self._channels(source, opened, levels)
        return await self._open(source, opened)

    async def _audio_of_job(
        self, job: em.Transcribe, source: _Source, mix: BrowserAudio, opened: ExitStack
    ) -> BrowserAudio | Channels:
        """What a run hears: `mix`, or the channels if each holds a voice."""
        tells_speakers = bool(job.options.speakers)
        levels = await levels_of_run(
            job.resume,
            tells_speakers=tells_speakers,
            channels=await _channels_of(mix) if tells_speakers and not job.resume.batch else 0,
            measure=lambda: self._channel_levels(source),
        )
        return await self._channels(source, opened, levels) if levels else mix

    async def _channel_levels(self, source: _Source) -> tuple[float, ...] | None:
        """The level of speech in each channel; None: not a voice each, or paused."""
        with ExitStack() as once:
            sides = [await self._open(source, once, channel) for channel in range(CHANNELS)]
            meter = BrowserLevels(self._platform.samples)
            return await speech_levels(sides, meter, stop=lambda: self._pausing)

    async def _channels(
        self, source: _Source, opened: ExitStack, levels: tuple[float, ...]
    ) -> Channels:
        sides = [await self._open(source, opened, channel) for channel in range(CHANNELS)]
        return Channels(sides, levels, BrowserLevels(self._platform.samples))

    async def _open(self, source: _Source, opened: ExitStack, channel: int = MIX) -> BrowserAudio:
        """Open a recording, or one channel of it, until the end of `opened`."""
        container = format_of(source.media_type)
        audio = await settled(
            self._platform.openAudio(source.path, source.track, container, channel)
        )
        found = BrowserAudio(audio, self._platform.samples)
        opened.callback(found.close)
        return found

    async def _transcribe(self, job: em.Transcribe) -> None:
        id_ = job.transcript_id
        source = _Source(job.audio_path, job.options.audio_track, job.media_type)
        with ExitStack() as opened:
            audio = await self._open(source, opened)
            container_s = audio.duration_s or 0.0
            self._send(em.AudioOpened(id_, container_s, audio.tracks))
            vad = await self._models.vad(job)
            model = await self._models.model(job.options.model, job)
            heard = await self._audio_of_job(job, source, audio, opened)
            if isinstance(heard, Channels):
                audio.close()
                audio = cast(BrowserAudio, heard.audios[0])
            batches = transcribe(
                heard,
                vad,
                model,
                job.options,
                job.resume,
                fingerprint=job.fingerprint,
                start_s=job.start_s,
                end_s=job.end_s,
                stop=lambda: self._pausing,
                tell=lambda texts: self._send(em.PartialTexts(id_, job.run, texts)),
            )
            unsaved, position_s, finished = 0, 0.0, False
            async for batch in batches:
                await self._wait_saved(unsaved)
                ready = batch.windows, batch.resume, batch.position_s, batch.compute_s
                self._send(em.WindowsReady(id_, job.run, *ready))
                unsaved, finished = batch.resume.batch, batch.finished
                position_s = batch.position_s
                await asyncio.sleep(0)  # Let a pause and acknowledgements in.
            await self._wait_saved(unsaved)
            duration_s, paused = container_s or position_s, not finished
            end = audio.ends_s, audio.broken_off
            self._send(em.Finished(id_, job.run, duration_s, paused, *end))

    async def _wait_saved(self, batch: int) -> None:
        """Wait until this batch is committed; 0: no batch. News of earlier jobs is skipped."""
        while batch and await self._saved.get() != batch:
            pass

    def _send(self, event: em.EngineEvent) -> None:
        self._platform.send(to_json(event))


@dataclass(frozen=True, slots=True)
class _Source:
    """What a recording is opened with."""

    path: str
    track: int
    media_type: str


async def _channels_of(audio: BrowserAudio) -> int:
    """Return how many channels a recording begins with."""
    await audio.read(0, 1)
    return audio.channels


def _is_whole(windows: Sequence[em.SpeakerWindow]) -> bool:
    return bool(windows) and windows[-1].last


async def main(platform: Platform) -> str:
    """Start to receive messages; models are loaded with the first job. Returns no error."""
    platform.open(create_proxy(EngineWorker(platform).receive))
    return ""
