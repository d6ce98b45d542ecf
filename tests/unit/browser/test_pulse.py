"""The engine is heard between computations, and hears no other words for it."""

from __future__ import annotations

import asyncio

from earwitness.browser.heartbeat import Pulse
from earwitness.engine_messages import WindowRow
from earwitness.messages import TranscribeOptions
from earwitness.speech.protocols import SpeechModel
from earwitness.speech.transcribe import transcribe

from tests.unit.speech.scripted import TapeAudio, TapeModel, TapeVad, talk


async def heard(model: SpeechModel) -> list[WindowRow]:
    audio = TapeAudio(talk(1.0, 200), 110.0)
    batches = transcribe(audio, TapeVad(), model, TranscribeOptions())  # type: ignore[arg-type]
    return [row async for batch in batches for row in batch.windows]


def test_every_computation_is_a_sign_of_life_and_changes_no_word() -> None:
    beats: list[None] = []
    watched = Pulse(TapeModel(), lambda: beats.append(None))  # type: ignore[arg-type]
    rows = asyncio.run(heard(watched))
    assert rows == asyncio.run(heard(TapeModel()))  # type: ignore[arg-type]
    assert len(beats) > 2 * len(rows), "encoding, decoding and aligning of every window"
