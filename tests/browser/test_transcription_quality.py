"""Frequent complaints about transcription in a browser, with the shipped weights in a real one.

The same list with scripted models is in `tests/unit/speech/test_complaints.py`.
"""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Clip
from tests.support.browser import Visitor, wait_until
from tests.support.media_cases import speech as samples_of
from tests.support.media_cases import stitched
from tests.support.page_actions import (
    begin,
    engine_worker,
    more,
    text_of,
    title,
    transcribe,
    wait_committed,
)
from tests.support.page_actions import wait_done as wait_until_done
from tests.support.recordings import Sound, Track, load
from tests.support.server_process import ServerProcess
from tests.support.word_error_rate import word_error_rate

RATE_HZ = 16_000
PAUSE_S = 35.0


def write(path: Path, sound: Sound) -> Path:
    """A 16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes((sound[0] * 32767).astype("<i2").tobytes())
    return path


def silence(seconds: float) -> Sound:
    """What a quiet room sounds like: faint noise."""
    noise = np.random.default_rng(7).normal(0, 0.0005, (1, int(seconds * RATE_HZ)))
    return noise.astype(np.float32)


def speech(clip: Clip) -> Sound:
    """A clip at `RATE_HZ`."""
    track: Track = load(clip.path)
    times = np.arange(0, track.sound.shape[1], track.rate_hz / RATE_HZ)
    line = np.interp(times, np.arange(track.sound.shape[1]), track.sound[0])
    return line[None].astype(np.float32)


@pytest.fixture
def page(returning_visitor: Visitor, server: ServerProcess) -> Page:
    """The page, its library empty."""
    return returning_visitor.open(server.url)


def test_language_is_detected(page: Page, clips: dict[str, Clip]) -> None:
    heard = transcribe(page, clips["fr-echotest"].path)
    assert heard["language"] == "fr"
    assert heard["language_probability"] > 0.5
    assert "vous sera répété" in heard["text"].lower()
    words = [word for segment in heard["segments"] for word in segment["words"]]
    assert [word for word in words if word.get("alternatives")], "the beams had other words"


def test_speech_is_translated_to_english(page: Page, clips: dict[str, Clip]) -> None:
    heard = transcribe(page, clips["fr-echotest"].path, task="translate")
    assert (heard["task"], heard["language"]) == ("translate", "fr")
    words = set(heard["text"].lower().replace(",", " ").replace(".", " ").split())
    assert words & {"test", "echo", "repeated", "everything"}
    assert not words & {"vous", "sera", "répété", "est", "une"}


def test_silence_yields_no_text(page: Page, clips: dict[str, Clip], tmp_path: Path) -> None:
    clip = clips["en-connection"]
    said = speech(clip)
    spoken_s = said.shape[1] / RATE_HZ
    path = write(tmp_path / "pause.wav", np.concatenate([said, silence(PAUSE_S), said], axis=1))
    for voice_activity in (True, False):
        heard = transcribe(page, path, model="tiny.en", voice_activity=voice_activity)
        inside = [
            segment["text"]
            for segment in heard["segments"]
            if segment["start_s"] > spoken_s + 1 and segment["end_s"] < spoken_s + PAUSE_S - 1
        ]
        assert inside == []
        assert word_error_rate(f"{clip.text} {clip.text}", heard["text"]) <= 0.2


def test_crash_of_the_engine_continues_from_the_last_commit(
    page: Page, clips: dict[str, Clip]
) -> None:
    clip = clips["en-instructions"]
    page.evaluate("() => { window.places = []; }")
    page.evaluate(WATCH_PLACES)
    begin(page, clip.path, model="tiny.en")
    decided_s = wait_committed(page, clip.path.name)
    first_words = text_of(page, clip.path.name).split("\n")[0]
    engine_worker(page).evaluate("() => self.close()")
    wait_until_done(page, 1)
    places = page.evaluate("() => window.places")
    assert places == sorted(places), "what is decided stays decided"
    assert decided_s in places
    assert text_of(page, clip.path.name).startswith(first_words)


WATCH_PLACES = """() => setInterval(async () => {
  const [row] = await window.earwitness.list();
  if (row) window.places.push(row.job.position_s);
}, 100)"""


@pytest.mark.parametrize("name", ["en-connection", "es-connection"])
def test_a_name_that_the_model_misses_is_written_where_it_is_said(
    page: Page, clips: dict[str, Clip], name: str
) -> None:
    path = clips[name].path
    before = transcribe(page, path, model="base")["text"]
    terms = ["Helstone", "Digium", "Kowloon", "Jane Eyre"]
    heard = transcribe(page, path, model="base", terms=terms)["text"]
    assert "Digium" not in before
    assert heard.count("Digium") == 1
    changed = [word for word in heard.split() if word not in before.split()]
    assert [word.strip(".,") for word in changed] == ["Digium"]


def test_a_name_that_is_not_said_is_not_written(page: Page, clips: dict[str, Clip]) -> None:
    terms = ["Helstone", "Digium", "Kowloon", "Jane Eyre", "Reseda", "Machin", "Postel"]
    path = clips["en-echotest"].path
    before = transcribe(page, path, model="base")["text"]
    assert transcribe(page, path, model="base", terms=terms)["text"] == before


def test_second_half_of_a_stitched_recording_runs_again(
    page: Page, clips: dict[str, Clip], tmp_path: Path
) -> None:
    """Its table tells the length of the first half only."""
    first, second = clips["en-connection"], clips["en-echotest"]
    path = tmp_path / "two-parts.mp3"
    path.write_bytes(stitched(samples_of(first.path), samples_of(second.path)))
    before = transcribe(page, path, model="tiny.en")
    assert before["duration_s"] == pytest.approx(first.duration_s + second.duration_s, abs=0.2)
    cut_s = round(first.duration_s, 1)
    page.get_by_role("link", name=title(path.name)).first.click()
    more(page, "Transcribe again")
    form = page.get_by_role("dialog", name="Transcribe again", exact=True)
    form.get_by_label("From").fill(f"0:{cut_s}")
    form.get_by_role("button", name="Transcribe again").click()
    expect(form).to_have_count(0)
    wait_until(page, "async () => (await earwitness.list())[0].earlier")
    wait_until_done(page, 1)
    after = page.evaluate("(id) => window.earwitness.get(id)", before["id"])
    assert word_error_rate(f"{first.text} {second.text}", after["text"]) < 0.1

    def half(transcript: Any, *, second: bool) -> str:
        return "".join(
            word["text"]
            for segment in transcript["segments"]
            for word in segment["words"]
            if (word["start_s"] > cut_s) == second
        )

    assert half(after, second=False) == half(before, second=False)
    assert word_error_rate(second.text or "", half(after, second=True)) < 0.1
