"""The library's client of the engine worker, which the page starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, cast

from earwitness import engine_messages as em
from earwitness.browser.host import PageHost
from earwitness.errors import ErrorView, ModelError
from earwitness.serialization import from_plain, to_json

_START_WAIT_S = 60.0
_IDLE_S = 300.0
"""A worker without a job is ended after this time, because its model uses much memory."""


class PlatformEngineClient(Protocol):
    """The part of `LibraryWorker.platform` that reaches the engine."""

    def tellEngine(self, text: str) -> None: ...  # noqa: N802 (JavaScript's name)

    def dropEngine(self) -> None: ...  # noqa: N802 (JavaScript's name)


class EngineClient:
    """Implements `earwitness.library.ports.Engines`.

    Each start of a worker has a number. A message with another number is from an ended worker
    and is dropped.
    """

    def __init__(
        self,
        platform: PlatformEngineClient,
        host: PageHost,
        on_event: Callable[[em.EngineEvent], None],
    ) -> None:
        self._platform = platform
        self._host = host
        self._on_event = on_event
        self._number = 0
        self._connected: asyncio.Future[None] | None = None
        self._job: em.Transcribe | em.FindSpeakers | None = None
        self._setup: tuple[str, int] | None = None
        self._idle: asyncio.TimerHandle | None = None

    async def start(self, request: em.Transcribe) -> None:
        """Start or continue a job, in a new worker if there is none.

        A worker keeps the device and threads of its first model, so others need a new worker.
        """
        self._prepare(request)
        self._job = request
        await self._send(request)

    async def find_speakers(self, request: em.FindSpeakers) -> None:
        """Start or continue an analysis of speakers, in a new worker if there is none."""
        self._prepare(request)
        self._job = request
        await self._send(request)

    async def acknowledge(self, saved: em.WindowsSaved) -> None:
        """Tell the engine, if there is one, that a batch is committed."""
        if self._connected is not None:
            await self._send(saved)

    async def pause(self) -> None:
        """Ask the engine, if there is one, to stop after the batch in progress."""
        if self._connected is not None:
            await self._send(em.Pause())

    async def warm_up(self, request: em.WarmUp) -> None:
        """Load a model ahead of the first job."""
        self._prepare(request)
        self._start_idle_timer()
        await self._send(request)

    async def terminate(self) -> None:
        """End the worker now."""
        self._end()

    def on_port(self, number: int) -> None:
        """Take the connection of worker `number`."""
        if number == self._number and self._connected is not None and not self._connected.done():
            self._connected.set_result(None)

    def on_message(self, number: int, message: dict[str, Any]) -> None:
        """Take a message of worker `number`."""
        if number != self._number:
            return
        event: em.EngineEvent | em.EngineBootFailed = from_plain(
            cast(Any, em.EngineEvent | em.EngineBootFailed), message
        )
        if isinstance(event, em.EngineBootFailed):
            self._lose(event.error)
            return
        if isinstance(event, em.Finished | em.SpeakersFound | em.EngineFailed):
            self._job = None
            self._start_idle_timer()
        self._on_event(event)

    def on_lost(self, number: int, detail: str) -> None:
        """Take the page's news that worker `number` ended."""
        if number == self._number:
            error = ModelError(
                "The speech engine stopped unexpectedly.",
                hint="Close other tabs if memory is short, or choose a smaller model.",
                detail=detail,
            )
            self._lose(error.view())

    def _prepare(self, request: em.Transcribe | em.WarmUp | em.FindSpeakers) -> None:
        self._stop_idle_timer()
        setup = (request.device, request.threads)
        if self._setup not in (None, setup):
            self._end()
        self._setup = setup

    def _start_idle_timer(self) -> None:
        """End the worker after `_IDLE_S` from now."""
        self._stop_idle_timer()
        self._idle = asyncio.get_running_loop().call_later(_IDLE_S, self._end)

    def _stop_idle_timer(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _end(self) -> None:
        if self._connected is not None:
            self._forget()
            self._host.send("stop-engine")

    async def _send(self, request: em.EngineRequest) -> None:
        if self._connected is None:
            self._number += 1
            self._connected = asyncio.get_running_loop().create_future()
            self._host.send("start-engine", id=self._number)
        connected = self._connected
        try:
            await asyncio.wait_for(asyncio.shield(connected), _START_WAIT_S)
        except asyncio.CancelledError:
            if connected.cancelled():
                return  # The worker was ended while it started: nobody is there to be told.
            raise
        except TimeoutError as error:
            self._forget()
            raise ModelError(
                "The speech engine did not start.", hint="Reload the page and try again."
            ) from error
        if connected is self._connected:
            self._platform.tellEngine(to_json(request))

    def _lose(self, error: ErrorView) -> None:
        job = self._job
        self._forget()
        self._host.send("stop-engine")
        id_ = job.transcript_id if job else ""
        run = job.run if isinstance(job, em.Transcribe) else 0
        self._on_event(em.EngineFailed(id_, run, error, engine_lost=True))

    def _forget(self) -> None:
        self._number += 1
        if self._connected is not None and not self._connected.done():
            self._connected.cancel()
        self._connected = None
        self._job = None
        self._setup = None
        self._stop_idle_timer()
        self._platform.dropEngine()
