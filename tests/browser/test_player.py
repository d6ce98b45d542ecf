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
from tests.support.browser import Visitor, resize, visiting, wait_until
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
from tests.support.recordings import Track, save
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

STORED = """async (id) => {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('player', { create: true });
  const place = await folder.getDirectoryHandle(id).catch(() => null);
  const names = [];
  if (place) for await (const name of place.keys()) names.push(name);
  return names.sort();
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


TEN_MINUTES = tones(600.0, 5)
PLAIN = {
    "long mp3": lambda: mp3(TEN_MINUTES, 64_000, table=False),
    "long mp3 with a table": lambda: mp3(TEN_MINUTES, 64_000, table=True),
    "long flac": lambda: encoded("flac", "flac", (TEN_MINUTES, 0.0), rate_hz=RATE_HZ),
    "long m4a": lambda: encoded("mp4", "aac", (TEN_MINUTES, 0.0), rate_hz=RATE_HZ),
}
"""What the browser plays exactly by itself."""


def id_of(name: str) -> str:
    return name.replace(" ", "-").replace(",", "").replace(".", "")


@pytest.fixture(scope="module")
def listener(
    browser: Browser, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A visitor whose library holds all the files."""
    folder = tmp_path_factory.mktemp("played")
    made: list[Made] = []
    files = MADE | {name: (make, TEN_MINUTES) for name, make in PLAIN.items()}
    for name, (make, sound) in files.items():
        path = folder / id_of(name)
        path.write_bytes(make())
        made.append(Made(id_of(name), len(sound) / RATE_HZ, path))
    (folder / "long").write_bytes(long_mp3())
    made.append(Made("long", 0.0, folder / "long"))
    # Without a sentence where it is silent.
    (folder / "quiet").write_bytes(MADE["hole in mkv"][0]())
    made.append(Made("quiet", 0.0, folder / "quiet"))
    film = save(folder / "film.webm", Track(A[None], RATE_HZ), codec="libopus", picture="libvpx")
    made.append(Made("film-webm", len(A) / RATE_HZ, film))
    backup = made_backup_of(folder / "all.zip", made)
    with visiting(browser, bypass_csp=True) as person:
        person.context.add_init_script(HOLD_PLAYER)
        page = person.open(server.url)
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Load a backup").set_input_files(backup)
        expect(page.get_by_text(f"{len(made)} transcripts added.")).to_be_visible()
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


@pytest.mark.parametrize("name", PLAIN)
def test_plain_recordings_need_no_copy(page: Page, name: str) -> None:
    show(page, id_of(name), 600.0)
    assert_exact(page, TEN_MINUTES, [595.0, 301.0, 0.5])
    complete = f"async (id) => (await ({STORED})(id)).includes('facts.json')"
    wait_until(page, complete, id_of(name))
    assert page.evaluate(STORED, id_of(name)) == ["facts.json", "peaks"]


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


POSITION = "() => window.earwitness.player.time_s"


def test_copy_is_kept_made_again_and_deleted_with_the_recording(
    listener: Visitor, server: ServerProcess
) -> None:
    page = listener.open(server.url)
    sound = MADE["au"][1]
    show(page, "au", len(sound) / RATE_HZ)
    wait_until(page, f"async (id) => (await ({STORED})(id)).includes('facts.json')", "au")
    assert page.evaluate(STORED, "au") == ["00000", "facts.json", "peaks"]
    page.evaluate("location.hash = '#/'")
    page.evaluate("""async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await root.getDirectoryHandle('player');
      await (await folder.getDirectoryHandle('au')).removeEntry('00000');
    }""")
    show(page, "au", len(sound) / RATE_HZ)
    wait_until(page, f"async (id) => (await ({STORED})(id)).includes('00000')", "au")
    page.evaluate("() => window.earwitness.remove('au')")
    assert "00000" in page.evaluate(STORED, "au")
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Privacy").click()
    page.get_by_text("Deleted transcripts", exact=True).click()
    page.get_by_role("button", name="Empty the bin now").click()
    page.get_by_role("button", name="Empty the bin now").click()
    wait_until(page, f"async (id) => !(await ({STORED})(id)).length", "au")
    page.close()


def test_copy_that_does_not_fit_is_told(
    lasting_visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    (tmp_path / "long").write_bytes(long_mp3() * 3)
    # The page and the recording fit, a copy of 430 MB does not.
    backup = made_backup_of(tmp_path / "one.zip", [Made("long", 60.0, tmp_path / "long")])
    # Of a page that names no icon, Chromium asks for the usual address.
    lasting_visitor.expect_errors("favicon.ico")
    blank = lasting_visitor.context.new_page()
    blank.goto(f"{server.url}licences.txt")
    session = lasting_visitor.context.new_cdp_session(blank)
    quota = {"origin": server.origin, "quotaSize": 300_000_000}
    session.send("Storage.overrideQuotaForOrigin", quota)
    page = lasting_visitor.open(server.url)
    page.get_by_role("button", name="Settings").click()
    page.get_by_label("Load a backup").set_input_files(backup)
    expect(page.get_by_text("1 transcript added.")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    page.evaluate("location.hash = '#/t/long'")
    expect(page.get_by_text("The copy for playing this recording does not fit")).to_be_visible()
    # Inexactly, the browser plays it all the same.
    wait_until(page, "() => window.earwitness.player.duration_s > 0")


def timeline(page: Page) -> dict[str, float]:
    box = page.locator("ew-timeline").bounding_box()
    assert box
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def point(page: Page, share: float) -> tuple[float, float]:
    """A place on the timeline."""
    box = timeline(page)
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


def test_timeline_shows_where_it_is_loud(page: Page) -> None:
    show(page, "late-mkv", 9.0)
    heights = """() => {
      const canvas = document.querySelector('ew-timeline canvas');
      const { width, height } = canvas;
      const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
      const tall = (x) => Array.from({ length: height }, (_, y) => data[4 * (y * width + x) + 3])
        .filter((alpha) => alpha > 0).length / height;
      const parts = [[0.1, 0.5], [0.6, 0.95]].map(([from, to]) => {
        const all = [];
        for (let x = Math.floor(from * width); x < to * width; x++) all.push(tall(x));
        return Math.max(...all);
      });
      return parts[1] > 0.3 && parts;
    }"""
    quiet, loud = wait_until(page, heights)
    assert quiet < loud / 4


def test_timeline_changes_its_colours_with_the_page(page: Page) -> None:
    show(page, "late-mkv", 9.0)
    colours = """() => {
      const canvas = document.querySelector('ew-timeline canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const solid = data.filter((_, at) => data[at - (at % 4) + 3] === 255);
      return String([...new Set(new Uint32Array(solid.buffer))].sort());
    }"""
    page.emulate_media(color_scheme="light")
    light = wait_until(page, colours)
    page.emulate_media(color_scheme="dark")
    dark = wait_until(
        page, f"(light) => {{ const now = ({colours})(); return now !== light && now; }}", light
    )
    page.emulate_media(color_scheme="light")
    assert dark
    wait_until(page, f"(light) => ({colours})() === light", light)


def test_drag_scrubs_with_the_sentence_in_a_bubble(page: Page) -> None:
    show(page, "hole-in-mkv", 16.0)
    page.mouse.move(*point(page, 0.1))
    page.mouse.down()
    page.mouse.move(*point(page, 0.6), steps=4)
    bubble = page.locator("ew-timeline .bubble")
    expect(bubble).to_contain_text("0:09")
    expect(bubble).to_contain_text("Sentence hole-in-mkv00002")
    assert page.evaluate(POSITION) < 8
    page.mouse.up()
    assert abs(page.evaluate(POSITION) - 9.6) < 0.3
    slider = page.get_by_role("slider", name="Position")
    assert abs(float(slider.input_value()) - 9.6) < 0.3
    expect(slider).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(POSITION) > 9.3


def test_wheel_zooms_around_the_pointer(page: Page) -> None:
    show(page, "hole-in-mkv", 16.0)
    page.mouse.move(*point(page, 0.0))
    page.mouse.wheel(0, -2000)
    page.mouse.click(*point(page, 0.8))
    assert abs(page.evaluate(POSITION) - 4.0) < 0.3
    page.mouse.wheel(0, 4000)
    page.mouse.click(*point(page, 0.8))
    assert abs(page.evaluate(POSITION) - 12.8) < 0.3


def test_part_is_looped(page: Page) -> None:
    show(page, "m4a", 4.0)
    page.keyboard.down("Shift")
    page.mouse.move(*point(page, 0.25))
    page.mouse.down()
    page.mouse.move(*point(page, 0.5), steps=3)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert abs(page.evaluate(POSITION) - 1.0) < 0.2
    page.evaluate("() => window.earwitness.player.play()")
    back = """() => new Promise((resolve) => {
      let before = 0;
      const look = () => {
        const now = window.earwitness.player.time_s;
        if (now < before - 0.5) resolve([before, now]);
        else { before = now; requestAnimationFrame(look); }
      };
      look();
    })"""
    end_s, start_s = page.evaluate(back)
    assert abs(start_s - 1.0) < 0.2
    assert 1.9 < end_s < 2.9
    page.get_by_role("button", name="Player options").click()
    page.get_by_role("button", name="Stop looping").click()
    expect(page.get_by_role("button", name="Loop: start here")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("() => window.earwitness.player.pause()")


def test_speed_follows_the_keys(page: Page) -> None:
    show(page, "m4a", 4.0)
    speed = page.get_by_role("combobox", name="Speed")
    for key, value in ((">", "1.25"), (">", "1.5"), ("<", "1.25"), ("<", "1")):
        page.keyboard.press(key)
        expect(speed).to_have_value(value)
    assert page.evaluate("() => window.heldPlayer.preservesPitch")


def test_silence_is_skipped_where_nobody_speaks(page: Page) -> None:
    show(page, "quiet", 16.0)
    page.get_by_role("button", name="Player options").click()
    page.get_by_role("switch", name="Skip silence").check()
    page.keyboard.press("Escape")
    wait_until(page, "() => window.earwitness.player.duration_s > 15")
    leap = """() => new Promise((resolve) => {
      const { player } = window.earwitness;
      player.play(4);
      let before = 4;
      const look = () => {
        const now = player.time_s;
        if (now > before + 3) {
          player.pause();
          resolve([before, now]);
        } else {
          before = now;
          requestAnimationFrame(look);
        }
      };
      look();
    })"""
    from_s, to_s = page.evaluate(leap)
    assert 4.0 <= from_s < 5.5
    assert abs(to_s - 11.8) < 0.5
    page.get_by_role("button", name="Player options").click()
    page.get_by_role("switch", name="Skip silence").uncheck()
    page.keyboard.press("Escape")


def test_playing_on_after_a_pause_repeats_the_last_words(page: Page) -> None:
    show(page, "hole-in-mkv", 16.0)
    play = """() => new Promise((resolve) => {
      const { player } = window.earwitness;
      player.play(2);
      const look = () => {
        if (player.time_s < 2.3) return requestAnimationFrame(look);
        player.pause();
        resolve(player.time_s);
      };
      look();
    })"""
    rested_s = page.evaluate(play)
    page.wait_for_timeout(3300)
    again = """() => {
      const { player } = window.earwitness;
      player.play();
      player.pause();
      return player.time_s;
    }"""
    assert abs(page.evaluate(again) - (rested_s - 1.5)) < 0.1


def test_system_controls_know_what_plays(page: Page) -> None:
    show(page, "m4a", 4.0)
    title = "() => navigator.mediaSession.metadata?.title"
    wait_until(page, f"() => ({title})() === 'made-m4a'")
    assert page.evaluate("() => navigator.mediaSession.playbackState") == "paused"
    sizes = "() => navigator.mediaSession.metadata.artwork.map(({ sizes }) => sizes)"
    assert page.evaluate(sizes) == ["192x192", "512x512"]


def test_film_is_shown_beside_its_text(page: Page) -> None:
    show(page, "film-webm", 4.0)
    video = page.locator("ew-player-video video")
    expect(video).to_be_visible()
    page.get_by_role("slider", name="Position").fill("3")
    wait_until(page, "() => document.querySelector('ew-player-video video').currentTime > 2.9")
    page.get_by_role("button", name="Player options").click()
    page.get_by_role("switch", name="Show the video").uncheck()
    expect(video).to_be_hidden()
    page.get_by_role("switch", name="Show the video").check()
    page.keyboard.press("Escape")


def test_player_is_small_and_its_targets_are_large_on_a_phone(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    (tmp_path / "wav").write_bytes(wav(A))
    backup = made_backup_of(tmp_path / "one.zip", [Made("wav", 4.0, tmp_path / "wav")])
    with visiting(browser, has_touch=True, is_mobile=True) as person:
        page = person.open(server.url)
        page.get_by_role("button", name="Settings").click()
        page.get_by_label("Load a backup").set_input_files(backup)
        expect(page.get_by_text("1 transcript added.")).to_be_visible()
        page.get_by_role("button", name="Close", exact=True).click()
        show(page, "wav", 4.0)
        for width, height, most in ((360, 740, 110), (740, 360, 46)):
            resize(page, width, height)
            bar = page.locator(".player").bounding_box()
            assert bar
            assert bar["height"] <= most
            assert bar["x"] >= 0
            assert bar["x"] + bar["width"] <= width
            for each in page.locator(".player > :is(button, select, ew-timeline)").all():
                box = each.bounding_box()
                assert box
                assert min(box["width"], box["height"]) >= 44
                assert bar["x"] <= box["x"] <= bar["x"] + bar["width"] - box["width"]
        page.mouse.move(*point(page, 0.9))
        bubble = page.locator("ew-timeline .bubble")
        expect(bubble).to_contain_text("0:03")
        wait_until(
            page,
            """() => {
              const [bubble, timeline] = ['ew-timeline .bubble', 'ew-timeline']
                .map((each) => document.querySelector(each).getBoundingClientRect());
              return Math.abs(bubble.right - timeline.right) < 2;
            }""",
        )
