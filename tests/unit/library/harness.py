"""A library with scripted ports: store and audio in memory, an engine, a host, a clock."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, timezone
from functools import wraps
from typing import Any

from earwitness import formats
from earwitness import messages as m
from earwitness.domain.records import day
from earwitness.engine_messages import (
    AudioOpened,
    EngineFailed,
    EngineReady,
    FindSpeakers,
    Finished,
    ResumePoint,
    Transcribe,
    WarmUp,
    WindowRow,
    WindowsReady,
    WindowsSaved,
)
from earwitness.errors import (
    EarwitnessError,
    ErrorView,
    ServerAwayError,
)
from earwitness.formats.assisted_reading import read_with_tools
from earwitness.library.ports import HostFacts, ModelInfo, ModelList
from earwitness.library.service import LibraryService
from earwitness.remote.address import origin_of
from earwitness.remote.http import FileClient, Request, Response, ResponseStream
from earwitness.tool_messages import ToolReply
from earwitness.transcript import Segment, Word

from tests.unit.library.memory import MemoryAudioStore, MemoryBackups, MemoryStore

SPEAKERS = ModelInfo("speakers", "Speakers", 13_000_000, True, True)
BATCH_S = 30.0
CZECH = m.TranscribeOptions(model="base", language="cs")


@dataclass
class ScriptedEngines:
    """Remembers what it was asked; the test says what the engine answers."""

    started: list[Transcribe] = field(default_factory=list)
    finding: list[FindSpeakers] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)
    warmed: list[WarmUp] = field(default_factory=list)
    pauses: int = 0
    terminations: int = 0

    async def start(self, request: Transcribe) -> None:
        await asyncio.sleep(0)
        self.started.append(request)

    async def find_speakers(self, request: FindSpeakers) -> None:
        await asyncio.sleep(0)
        self.finding.append(request)

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
class ScriptedTools:
    """Remembers what it was asked; without an answer of the test, a tool cannot be loaded."""

    answers: dict[str, ToolReply] = field(default_factory=dict)
    asked: list[tuple[Any, list[bytes]]] = field(default_factory=list)

    async def ask(self, request: Any, files: Sequence[bytes]) -> Any:
        await asyncio.sleep(0)
        self.asked.append((request, list(files)))
        answer = self.answers.get(request.type)
        if answer is None:
            raise EarwitnessError(f"{request.type} could not be loaded.")
        return answer


@dataclass
class ScriptedHost:
    metered: bool = False
    awake: bool = False
    persisted: bool = False
    catalogue: tuple[ModelInfo, ...] = (
        ModelInfo("base", "Base", 80_000_000, True, True),
        ModelInfo("tiny.en", "Tiny, English", 44_000_000, False, False),
    )

    speakers: ModelInfo | None = SPEAKERS

    async def facts(self) -> HostFacts:
        return HostFacts(metered=self.metered, persisted=self.persisted, version="test")

    async def models(self) -> ModelList:
        return ModelList(self.catalogue, self.speakers)

    async def persist(self) -> bool:
        self.persisted = True
        return True

    def wake_lock(self, on: bool) -> None:
        self.awake = on


class NoNetwork:
    """A network where no server answers."""

    origin = "https://page.example"

    async def send(self, request: Request) -> Response:
        await asyncio.sleep(0)
        raise ServerAwayError(f"{origin_of(request.url)} does not answer.")

    async def stream(self, request: Request) -> ResponseStream:
        raise ServerAwayError(f"{origin_of(request.url)} does not answer.")

    async def download(self, request: Request) -> tuple[Response, object]:
        raise ServerAwayError(f"{origin_of(request.url)} does not answer.")


AUCKLAND = timezone(timedelta(hours=13))
"""The user's zone: its day is seldom that of UTC."""


class SteppingClock:
    """Stands still until somebody sleeps or a test moves it."""

    def __init__(self) -> None:
        self.time_s = 1_795_000_000.0

    def now(self) -> float:
        return self.time_s

    def today(self) -> str:
        return day(self.time_s, AUCKLAND)

    async def sleep(self, delay_s: float) -> None:
        await asyncio.sleep(0)
        self.time_s += delay_s


class PageLibrary:
    """A service and all it touches. `restart` is what closing and opening the tab does."""

    def __init__(self, http: FileClient | None = None) -> None:
        self.http: FileClient = http or NoNetwork()
        self.store = MemoryStore()
        self.audio_store = MemoryAudioStore()
        self.backups = MemoryBackups()
        self.host = ScriptedHost()
        self.clock = SteppingClock()
        self.events: list[m.Event] = []
        self.engines = ScriptedEngines()
        self.tools = ScriptedTools()
        self._made = 0

    async def open(self) -> None:
        self.engines = ScriptedEngines()
        self.service = LibraryService(
            store=self.store,
            audio_store=self.audio_store,
            backups=self.backups,
            engines=self.engines,
            host=self.host,
            http=self.http,
            clock=self.clock,
            emit=self.events.append,
            export=lambda found, kind, options: formats.export(found, kind, UTC, options),
            read=lambda data, name: read_with_tools(data, name, self.tools),
            tools=self.tools,
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
        assert isinstance(reply, request.reply)
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


def with_library(story: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Make a test of a coroutine whose first parameter is an open `PageLibrary`."""

    @wraps(story)
    def test(**given: Any) -> None:
        async def whole() -> None:
            library = PageLibrary()
            await library.open()
            await asyncio.wait_for(story(library, **given), 20)

        asyncio.run(whole())

    parameters = list(inspect.signature(story).parameters.values())[1:]
    test.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return test


async def transcribed(
    library: PageLibrary, *texts: str, name: str = "talk.wav", **options: object
) -> str:
    """A finished recording of one window."""
    id_ = await library.add(name, name.encode(), **options)
    await library.hear(ready())
    await library.hear(opened(id_, 30.0))
    await library.hear(batch(id_, 1, *texts))
    await library.hear(finished(id_, duration_s=30.0))
    return id_


async def summary(library: PageLibrary, id_: str) -> m.TranscriptSummary:
    """The line of the history; of the revision only that it changes matters."""
    listed = await library.ask(m.ListTranscripts())
    return replace(next(t for t in listed.transcripts if t.id == id_), revision=0)


async def revision(library: PageLibrary, id_: str) -> int:
    whole = await library.ask(m.GetTranscript(id_))
    return int(whole.revision)


async def again(library: PageLibrary, id_: str, *texts: str, run: int = 2) -> None:
    """A new run over all of it, to its end."""
    request = m.Retranscribe(id_, CZECH, replace_corrections=True)
    await library.ask(request)
    await library.hear(ready())
    await library.hear(batch(id_, 1, *texts, run=run))
    await library.hear(finished(id_, run=run, duration_s=30.0))
