"""The page through its visible controls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Clip
from tests.support.browser import HeldRequests, Visitor, resize, visiting, wait_ready, wait_until
from tests.support.page_actions import (
    AXE,
    act,
    choose,
    correct_at,
    delete,
    finished,
    more,
    point_at,
    retype,
    row,
    save_typed,
    show_unreadable,
    transcribed,
    use_quick_model,
    violations,
)
from tests.support.server_process import ServerProcess


@pytest.fixture(scope="module")
def reader(browser: Browser, server: ServerProcess, clips: dict[str, Clip]) -> Iterator[Visitor]:
    """A visitor whose library holds one short recording."""
    with visiting(browser) as person:
        page = person.open(server.url)
        use_quick_model(page)
        transcribed(page, clips["en-echotest"])
        page.close()
        yield person


@pytest.fixture
def page(reader: Visitor, server: ServerProcess) -> Iterator[Page]:
    """That visitor's page, opened anew."""
    page = reader.open(server.url)
    yield page
    page.close()


def open_clip(page: Page) -> None:
    """Show the recording every test here starts with."""
    page.get_by_role("link", name="en-echotest").click()
    expect(page.get_by_role("heading", name="en-echotest")).to_be_visible()
    expect(page.locator(".said", has_text="hanging up")).to_be_visible()


def test_file_is_accepted_before_python_has_started(
    browser: Browser, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    with visiting(browser, service_workers="block") as person:
        python = HeldRequests(person.context, "**/python/**/packages.zip")
        HeldRequests(person.context, "**/models/**/*.onnx")
        page = person.open(server.url, ready=False)
        choose(page, clips["en-connection"].path, clips["ru-connection"].path)
        act(page, "ru-connection", "Cancel")
        expect(page.get_by_text("Waiting for Earwitness to start")).to_be_visible()
        assert page.evaluate("async () => (await earwitness.status()).stage") != "ready"
        python.release()
        wait_ready(page)
        expect(
            row(page, "en-connection").get_by_text(re.compile("Waiting|Saving|Loading"))
        ).to_be_visible()
        expect(row(page, "ru-connection")).to_have_count(0)
        names = page.evaluate("async () => (await earwitness.list()).map((each) => each.name)")
        assert "ru-connection.flac" not in names


STAGE_AT_FIRST_LINK = """window.stageAtFirstLink = new Promise((resolve) => {
  const observer = new MutationObserver(() => {
    const links = Array.from(document.querySelectorAll('a'));
    if (!links.some((link) => link.textContent.includes('en-echotest'))) return;
    observer.disconnect();
    resolve(window.earwitness.status().then((status) => status.stage));
  });
  observer.observe(document, { childList: true, subtree: true, characterData: true });
});"""
"""What stage the start was in when the history showed the recording."""


def test_recent_transcripts_are_shown_before_python_has_started(
    page: Page, server: ServerProcess
) -> None:
    page.goto("about:blank")
    page.add_init_script(STAGE_AT_FIRST_LINK)
    page.goto(server.url)
    expect(page.get_by_role("link", name="en-echotest")).to_be_visible()
    assert page.evaluate("() => window.stageAtFirstLink") != "ready"
    wait_ready(page)
    expect(page.get_by_role("link", name="en-echotest")).to_have_count(1)


def test_name_and_text_edits_survive_a_reload(page: Page) -> None:
    open_clip(page)
    page.get_by_role("heading", name="en-echotest").get_by_role("button").click()
    page.get_by_role("textbox", name="Name").fill("Renamed talk")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Renamed talk")).to_be_visible()

    correct_at(page, "hanging up")
    retype(page, "The caller ends it by hanging up a telephone.")
    save_typed(page)
    expect(page.get_by_text("hanging up a telephone")).to_be_visible()

    page.reload()
    wait_ready(page)
    expect(page.get_by_role("heading", name="Renamed talk")).to_be_visible()
    expect(page.get_by_text("hanging up a telephone")).to_be_visible()

    more(page, "Rename")
    page.get_by_role("textbox", name="Name").fill("en-echotest.wav")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="en-echotest")).to_be_visible()


def test_deletion_can_be_undone(page: Page) -> None:
    open_clip(page)
    more(page, "Delete")
    expect(page.get_by_role("link", name="en-echotest")).to_have_count(0)
    expect(page.get_by_role("heading", name="Turn recordings into text")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="en-echotest")).to_be_visible()
    expect(page.locator(".said", has_text="hanging up")).to_be_visible()
    expect(page.get_by_role("link", name="en-echotest")).to_be_visible()


def test_search_by_keyboard_opens_the_sentence(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("hanging")
    expect(page.locator(".hit mark").first).to_have_text(re.compile("hanging", re.I))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"#/t/.+\?at=1\d\."))
    wait_until(
        page,
        """() => [...(CSS.highlights.get('here') ?? [])].some((marked) => {
          const range = document.createRange();
          range.setStart(marked.startContainer, marked.startOffset);
          range.setEnd(marked.endContainer, marked.endOffset);
          const { top, bottom, height } = range.getBoundingClientRect();
          return height > 0 && top >= 0 && bottom <= innerHeight && /hanging/i.test(`${range}`);
        })""",
    )
    page.get_by_role("searchbox", name="Search").press("Escape")
    expect(page.get_by_role("listitem").first).to_be_visible()


def test_search_without_hits_shows_a_message(page: Page) -> None:
    page.get_by_role("searchbox", name="Search").fill("xylophonequartz")
    expect(page.get_by_text("Nothing found for “xylophonequartz”.")).to_be_visible()


def test_similar_words_have_a_heading_of_their_own(page: Page) -> None:
    search = page.get_by_role("searchbox", name="Search")
    search.fill("hangign")
    similar = page.get_by_role("region", name="Similar words")
    expect(similar.get_by_role("heading", name="Similar words")).to_be_visible()
    expect(similar.locator(".hit mark").first).to_have_text(re.compile("hanging", re.I))
    expect(page.get_by_text("Nothing found for “hangign”.")).to_be_visible()
    search.fill("hanging")
    expect(page.locator(".hit mark").first).to_be_visible()
    expect(similar).to_have_count(0)


@pytest.mark.parametrize(("kind", "start"), [("SubRip", "1\n00:00:0"), ("WebVTT", "WEBVTT")])
def test_transcript_is_downloaded(page: Page, kind: str, start: str) -> None:
    open_clip(page)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name=kind).click()
    assert waiting.value.suggested_filename.startswith("en-echotest")
    assert Path(waiting.value.path()).read_text(encoding="utf-8").startswith(start)


def test_playback_starts_at_a_sentence(page: Page) -> None:
    open_clip(page)
    page.mouse.click(*point_at(page, "purpose"))
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    wait_until(page, "() => CSS.highlights.get('now')?.size > 0")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    assert float(page.get_by_role("slider", name="Position").input_value()) > 1


def test_second_tab_works_and_takes_over(
    reader: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    first, second = reader.open(server.url), reader.open(server.url)
    assert first.evaluate("async () => (await earwitness.status()).leading") is True
    assert second.evaluate("async () => (await earwitness.status()).leading") is False
    choose(second, clips["en-connection"].path)
    expect(row(first, "en-connection")).to_be_visible()
    first.close(run_before_unload=False)
    wait_until(second, "async () => (await earwitness.status()).leading")
    expect(finished(second, "en-connection")).to_be_visible()
    delete(second, "en-connection")
    expect(row(second, "en-connection")).to_have_count(0)
    second.close()


def test_job_is_cancelled_and_resumed(page: Page, clips: dict[str, Clip]) -> None:
    choose(page, clips["en-instructions"].path, clips["en-congratulations"].path)
    last = row(page, "en-congratulations")
    expect(last.get_by_text("Next")).to_be_visible()
    act(page, "en-congratulations", "Cancel")
    expect(last.get_by_text("Cancelled")).to_be_visible()
    last.get_by_role("button", name="Resume").click()
    for name in ("en-congratulations", "en-instructions"):
        expect(finished(page, name)).to_be_visible()


def test_file_without_audio_is_reported_and_deleted(
    page: Page, clips: dict[str, Clip], tmp_path: Path
) -> None:
    text = tmp_path / "shopping.mp3"
    text.write_text("eggs, milk\n" * 400)
    choose(page, text)
    show_unreadable(page)
    refused = row(page, "shopping.mp3")
    expect(refused.get_by_text("can't read this file")).to_be_visible()
    act(page, "shopping.mp3", "Remove")
    expect(row(page, "shopping.mp3")).to_have_count(0)


def test_failed_start_keeps_the_files(
    browser: Browser, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    with visiting(browser, service_workers="block") as person:
        person.context.route("**/python_stdlib.zip", lambda route: route.abort())
        page = person.open(server.url, ready=False)
        choose(page, clips["en-connection"].path)
        expect(page.get_by_role("alert")).to_contain_text("Earwitness")
        expect(page.get_by_text("Your file waits")).to_be_visible()
        person.context.unroute("**/python_stdlib.zip")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(finished(page, "en-connection")).to_be_visible()
        person.expect_errors("ERR_FAILED", "Failed to fetch", "pyodide.mjs")


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_page_fits_the_screen_width(page: Page, width: int) -> None:
    resize(page, width, 800)
    for step in (lambda: None, lambda: open_clip(page)):
        step()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_passes_accessibility_checks(
    reader: Visitor, server: ServerProcess, scheme: Literal["light", "dark"]
) -> None:
    page = reader.open(server.url)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(AXE)
    assert violations(page) == []
    open_clip(page)
    assert violations(page) == []
    page.get_by_role("button", name="Export").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("searchbox", name="Search").fill("hanging")
    expect(page.locator(".hit").first).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Settings").click()
    for section in ("Privacy", "Team server", "Appearance", "Report a problem"):
        assert violations(page) == []
        page.get_by_role("button", name=section).click()
    assert violations(page) == []
    page.close()


def test_recording_is_transcribed_again_in_another_language(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = returning_visitor.open(server.url)
    transcribed(page, clips["es-connection"])
    page.get_by_role("link", name="es-connection").click()
    more(page, "Transcribe again")
    form = page.get_by_role("dialog", name="Transcribe again")
    form.get_by_role("combobox", name="Language").select_option(label="Portuguese")
    form.get_by_role("button", name="Transcribe again").click()
    expect(page.get_by_text("Transcribing again in Portuguese.")).to_be_visible()
    expect(finished(page, "es-connection")).to_be_visible()
    expect(page.get_by_role("banner").get_by_text("Portuguese")).to_be_visible()


def test_dropped_file_and_folder_are_added(page: Page, tmp_path: Path) -> None:
    inner = tmp_path / "folder" / "inner"
    inner.mkdir(parents=True)
    for path in (inner / "deep.wav", inner.parent / "notes.md", tmp_path / "alone.bin"):
        path.write_text(f"no sound in {path.name}")
    drop(page, tmp_path / "folder", tmp_path / "alone.bin")
    show_unreadable(page)
    for name in ("deep.wav", "alone.bin"):
        last = row(page, name)
        expect(last.get_by_text("can't read this file")).to_be_visible()
        act(page, name, "Remove")
        expect(last).to_have_count(0)
    expect(row(page, "notes.md")).to_have_count(0)


def drop(page: Page, *paths: Path) -> None:
    """Drag files from outside the browser onto the middle of the page."""
    files = [str(path) for path in paths]
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": files, "dragOperationsMask": 1}
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 640, "y": 400, "data": data})
