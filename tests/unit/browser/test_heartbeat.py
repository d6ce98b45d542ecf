"""Heartbeats after each computation, without a change of words."""

from __future__ import annotations

import asyncio

from earwitness.browser.heartbeat import Heartbeat
from earwitness.engine_messages import WindowRow
from earwitness.messages import TranscribeOptions
from earwitness.speech.protocols import SpeechModel
from earwitness.speech.transcribe import transcribe

from tests.unit.speech.scripted import TapeAudio, TapeModel, TapeVad, talk


async def heard(model: SpeechModel) -> list[WindowRow]:
    audio = TapeAudio(talk(1.0, 200), 110.0)
    batches = transcribe(audio, TapeVad(), model, TranscribeOptions())  # type: ignore[arg-type]
    return [row async for batch in batches for row in batch.windows]


def test_every_computation_gives_a_heartbeat_and_the_same_words() -> None:
    beats: list[None] = []
    watched = Heartbeat(TapeModel(), lambda: beats.append(None))  # type: ignore[arg-type]
    rows = asyncio.run(heard(watched))
    assert rows == asyncio.run(heard(TapeModel()))  # type: ignore[arg-type]
    assert len(beats) > 2 * len(rows), "encoding, decoding and aligning of every window"
