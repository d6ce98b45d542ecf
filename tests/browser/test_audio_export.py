"""The sound of recordings as files: whole, a selection, several in one zip."""

from __future__ import annotations

import base64
import io
import re
import wave
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import av
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visitor
from tests.support.page_actions import select
from tests.support.server_process import ServerProcess

RATE_HZ = 44_100
LENGTH_S = 20
SRT = (
    "1\n00:00:02,000 --> 00:00:04,000\nGood morning.\n\n"
    "2\n00:00:12,000 --> 00:00:14,500\nThank you all.\n"
)
ADD = """async ([text, data, name]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const recording = new File([bytes], `${name}.wav`, { type: 'audio/wav' });
  const { id } = await earwitness.import(new File([text], `${name}.srt`), { recording });
  return id;
}"""
EXPORT = """async ([id, format, choice]) => {
  const file = await earwitness.export(id, format, choice);
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(file);
  });
  return { name: file.name, type: file.type, data: url.split(',')[1] };
}"""
EXPORTED_FILES = """async () => {
  const names = [];
  const all = await navigator.storage.getDirectory();
  const folder = await all.getDirectoryHandle('exported', { create: true });
  for await (const [id, place] of folder.entries()) {
    for await (const [name] of place.entries()) names.push(`${id}/${name}`);
  }
  return names;
}"""


@pytest.fixture(scope="module")
def recording() -> bytes:
    """A tone on the left, a higher one on the right, both louder after 12 s."""
    times_s = np.arange(LENGTH_S * RATE_HZ) / RATE_HZ
    level = np.where(times_s < 12, 3000, 12_000)
    sides = [level * np.sin(2 * np.pi * tone_hz * times_s) for tone_hz in (400, 700)]
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.stack(sides, axis=1).astype("<i2").tobytes())
    return made.getvalue()


def add(page: Page, recording: bytes, name: str = "talk") -> str:
    return page.evaluate(ADD, [SRT, base64.b64encode(recording).decode(), name])


def export(page: Page, id_: str, format: str, **choice: Any) -> tuple[str, str, bytes]:
    made = page.evaluate(EXPORT, [id_, format, choice])
    return made["name"], made["type"], base64.b64decode(made["data"])


def frames(data: bytes) -> np.ndarray[Any, Any]:
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, RATE_HZ)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


def open_dialog(page: Page, name: str) -> Any:
    page.get_by_role("button", name="Export").first.click()
    page.get_by_role("menuitem", name="With options…").click()
    return page.get_by_role("dialog", name=name)


def test_wav_of_a_whole_recording_has_its_samples(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    id_ = add(page, recording)
    name, media_type, data = export(page, id_, "wav")
    assert (name, media_type) == ("talk.wav", "audio/wav")
    assert (frames(data) == frames(recording)).all()


def test_parts_of_a_recording_follow_one_another(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    id_ = add(page, recording)
    name, _, data = export(page, id_, "wav", from_s=12, to_s=14.5)
    assert name == "talk 0-12.wav"
    whole = frames(recording)
    assert (frames(data) == whole[12 * RATE_HZ : int(14.5 * RATE_HZ)]).all()
    _, _, data = export(page, id_, "wav", parts=[[18, 25], [2, 3]])
    expected = np.concatenate([whole[2 * RATE_HZ : 3 * RATE_HZ], whole[18 * RATE_HZ :]])
    assert (frames(data) == expected).all()
    _, _, data = export(page, id_, "wav", from_s=19)
    assert len(frames(data)) == RATE_HZ


def test_highlights_are_saved_with_their_sound(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    id_ = add(page, recording)
    page.evaluate("(id) => earwitness.open(id)", id_)
    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_role("menuitem", name="More formats").click()
    page.get_by_role("menuitem", name="Sound, WAV").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog.get_by_label("Format")).to_have_value("wav")
    only = dialog.get_by_role("switch", name="Only what is highlighted")
    only.check()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nothing is highlighted in “talk”.")).to_be_visible()
    marks = [{"start_s": 12, "end_s": 14.5}, {"start_s": 2, "end_s": 3}]
    page.evaluate("([id, add]) => earwitness.update(id, { highlights: { add } })", [id_, marks])
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Save").click()
    assert waiting.value.suggested_filename == "talk 0-02.wav"
    whole = frames(recording)
    expected = np.concatenate(
        [whole[2 * RATE_HZ : 3 * RATE_HZ], whole[12 * RATE_HZ : int(14.5 * RATE_HZ)]]
    )
    assert (frames(Path(waiting.value.path()).read_bytes()) == expected).all()
    _, _, data = export(page, id_, "wav", highlights_only=True)
    assert (frames(data) == expected).all()


def test_opus_has_the_sound_of_both_channels(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    name, media_type, data = export(page, add(page, recording), "opus", from_s=10, to_s=16)
    assert (name, media_type) == ("talk 0-10.opus", "audio/ogg")
    with av.open(io.BytesIO(data), "r") as file:
        assert file.format.name == "ogg"
        heard = np.concatenate([each.to_ndarray() for each in file.decode(audio=0)], axis=1)
        rate_hz = file.streams.audio[0].rate
        assert file.streams.audio[0].codec_context.name.startswith(("opus", "libopus"))
        heard = heard.reshape(-1, 2).T if heard.shape[0] == 1 else heard
    assert heard.shape[1] / rate_hz == pytest.approx(6, abs=0.05)
    for side, tone_hz in zip(heard, (400, 700), strict=True):
        loud = np.abs(np.fft.rfft(side[3 * rate_hz : 4 * rate_hz]))
        assert int(loud.argmax()) == tone_hz
    quiet, loud = heard[:, : int(1.9 * rate_hz)], heard[:, int(2.1 * rate_hz) :]
    assert np.sqrt((loud**2).mean() / (quiet**2).mean()) == pytest.approx(4, rel=0.1)


def test_format_that_the_browser_cannot_write_is_refused(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    id_ = add(page, recording)
    page.evaluate("() => { AudioEncoder.isConfigSupported = async () => ({ supported: false }) }")
    page.evaluate("(id) => earwitness.open(id)", id_)
    dialog = open_dialog(page, "Export")
    expect(dialog.get_by_role("option", name="Sound, WAV (.wav)")).to_have_count(1)
    expect(dialog.get_by_role("option", name=re.compile("opus"))).to_have_count(0)
    script = "(id) => earwitness.export(id, 'opus').catch((error) => error.message)"
    assert "cannot write opus" in page.evaluate(script, id_)


def test_dialog_saves_the_sound_under_a_clean_name_and_remembers_it(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    id_ = add(page, recording)
    page.evaluate("(id) => earwitness.open(id)", id_)
    dialog = open_dialog(page, "Export")
    dialog.get_by_label("Format").select_option("wav")
    expect(dialog.get_by_text("Every sample as it was recorded.")).to_be_visible()
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Save").click()
    assert waiting.value.suggested_filename == "talk.wav"
    assert (frames(Path(waiting.value.path()).read_bytes()) == frames(recording)).all()
    expect(dialog).to_have_count(0)
    dialog = open_dialog(page, "Export")
    expect(dialog.get_by_label("Format")).to_have_value("wav")


def test_selected_words_are_saved_with_their_sound(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    id_ = add(page, recording)
    page.evaluate("(id) => earwitness.open(id)", id_)
    select(page, "Thank you all.")
    page.get_by_role("button", name="Save sound…").click()
    dialog = page.get_by_role("dialog", name="Export the selected sound")
    expect(dialog.get_by_text("From 0:12 to 0:14.")).to_be_visible()
    expect(dialog.get_by_role("option", name=re.compile("Word"))).to_have_count(0)
    dialog.get_by_label("Format").select_option("wav")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Save").click()
    assert waiting.value.suggested_filename == "talk 0-12.wav"
    heard = frames(Path(waiting.value.path()).read_bytes())
    assert (heard == frames(recording)[12 * RATE_HZ : int(14.5 * RATE_HZ)]).all()


def test_several_recordings_are_saved_as_one_zip(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    add(page, recording)
    add(page, recording)
    rows = page.locator(".row-name")
    expect(rows).to_have_count(2)
    rows.nth(0).click(modifiers=["Control"])
    rows.nth(1).click(modifiers=["Control"])
    selected = page.get_by_label(re.compile("select", re.IGNORECASE))
    selected.get_by_role("button", name="Export").click()
    page.get_by_role("menuitem", name="With options…").click()
    dialog = page.get_by_role("dialog", name="Export 2 transcripts")
    dialog.get_by_label("Format").select_option("wav")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Save as one zip").click()
    assert waiting.value.suggested_filename == "Recordings.zip"
    with ZipFile(waiting.value.path()) as found:
        assert found.namelist() == ["talk.wav", "talk (2).wav"]
        assert all(
            (frames(found.read(name)) == frames(recording)).all() for name in found.namelist()
        )


def test_transcript_without_a_recording_offers_no_sound(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(server.url)
    id_ = page.evaluate(
        "(text) => earwitness.import(new File([text], 'a.srt')).then(({ id }) => id)", SRT
    )
    page.evaluate("(id) => earwitness.open(id)", id_)
    dialog = open_dialog(page, "Export")
    expect(dialog.get_by_role("option", name=re.compile("Word"))).to_have_count(1)
    expect(dialog.get_by_role("option", name=re.compile("Sound"))).to_have_count(0)
    script = "(id) => earwitness.export(id, 'wav').catch((error) => error.message)"
    assert "is not on this device" in page.evaluate(script, id_)


def test_closing_the_dialog_ends_the_export(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    id_ = add(page, recording)
    script = """async (id) => {
      const stop = new AbortController();
      const onprogress = () => stop.abort(new Error('enough'));
      return earwitness.export(id, 'wav', { signal: stop.signal, onprogress })
        .then(() => 'written', (error) => error.message);
    }"""
    assert page.evaluate(script, id_) == "enough"
    assert page.evaluate(EXPORTED_FILES) == []


def test_deleting_a_recording_deletes_what_was_exported_of_it(
    visitor: Visitor, server: ServerProcess, recording: bytes
) -> None:
    page = visitor.open(server.url)
    gone, kept = add(page, recording), add(page, recording)
    export(page, gone, "wav")
    export(page, kept, "wav")
    page.evaluate("(id) => earwitness.remove(id)", gone)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Privacy").click()
    page.get_by_text("Deleted transcripts", exact=True).click()
    page.get_by_role("button", name="Empty the bin now").click()
    page.get_by_role("button", name="Empty the bin now").click()
    expect(page.get_by_text("The bin is empty.").first).to_be_visible()
    assert [name.split("/")[0] for name in page.evaluate(EXPORTED_FILES)] == [kept]
