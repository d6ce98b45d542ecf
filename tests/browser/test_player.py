"""What is heard after a click is what stands there: the page's player beside our decoder."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.server.test_media_cases import hear as hear_on_server
from tests.support.browser import Visitor, visiting, wait_until
from tests.support.made_library import Made, made_backup_of
from tests.support.media_cases import (
    BOTH,
    CASES,
    ONE,
    RATE_HZ,
    A,
    Sound,
    encoded,
    joined,
    wav,
)
from tests.support.server_process import ServerProcess

EXACT_S = 0.1
HEARD_S = 0.5
ATTEMPTS = 5
"""Chromium may stumble where the machine is busy: then nothing that was heard is alike."""
ALIKE = 0.8

HOLD_PLAYER = """(() => {
  const create = document.createElement.bind(document);
  document.createElement = (name, ...more) => {
    const made = create(name, ...more);
    if (name === 'video') window.heldPlayer ??= made;
    return made;
  };
})()"""
"""The player's element is not part of the document."""

RECORD = """async ([atS, seconds]) => {
  if (!window.recorder) {
    const context = new AudioContext({ sampleRate: 16000 });
    const code = `registerProcessor('recorder', class extends AudioWorkletProcessor {
      process([[samples]]) { if (samples) this.port.postMessage(samples.slice()); return true; }
    })`;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code],
      { type: 'text/javascript' })));
    const recorder = new AudioWorkletNode(context, 'recorder');
    context.createMediaElementSource(window.heldPlayer).connect(recorder);
    recorder.connect(context.destination);
    await context.resume();
    window.recorder = recorder;
  }
  const heard = [];
  let count = 0;
  const done = new Promise((resolve) => {
    recorder.port.onmessage = ({ data }) => {
      if (!heard.length && !data.some((value) => Math.abs(value) > 1e-3)) return;
      heard.push(...data);
      if (heard.length >= seconds * 16000) resolve();
    };
  });
  window.earwitness.player.play(atS);
  await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 20000))]);
  recorder.port.onmessage = null;
  window.earwitness.player.pause();
  const bytes = new Uint8Array(new Float32Array(heard).buffer);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}"""


def tones(seconds: float, seed: int) -> Sound:
    """Every tenth of a second sounds unlike all others."""
    random = np.random.default_rng(seed)
    time_s = np.arange(RATE_HZ // 10) / RATE_HZ
    steps = [
        sum(0.12 * np.sin(2 * np.pi * random.uniform(200, 3500) * time_s) for _ in range(4))
        for _ in range(round(seconds * 10))
    ]
    return np.concatenate(steps).astype(np.float32)


def mp3(sound: Sound, bit_rate: int, *, table: bool) -> bytes:
    """MP3 of one bit rate."""
    buffer = io.BytesIO()
    options = {"write_xing": str(int(table))}
    with av.open(buffer, "w", format="mp3", options=options) as file:
        stream: Any = file.add_stream("libmp3lame", rate=44_100, layout="mono")
        stream.bit_rate = bit_rate
        frame: Any = av.AudioFrame.from_ndarray(sound[None], "flt", "mono")
        frame.rate = RATE_HZ
        resampler = av.AudioResampler("fltp", "mono", 44_100, 1152)
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            file.mux(stream.encode(piece))
    return buffer.getvalue()


def long_mp3() -> bytes:
    """50 minutes whose bit rate changes, without a table: 25 of silence, 25 of sound."""
    silence = mp3(np.zeros(60 * RATE_HZ, np.float32), 32_000, table=False)
    first, second, third = (mp3(tones(20.0, seed), 96_000, table=False) for seed in range(3))
    return silence * 25 + first * 36 + second + first * 36 + third


FILES = {
    "late mkv", "late m4a", "late ts film", "hole in mkv", "hole in mp4", "opus, chained",
    "vorbis, chained", "webm, joined", "webm, recorded live", "mp3, stitched",
    "mp3 without a length", "aac, joined", "flac, joined", "wav, joined", "m4a, trimmed",
    "mkv whose second track is the default", "wav with samples that are no numbers", "caf, alac",
    "ac3", "wma", "adpcm", "wav as it should be", "wav with half its size", "rf64", "w64", "aiff",
    "au", "caf, opus", "flac, 5.1",
}  # fmt: skip
MADE = {case.name: (case.make, joined(*case.sounds)) for case in CASES if case.name in FILES} | {
    "m4a": (lambda: encoded("mp4", "aac", ONE), A),
    "film": (lambda: encoded("mp4", "aac", ONE, picture_s=4), A),
    "mp3 with a table": (lambda: mp3(A, 64_000, table=True), A),
    "flac": (lambda: encoded("flac", "flac", *BOTH), joined(*BOTH)),
    "wav, stereo": (lambda: wav(np.repeat(A, 2), channels=2), A),
}
assert len(MADE) == len(FILES) + 5


def id_of(name: str) -> str:
    return name.replace(" ", "-").replace(",", "").replace(".", "")


@pytest.fixture(scope="module")
def listener(
    browser: Browser, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A visitor whose library holds all the files."""
    folder = tmp_path_factory.mktemp("played")
    made: list[Made] = []
    for name, (make, sound) in MADE.items():
        path = folder / id_of(name)
        path.write_bytes(make())
        made.append(Made(id_of(name), len(sound) / RATE_HZ, path))
    (folder / "long").write_bytes(long_mp3())
    made.append(Made("long", 0.0, folder / "long"))
    backup = made_backup_of(folder / "all.zip", made)
    with visiting(browser, bypass_csp=True) as person:
        person.context.add_init_script(HOLD_PLAYER)
        page = person.open(server.url)
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Load a backup").set_input_files(backup)
        expect(page.get_by_text(f"{len(made)} transcripts came in")).to_be_visible()
        page.close()
        yield person


@pytest.fixture(scope="module")
def page(listener: Visitor, server: ServerProcess) -> Page:
    return listener.open(server.url)


def show(page: Page, id_: str, length_s: float) -> None:
    """Open a recording and wait until the player knows how long it is."""
    page.evaluate("(id) => { location.hash = `#/t/${id}`; }", id_)
    near = """([id, length]) => location.hash.includes(id) &&
      Math.abs(window.earwitness.player.duration_s - length) < 0.15"""
    wait_until(page, near, [id_, length_s])


def lateness(page: Page, at_s: float, sound: Sound) -> float | None:
    """How much later than `at_s` what is heard stands in the recording; None: nowhere."""
    answer = page.evaluate(RECORD, [at_s, HEARD_S])
    heard = np.frombuffer(base64.b64decode(answer), "<f4")[: round(HEARD_S * RATE_HZ)]
    if len(heard) < HEARD_S * RATE_HZ:
        return None
    margin = 4 * RATE_HZ
    around = np.concatenate([np.zeros(margin), sound, np.zeros(margin)]).astype(np.float32)
    from_ = round(at_s * RATE_HZ)
    piece = around[from_ : from_ + len(heard) + 2 * margin]
    size = 1 << (len(piece) + len(heard)).bit_length()
    product = np.fft.rfft(piece, size) * np.conj(np.fft.rfft(heard, size))
    scores = np.fft.irfft(product, size)[: len(piece) - len(heard)]
    power = np.concatenate([[0.0], np.cumsum(piece.astype(np.float64) ** 2)])
    norms = np.sqrt(np.maximum(power[len(heard) :] - power[: -len(heard)], 1e-6))[: len(scores)]
    alike = scores / norms / np.linalg.norm(heard)
    best = int(np.argmax(alike))
    return (best - margin) / RATE_HZ if alike[best] > ALIKE else None


def loud_times(sound: Sound, wanted_s: list[float]) -> list[float]:
    """For each wanted time, the next one at which there is sound at once."""
    step = RATE_HZ // 50
    levels = [np.abs(sound[at : at + step]).max() for at in range(0, len(sound) - step, step)]
    loud = [index for index, level in enumerate(levels) if level > 0.1]
    return [next(index for index in loud if index / 50 >= at_s) / 50 for at_s in wanted_s]


def assert_exact(page: Page, sound: Sound, times_s: list[float]) -> None:
    for at_s in loud_times(sound, times_s):
        heard = [lateness(page, at_s, sound)]
        while heard[-1] is None and len(heard) < ATTEMPTS:
            heard.append(lateness(page, at_s, sound))
        assert heard[-1] is not None, f"what is heard at {at_s} is nowhere in the recording"
        assert abs(heard[-1]) < EXACT_S, (at_s, heard)


@pytest.mark.parametrize("name", MADE)
def test_player_plays_what_stands_at_a_time(page: Page, name: str) -> None:
    _, sound = MADE[name]
    show(page, id_of(name), len(sound) / RATE_HZ)
    middle_s = len(sound) / RATE_HZ / 2
    assert_exact(page, sound, [middle_s + 0.6, 0.3])


def test_mp3_of_50_minutes_without_a_table_is_played_exactly(
    page: Page, listener: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    path = tmp_path / "long.mp3"
    path.write_bytes(long_mp3())
    sound, _ = hear_on_server(path)
    length_s = len(sound) / RATE_HZ
    assert 2900 < length_s < 3100
    page.evaluate("location.hash = '#/t/long'")
    # At once, while the copy is made.
    assert_exact(page, sound, [length_s - 15])
    show(page, "long", length_s)
    assert_exact(page, sound, [length_s - 10, 1510.0, length_s / 2 + 740])
