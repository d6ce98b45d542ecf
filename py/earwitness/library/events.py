"""Events to every page: what changed in the history, and the status of the library.

Progress is sent at most ten times a second, and the last of it always. A new state is sent at
once: a job that is done must not wait for the progress sent just before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from earwitness.domain.queue_order import queue_positions
from earwitness.library.background import BackgroundTasks
from earwitness.library.models import ModelCatalogue
from earwitness.library.ports import Clock, Emit, Host
from earwitness.library.repository import LibraryRepository
from earwitness.library.server_settings import server_view
from earwitness.messages import ModelView, Status, StatusChanged, TranscriptChanged

INTERVAL_S = 0.1
"""Between two events about the same topic."""
_STATUS = ""
"""The topic of `StatusChanged`; the others are transcript ids."""


EngineState = Literal["off", "loading", "ready", "busy", "failed"]


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What the page shows of the engine on this device."""

    state: EngineState = "off"
    device: Literal["unknown", "wasm", "webgpu"] = "unknown"
    threads: int = 0


class EventThrottle:
    """Calls `send(topic)` now, or a little later when it was called just before."""

    def __init__(
        self,
        clock: Clock,
        send: Callable[[str], Awaitable[None]],
        state_of: Callable[[str], object] = lambda _topic: None,
    ) -> None:
        """`state_of`: what of a topic is sent at once when it is not as it was sent last."""
        self._clock = clock
        self._send = send
        self._state_of = state_of
        self._sent_at: dict[str, float] = {}
        self._sent: dict[str, object] = {}
        self._waiting: dict[str, asyncio.Task[None]] = {}

    async def announce(self, topic: str) -> None:
        """Send that a topic has changed."""
        if topic in self._sent and self._sent[topic] != self._state_of(topic):
            await self._send_now(topic)
            return
        if topic in self._waiting:
            return
        wait_s = self._sent_at.get(topic, -INTERVAL_S) + INTERVAL_S - self._clock.now()
        if wait_s <= 0:
            await self._send_now(topic)
        else:
            later = self._send_later(topic, min(wait_s, INTERVAL_S))
            self._waiting[topic] = asyncio.create_task(later)

    async def settle(self) -> None:
        """Wait until everything is sent."""
        while self._waiting:
            await asyncio.gather(*self._waiting.values())

    async def _send_later(self, topic: str, wait_s: float) -> None:
        await self._clock.sleep(wait_s)
        del self._waiting[topic]
        await self._send_now(topic)

    async def _send_now(self, topic: str) -> None:
        self._sent_at[topic] = self._clock.now()
        self._sent[topic] = self._state_of(topic)
        await self._send(topic)


class Events:
    """Sends events about what repository, catalogue, host and engine hold when it sends them."""

    def __init__(
        self,
        repository: LibraryRepository,
        models: ModelCatalogue,
        host: Host,
        clock: Clock,
        emit: Emit,
        background: BackgroundTasks,
    ) -> None:
        self.emit = emit
        self.engine = EngineStatus()
        """Set by the executor that runs the engine."""
        self._repository = repository
        self._models = models
        self._host = host
        self._background = background
        self._throttle = EventThrottle(clock, self._send, self._state_of)
        self._positions: dict[str, int] = {}
        self._asked_to_persist = False

    async def transcript_changed(self, transcript_id: str) -> None:
        """Announce that a record or its job changed; one in the bin is not announced."""
        await self._throttle.announce(transcript_id)

    async def status_changed(self) -> None:
        """Announce that engine, storage, models or settings changed."""
        await self._throttle.announce(_STATUS)

    async def queue_changed(self) -> None:
        """Announce each waiting job whose position changed, then the status."""
        before, self._positions = self._positions, queue_positions(self._repository.jobs())
        for id_, position in self._positions.items():
            if before.get(id_) != position:
                await self.transcript_changed(id_)
        await self.status_changed()

    def transcript_finished(self) -> None:
        """Ask the browser, once a visit, not to evict our data: now there are words to lose."""
        if not self._asked_to_persist:
            self._asked_to_persist = True
            self._background.spawn(self._persist())

    async def status(self) -> Status:
        """Return all that the page shows about engine, storage, models, settings and server."""
        facts = await self._host.facts()
        repository, settings = self._repository, self._repository.settings
        views = tuple(
            ModelView(
                model.id,
                model.title,
                model.bytes,
                model.multilingual,
                model.cached,
                repository.speeds.measured(model.id),
            )
            for model in self._models.all()
        )
        return Status(
            stage="ready",
            engine=self.engine.state,
            device=self.engine.device,
            threads=self.engine.threads,
            isolated=facts.isolated,
            persisted=facts.persisted,
            storage_used_bytes=facts.storage_used_bytes,
            storage_quota_bytes=facts.storage_quota_bytes,
            models=views,
            settings=settings,
            marks_ms=facts.marks_ms,
            version=facts.version,
            server=server_view(settings, repository.page_origin),
        )

    async def settle(self) -> None:
        """Wait until everything is sent."""
        await self._throttle.settle()

    async def _persist(self) -> None:
        await self._host.persist()
        await self.status_changed()

    async def _send(self, topic: str) -> None:
        if topic == _STATUS:
            self.emit(StatusChanged(await self.status()))
        elif self._repository.is_listed(topic):
            self.emit(TranscriptChanged(self._repository.summary(topic)))

    def _state_of(self, topic: str) -> str:
        known = topic in self._repository
        return self._repository.job(topic, in_bin=True).state if known else ""
