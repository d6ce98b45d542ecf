"""Every supported media format, decoded at the right times."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Worker

from tests.support.recordings import Sound, Track, save

PULSES_S = (0.5, 1.25, 2.0)
"""Where a short tone begins; the rest is silent."""
LENGTH_S = 2.5
ONSETS = """async (path) => {
    const heard = await attempt(() => hear(path));
    if (heard.error) return heard;
    const { samples } = heard.value;
    let top = 0;
    for (const value of samples) top = Math.max(top, Math.abs(value));
    const onsets = [];
    for (let at = 0, quiet = 0; at < samples.length; at++) {
        if (Math.abs(samples[at]) < top / 4) quiet++;
        else {
            if (quiet > 1600 || !onsets.length) onsets.push(at / 16000);
            quiet = 0;
        }
    }
    return { onsets, top, seconds: samples.length / 16000 };
}"""


def pulses(rate_hz: int, channels: int = 1) -> Track:
    """Tones of 0.15 s at `PULSES_S`, from the middle where there are six channels."""
    times_s = np.arange(int(LENGTH_S * rate_hz)) / rate_hz
    sound = np.zeros_like(times_s)
    for start_s in PULSES_S:
        inside = (times_s >= start_s) & (times_s < start_s + 0.15)
        sound[inside] = 0.6 * np.sin(2 * np.pi * 600 * (times_s[inside] - start_s))
    whole: Sound = np.repeat(sound[None], channels, axis=0).astype(np.float32)
    if channels == 6:
        whole[[0, 1, 3, 4, 5]] = 0
    return Track(whole, rate_hz)


def make(name: str, codec: str, **more: Any) -> Callable[[Path], Path]:
    """A maker of that file."""
    channels = {"mono": 1, "stereo": 2, "5.1": 6}[more.get("layout", "mono")]
    rate_hz = more.pop("source_hz", 0) or more.get("rate_hz", 48_000)
    return lambda folder: save(folder / name, pulses(rate_hz, channels), codec=codec, **more)


FILES = {
    "wav 24-bit": make("a.wav", "pcm_s24le", rate_hz=44_100),
    "wav 32-bit float": make("a.wav", "pcm_f32le", layout="stereo"),
    "wav 64-bit float": make("a.wav", "pcm_f64le"),
    "wav 8 kHz": make("a.wav", "pcm_s16le", rate_hz=8000),
    "wav 96 kHz": make("a.wav", "pcm_s24le", rate_hz=96_000, layout="stereo"),
    "wav 192 kHz": make("a.wav", "pcm_s32le", rate_hz=192_000),
    "wav 5.1": make("a.wav", "pcm_s16le", layout="5.1"),
    "flac": make("a.flac", "flac", rate_hz=44_100, layout="stereo"),
    "flac 5.1": make("a.flac", "flac", layout="5.1"),
    "flac 192 kHz": make("a.flac", "flac", rate_hz=192_000),
    "mp3": make("a.mp3", "libmp3lame", rate_hz=44_100, layout="stereo"),
    "mp3 8 kHz": make("a.mp3", "libmp3lame", rate_hz=8000),
    "mp3 without its header": make(
        "a.mp3", "libmp3lame", rate_hz=44_100, options={"write_xing": "0"}
    ),
    "m4a": make("a.m4a", "aac", rate_hz=44_100, layout="stereo"),
    "m4a 5.1": make("a.m4a", "aac", layout="5.1"),
    "aac without a container": make("a.aac", "aac", rate_hz=44_100),
    "ogg opus": make("a.opus", "libopus", layout="stereo"),
    "ogg opus 8 kHz": make("a.ogg", "libopus", rate_hz=8000),
    "webm opus": make("a.webm", "libopus"),
    "webm film": make("a.webm", "libopus", picture="libvpx", layout="stereo"),
    "mp4 film": make("a.mp4", "aac", picture="libx264", rate_hz=44_100, layout="stereo"),
    "mp4 in pieces": make(
        "a.mp4", "aac", rate_hz=44_100, options={"movflags": "frag_keyframe+empty_moov"}
    ),
    "mov film": make("a.mov", "pcm_s16le", picture="libx264"),
    "mkv film": make("a.mkv", "aac", picture="libx264", layout="stereo"),
    "mkv flac": make("a.mkv", "flac"),
    "mpeg transport stream": make("a.ts", "aac", picture="libx264", layout="stereo"),
}
LATE_S = 0.008
"""As well as a tone's beginning can be told after a lossy codec."""
FRAME_S = 0.025
"""Files whose clock begins with the codec's own delay: all that is in them stands that late."""
LATER = {"mkv film", "mp4 in pieces", "mpeg transport stream"}


@pytest.mark.parametrize("name", FILES)
def test_every_media_format_is_decoded_at_the_right_times(
    worker: Worker, site: Any, tmp_path: Path, name: str
) -> None:
    file = FILES[name](tmp_path)
    heard = worker.evaluate(ONSETS, site.put(f"{name}{file.suffix}", file.read_bytes()))
    assert "error" not in heard, heard
    assert heard["onsets"] == pytest.approx(PULSES_S, abs=FRAME_S if name in LATER else LATE_S)
    assert heard["seconds"] == pytest.approx(LENGTH_S, abs=0.1)
    assert 0.2 < heard["top"] < 0.9


ENDS = """async (path) => {
    const patience = new Promise((_, reject) => setTimeout(reject, 120_000, new Error('hangs')));
    const heard = async () => (await hear(path)).samples.length;
    return attempt(() => Promise.race([heard(), patience]));
}"""
DAMAGED = ["wav 24-bit", "flac", "mp3", "m4a", "aac without a container", "ogg opus", "webm opus"]


def damages(data: bytes, seed: int) -> Iterator[bytes]:
    """A file cut off in its head and elsewhere, and with bytes of its head changed."""
    chance = random.Random(seed)
    for length in (1, 16, 64, 400, len(data) // 2, len(data) - 1):
        yield data[:length]
    for _ in range(6):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 30)):
            changed[chance.randrange(min(600, len(data)))] = chance.randrange(256)
        yield bytes(changed)


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_file_is_decoded_or_rejected_with_a_sentence(
    worker: Worker, site: Any, tmp_path: Path, name: str
) -> None:
    file = FILES[name](tmp_path)
    for number, data in enumerate(damages(file.read_bytes(), DAMAGED.index(name))):
        path = site.put(f"damaged-{number}{file.suffix}", data)
        ended = worker.evaluate(ENDS, path)
        if "error" in ended:
            assert ended["error"]["type"] == "MediaError", (number, ended)
            assert ended["error"]["hint"], (number, ended)
        else:
            assert 0 < ended["value"] < 60 * 16_000, number
    assert worker.evaluate("() => 1 + 1") == 2
