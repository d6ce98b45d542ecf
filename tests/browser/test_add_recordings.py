"""What the page shows while recordings are added and transcribed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import Clip
from tests.support.browser import HeldRequests, Visitor, visiting, wait_ready, wait_until
from tests.support.media_cases import encoded, speech
from tests.support.page_actions import (
    act,
    begin,
    choose,
    finished,
    more,
    row,
    show_unreadable,
    transcribe,
    transcribed,
    use_quick_model,
)
from tests.support.recordings import load, save
from tests.support.server_process import ServerProcess


def test_first_new_file_is_opened_unless_another_is_open(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = returning_visitor.open(server.url)
    use_quick_model(page)
    choose(page, clips["en-instructions"].path)
    expect(page.get_by_role("heading", name="en-instructions")).to_be_visible()
    expect(page.locator(".paragraph").first).to_be_visible()
    expect(row(page, "en-instructions").get_by_text(re.compile(r"\d+ %"))).to_be_visible()
    choose(page, clips["en-connection"].path)
    expect(row(page, "en-connection")).to_be_visible()
    expect(page.get_by_role("heading", name="en-instructions")).to_be_visible()
    page.get_by_role("link", name="en-connection").click()
    expect(page.get_by_role("heading", name="en-connection")).to_be_visible()
    choose(page, clips["en-echotest"].path)
    expect(row(page, "en-echotest")).to_be_visible()
    expect(page.get_by_role("heading", name="en-connection")).to_be_visible()
    page.get_by_role("link", name="Earwitness").first.click()
    expect(page.get_by_role("heading", name="Turn recordings into text")).to_be_visible()
    choose(page, clips["en-congratulations"].path, clips["es-connection"].path)
    expect(page.get_by_role("heading", name="en-congratulations")).to_be_visible()


def test_first_file_may_be_chosen_before_python_has_started(
    visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = visitor.open(server.url, ready=False)
    choose(page, clips["en-connection"].path)
    expect(page.get_by_role("heading", name="en-connection")).to_be_visible()
    expect(page.locator(".paragraph").first).to_be_visible()
    expect(page.get_by_text("not in the library")).to_have_count(0)


def test_rejected_first_file_can_be_deleted(
    returning_visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    page = returning_visitor.open(server.url)
    empty = tmp_path / "empty.mp3"
    empty.touch()
    choose(page, empty)
    sheet = page.get_by_role("article")
    expect(sheet.get_by_text("The file is empty.")).to_be_visible()
    show_unreadable(page)
    act(page, "empty.mp3", "Remove")
    expect(page.get_by_role("heading", name="Turn recordings into text")).to_be_visible()
    assert not page.url.endswith(".mp3")
    assert "#/t/" not in page.url


def test_another_audio_track_can_be_chosen(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip], tmp_path: Path
) -> None:
    main, other = load(clips["en-connection"].path), load(clips["en-echotest"].path)
    tracks = (replace(main, language="eng"), replace(other, language="spa"))
    film = save(tmp_path / "film.mkv", *tracks, codec="libopus", rate_hz=48_000)
    page = returning_visitor.open(server.url)
    use_quick_model(page)
    choose(page, film)
    article = page.get_by_role("article")
    expect(article.get_by_text("demonstration server")).to_be_visible()
    expect(finished(page, "film.mkv")).to_be_visible()
    more(page, "Transcribe again")
    form = page.get_by_role("dialog", name="Transcribe again")
    track = form.get_by_role("combobox", name="Audio track")
    second = track.get_by_role("option").nth(1)
    expect(second).to_contain_text("Track 2 – Spanish")
    track.select_option(index=1)
    form.get_by_role("combobox", name="Language").select_option("auto")
    form.get_by_role("button", name="Transcribe again").click()
    expect(article.get_by_text("pound key")).to_be_visible()
    expect(article.get_by_text("demonstration server")).to_have_count(0)
    more(page, "Transcribe again")
    expect(track).to_have_value("1")


def test_joined_recording_is_transcribed_whole(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip], tmp_path: Path
) -> None:
    first, second = clips["en-connection"], clips["en-echotest"]
    sounds = [speech(clip.path) for clip in (first, second)]
    file = tmp_path / "joined.opus"
    file.write_bytes(b"".join(encoded("ogg", "libopus", (sound, 0.0)) for sound in sounds))
    page = returning_visitor.open(server.url)
    wait_ready(page)
    heard = transcribe(page, file, model="tiny.en")
    assert heard["duration_s"] == pytest.approx(first.duration_s + second.duration_s, abs=0.1)
    [start_s] = [each["start_s"] for each in heard["segments"] if "pound key" in each["text"]][:1]
    assert start_s > first.duration_s
    assert "demonstration server" in " ".join(each["text"] for each in heard["segments"])
    expect(page.get_by_text("The file is damaged")).to_have_count(0)


def test_queue_positions_are_updated_after_a_cancellation(
    browser: Browser, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    with visiting(browser, service_workers="block") as person:
        # The first one waits for its model, and the others for the first one.
        HeldRequests(person.context, "**/models/**/*.onnx")
        page = person.open(server.url)
        for name in ("en-instructions", "en-echotest", "en-connection", "en-congratulations"):
            begin(page, clips[name].path, model="tiny.en")
        last = row(page, "en-congratulations")
        expect(last.get_by_text("3rd in the queue")).to_be_visible()
        act(page, "en-echotest", "Cancel")
        expect(last.get_by_text("2nd in the queue")).to_be_visible()


MARKED_WORD = """() => [...(CSS.highlights.get('now') ?? [])].map((marked) => {
  const range = new Range();
  range.setStart(marked.startContainer, marked.startOffset);
  range.setEnd(marked.endContainer, marked.endOffset);
  return range.toString();
}).join('')"""
"""The word at the player's position."""


def test_player_starts_at_the_found_sentence(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = returning_visitor.open(server.url)
    use_quick_model(page)
    transcribed(page, clips["en-echotest"])
    page.goto("about:blank")
    page.goto(server.url)
    wait_ready(page)
    page.get_by_role("searchbox", name="Search").fill("hanging")
    page.locator("li .hit").first.click()
    expect(page).to_have_url(re.compile(r"\?at=1\d\.\d{3}&s=hanging$"))
    position = page.get_by_label("Position")
    expect(position).to_have_value(re.compile(r"^1\d"))
    found_s = float(position.input_value())
    segments = page.evaluate(
        "async () => (await earwitness.get(location.hash.split(/[/?]/)[2])).segments"
    )
    [sentence] = [each for each in segments if "hanging" in each["text"]]
    assert sentence["start_s"] - 0.1 <= found_s < sentence["end_s"]
    word = wait_until(page, MARKED_WORD)
    assert word in sentence["text"]
    page.get_by_role("button", name="Play", exact=True).click()
    wait_until(page, f"() => document.querySelector('.player [type=range]').value > {found_s}")
