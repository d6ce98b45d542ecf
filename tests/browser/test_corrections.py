"""Corrections of sentences: marking, saving, and what a new run does to them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import Clip
from tests.support.browser import Visitor, visiting, wait_ready
from tests.support.page_actions import (
    act,
    correct_at,
    finished,
    more,
    retype,
    row,
    save_typed,
    shown_sentences,
    transcribed,
    use_quick_model,
    wait_sentences,
)
from tests.support.server_process import ServerProcess
from tests.support.waiting import wait_for

CLIP = "en-connection"


@pytest.fixture(scope="module")
def reader(browser: Browser, server: ServerProcess, clips: dict[str, Clip]) -> Iterator[Visitor]:
    """A visitor whose library holds two short recordings."""
    with visiting(browser) as person:
        page = person.open(server.url)
        use_quick_model(page)
        transcribed(page, clips[CLIP])
        transcribed(page, clips["en-echotest"])
        page.close()
        yield person


@pytest.fixture
def page(reader: Visitor, server: ServerProcess) -> Iterator[Page]:
    """That visitor's page with the first recording on show."""
    page = reader.open(server.url)
    show(page, CLIP)
    yield page
    page.close()


def show(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(line(page)).to_be_visible()


"""Keep what the page says: a note goes after seconds, which a busy machine may miss."""


def line(page: Page) -> Locator:
    """The first paragraph."""
    return page.locator(".paragraph").first


def said(page: Page) -> Locator:
    """Its words, without its menu, which also has the words that were heard."""
    return line(page).locator(".said")


def correct(page: Page, text: str) -> None:
    correct_at(page, shown_sentences(page)[0][:12] or "no text")
    retype(page, text)


def saved(page: Page, text: str) -> None:
    correct(page, text)
    save_typed(page)
    expect(said(page)).to_contain_text(text)


def wait_first(page: Page, text: str) -> None:
    """Wait until this is the first sentence on show."""
    wait_for(lambda: shown_sentences(page)[0] == text, f"the sentence {text!r}")


def finish(page: Page) -> None:
    """Wait until the new run is over."""
    expect(finished(page, CLIP)).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("menuitem", name="Previous version")).to_be_visible()
    page.keyboard.press("Escape")


def test_correction_is_marked_and_can_be_reverted(page: Page) -> None:
    heard = shown_sentences(page)[0]
    expect(line(page).get_by_text("edited")).to_have_count(0)
    saved(page, "Something else was said.")
    expect(line(page).get_by_text("edited")).to_have_attribute("title", f"Heard: {heard}")
    line(page).get_by_role("button", name="edited").click()
    line(page).get_by_role("menuitem", name=f"Restore “{heard}”").click()
    expect(said(page)).to_contain_text(heard)
    assert shown_sentences(page)[0] == heard
    expect(line(page).get_by_text("edited")).to_have_count(0)


def test_emptied_sentence_is_deleted_and_comes_back_by_undo(page: Page) -> None:
    page.evaluate("() => earwitness.restoreVersion(location.hash.split('/').at(-1), 0)")
    heard = shown_sentences(page)
    correct(page, "")
    save_typed(page)
    wait_sentences(page, heard[1:])
    page.keyboard.press("Control+z")
    wait_sentences(page, heard)


@pytest.mark.parametrize("way", ["another", "welcome"])
def test_open_correction_is_saved_on_navigation(page: Page, way: str) -> None:
    heard = shown_sentences(page)[0]
    correct(page, f"Typed and left for {way}.")
    page.evaluate("() => { location.hash = '#/'; }") if way == "welcome" else show(
        page, "en-echotest"
    )
    expect(page.get_by_role("textbox", name="Text")).to_have_count(0)
    show(page, CLIP)
    expect(said(page)).to_contain_text(f"Typed and left for {way}.")
    saved(page, heard)


def test_reload_asks_while_a_correction_is_open(page: Page) -> None:
    correct(page, "Not yet saved.")
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    page.reload()
    wait_ready(page)
    assert asked == ["beforeunload"]


def test_choosing_the_present_item_of_a_menu_changes_nothing(page: Page) -> None:
    page.get_by_role("button", name="Sort and select").click()
    page.get_by_role("menuitemradio", name="Newest first").click()
    expect(page.get_by_role("menuitemradio", name="Newest first")).to_be_hidden()
    expect(finished(page, CLIP)).to_be_visible()


def test_run_again_asks_before_replacing_corrections_and_can_be_reverted(
    page: Page,
) -> None:
    saved(page, "This is mine.")
    more(page, "Transcribe again")
    form = page.get_by_role("dialog", name="Transcribe again", exact=True)
    form.get_by_label("Skip silence and noise").uncheck()
    form.get_by_role("button", name="Transcribe again").click()
    question = page.get_by_role("dialog", name="Transcribe again?")
    expect(question).to_contain_text("replaces a sentence that you corrected")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    expect(form.get_by_label("Skip silence and noise")).not_to_be_checked()
    expect(said(page)).to_contain_text("This is mine.")
    form.get_by_role("button", name="Transcribe again").click()
    question.get_by_role("button", name="Transcribe again").click()
    expect(form).to_have_count(0)
    finish(page)
    expect(said(page)).not_to_contain_text("This is mine.")
    more(page, "Previous version")
    expect(said(page)).to_contain_text("This is mine.")
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.get_by_role("menuitem", name="Details")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Previous version")).to_have_count(0)


def test_part_that_ends_before_it_begins_is_rejected_in_the_dialog(page: Page) -> None:
    more(page, "Transcribe again")
    form = page.get_by_role("dialog", name="Transcribe again", exact=True)
    form.get_by_label("From").fill("0:05")
    form.get_by_label("To", exact=True).fill("0:02")
    form.get_by_role("button", name="Transcribe again").click()
    expect(form.get_by_role("alert")).to_contain_text("is empty")
    expect(form.get_by_label("From")).to_have_value("0:05")
    expect(form.get_by_label("To", exact=True)).to_have_value("0:02")
    page.keyboard.press("Escape")
    expect(form).to_have_count(0)


def test_cancelled_run_again_leaves_the_transcript_done(page: Page) -> None:
    first = said(page).inner_text()
    more(page, "Transcribe again")
    form = page.get_by_role("dialog", name="Transcribe again", exact=True)
    form.get_by_role("button", name="Transcribe again").click()
    if "mine" in first:
        page.get_by_role("dialog", name="Transcribe again?").get_by_role(
            "button", name="Transcribe"
        ).click()
    act(page, CLIP, "Cancel")
    expect(finished(page, CLIP)).to_be_visible()
    expect(row(page, CLIP).get_by_role("button", name="Resume")).to_have_count(0)
    expect(page.get_by_text("Cancelled")).to_have_count(0)
    expect(said(page)).to_have_text(first, use_inner_text=True)


def test_scripts_change_undo_and_restore_a_text(page: Page) -> None:
    id_ = page.evaluate("() => location.hash.split('/').at(-1)")
    versions = "async (id) => (await earwitness.versions(id)).map(({ id, what }) => [id, what])"

    def texts() -> list[str]:
        segments: list[str] = page.evaluate(
            "async (id) => (await earwitness.get(id)).segments.map(({ text }) => text.trim())", id_
        )
        return segments

    # Other tests have corrected it.
    page.evaluate("(id) => earwitness.restoreVersion(id, 0)", id_)
    heard, known = texts(), page.evaluate(versions, id_)
    words = heard[0].split()
    cut = heard[0].index(words[2])
    page.evaluate(
        """async ([id, text, at_char]) => {
            await earwitness.update(id, { segments: { 0: text } });
            await earwitness.update(id, { split: [{ segment: 0, at_char }] });
        }""",
        [id_, f"{heard[0]} indeed", cut],
    )
    left, right = " ".join(words[:2]), " ".join([*words[2:], "indeed"])
    assert texts() == [left, right, *heard[1:]]
    wait_first(page, left)
    named = page.evaluate(versions, id_)
    assert [what for _, what in named[:2]] == ["Sentence 1 split", "Sentence 1 corrected"]
    assert named[-1] == [0, "Recognised"] == known[-1]
    page.evaluate("() => earwitness.undo()")
    wait_first(page, f"{heard[0]} indeed")
    page.evaluate("(id) => earwitness.redo(id)", id_)
    assert texts()[0] == left
    page.reload()
    wait_ready(page)
    assert texts()[0] == left
    page.evaluate("([id, version]) => earwitness.restoreVersion(id, version)", [id_, 0])
    assert texts() == heard
    refused = page.evaluate(
        """async (id) => {
            try {
                await earwitness.update(id, { segments: { 0: 'x' }, revision: 0 });
            } catch (error) {
                return [error.name, JSON.parse(error.detail).conflicts[0].yours];
            }
        }""",
        id_,
    )
    assert refused == ["EditConflictError", "x"]
