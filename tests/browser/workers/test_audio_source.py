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


def test_only_wav_is_decoded_without_webcodecs(worker: Worker) -> None:
    worker.evaluate("() => { delete globalThis.AudioDecoder; }")
    assert worker.evaluate("async () => (await hear('/corpus/en-echotest.wav')).samples.length") > 0
    attempt = "() => attempt(() => hear('/corpus/en-connection.flac'))"
    error = worker.evaluate(attempt)["error"]
    assert "WebCodecs" in error["message"]
    assert "WAV" in error["hint"]


def test_decoded_frames_are_freed_when_reading_stops_early(worker: Worker, site: Any) -> None:
    path = site.put("ahead.wav", silent_wav(48_000, 20.0))
    counts = worker.evaluate(
        """async (path) => {
            const { register, unregister } = FinalizationRegistry.prototype;
            const counts = { made: 0, freed: 0 };
            Object.assign(FinalizationRegistry.prototype, {
                register(...given) { counts.made++; return register.apply(this, given); },
                unregister(...given) { counts.freed++; return unregister.apply(this, given); },
            });
            const audio = await openAudio(await (await fetch(path)).blob(), 0);
            await audio.read(0, 1600);
            const until = async (check) => {
                for (let i = 0; i < 6000 && !check(); i++) {
                    await new Promise((done) => setTimeout(done, 20));
                }
            };
            await until(() => counts.made > 1);
            audio.close();
            await until(() => counts.freed === counts.made);
            Object.assign(FinalizationRegistry.prototype, { register, unregister });
            return counts;
        }""",
        path,
    )
    assert counts["made"] > 1
    assert counts["freed"] == counts["made"]
