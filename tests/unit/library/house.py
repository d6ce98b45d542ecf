"""A library with everything around it scripted: a store in memory, a shelf, an engine, a clock."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from earwitness import formats
from earwitness import messages as m
from earwitness.engine_messages import (
    AudioOpened,
    EngineFailed,
    EngineReady,
    Finished,
    ResumePoint,
    Transcribe,
    WarmUp,
    WindowRow,
    WindowsReady,
    WindowsSaved,
)
from earwitness.errors import (
    ErrorView,
    MediaError,
    NotFoundError,
    ServerAwayError,
    StorageError,
)
from earwitness.library.platform import HostFacts, KeptAudio, ModelInfo
from earwitness.library.remote.address import origin_of
from earwitness.library.remote.wire import Answer, Listening, Question, Wire
from earwitness.library.service import LibraryService
from earwitness.library.store import Change, Delete, Put, Row, Table
from earwitness.transcript import Segment, Word

BATCH_S = 30.0


class MemoryStore:
    """Tables as dicts of JSON text. `fails` makes the next writes fail, wholly."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[str, str]] = {}
        self.fails = 0
        self.writes = 0

    async def get(self, table: Table, key: str) -> Any:
        await asyncio.sleep(0)
        text = self.tables.get(table, {}).get(key)
        return None if text is None else json.loads(text)

    async def scan(
        self, table: Table, *, prefix: str = "", after: str = "", limit: int = 0
    ) -> list[Row]:
        await asyncio.sleep(0)
        rows = [
            Row(key, json.loads(text))
            for key, text in sorted(self.tables.get(table, {}).items())
            if key.startswith(prefix) and key > after
        ]
        return rows[:limit] if limit else rows

    async def write(self, changes: Sequence[Change]) -> None:
        await asyncio.sleep(0)
        if self.fails:
            self.fails -= 1
            raise StorageError("The disk is full.", hint="Free some space.")
        self.writes += 1
        for change in changes:
            table = self.tables.setdefault(change.table, {})
            if isinstance(change, Put):
                table[change.key] = json.dumps(change.value, allow_nan=False)
            elif isinstance(change, Delete):
                table.pop(change.key, None)
            else:
                for key in [key for key in table if key.startswith(change.prefix)]:
                    del table[key]


class MemoryShelf:
    """Audio as bytes; attachments are bytes too."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.full = False

    async def keep(self, transcript_id: str, attachment: object) -> KeptAudio:
        await asyncio.sleep(0)
        if self.full:
            raise StorageError("The disk is full.", hint="Free some space.")
        assert isinstance(attachment, bytes)
        if not attachment:
            raise MediaError("The file is empty.", hint="Choose another.")
        self.files[transcript_id] = attachment
        fingerprint = hashlib.sha256(attachment).hexdigest()
        return KeptAudio(f"audio/{transcript_id}", len(attachment), fingerprint, "audio/wav")

    async def delete(self, transcript_id: str) -> None:
        self.files.pop(transcript_id, None)

    async def list(self) -> dict[str, int]:
        return {id_: len(content) for id_, content in self.files.items()}

    async def read(self, transcript_id: str) -> AsyncIterator[bytes]:
        if transcript_id not in self.files:
            raise NotFoundError("No such audio.")
        content = self.files[transcript_id]
        for at in range(0, len(content), 7):
            yield content[at : at + 7]


@dataclass
class ScriptedEngines:
    """Remembers what it was asked; the test says what the engine answers."""

    started: list[Transcribe] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    warmed: list[WarmUp] = field(default_factory=list)
    pauses: int = 0
    terminations: int = 0

    async def start(self, request: Transcribe) -> None:
        await asyncio.sleep(0)
        self.started.append(request)

    async def acknowledge(self, saved: WindowsSaved) -> None:
        self.acknowledged.append(saved.batch)

    async def pause(self) -> None:
        self.pauses += 1

    async def warm_up(self, request: WarmUp) -> None:
        self.warmed.append(request)

    async def terminate(self) -> None:
        await asyncio.sleep(0)
        self.terminations += 1


@dataclass
class ScriptedHost:
    metered: bool = False
    awake: bool = False
    warns: bool = False
    persisted: bool = False
    catalogue: tuple[ModelInfo, ...] = (
        ModelInfo("base", "Base", 80_000_000, True, True),
        ModelInfo("tiny.en", "Tiny, English", 44_000_000, False, False),
    )

    async def facts(self) -> HostFacts:
        return HostFacts(metered=self.metered, persisted=self.persisted, version="test")

    async def models(self) -> tuple[ModelInfo, ...]:
        return self.catalogue

    async def persist(self) -> bool:
        self.persisted = True
        return True

    def wake_lock(self, on: bool) -> None:
        self.awake = on

    def saving(self, on: bool) -> None:
        self.warns = on


class NoNetwork:
    """Nobody answers."""

    origin = "https://page.example"

    async def ask(self, question: Question) -> Answer:
        await asyncio.sleep(0)
        raise ServerAwayError(f"{origin_of(question.url)} does not answer.")

    async def listen(self, question: Question) -> Listening:
        raise ServerAwayError(f"{origin_of(question.url)} does not answer.")


class SteppingClock:
    """Stands still until somebody sleeps or a test moves it."""

    def __init__(self) -> None:
        self.time_s = 1_795_000_000.0

    def now(self) -> float:
        return self.time_s

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(0)
        self.time_s += delay_s


class House:
    """A service and all it touches. `restart` is what closing and opening the tab does."""

    def __init__(self, wire: Wire | None = None) -> None:
        self.wire: Wire = wire or NoNetwork()
        self.store = MemoryStore()
        self.shelf = MemoryShelf()
        self.host = ScriptedHost()
        self.clock = SteppingClock()
        self.events: list[m.Event] = []
        self.engines = ScriptedEngines()
        self._made = 0

    async def open(self) -> None:
        self.engines = ScriptedEngines()
        self.service = LibraryService(
            store=self.store,
            shelf=self.shelf,
            engines=self.engines,
            host=self.host,
            wire=self.wire,
            clock=self.clock,
            emit=self.events.append,
            export=formats.export,
            new_id=self._new_id,
        )
        await self.service.boot()
        await self.service.settle()

    async def restart(self) -> None:
        await self.service.settle()
        self.events.clear()
        await self.open()

    async def ask(self, request: m.Request, *attachments: object) -> Any:
        reply = await self.service.handle(request, attachments)
        await self.service.settle()
        return reply

    async def add(self, name: str = "talk.wav", content: bytes = b"audio", **options: Any) -> str:
        self.clock.time_s += 1
        made = await self.ask(m.AddFile(name, m.TranscribeOptions(**options)), content)
        return str(made.id)

    async def hear(self, event: Any) -> None:
        await self.service.on_engine_event(event)
        await self.service.settle()

    async def state(self, transcript_id: str) -> str:
        listed = await self.ask(m.ListTranscripts())
        return next(str(t.job.state) for t in listed.transcripts if t.id == transcript_id)

    async def texts(self, transcript_id: str) -> list[str]:
        whole = await self.ask(m.GetTranscript(transcript_id))
        return [segment.text for segment in whole.segments]

    async def find(self, query: str, **filters: Any) -> list[tuple[str, int | None]]:
        result = await self.ask(m.Search(query, **filters))
        return [(hit.transcript_id, hit.segment) for hit in result.hits]

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def _new_id(self) -> str:
        self._made += 1
        return f"t{self._made}"


def ready(model: str = "base") -> EngineReady:
    return EngineReady(model, "wasm", 2)


def opened(id_: str, duration_s: float = 120.0) -> AudioOpened:
    return AudioOpened(id_, duration_s)


def batch(
    id_: str, number: int, *texts: str, run: int = 1, offset_s: float = 0.0, words: bool = False
) -> WindowsReady:
    """Batch `number` (from 1): one window of 30 s, its texts evenly in it."""
    start_s = offset_s + (number - 1) * BATCH_S
    step = BATCH_S / max(1, len(texts))
    segments = tuple(
        Segment(
            start_s + i * step,
            start_s + (i + 1) * step,
            f" {text}",
            (Word(f" {text}", start_s + i * step, start_s + (i + 1) * step),) if words else (),
        )
        for i, text in enumerate(texts)
    )
    row = WindowRow(number - 1, number - 1, start_s, start_s + BATCH_S, segments)
    resume = ResumePoint(number, number, int((start_s + BATCH_S) * 16_000), "en", 0.98)
    return WindowsReady(id_, run, (row,), resume, start_s + BATCH_S, compute_s=6.0)


def finished(id_: str, run: int = 1, duration_s: float = 120.0, paused: bool = False) -> Finished:
    return Finished(id_, run, duration_s, paused)


def failed(id_: str, kind: str = "ModelError", run: int = 1, lost: bool = False) -> EngineFailed:
    return EngineFailed(id_, run, ErrorView(kind, "It broke.", "Try again."), lost)


def lived(story: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Make a test of a coroutine whose first parameter is an open `House`."""

    @wraps(story)
    def test(**given: Any) -> None:
        async def whole() -> None:
            house = House()
            await house.open()
            await asyncio.wait_for(story(house, **given), 20)

        asyncio.run(whole())

    parameters = list(inspect.signature(story).parameters.values())[1:]
    test.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return test


async def transcribed(house: House, *texts: str, name: str = "talk.wav", **options: object) -> str:
    """A finished recording of one window."""
    id_ = await house.add(name, name.encode(), **options)
    await house.hear(ready())
    await house.hear(opened(id_, 30.0))
    await house.hear(batch(id_, 1, *texts))
    await house.hear(finished(id_, duration_s=30.0))
    return id_
