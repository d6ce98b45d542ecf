"""The client of the engine worker: one worker at a time, no messages from ended ones."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from earwitness.browser import engine_client
from earwitness.browser.engine_client import EngineClient
from earwitness.browser.host import PageHost
from earwitness.engine_messages import (
    EngineEvent,
    EngineFailed,
    EngineReady,
    Finished,
    ResumePoint,
    Transcribe,
    WarmUp,
    WindowsSaved,
)
from earwitness.errors import ModelError
from earwitness.messages import TranscribeOptions
from earwitness.serialization import to_plain


class Page:
    """What the page was asked, and what the engine was told; it connects workers at once."""

    def __init__(self, *, connects: bool = True) -> None:
        self.connects = connects
        self.calls: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        self.heard: list[EngineEvent] = []
        self.engines = EngineClient(self, PageHost(self), self.heard.append)  # type: ignore[arg-type]

    def host(self, text: str) -> None:
        call = json.loads(text)
        self.calls.append(call)
        if call["host"] == "start-engine" and self.connects:
            asyncio.get_running_loop().call_soon(self.engines.on_port, call["id"])

    def tellEngine(self, text: str) -> None:  # noqa: N802
        self.told.append(json.loads(text))

    def dropEngine(self) -> None:  # noqa: N802
        self.told.append({"type": "(wire cut)"})

    def says(self, number: int, event: EngineEvent) -> None:
        self.engines.on_message(number, to_plain(event))

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.told]


def job(id: str = "t", **changes: Any) -> Transcribe:
    return Transcribe(id, 1, f"audio/{id}", "f", TranscribeOptions(), ResumePoint(), **changes)


def started(page: Page) -> list[int]:
    return [call["id"] for call in page.calls if call["host"] == "start-engine"]


def test_job_starts_a_worker_that_the_next_job_uses() -> None:
    async def story() -> None:
        page = Page()
        await page.engines.start(job("a"))
        page.says(1, Finished("a", 1, 3.0))
        await page.engines.start(job("b"))
        assert started(page) == [1]
        assert [message["transcript_id"] for message in page.told] == ["a", "b"]

    asyncio.run(story())


def test_messages_of_a_terminated_worker_are_dropped() -> None:
    async def story() -> None:
        page = Page()
        await page.engines.start(job("a"))
        await page.engines.terminate()
        page.says(1, Finished("a", 1, 3.0))
        page.engines.on_lost(1, "late")
        assert page.heard == []
        assert page.calls[-1]["host"] == "stop-engine"
        await page.engines.start(job("b"))
        [_, second] = started(page)
        page.says(second, Finished("b", 1, 3.0))
        assert [type(event) for event in page.heard] == [Finished]

    asyncio.run(story())


def test_worker_is_terminated_while_it_starts() -> None:
    async def story() -> None:
        page = Page(connects=False)
        starting = asyncio.ensure_future(page.engines.start(job("a")))
        await asyncio.sleep(0)
        await page.engines.terminate()
        await starting
        assert "transcribe" not in page.kinds

    asyncio.run(story())


def test_ended_worker_fails_its_job() -> None:
    async def story() -> None:
        page = Page()
        await page.engines.start(job("a"))
        page.engines.on_lost(1, "its worker ended")
        [event] = page.heard
        assert isinstance(event, EngineFailed)
        assert (event.transcript_id, event.run, event.engine_lost) == ("a", 1, True)
        assert event.error.detail == "its worker ended"
        assert event.error.hint
        await page.engines.start(job("a"))
        assert len(started(page)) == 2

    asyncio.run(story())


def test_failed_boot_reports_its_error() -> None:
    async def story() -> None:
        page = Page()
        await page.engines.start(job("a"))
        error = {"type": "ModelError", "message": "No SIMD.", "hint": "Update.", "detail": ""}
        page.engines.on_message(1, {"type": "engine-boot-failed", "error": error})
        [event] = page.heard
        assert isinstance(event, EngineFailed)
        assert event.engine_lost
        assert event.error.message == "No SIMD."

    asyncio.run(story())


def test_other_threads_or_device_start_a_new_worker() -> None:
    async def story() -> None:
        page = Page()
        await page.engines.warm_up(WarmUp("base", threads=2))
        page.says(1, EngineReady("base", "wasm", 2))
        await page.engines.start(job("a", threads=2))
        assert len(started(page)) == 1
        page.says(1, Finished("a", 1, 1.0))
        await page.engines.start(job("b", threads=4))
        assert len(started(page)) == 2
        page.says(started(page)[-1], Finished("b", 1, 1.0))
        await page.engines.start(job("c", threads=4, device="webgpu"))
        assert len(started(page)) == 3

    asyncio.run(story())


def test_messages_to_an_ended_worker_start_no_worker() -> None:
    async def story() -> None:
        page = Page()
        await page.engines.acknowledge(WindowsSaved(1))
        await page.engines.pause()
        assert page.calls == []

    asyncio.run(story())


def test_worker_that_never_connects_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_client, "_START_WAIT_S", 0.01)

    async def story() -> None:
        page = Page(connects=False)
        with pytest.raises(ModelError, match="did not start"):
            await page.engines.start(job("a"))

    asyncio.run(story())


def test_only_an_idle_worker_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_client, "_IDLE_S", 0.0)

    async def story() -> None:
        page = Page()
        await page.engines.start(job("a"))
        await _timers_have_run()
        assert [call["host"] for call in page.calls] == ["start-engine"]
        page.says(1, Finished("a", 1, 1.0))
        await _timers_have_run()
        assert [call["host"] for call in page.calls] == ["start-engine", "stop-engine"]

    asyncio.run(story())


async def _timers_have_run() -> None:
    """Let the loop run what is due: a timer of 0 s is due in its next round."""
    for _ in range(5):
        await asyncio.sleep(0)
