"""What is written of speech that other tools got wrong: said again, in two languages, two at once.

The recordings are made of the corpus. The rules are those of `earwitness.speech`, which the page
shares; here they run with CTranslate2 and the model base.
"""

from __future__ import annotations

import asyncio
import difflib
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from earwitness.messages import TranscribeOptions
from earwitness.transcript import Segment
from earwitness_server.inference.engine import Engine
from earwitness_server.inference.transcriber import Recording

from tests.conftest import Clip
from tests.server.test_media import decode
from tests.support.media_cases import Sound

RATE_HZ = 16_000
PAUSE = np.zeros(RATE_HZ, np.float32)


@pytest.fixture(scope="module")
def engine(server_models: Path) -> Engine:
    """The model base."""
    return Engine(server_models, "base", threads=2)


def sound(clips: dict[str, Clip], name: str, start_s: float, stop_s: float) -> Sound:
    """A part of a clip."""
    return decode(clips[name].path)[round(start_s * RATE_HZ) : round(stop_s * RATE_HZ)]


def saved(folder: Path, *parts: Sound) -> Path:
    """A recording of parts, one after the other."""
    path = folder / "recording.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes((np.concatenate(parts).clip(-1, 1) * 32767).astype("<i2").tobytes())
    return path


def hear(engine: Engine, path: Path, **options: object) -> list[Segment]:
    async def run() -> list[Segment]:
        recording = Recording(path, TranscribeOptions(**options), "seed")  # type: ignore[arg-type]
        batches = [batch async for batch in engine.transcribe(recording)]
        return [each for b in batches for row in b.windows for each in row.segments]

    return asyncio.run(run())


def text(segments: Sequence[Segment]) -> str:
    return " ".join(segment.text.strip() for segment in segments)


@pytest.mark.parametrize("times", [3, 6])
def test_sentence_is_written_as_often_as_it_is_said(
    engine: Engine, clips: dict[str, Clip], tmp_path: Path, times: int
) -> None:
    once = sound(clips, "en-echotest", 0, 2.3)
    segments = hear(engine, saved(tmp_path, *[once, PAUSE] * times))
    words = [word for segment in segments for word in segment.words]
    starts_s = [word.start_s for word in words if "enter" in word.text.lower()]
    expected_s = [starts_s[0] + number * (len(once) / RATE_HZ + 1) for number in range(times)]
    assert starts_s == pytest.approx(expected_s, abs=0.3)
    assert all(segment.temperature == 0 for segment in segments)


def test_language_that_changes_is_followed_unless_one_is_wanted(
    engine: Engine, clips: dict[str, Clip], tmp_path: Path
) -> None:
    english = decode(clips["en-connection"].path)
    spanish = decode(clips["es-connection"].path)
    path = saved(tmp_path, english, PAUSE, spanish)
    border_s = len(english) / RATE_HZ
    for segment in hear(engine, path):
        assert segment.language == ("en" if segment.start_s < border_s else "es")
    assert {segment.language for segment in hear(engine, path, language="en")} == {None}


def test_two_voices_at_once_are_not_silence(
    engine: Engine, clips: dict[str, Clip], tmp_path: Path
) -> None:
    one, other = sound(clips, "ru-connection", 1, 6), sound(clips, "es-connection", 1, 6)
    assert len(text(hear(engine, saved(tmp_path, (one + other) * np.float32(0.5)))).split()) >= 3


@pytest.mark.parametrize("stop_s", [4.4, 5.3, 6.2, 7.1, 8.6])
def test_nothing_is_said_again_where_a_recording_is_cut_off(
    engine: Engine, clips: dict[str, Clip], tmp_path: Path, stop_s: float
) -> None:
    heard = text(hear(engine, saved(tmp_path, sound(clips, "en-connection", 0, stop_s))))
    words = heard.lower().split()
    said = (clips["en-connection"].text or "").lower().split()[: len(words) + 3]
    assert len(words) >= 5
    added = [
        op for op in difflib.SequenceMatcher(None, said, words).get_opcodes() if op[0] == "insert"
    ]
    assert sum(op[4] - op[3] for op in added) <= 2


@pytest.mark.parametrize("language", ["auto", "ja", "cs"])
@pytest.mark.parametrize("voice_activity", [True, False])
def test_music_has_no_words(
    engine: Engine, tmp_path: Path, language: str, voice_activity: bool
) -> None:
    time_s = np.arange(20 * RATE_HZ) / RATE_HZ
    music = np.zeros(len(time_s))
    for beat, root_hz in enumerate([220.0, 174.6, 261.6, 196.0] * 5):
        since_s = time_s - beat
        decay = np.where(since_s >= 0, np.exp(-1.5 * np.maximum(since_s, 0)), 0)
        for ratio in (1, 1.26, 1.5, 2):
            music += decay * np.sin(2 * np.pi * root_hz * ratio * since_s)
    path = saved(tmp_path, (0.1 * music).astype(np.float32))
    assert hear(engine, path, language=language, voice_activity=voice_activity) == []
