"""Events to every page: what changed in the history, and the status of the library.

Progress is sent at most ten times a second, and the last of it always. A new state is sent at
once: a job that is done must not wait for the progress sent just before.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from earwitness.domain.queue_order import queue_positions
from earwitness.domain.records import shared_fields
from earwitness.library.background import BackgroundTasks
from earwitness.library.models import ModelCatalogue
from earwitness.library.ports import Clock, Emit, Host, ModelInfo
from earwitness.library.repository import LibraryRepository
from earwitness.library.servers.server_settings import server_view
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


@dataclass
class Events:
    """Sends events about what repository, catalogue, host and engine hold when it sends them."""

    _repository: LibraryRepository
    _models: ModelCatalogue
    _host: Host
    _clock: Clock
    emit: Emit
    """Sends an event at once."""
    _background: BackgroundTasks

    def __post_init__(self) -> None:
        self.engine = EngineStatus()
        """Set by the executor that runs the engine."""
        self._sent: dict[str, tuple[float, str]] = {}
        """When each topic was sent last, and the state of its job then."""
        self._waiting: dict[str, asyncio.Task[None]] = {}
        self._positions: dict[str, int] = {}
        self._asked_to_persist = False

    async def transcript_changed(self, transcript_id: str) -> None:
        """Announce that a record or its job changed; one in the bin is not announced."""
        await self._announce(transcript_id)

    async def status_changed(self) -> None:
        """Announce that engine, storage, models or settings changed."""
        await self._announce(_STATUS)

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
        speeds = self._repository.speeds

        def view(model: ModelInfo) -> ModelView:
            factor = speeds.measured(model.id)
            return ModelView(**shared_fields(model, ModelView), realtime_factor=factor)

        return Status(
            stage="ready",
            engine=self.engine.state,
            **shared_fields(self.engine, Status),
            **shared_fields(facts, Status),
            models=tuple(map(view, self._models.all())),
            settings=self._repository.settings,
            server=server_view(self._repository),
            known_voices=tuple(v.name for v in self._repository.known_voices.voices),
            speaker_models=view(self._models.speakers) if self._models.speakers else None,
        )

    async def settle(self) -> None:
        """Wait until everything is sent."""
        while self._waiting:
            await asyncio.gather(*self._waiting.values())

    async def _persist(self) -> None:
        await self._host.persist()
        await self.status_changed()

    async def _announce(self, topic: str) -> None:
        """Send that a topic has changed: now, or a little later if it was sent just before."""
        sent_s, state = self._sent.get(topic, (-INTERVAL_S, self._state_of(topic)))
        wait_s = sent_s + INTERVAL_S - self._clock.now()
        if (wait_s <= 0 and topic not in self._waiting) or state != self._state_of(topic):
            await self._send(topic)
        elif topic not in self._waiting:
            later = self._send_later(topic, min(wait_s, INTERVAL_S))
            self._waiting[topic] = asyncio.create_task(later)

    async def _send_later(self, topic: str, wait_s: float) -> None:
        await self._clock.sleep(wait_s)
        del self._waiting[topic]
        await self._send(topic)

    async def _send(self, topic: str) -> None:
        self._sent[topic] = (self._clock.now(), self._state_of(topic))
        if topic == _STATUS:
            self.emit(StatusChanged(await self.status()))
        elif self._repository.is_listed(topic):
            self.emit(TranscriptChanged(self._repository.summary(topic)))

    def _state_of(self, topic: str) -> str:
        known = topic in self._repository
        return self._repository.job(topic, in_bin=True).state if known else ""
