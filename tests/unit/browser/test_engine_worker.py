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
from earwitness.engine_messages import (
    FindSpeakers,
    Pause,
    ResumePoint,
    SpeakerWindow,
    Transcribe,
    WindowsSaved,
)
from earwitness.errors import MediaError
from earwitness.messages import TranscribeOptions
from earwitness.serialization import to_plain
from earwitness.speech.transcribe import Batch

Step = Batch | tuple[SpeakerWindow, ...] | Exception


class Platform:
    """A worker whose speech engine yields scripted batches."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *steps: Step) -> None:
        self.sent: list[dict[str, Any]] = []
        self.closed = 0
        self.containers: list[str] = []
        """The container that each recording was opened with."""
        self.begun = 0
        self.samples = SimpleNamespace(levels=self._levels)
        self.channels = 1
        self.reads = 0
        self.steps = steps
        monkeypatch.setattr(engine_worker, "transcribe", self._yield_steps)
        monkeypatch.setattr(engine_worker, "analyse", self._yield_steps)
        monkeypatch.setattr(engine_worker, "ModelLoader", lambda platform, send: self)
        self.worker = EngineWorker(self)  # type: ignore[arg-type]

    async def _yield_steps(
        self, *_: Any, stop: Callable[[], bool], **__: Any
    ) -> AsyncIterator[Any]:
        for step in self.steps:
            if stop():
                return
            self.begun += 1
            await asyncio.sleep(0)
            if isinstance(step, Exception):
                raise step
            yield step

    async def openAudio(  # noqa: N802
        self, path: str, track: int, container: str, channel: int
    ) -> Any:
        self.containers.append(container)
        if path.endswith("broken"):
            raise MediaError("Not a recording.", hint="Choose another.")
        return SimpleNamespace(
            durationS=60.0,
            endsS=60.0,
            brokenOff=False,
            tracks='["aac"]',
            channels=self.channels,
            read=self._read,
            close=self._close,
        )

    async def _read(self, start: int, stop: int) -> list[float]:
        self.reads += 1
        await asyncio.sleep(0)
        return [0.0] * (stop - start)

    def _levels(self, samples: list[float], frame: int) -> Any:
        levels = [0.0] * (len(samples) // frame)
        return SimpleNamespace(to_py=lambda: SimpleNamespace(tolist=lambda: levels))

    async def vad(self, setup: Any) -> None: ...

    async def speakers(self, setup: Any) -> None: ...

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


@pytest.mark.parametrize(
    ("speakers", "resume", "opened", "measures"),
    [
        (True, ResumePoint(), 3, True),
        (False, ResumePoint(), 1, False),
        (True, ResumePoint(batch=1), 1, False),
        (True, ResumePoint(batch=1, channel_dbfs=(-20.0, -20.0)), 3, False),
    ],
    ids=["new", "speakers not wanted", "began mixed", "began by channel"],
)
def test_channels_are_measured_only_at_the_start_of_a_run_that_tells_speakers(
    monkeypatch: pytest.MonkeyPatch,
    speakers: bool,
    resume: ResumePoint,
    opened: int,
    measures: bool,
) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, replace(batch(1), finished=True))
        engine.channels = 2
        options = TranscribeOptions(model="base", speakers=speakers)
        engine.told(replace(job(), options=options, resume=resume))
        await turns(600)
        assert engine.kinds == ["audio-opened", "windows-ready"]
        assert len(engine.containers) == opened
        assert (engine.reads > 1) == measures

    asyncio.run(story())


def test_job_is_paused_while_channels_are_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, batch(1, finished=True))
        engine.channels = 2
        engine.told(replace(job(), options=TranscribeOptions(model="base", speakers=True)))
        await turns(10)
        assert engine.reads > 2, "it measures"
        engine.told(Pause())
        await turns()
        assert engine.begun == 0
        assert engine.sent[-1]["type"] == "finished"
        assert engine.sent[-1]["paused"] is True
        assert engine.closed == len(engine.containers)

    asyncio.run(story())


def speaker_window(number: int, *, last: bool = False) -> SpeakerWindow:
    start = number * 80_000
    return SpeakerWindow(start, start + 160_000, (start + 40_000, start + 120_000), (), last)


def find(*windows: SpeakerWindow) -> FindSpeakers:
    return FindSpeakers("t", "audio/t", 0, windows, 1, None)


def test_windows_of_speakers_are_sent_batch_by_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        batches = (speaker_window(2), speaker_window(3)), (speaker_window(4, last=True),)
        engine = Platform(monkeypatch, *batches)
        engine.told(find(speaker_window(0), speaker_window(1)))
        await turns()
        assert engine.kinds == ["speakers-ready", "speakers-ready", "speakers-found"]
        assert [each["first"] for each in engine.sent[:2]] == [2, 4]
        assert engine.sent[0]["position_s"] == (3 * 80_000 + 120_000) / 16_000
        assert engine.sent[2]["paused"] is False
        assert engine.closed == 1

    asyncio.run(story())


def test_analysis_that_is_whole_needs_no_audio(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, MediaError("Nobody opens it."))
        engine.told(find(speaker_window(0, last=True)))
        await turns()
        assert engine.kinds == ["speakers-found"]
        assert engine.closed == 0

    asyncio.run(story())


def test_analysis_of_speakers_is_paused_between_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, (speaker_window(0),), (speaker_window(1, last=True),))
        engine.told(find())
        engine.told(Pause())
        await turns()
        assert engine.begun == 0
        assert engine.sent[-1] == {
            "type": "speakers-found", "transcript_id": "t", "speakers": [], "turns": [],
            "paused": True,
        }  # fmt: skip

    asyncio.run(story())


def test_analysis_of_speakers_is_paused_while_channels_are_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, (speaker_window(0, last=True),))
        engine.channels = 2
        engine.told(find())
        await turns(10)
        assert engine.reads > 2, "it measures"
        engine.told(Pause())
        before = engine.reads
        await turns()
        assert engine.reads <= before + 2
        assert engine.begun == 0
        assert [(each["type"], each["paused"]) for each in engine.sent] == [
            ("speakers-found", True)
        ]
        assert engine.closed == len(engine.containers) > 0

    asyncio.run(story())


def test_failed_analysis_of_speakers_names_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        engine = Platform(monkeypatch, (speaker_window(0),), ComputeError("Out of memory."))
        engine.told(find())
        await turns()
        failed = engine.sent[-1]
        assert (failed["type"], failed["run"]) == ("engine-failed", 0)
        assert failed["engine_lost"] is True
        assert engine.closed == len(engine.containers) > 0

    asyncio.run(story())
