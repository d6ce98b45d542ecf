"""What was heard at a word: shown at the word, offered in its place, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visitor, visiting
from tests.support.made_library import SENTENCE_S, made_backup, segment
from tests.support.page_actions import (
    AXE,
    load_backup,
    more,
    select,
    shown_sentences,
    violations,
    wait_sentences,
)
from tests.support.recordings import Track, save
from tests.support.server_process import ServerProcess

ID = "heard"
SAID = ["Margaret said Mr. Hell, was late.", "He returned from Helstone."]


def sentences() -> list[dict[str, Any]]:
    first, second = segment(SAID[0], 0.0, doubtful=(3,)), segment(SAID[1], 2.6)
    first["words"][3]["alternatives"] = ["Hale", "hell"]
    second["words"][3]["alternatives"] = ["Hell stone"]
    return [first, second]


@pytest.fixture(scope="module")
def reader(
    browser: Browser, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A visitor whose library holds a recording with its sound."""
    folder = tmp_path_factory.mktemp("made")
    silence = np.zeros((1, int(8000 * 3 * SENTENCE_S)), np.float32)
    sound = save(folder / "sound.flac", Track(silence, 8000), codec="flac")
    backup = made_backup(folder / f"{ID}.zip", ID, 3, sound, sentences())
    with visiting(browser) as person:
        page = person.open(server.url)
        load_backup(page, backup)
        page.close()
        yield person


@pytest.fixture
def page(reader: Visitor, server: ServerProcess) -> Iterator[Page]:
    """That visitor's page with the recording as it was recognised."""
    page = reader.open(server.url)
    page.evaluate("(id) => earwitness.open(id)", ID)
    shown_sentences(page)
    page.evaluate("(id) => earwitness.restoreVersion(id, 0)", ID)
    wait_sentences(page, SAID)
    expect(page.get_by_text("1 word to check")).to_be_visible()
    yield page
    page.close()


def card(page: Page) -> Any:
    return page.get_by_role("region", name="What was heard")


def test_doubtful_word_is_corrected_with_two_keys(page: Page) -> None:
    page.keyboard.press("n")
    expect(page.get_by_role("button", name="What was heard")).to_be_visible()
    page.keyboard.press("w")
    expect(card(page)).to_contain_text("Heard: Hell,")
    expect(card(page).get_by_role("button", name="Hale")).to_be_focused()
    page.evaluate(AXE)
    assert violations(page) == []
    page.keyboard.press("Enter")
    wait_sentences(page, ["Margaret said Mr. Hale, was late.", SAID[1]])
    expect(card(page)).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    wait_sentences(page, SAID)


def test_corrected_word_goes_back_to_what_was_heard(page: Page) -> None:
    page.evaluate(
        "(id) => earwitness.update(id, {segments: {0: 'Margaret said Mr. Thornton'}})", ID
    )
    wait_sentences(page, ["Margaret said Mr. Thornton", SAID[1]])
    select(page, "Thornton")
    page.get_by_role("toolbar").get_by_role("button", name="Heard as…").click()
    expect(card(page)).to_contain_text("Heard: Hell, was late.")
    expect(card(page)).not_to_contain_text("no other word")
    expect(page.get_by_role("toolbar")).to_have_count(0)
    card(page).get_by_role("button", name="Go back to “Hell, was late.”").click()
    wait_sentences(page, SAID)


def test_two_words_may_take_the_place_of_one(page: Page) -> None:
    select(page, "Helstone")
    page.keyboard.press("w")
    card(page).get_by_role("button", name="Hell stone").click()
    wait_sentences(page, [SAID[0], "He returned from Hell stone."])
    page.evaluate("(id) => earwitness.undo(id)", ID)
    wait_sentences(page, SAID)


def test_word_without_alternatives_says_so_and_escape_leaves(page: Page) -> None:
    select(page, "Margaret")
    page.keyboard.press("w")
    expect(card(page)).to_contain_text("The recognition had no other word for it.")
    expect(card(page).get_by_role("button", name="Hear again…")).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    more(page, "What was heard at the word…")
    expect(card(page)).to_be_visible()
    page.mouse.click(5, 5)
    expect(card(page)).to_have_count(0)


def test_card_of_a_text_that_changes_goes(page: Page) -> None:
    select(page, "Hell")
    page.keyboard.press("w")
    expect(card(page)).to_be_visible()
    page.evaluate("(id) => earwitness.update(id, {segments: {1: 'She returned.'}})", ID)
    expect(card(page)).to_have_count(0)
