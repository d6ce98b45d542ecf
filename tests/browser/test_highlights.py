"""Highlights and notes in the built page: made, drawn, changed, listed, kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import Visitor, resize, visiting, wait_until
from tests.support.made_library import SENTENCE_S, made_backup, segment
from tests.support.page_actions import (
    AXE,
    correct_at,
    load_backup,
    more,
    point_at,
    retype,
    save_typed,
    select,
    shown_sentences,
    violations,
)
from tests.support.recordings import Track, save
from tests.support.server_process import ServerProcess

ID = "council"
SAID = [
    "Margaret said the budget was late.",
    "He returned from Helstone.",
    "東京は大きい町です。",
    "Not at all.",
]
BEGINS_S = [0.0, 3.0, 8.0, 14.0]


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("made")
    silence = np.zeros((1, int(8000 * len(SAID) * SENTENCE_S)), np.float32)
    sound = save(folder / "sound.flac", Track(silence, 8000), codec="flac")
    said = [
        segment(text, start_s, words=list(text) if text.startswith("東") else None)
        for text, start_s in zip(SAID, BEGINS_S, strict=True)
    ]
    return made_backup(folder / f"{ID}.zip", ID, len(SAID), sound, said)


@pytest.fixture(scope="module")
def reader(browser: Browser, server: ServerProcess, backup: Any) -> Iterator[Visitor]:
    """A visitor whose library holds a recording with its sound."""
    with visiting(browser) as person:
        page = person.open(server.url)
        load_backup(page, backup)
        page.close()
        yield person


@pytest.fixture
def page(reader: Visitor, server: ServerProcess) -> Iterator[Page]:
    """That visitor's page with the recording as it was recognised, without highlights."""
    page = reader.open(server.url)
    page.evaluate("(id) => earwitness.restoreVersion(id, 0)", ID)
    show(page)
    yield page
    page.close()


def show(page: Page) -> None:
    page.evaluate("(id) => earwitness.open(id)", ID)
    shown_sentences(page)


def kept(page: Page) -> list[dict[str, Any]]:
    """The highlights that the library holds, without their ids."""
    return page.evaluate(
        """async (id) => (await earwitness.get(id)).highlights
             .map(({ colour, label, note, start_s, end_s }) =>
               ({ colour, label, note, start_s, end_s }))""",
        ID,
    )


def wait_kept(page: Page, **values: str) -> None:
    """Wait until the library holds one highlight with these values."""
    wait_until(
        page,
        """async ([id, values]) => {
             const { highlights } = await earwitness.get(id);
             const [one] = highlights;
             return highlights.length === 1
               && Object.entries(values).every(([name, value]) => one[name] === value);
           }""",
        [ID, values],
    )


def wait_drawn(page: Page, colour: str, *texts: str) -> None:
    """Wait until these words, and no others, are drawn in a colour."""
    wait_until(
        page,
        """([colour, texts]) => {
             const found = [...(CSS.highlights.get(colour) ?? [])].map((place) => {
               const range = document.createRange();
               range.setStart(place.startContainer, place.startOffset);
               range.setEnd(place.endContainer, place.endOffset);
               return range.toString();
             });
             return JSON.stringify(found) === JSON.stringify(texts);
           }""",
        [colour, list(texts)],
    )


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="Highlight", exact=True)


def test_selected_words_get_a_highlight_with_label_and_note(page: Page) -> None:
    select(page, "the budget was")
    page.get_by_role("toolbar").get_by_role("button", name="Note").click()
    note = card(page).get_by_label("Note")
    expect(note).to_be_focused()
    page.keyboard.insert_text("Ask <b>again</b>.\nTwice.")
    card(page).get_by_label("Label").fill("budget")
    card(page).get_by_text("Aa").nth(1).click()
    expect(card(page).get_by_role("radio", name="Green")).to_be_checked()
    page.evaluate(AXE)
    assert violations(page) == []
    card(page).get_by_role("button", name="Done").click()
    expect(card(page)).to_have_count(0)
    wait_kept(page, colour="green", label="budget", note="Ask <b>again</b>.\nTwice.")
    wait_drawn(page, "green", "the budget was")
    expect(page.get_by_role("button", name="1 note")).to_be_visible()
    page.mouse.click(*point_at(page, "budget"))
    expect(card(page).get_by_label("Note")).to_have_value("Ask <b>again</b>.\nTwice.")
    card(page).get_by_role("button", name="Remove highlight").click()
    expect(card(page)).to_have_count(0)
    wait_drawn(page, "green")
    page.get_by_role("button", name="Undo").last.click()
    wait_drawn(page, "green", "the budget was")
    page.reload()
    show(page)
    wait_drawn(page, "green", "the budget was")


def test_highlights_are_made_and_changed_without_a_pointer(page: Page) -> None:
    page.locator(".said").first.focus()
    page.keyboard.press("h")
    expect(card(page)).to_be_visible()
    wait_kept(page, note="", label="")
    assert kept(page)[0]["start_s"] == BEGINS_S[0]
    page.keyboard.press("h")
    expect(card(page).get_by_label("Note")).to_be_focused()
    page.keyboard.type("why")
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    wait_kept(page, note="why")
    expect(page.locator(".said").first).to_be_focused()
    page.keyboard.press("h")
    expect(card(page).get_by_label("Note")).to_have_value("why")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    wait_kept(page, note="")
    page.keyboard.press("Control+z")
    wait_until(page, "async (id) => !(await earwitness.get(id)).highlights.length", ID)
    wait_until(page, "() => ![...CSS.highlights.values()].some((each) => each.size)")


def test_highlight_stays_on_its_words_while_the_text_is_corrected(page: Page) -> None:
    select(page, "Helstone")
    page.keyboard.press("h")
    wait_drawn(page, "yellow", "Helstone.")
    page.keyboard.press("Escape")
    correct_at(page, "Helstone")
    retype(page, "And so he came back from Helstone.")
    save_typed(page)
    wait_drawn(page, "yellow", "Helstone.")
    page.evaluate("(id) => earwitness.update(id, { split: [{ segment: 1, at_char: 7 }] })", ID)
    wait_drawn(page, "yellow", "Helstone.")
    page.evaluate("(id) => earwitness.update(id, { join: [0] })", ID)
    wait_drawn(page, "yellow", "Helstone.")
    page.evaluate("(id) => earwitness.update(id, { delete: [0, 1] })", ID)
    wait_drawn(page, "yellow")
    more(page, "Highlights and notes")
    dialog = page.get_by_role("dialog", name="Highlights and notes")
    expect(dialog.get_by_text("These words are deleted.")).to_be_visible()
    page.keyboard.press("Escape")
    page.evaluate("() => earwitness.undo()")
    wait_drawn(page, "yellow", "Helstone.")


def test_list_filters_copies_and_leads_to_the_words(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async (id) => {
             const { segments } = await earwitness.get(id);
             const part = (segment, label, colour, note) => ({
               start_s: segments[segment].start_s, end_s: segments[segment].end_s,
               label, colour, note });
             await earwitness.update(id, { highlights: { add: [
               part(0, 'money', 'pink', '<i>how much?</i>'), part(2, 'places', 'blue', ''),
               part(3, 'money', 'blue', '')] } });
           }""",
        ID,
    )
    wait_drawn(page, "blue", SAID[2], SAID[3])
    page.get_by_role("button", name="3 highlights").click()
    dialog = page.get_by_role("dialog", name="Highlights and notes")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    expect(dialog.get_by_text("<i>how much?</i>")).to_be_visible()
    page.evaluate(AXE)
    assert violations(page) == []
    dialog.get_by_label("Label").select_option("money")
    expect(dialog.get_by_text("2 of 3 highlights")).to_be_visible()
    dialog.get_by_label("Colour").select_option("Blue")
    expect(dialog.locator("mark")).to_have_text([SAID[3]])
    dialog.get_by_label("Colour").select_option("All colours")
    dialog.get_by_role("button", name="Copy as text").click()
    copied = wait_until(page, "async () => await navigator.clipboard.readText()")
    assert "“Margaret said the budget was late.” [money]\n<i>how much?</i>\n\n" in copied
    dialog.get_by_role("button", name="Go to 0:14").click()
    expect(dialog).to_have_count(0)
    expect(card(page).get_by_label("Label")).to_have_value("money")
    labels = page.locator("#highlight-labels option")
    assert labels.evaluate_all("(all) => all.map(({ value }) => value)") == ["money", "places"]


def test_long_note_is_refused_and_stays_in_its_field(page: Page, reader: Visitor) -> None:
    select(page, "late")
    page.keyboard.press("h")
    wait_kept(page, note="")
    card(page).get_by_label("Note").fill("x" * 1_000_000)
    card(page).get_by_role("button", name="Done").click()
    expect(page.get_by_text("A note can have 10,000 characters, not 1,000,000.")).to_be_visible()
    expect(card(page).get_by_label("Note")).to_have_value("x" * 1_000_000)
    card(page).get_by_label("Note").fill("short")
    card(page).get_by_role("button", name="Done").click()
    expect(card(page)).to_have_count(0)
    wait_kept(page, note="short")


def test_note_of_another_tab_is_replaced_only_if_the_user_says_so(
    page: Page, reader: Visitor, server: ServerProcess
) -> None:
    select(page, "late")
    page.keyboard.press("h")
    wait_kept(page, note="")
    [made] = page.evaluate("async (id) => (await earwitness.get(id)).highlights", ID)
    other = reader.open(server.url)
    show(other)
    change = (
        "([id, mark]) => earwitness.update(id, { highlights: { change: { [mark]: {note:'a'}}}})"
    )
    other.evaluate(change, [ID, made["id"]])
    card(page).get_by_label("Note").fill("mine")
    # It is saved after a pause.
    question = page.get_by_role("dialog").filter(has_text="“mine” The other: “a”")
    expect(question).to_be_visible()
    wait_kept(page, note="a")
    question.get_by_role("button", name="Keep your text").click()
    wait_kept(page, note="mine")
    card(page).get_by_role("button", name="Done").click()
    expect(card(page)).to_have_count(0)
    other.close()


def test_card_and_bar_fit_a_phone(page: Page) -> None:
    resize(page, 360, 740)
    select(page, "the budget was")
    bar = page.get_by_role("toolbar", name="Selected text")
    expect(bar).to_be_visible()
    fits(page, ".selection-bar")
    bar.get_by_role("button", name="Highlight").click()
    expect(card(page)).to_be_visible()
    fits(page, ".highlight-card")


def fits(page: Page, selector: str) -> None:
    wait_until(
        page,
        """(selector) => {
             const { left, right, top, bottom } =
               document.querySelector(selector).getBoundingClientRect();
             return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;
           }""",
        selector,
    )


def test_edges_of_a_sentence_are_moved_without_a_pointer(page: Page) -> None:
    page.locator(".said").nth(1).focus()
    page.keyboard.press("t")
    edges = page.get_by_role("region", name="Times of the sentence")
    start = edges.get_by_label("Starts at", exact=True)
    expect(start).to_be_focused()
    expect(start).to_have_value("0:08")
    page.keyboard.press("ArrowUp")
    expect(start).to_have_value("0:08.1")
    edges.get_by_role("button", name="Starts at: 0.1 s later").click()
    expect(start).to_have_value("0:08.2")
    # Steps that follow each other are one change.
    wait_until(page, "async (id) => (await earwitness.get(id)).segments[2].start_s === 8.2", ID)
    end = edges.get_by_label("Ends at", exact=True)
    end.fill("soon")
    page.keyboard.press("Enter")
    expect(edges.get_by_role("status")).to_contain_text("Write a time such as 1:02.5")
    end.fill("0:11,5")
    page.keyboard.press("Enter")
    start.fill("0")
    page.keyboard.press("Enter")
    expect(edges.get_by_role("status")).to_contain_text("It stops there")
    expect(start).not_to_have_value("0")
    start.fill("8.2")
    page.keyboard.press("Enter")
    expect(start).to_have_value("0:08.2")
    page.evaluate(AXE)
    assert violations(page) == []
    edges.get_by_role("button", name="Done").click()
    expect(edges).to_have_count(0)
    wait_until(
        page,
        """async (id) => {
             const { start_s, end_s } = (await earwitness.get(id)).segments[2];
             return start_s === 8.2 && end_s === 11.5;
           }""",
        ID,
    )
    page.evaluate("(id) => earwitness.update(id, { edges: { 2: [null, 11] } })", ID)
    assert page.evaluate("async (id) => (await earwitness.get(id)).segments[2].end_s", ID) == 11
    for _ in range(5):
        page.keyboard.press("Control+z")
    wait_until(page, "async (id) => (await earwitness.get(id)).segments[2].start_s === 8", ID)


def test_edge_that_is_being_moved_is_saved_when_the_user_leaves(page: Page) -> None:
    page.locator(".said").nth(1).focus()
    page.keyboard.press("t")
    start = page.get_by_role("region", name="Times of the sentence").get_by_label(
        "Starts at", exact=True
    )
    expect(start).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.evaluate("() => { location.hash = '#/'; }")
    expect(start).to_have_count(0)
    wait_until(page, "async (id) => (await earwitness.get(id)).segments[2].start_s === 8.1", ID)
