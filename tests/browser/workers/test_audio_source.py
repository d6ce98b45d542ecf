"""Recordings that the browser decodes; uncompressed ones are tested in tests/js."""

from __future__ import annotations

import io
import random
import wave
from typing import Any

from playwright.sync_api import Worker


def silent_wav(rate_hz: int, seconds: float) -> bytes:
    """A 16-bit WAV of one channel."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(bytes(2 * round(rate_hz * seconds)))
    return buffer.getvalue()


def test_samples_do_not_depend_on_the_read_size(worker: Worker) -> None:
    same = worker.evaluate(
        """async (path) => {
            const whole = (await hear(path, { piece: 480_000 })).samples;
            const small = (await hear(path, { piece: 1237 })).samples;
            const later = (await hear(path, { piece: 16_000, from: 20_001 })).samples;
            return whole.length > 20_001
                && whole.length === small.length
                && whole.every((value, index) => value === small[index])
                && later.length === whole.length - 20_001
                && later.every((value, index) => value === whole[index + 20_001]);
        }""",
        "/corpus/en-connection.flac",
    )
    assert same


def test_noise_named_mp3_is_rejected_with_a_sentence(worker: Worker, site: Any) -> None:
    path = site.put("noise.mp3", random.Random(5).randbytes(40_000))
    error = worker.evaluate("(path) => attempt(() => hear(path))", path)["error"]
    assert error["type"] == "MediaError"
    assert error["hint"]


def test_recordings_are_decoded_without_webcodecs(worker: Worker) -> None:
    worker.evaluate("() => { delete globalThis.AudioDecoder; }")
    heard = "async () => (await hear('/corpus/en-connection.flac')).samples.length"
    assert worker.evaluate(heard) > 0


def test_missing_decoders_are_reported_and_loaded_again(worker: Worker, site: Any) -> None:
    attempt = "() => attempt(() => hear('/corpus/en-connection.flac').then(() => 'heard'))"
    site.faults["/ffmpeg-audio.wasm"] = lambda _: b"not what was asked for"
    error = worker.evaluate(attempt)["error"]
    assert "could not be loaded" in error["message"]
    site.faults.clear()
    assert worker.evaluate(attempt) == {"value": "heard"}


def test_engine_answers_while_it_reads_ahead(worker: Worker, site: Any) -> None:
    path = site.put("long.wav", silent_wav(48_000, 600.0))
    turns = worker.evaluate(
        """async (path) => {
            let turns = 0;
            const ticking = setInterval(() => { turns++; }, 0);
            await hear(path, { from: 590 * 16_000 });
            clearInterval(ticking);
            return turns;
        }""",
        path,
    )
    assert turns > 1
