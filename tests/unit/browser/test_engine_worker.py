"""The engine worker: at most one batch ahead of what is saved, pause, failure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from earwitness.browser import engine_worker
from earwitness.browser.engine_worker import EngineWorker
from earwitness.browser.transformers import ComputeError
from earwitness.engine_messages import Pause, ResumePoint, Transcribe, WindowsSaved
from earwitness.errors import MediaError
from earwitness.messages import TranscribeOptions
from earwitness.serialization import to_plain
from earwitness.speech.transcribe import Batch

Step = Batch | Exception


class Platform:
    """A worker whose speech engine yields scripted batches."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *steps: Step) -> None:
        self.sent: list[dict[str, Any]] = []
        self.closed = 0
        self.containers: list[str] = []
        """The container that each recording was opened with."""
        self.begun = 0
        self.samples = None
        self.steps = steps
        monkeypatch.setattr(engine_worker, "transcribe", self._transcribe)
        monkeypatch.setattr(engine_worker, "ModelLoader", lambda platform, send: self)
        self.worker = EngineWorker(self)  # type: ignore[arg-type]

    async def _transcribe(
        self, *_: Any, stop: Callable[[], bool], **__: Any
    ) -> AsyncIterator[Batch]:
        for step in self.steps:
            if stop():
                return
            self.begun += 1
            await asyncio.sleep(0)
            if isinstance(step, Exception):
                raise step
            yield step

    async def openAudio(self, path: str, track: int, container: str) -> Any:  # noqa: N802
        self.containers.append(container)
        if path.endswith("broken"):
            raise MediaError("Not a recording.", hint="Choose another.")
        return SimpleNamespace(
            durationS=60.0, endsS=60.0, brokenOff=False, tracks='["aac"]', close=self._close
        )

    async def vad(self, setup: Any) -> None: ...

    async def model(self, model_id: str, setup: Any) -> Any:
        return SimpleNamespace(spec=None, tokenizer=None)

    def _close(self) -> None:
        self.closed += 1

    def send(self, text: str) -> None:
        self.sent.append(json.loads(text))

    def told(self, message: object) -> None:
        self.worker.receive(json.dumps(to_plain(message)))

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.sent]


def batch(number: int, finished: bool = False) -> Batch:
    return Batch((), ResumePoint(batch=number), 10.0 * number, 1.0, finished)


def job(path: str = "audio/t") -> Transcribe:
    return Transcribe("t", 2, path, "f", TranscribeOptions(model="base"), ResumePoint())


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_batch_is_sent_only_after_the_one_before_is_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, batch(1), batch(2), batch(3, finished=True))
        engine.told(job())
        await turns()
        assert engine.kinds == ["audio-opened", "windows-ready"]
        assert engine.begun == 2, "the next batch is computed meanwhile, and no further one"
        engine.told(WindowsSaved(1))
        await turns()
        assert engine.kinds[1:] == ["windows-ready"] * 2
        engine.told(WindowsSaved(2))
        await turns()
        assert engine.kinds[1:] == ["windows-ready"] * 3
        engine.told(WindowsSaved(3))
        await turns()
        last = engine.sent[-1]
        assert (last["type"], last["paused"], last["duration_s"]) == ("finished", False, 60.0)
        assert engine.closed == 1

    asyncio.run(story())


def test_recording_without_a_header_is_opened_by_its_media_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, batch(1, finished=True))
        for media_type in ("", "audio/mpeg", "audio/G722"):
            engine.told(replace(job(), media_type=media_type))
            await turns()
            engine.told(WindowsSaved(1))
            await turns()
        assert engine.containers == ["", "", "g722"]

    asyncio.run(story())


def test_pause_stops_after_the_batch_in_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, batch(1), batch(2), batch(3, finished=True))
        engine.told(job())
        engine.told(Pause())
        await turns()
        assert engine.begun == 0
        assert engine.sent[-1]["type"] == "finished"
        assert engine.sent[-1]["paused"] is True

    asyncio.run(story())


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (MediaError("Damaged from here on."), False),
        (ComputeError("Out of memory."), True),
        (ZeroDivisionError("a fault of ours"), True),
    ],
)
def test_failure_says_whether_the_engine_is_lost(
    monkeypatch: pytest.MonkeyPatch, error: Exception, lost: bool
) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, batch(1), error)
        engine.told(job())
        await turns()
        failed = engine.sent[-1]
        assert failed["type"] == "engine-failed"
        assert (failed["transcript_id"], failed["run"]) == ("t", 2)
        assert failed["engine_lost"] is lost
        assert failed["error"]["message"]
        assert engine.closed == 1

    asyncio.run(story())


def test_unreadable_file_fails_only_its_job(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, batch(1, finished=True))
        engine.told(job("audio/broken"))
        engine.told(job())
        await turns()
        assert engine.kinds == ["engine-failed", "audio-opened", "windows-ready"]
        assert engine.sent[0]["engine_lost"] is False

    asyncio.run(story())


def test_acknowledgement_of_an_earlier_job_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, batch(4), batch(5, finished=True))
        engine.told(job())
        engine.told(WindowsSaved(9))
        await turns()
        assert engine.kinds == ["audio-opened", "windows-ready"]
        engine.told(WindowsSaved(4))
        await turns()
        assert engine.kinds[1:] == ["windows-ready"] * 2

    asyncio.run(story())
