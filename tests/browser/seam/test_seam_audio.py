"""Any recording as 16 kHz mono: right in time and pitch, the same however it is read."""

from __future__ import annotations

import io
import math
import random
import struct
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Worker

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
RATE_HZ = 16_000


def wav(rate_hz: int, seconds: float, *channels: Callable[[float], float]) -> bytes:
    """A 16-bit WAV of functions of time."""
    frames = bytearray()
    for index in range(round(rate_hz * seconds)):
        for channel in channels:
            value = max(-1.0, min(1.0, channel(index / rate_hz)))
            frames += struct.pack("<h", round(32767 * value))
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(bytes(frames))
    return buffer.getvalue()


def tone(frequency_hz: float, level: float = 0.5) -> Callable[[float], float]:
    return lambda time_s: level * math.sin(2 * math.pi * frequency_hz * time_s)


def level_of(worker: Worker, path: str) -> float:
    """Root mean square of the whole, edges left out."""
    return worker.evaluate(
        """async (path) => {
            const { samples } = await hear(path);
            let sum = 0;
            for (let i = 800; i < samples.length - 800; i++) sum += samples[i] ** 2;
            return Math.sqrt(sum / (samples.length - 1600));
        }""",
        path,
    )


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 44100, 48000])
def test_a_tone_keeps_its_level_length_and_phase(worker: Worker, site: Any, rate_hz: int) -> None:
    path = site.put(f"tone-{rate_hz}.wav", wav(rate_hz, 1.0, tone(1000)))
    worst = worker.evaluate(
        """async (path) => {
            const { samples } = await hear(path);
            let worst = 0;
            for (let i = 800; i < samples.length - 800; i++) {
                const wanted = 0.5 * Math.sin(2 * Math.PI * 1000 * i / 16000);
                worst = Math.max(worst, Math.abs(samples[i] - wanted));
            }
            return { worst, length: samples.length };
        }""",
        path,
    )
    assert worst["length"] == RATE_HZ
    assert worst["worst"] < 2e-3


@pytest.mark.parametrize("frequency_hz", [9000, 12_000, 15_000])
def test_what_lies_above_8_khz_does_not_fold_into_speech(
    worker: Worker, site: Any, frequency_hz: int
) -> None:
    path = site.put(f"high-{frequency_hz}.wav", wav(48_000, 1.0, tone(frequency_hz)))
    assert level_of(worker, path) < 0.354 * 10 ** (-60 / 20)


def test_channels_are_averaged(worker: Worker, site: Any) -> None:
    path = site.put("left.wav", wav(16_000, 0.5, tone(500), lambda time_s: 0.0))
    assert level_of(worker, path) == pytest.approx(0.354 / 2, rel=0.01)


def test_channels_of_opposite_sign_do_not_cancel(worker: Worker, site: Any) -> None:
    path = site.put("opposite.wav", wav(16_000, 0.5, tone(500), tone(500, -0.5)))
    assert level_of(worker, path) == pytest.approx(0.354, rel=0.01)


@pytest.mark.parametrize("name", ["en-connection.flac", "en-echotest.wav"])
def test_samples_do_not_depend_on_how_they_are_read(worker: Worker, site: Any, name: str) -> None:
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
        f"/corpus/{name}",
    )
    assert same


def test_reading_past_the_end_gives_nothing(worker: Worker, site: Any) -> None:
    path = site.put("second.wav", wav(16_000, 1.0, tone(500)))
    sizes = worker.evaluate(
        """async (path) => {
            const audio = await openAudio(await (await fetch(path)).blob(), 0);
            const sizes = [];
            for (const at of [0, 12_000, 16_000, 99_000]) {
                sizes.push((await audio.read(at, at + 8000)).length);
            }
            return sizes;
        }""",
        path,
    )
    assert sizes == [8000, 4000, 0, 0]


REFUSED = {
    "text.wav": (b"This is no recording.\n" * 99, "not a recording"),
    "noise.mp3": (random.Random(5).randbytes(40_000), ""),
    "header.wav": (wav(16_000, 0.1, tone(500))[:44], ""),
    "picture.mp3": (b"\x89PNG\r\n\x1a\n" + bytes(500), "not a recording"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_recording_is_refused_with_a_sentence(
    worker: Worker, site: Any, name: str
) -> None:
    data, words = REFUSED[name]
    error = worker.evaluate("(path) => attempt(() => hear(path))", site.put(name, data))["error"]
    assert error["type"] == "MediaError"
    assert words in error["message"]
    assert error["hint"]


def test_half_a_recording_is_heard_as_far_as_it_goes(worker: Worker, site: Any) -> None:
    data = wav(16_000, 2.0, tone(500))
    path = site.put("half.wav", data[: len(data) // 2])
    seconds = worker.evaluate("async (path) => (await hear(path)).samples.length / 16000", path)
    assert seconds == pytest.approx(1.0, abs=0.01)


def test_a_track_that_is_not_there_is_refused(worker: Worker, site: Any) -> None:
    path = site.put("one.wav", wav(16_000, 0.5, tone(500)))
    attempt = "(path) => attempt(() => hear(path, { track: 3 }))"
    error = worker.evaluate(attempt, path)["error"]
    assert "no audio track 4" in error["message"]


def test_levels_and_frames_for_voice_activity(worker: Worker) -> None:
    result = worker.evaluate("""() => {
        const ramp = Float32Array.from({ length: 1000 }, (_, i) => i);
        const rows = samples.frames(ramp, 512, 64);
        return {
            count: rows.length / 576,
            first: [rows[0], rows[63], rows[64]],
            second: [rows[576], rows[576 + 64], rows[576 + 63 + 488], rows[576 + 64 + 488]],
            levels: Array.from(samples.levels(new Float32Array(600).fill(0.5), 512)),
        };
    }""")
    assert result["count"] == 2
    assert result["first"] == [0, 0, 0]
    assert result["second"] == [448, 512, 999, 0]
    assert result["levels"] == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(
    ("times_s", "expected"),
    [
        ([0, 1, 2], "111111"),
        ([0, 1.02, 2.01], "111111"),
        ([0, 2, 3], "11001111"),
        ([1, 2], "001111"),
        ([-0.5, 0.5], "111"),
        ([0, 0.5, 1.5], "11111"),
        ([0, 1, 50_000, 50_001], "11111111"),
        ([100, 101, 0, 1, 3], "0" * 200 + "11111111" + "00" + "11"),
    ],
)
def test_pieces_stand_at_their_times(worker: Worker, times_s: list[float], expected: str) -> None:
    """One-second pieces of ones; half seconds of the result, 1 for sound."""
    heard = worker.evaluate(
        """(times) => {
            const line = new Timeline();
            for (const time of times) line.add(new Float32Array(16_000).fill(1), 16_000, time);
            line.finish();
            const all = line.take(0, line.end);
            const halves = Array.from({ length: Math.round(all.length / 8000) },
                (_, half) => Math.round(all[half * 8000 + 4000]));
            return halves.join('');
        }""",
        times_s,
    )
    assert heard == expected


def test_without_webcodecs_a_wav_is_still_heard_and_the_rest_is_refused(worker: Worker) -> None:
    worker.evaluate("() => { delete globalThis.AudioDecoder; }")
    assert worker.evaluate("async () => (await hear('/corpus/en-echotest.wav')).samples.length") > 0
    attempt = "() => attempt(() => hear('/corpus/en-connection.flac'))"
    error = worker.evaluate(attempt)["error"]
    assert "WebCodecs" in error["message"]
    assert "WAV" in error["hint"]


def test_what_was_decoded_ahead_is_freed_when_the_reading_stops_early(
    worker: Worker, site: Any
) -> None:
    path = site.put("ahead.wav", wav(48_000, 20.0, tone(440)))
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
            await new Promise((done) => setTimeout(done, 300));
            audio.close();
            await new Promise((done) => setTimeout(done, 300));
            Object.assign(FinalizationRegistry.prototype, { register, unregister });
            return counts;
        }""",
        path,
    )
    assert counts["made"] > 1
    assert counts["freed"] == counts["made"]
