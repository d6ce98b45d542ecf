"""Find it, hear it: what a search found is in view, and the view goes along with the sound.

Tests look at the rectangle of words in the window, never at elements.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Clip
from tests.support.browser import Visitor, resize, visiting, wait_ready, wait_until
from tests.support.made_library import SENTENCE_S, made_backup, marker
from tests.support.page_actions import (
    PLAYS,
    begin,
    correct_at,
    load_backup,
    retype,
    save_typed,
    title,
    wait_state,
)
from tests.support.recordings import Track, save
from tests.support.server_process import ServerProcess

SENTENCES = 450
"""Half an hour."""
LONG = 3000
WIDTHS = [(360, 740), (768, 1000), (1440, 900)]

VISIBLE = """(text) => {
  const walker = document.createTreeWalker(
    document.querySelector('ew-transcript-view'), NodeFilter.SHOW_TEXT);
  const player = document.querySelector('.player')?.getBoundingClientRect().top ?? innerHeight;
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(text);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + text.length);
    const { top, bottom, height } = range.getBoundingClientRect();
    if (height > 0 && top >= 0 && bottom <= Math.min(innerHeight, player)) return true;
  }
  return false;
}"""
"""Whether the words stand inside the window, above the player."""


LAST = """() => {
  const { segments } = document.querySelector('ew-transcript-text') ?? { segments: [] };
  return segments.length > 5 ? segments.at(-1).text.trim().slice(0, 20) : '';
}"""
"""The beginning of the newest sentence of a text that has some."""


@pytest.fixture(scope="module")
def reader(
    browser: Browser, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A visitor whose library holds half an hour with its sound, and three hours without."""
    folder = tmp_path_factory.mktemp("made")
    silence = np.zeros((1, int(8000 * SENTENCES * SENTENCE_S)), np.float32)
    sound = save(folder / "silence.flac", Track(silence, 8000), codec="flac")
    with visiting(browser) as person:
        page = person.open(server.url)
        load_backup(page, made_backup(folder / "half.zip", "half", SENTENCES, sound))
        load_backup(page, made_backup(folder / "long.zip", "long", LONG))
        page.close()
        yield person


@pytest.fixture
def page(reader: Visitor, server: ServerProcess) -> Iterator[Page]:
    page = reader.open(server.url)
    yield page
    page.close()


def find(page: Page, word: str) -> None:
    """Search for a word that one sentence has, and go there."""
    page.get_by_role("searchbox").fill(word)
    page.locator("li a.hit", has_text=word).click()


def rested(page: Page, text: str) -> bool:
    """Whether the words are in view once nothing moves any more."""
    settled = "() => new Promise((done) => setTimeout(() => done(true), 500))"
    page.evaluate(settled)
    return page.evaluate(VISIBLE, text)


@pytest.mark.parametrize(("width", "height"), WIDTHS)
@pytest.mark.parametrize("name", ["half", "long"])
def test_hits_end_in_view(page: Page, name: str, width: int, height: int) -> None:
    resize(page, width, height)
    length = {"half": SENTENCES, "long": LONG}[name]
    for part in (0.95, 0.05, 0.5):
        word = marker(name, int(part * length))
        find(page, word)
        wait_until(page, VISIBLE, word)
        assert rested(page, word)
        page.goto(page.url.split("#")[0] + "#/")


def test_same_hit_leads_back_after_scrolling(page: Page) -> None:
    word = marker("half", 200)
    find(page, word)
    wait_until(page, VISIBLE, word)
    page.mouse.move(900, 400)
    page.mouse.wheel(0, 6000)
    wait_until(page, f"(text) => !({VISIBLE})(text)", word)
    page.locator("li a.hit", has_text=word).click()
    wait_until(page, VISIBLE, word)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_address_with_a_time_opened_fresh_ends_in_view(
    page: Page, server: ServerProcess, motion: str
) -> None:
    page.emulate_media(reduced_motion=motion)  # pyright: ignore[reportArgumentType]
    page.goto(f"{server.url}#/t/half?at={300 * SENTENCE_S:.3f}")
    page.reload()
    wait_until(page, VISIBLE, marker("half", 300))
    wait_ready(page)
    assert rested(page, marker("half", 300))


def test_words_typed_while_the_page_starts_are_answered(
    reader: Visitor, server: ServerProcess
) -> None:
    for index in (3, 77):
        page = reader.open(server.url, ready=False)
        word = marker("long", index)
        page.get_by_role("searchbox").fill(word)
        hit = page.locator("li a.hit", has_text=word)
        nothing = page.get_by_text("Nothing found")
        expect(hit.or_(nothing).first).to_be_visible()
        expect(hit).to_be_visible()
        expect(nothing).to_have_count(0)
        page.close()


def test_playback_is_followed_until_the_reader_scrolls(page: Page) -> None:
    find(page, marker("half", 20))
    wait_until(page, VISIBLE, marker("half", 20))
    page.get_by_role("combobox", name="Speed").select_option("2")
    page.get_by_role("button", name="Play", exact=True).click()
    for index in (24, 28):
        wait_until(page, VISIBLE, marker("half", index))
    # Far away, without a wheel: the view goes along with the player wherever it is.
    page.get_by_role("slider", name="Position").fill(str(300 * SENTENCE_S))
    wait_until(page, VISIBLE, marker("half", 300))
    page.mouse.move(900, 400)
    page.mouse.wheel(0, -5000)
    back = page.get_by_role("button", name="Back to")
    expect(back).to_be_visible()
    wait_until(page, f"(text) => !({VISIBLE})(text)", marker("half", 301))
    page.get_by_role("slider", name="Position").fill(str(400 * SENTENCE_S))
    assert not rested(page, marker("half", 400))
    back.click()
    wait_until(page, VISIBLE, marker("half", 400))
    expect(back).to_have_count(0)


def test_results_follow_edits(page: Page) -> None:
    word = marker("half", 10)
    find(page, word)
    wait_until(page, VISIBLE, word)
    correct_at(page, word)
    retype(page, "Nothing of it is left.")
    save_typed(page)
    expect(page.locator("li a.hit", has_text=word)).to_have_count(0)
    page.get_by_role("searchbox").fill("nothing of it is left")
    expect(page.locator("li a.hit", has_text="left")).to_be_visible()


def test_new_text_is_followed_until_the_reader_scrolls(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    clip = clips["en-instructions"].path
    page = returning_visitor.open(server.url)
    resize(page, 700, 420)
    begin(page, clip, model="tiny.en")
    page.get_by_role("link", name=title(clip.name)).click()
    wait_state(page, clip.name, "done")
    newest = wait_until(page, LAST)
    wait_until(page, VISIBLE, newest)


def test_space_pauses_after_a_click_on_a_time_or_a_skip(page: Page) -> None:
    find(page, marker("half", 100))
    wait_until(page, VISIBLE, marker("half", 100))
    begins = page.locator(".paragraph", has_text=marker("half", 100)).get_by_role("button")
    play = page.get_by_role("button", name="Play", exact=True)
    expect(play).to_be_visible()
    begins.first.click()
    wait_until(page, PLAYS)
    page.keyboard.press("Space")
    expect(play).to_be_visible()
    page.get_by_role("button", name="+5 s").click()
    page.keyboard.press("Space")
    wait_until(page, PLAYS)
    page.keyboard.press("Space")
    expect(play).to_be_visible()


def test_speed_is_kept_across_recordings_and_visits(page: Page, server: ServerProcess) -> None:
    find(page, marker("half", 100))
    speed = page.get_by_role("combobox", name="Speed")
    speed.select_option("1.5")
    page.goto(f"{server.url}#/t/long")
    page.goto(f"{server.url}#/t/half")
    expect(speed).to_have_value("1.5")
    page.reload()
    expect(speed).to_have_value("1.5")
    speed.select_option("1")
