"""The transcript as it is read: paragraphs, words that play, marks, quotes, keys, doubts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import pytest
from earwitness.domain.clock import clock
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visitor, resize, visiting, wait_until
from tests.support.made_library import SENTENCE_S, made_backup, marker, segment
from tests.support.page_actions import (
    AT,
    AXE,
    PLAYS,
    correct_at,
    load_backup,
    more,
    point_at,
    select,
    shown_sentences,
    violations,
)
from tests.support.recordings import Track, save
from tests.support.server_process import ServerProcess

SENTENCES = 120
LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 40
INTERVIEW = [
    (0.0, "Anna Reyes", "Margaret said Mr. Hell was late.", (3,), None),
    (0.2, "Anna Reyes", "He returned from Helstone.", (3,), None),
    (0.2, "Mayor Hale", "You don't mean that you thought me so silly?", (), None),
    (0.2, "Anna Reyes", "", (), []),
    (0.2, "Anna Reyes", "Not at all.", (), None),
    (0.2, None, "東京は大きい町です。", (1,), ["東京", "は", "大きい", "町です。"]),
    (1.5, None, "هل هذا صحيح؟ (yes) 👨‍👩‍👧 été.", (), None),
    (1.5, None, "Without the times of its words.", (), []),
    (1.5, None, LONG_WORD, (), None),
]  # fmt: skip
"""Pause before, speaker, text, doubtful words, words."""


def interview() -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    at_s = 0.0
    for pause_s, speaker, text, doubtful, words in INTERVIEW:
        at_s += pause_s
        made.append(segment(text, at_s, speaker=speaker, doubtful=doubtful, words=words))
        at_s = made[-1]["end_s"]
    return made


@pytest.fixture(scope="module")
def reader(
    browser: Browser, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A visitor whose library holds an interview and a talk, both with their sound."""
    folder = tmp_path_factory.mktemp("made")
    with visiting(browser) as person:
        person.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = person.open(server.url)
        for name, count, segments in (
            ("talk", SENTENCES, None),
            ("interview", len(INTERVIEW), interview()),
        ):
            silence = np.zeros((1, int(8000 * count * SENTENCE_S)), np.float32)
            sound = save(folder / f"{name}.flac", Track(silence, 8000), codec="flac")
            load_backup(page, made_backup(folder / f"{name}.zip", name, count, sound, segments))
        page.close()
        yield person


@pytest.fixture
def page(reader: Visitor, server: ServerProcess) -> Iterator[Page]:
    """That visitor's page with the interview on show."""
    page = reader.open(server.url)
    page.evaluate("() => earwitness.open('interview')")
    shown_sentences(page)
    # The line with the doubtful words stands above the text.
    expect(page.get_by_text("words to check")).to_be_visible()
    yield page
    page.close()


def marked(page: Page, mark: str) -> list[str]:
    """The words that have a mark, in order."""
    return page.evaluate(
        """(mark) => [...(CSS.highlights.get(mark) ?? [])].map((range) => {
             const live = document.createRange();
             live.setStart(range.startContainer, range.startOffset);
             live.setEnd(range.endContainer, range.endOffset);
             return live.toString();
           })""",
        mark,
    )


def wait_marked(page: Page, mark: str, words: list[str]) -> None:
    page.wait_for_function(
        """([mark, words]) => {
             const own = [...(CSS.highlights.get(mark) ?? [])].map((range) =>
               range.startContainer.data.slice(range.startOffset, range.endOffset));
             return JSON.stringify(own) === JSON.stringify(words);
           }""",
        arg=[mark, words],
    )


WATCH_SPOKEN = """() => {
  globalThis.spoken = [];
  const look = () => {
    const marks = [...document.querySelectorAll('mark.word')].map((mark) => mark.textContent);
    const ranges = [...(CSS.highlights?.get('now') ?? [])];
    const words = ranges.length
      ? ranges.map((each) => each.startContainer.data.slice(each.startOffset, each.endOffset))
      : marks;
    if (words.length && spoken.at(-1) !== words.join('|')) spoken.push(words.join('|'));
    requestAnimationFrame(look);
  };
  look();
}"""
"""Note every word that is marked as spoken: a busy machine may draw no frame for some."""


def wait_spoken(page: Page) -> None:
    """Wait until words of the interview were marked in their order, each alone."""
    # A text that has come without its words has whole sentences marked.
    only_words = "spoken.filter((mark) => !mark.includes(' '))"
    wait_until(page, f"() => {only_words}.length > 2")
    words = (text.split() if own is None else own for _, _, text, _, own in INTERVIEW)
    rest = chain.from_iterable(words)
    spoken = page.evaluate(f"() => {only_words}")
    assert all(word in rest for word in spoken), spoken


def focused(page: Page) -> str:
    """The text of the paragraph with the focus."""
    return page.evaluate("() => document.activeElement.closest('.said')?.textContent ?? ''")


def test_text_stays_in_place_when_the_doubtful_words_are_known(
    reader: Visitor, server: ServerProcess
) -> None:
    page = reader.open(server.url)
    page.evaluate(
        """() => {
             const watch = new MutationObserver(() => {
               const text = document.querySelector('ew-transcript-text .said');
               if (!text) return;
               watch.disconnect();
               globalThis.before = TOP();
             });
             globalThis.TOP = () => document.querySelector('.text').getBoundingClientRect().top;
             watch.observe(document.body, { subtree: true, childList: true });
             void earwitness.open('interview');
           }"""
    )
    expect(page.get_by_text("words to check")).to_be_visible()
    before, after = page.evaluate("() => [before, TOP()]")
    assert before > 0
    assert after == before
    page.close()


def test_text_is_shown_in_paragraphs_with_one_text_node_each(page: Page) -> None:
    texts = page.locator(".said").all_inner_texts()
    assert texts[0] == "Margaret said Mr. Hell was late. He returned from Helstone."
    assert texts[1] == "You don't mean that you thought me so silly?"
    assert texts[2] == "no text Not at all."
    assert page.locator(".speaker").all_inner_texts() == ["Anna Reyes", "Mayor Hale", "Anna Reyes"]
    nodes = page.evaluate(
        "() => [...document.querySelectorAll('.said')].map((said) => said.childNodes.length)"
    )
    assert set(nodes) == {1}
    roots = "() => document.querySelector('.said').getRootNode() === document"
    assert page.evaluate(roots)


@pytest.mark.parametrize(
    ("word", "segment_", "index"),
    [("Hell ", 0, 3), ("silly", 2, 8), ("大きい", 5, 2), ("times of", 7, -1)],
)
def test_click_on_a_word_plays_from_it(page: Page, word: str, segment_: int, index: int) -> None:
    made = interview()[segment_]
    at_s = made["start_s"] if index < 0 else made["words"][index]["start_s"]
    page.mouse.click(*point_at(page, word))
    wait_until(page, PLAYS)
    page.keyboard.press("Space")
    assert at_s - 0.2 <= page.evaluate(AT) < at_s + 3


def test_click_beside_the_text_plays_nothing(page: Page) -> None:
    box = page.locator(".said").nth(1).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] - 4, box["y"] + 10)
    select(page, "Not at all")
    page.mouse.click(*point_at(page, "silly"))
    page.wait_for_timeout(300)
    assert not page.evaluate(PLAYS)


def test_spoken_word_is_marked_without_changing_an_element(page: Page) -> None:
    page.evaluate(
        """() => {
             globalThis.changes = 0;
             new MutationObserver((list) => { changes += list.length; }).observe(
               document.querySelector(".text"),
               { subtree: true, childList: true, characterData: true });
           }"""
    )
    page.evaluate(WATCH_SPOKEN)
    page.mouse.click(*point_at(page, "Margaret"))
    wait_spoken(page)
    page.keyboard.press("Space")
    assert page.evaluate("() => changes") == 0


def test_double_click_corrects_at_the_word_and_e_at_the_focus(page: Page) -> None:
    correct_at(page, "Helstone")
    field = page.get_by_role("textbox", name="Text")
    expect(field).to_have_text("Margaret said Mr. Hell was late. He returned from Helstone.")
    assert 50 <= page.evaluate("() => getSelection().anchorOffset") <= 58
    assert not page.evaluate(PLAYS)
    page.keyboard.press("Escape")
    expect(field).to_have_count(0)
    assert focused(page).startswith("Margaret")
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("You don't")
    page.keyboard.press("e")
    expect(field).to_have_text("You don't mean that you thought me so silly?")
    page.keyboard.type("q?n")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_emptied_sentence_has_no_words_in_the_editor(page: Page) -> None:
    correct_at(page, "no text")
    expect(page.get_by_role("textbox", name="Text")).to_have_text("Not at all.")
    page.keyboard.press("Escape")


def test_hits_are_marked_in_the_text_and_walked_through(page: Page) -> None:
    page.evaluate("() => earwitness.open('talk')")
    page.get_by_role("searchbox").fill("rivers bridge")
    group = page.get_by_role("group", name="Places found in this transcript")
    expect(group).to_contain_text("90 places found")
    wait_until(page, "() => CSS.highlights.get('found')?.size > 4")
    assert set(marked(page, "found")) == {"rivers", "bridge"}
    page.locator("ew-transcript-text .said").first.focus()
    page.keyboard.press("Enter")
    expect(group).to_contain_text("1 of 90")
    assert marker("talk", 1) in focused(page)
    wait_until(page, "() => CSS.highlights.get('here')?.size > 0")
    page.keyboard.press("Shift+Enter")
    expect(group).to_contain_text("90 of 90")
    assert marker("talk", SENTENCES - 1) in focused(page)
    expect(page.locator("#announcer")).to_have_text(re.compile("^7:56, Sentence talk00119"))
    page.keyboard.press("Escape")
    expect(group).to_have_count(0)
    wait_until(page, "() => !CSS.highlights.get('found')?.size")


def test_search_is_in_the_address_and_survives_a_reload(page: Page, server: ServerProcess) -> None:
    page.evaluate("() => earwitness.open('talk')")
    page.get_by_role("searchbox").fill("rivers & bridge")
    page.wait_for_function("() => location.hash === '#/t/talk?s=rivers%20%26%20bridge'")
    page.reload()
    expect(page.get_by_role("searchbox")).to_have_value("rivers & bridge")
    expect(page.locator("li a.hit").first).to_be_visible()
    page.goto(f"{server.url}#/")
    page.wait_for_function("() => location.hash === '#/s/rivers%20%26%20bridge'")
    page.reload()
    expect(page.locator("li a.hit").first).to_be_visible()
    page.get_by_role("searchbox").fill("")
    page.wait_for_function("() => location.hash === '#/'")


def test_found_place_takes_the_focus_and_is_announced(page: Page) -> None:
    page.get_by_role("searchbox").fill(marker("talk", 60))
    page.locator("li a.hit", has_text=marker("talk", 60)).click()
    wait_until(page, "() => document.activeElement.matches('.said')")
    assert marker("talk", 60) in focused(page)
    expect(page.locator("#announcer")).to_contain_text(f"4:00, Sentence {marker('talk', 60)}")


COPIED = """async () => {
  const [item] = await navigator.clipboard.read();
  const text = async (type) => (await item.getType(type)).text();
  try {
    return { plain: await text('text/plain'), html: await text('text/html') };
  } catch (thrown) {
    // Something else was copied since the clipboard was read.
    if (thrown.name === 'InvalidStateError') return null;
    throw thrown;
  }
}"""


def test_quote_is_copied_with_time_speaker_and_title(page: Page) -> None:
    select(page, "thought me so silly")
    page.keyboard.press("q")
    expect(page.get_by_text("Quote copied.")).to_be_visible()
    copied = page.evaluate(COPIED)
    words = interview()[2]["words"]
    start, end = (
        clock(words[i][key], digits=0, hours=None) for i, key in ((5, "start_s"), (8, "end_s"))
    )
    assert copied["plain"] == (
        f"“thought me so silly” — Mayor Hale, {start}–{end}, made-interview (30 Nov 2026)"
    )
    assert "<cite>made-interview</cite>" in copied["html"]
    assert f"#/t/interview?at={words[5]['start_s']:.3f}" in copied["html"]
    page.evaluate("() => getSelection().removeAllRanges()")
    page.locator(".said").first.focus()
    page.keyboard.press("q")
    wait_until(page, f"async () => (await ({COPIED})())?.plain.startsWith('“Margaret said Mr.')")


def test_selection_has_buttons_for_what_works(page: Page) -> None:
    bar = page.get_by_role("toolbar", name="Selected text")
    expect(bar).to_have_count(0)
    select(page, "returned from")
    expect(bar.get_by_role("button")).to_have_text(
        [
            "Play",
            "Correct",
            "Highlight",
            "Note",
            "Heard as…",
            "Copy quote",
            "Save sound…",
            "Redact",
            "Hear again…",
        ]
    )
    bar.get_by_role("button", name="Play").click()
    wait_until(page, PLAYS)
    wait_until(page, f"() => !({PLAYS})()")
    words = interview()[1]["words"]
    assert words[2]["end_s"] - 0.2 <= page.evaluate(AT) < words[2]["end_s"] + 1
    bar.get_by_role("button", name="Hear again…").click()
    form = page.get_by_role("dialog", name="Transcribe again", exact=True)
    expect(form.get_by_label("From")).to_have_value(f"0:0{round(words[1]['start_s'], 3):g}")
    page.keyboard.press("Escape")
    bar.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("textbox", name="Text")).to_contain_text("He returned from Helstone.")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_doubtful_words_are_marked_walked_through_and_confirmed(
    page: Page, reader: Visitor, server: ServerProcess
) -> None:
    notes = page.locator(".text-notes")
    expect(notes).to_contain_text("3 words to check")
    wait_marked(page, "doubt", ["Hell", "Helstone.", "は"])
    page.keyboard.press("n")
    wait_marked(page, "here", ["Hell"])
    wait_until(page, PLAYS)
    wait_until(page, f"() => !({PLAYS})()")
    end_s = interview()[0]["words"][3]["end_s"]
    assert end_s + 0.8 <= page.evaluate(AT) < end_s + 2
    page.keyboard.press("n")
    wait_marked(page, "here", ["Helstone."])
    page.keyboard.press("Shift+N")
    wait_marked(page, "here", ["Hell"])
    page.keyboard.press("n")
    page.keyboard.press("Enter")
    expect(notes).to_contain_text("2 words to check")
    wait_marked(page, "doubt", ["Hell", "は"])
    again = reader.open(server.url)
    again.evaluate("() => earwitness.open('interview')")
    expect(again.locator(".text-notes")).to_contain_text("2 words to check")
    again.close()


def test_shortcuts_are_listed_and_single_keys_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("Copy a quote with its time")
    page.evaluate(AXE)
    assert violations(page) == []
    dialog.get_by_role("switch", name="Use single keys").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("k")
    page.keyboard.press("e")
    page.keyboard.press("/")
    page.wait_for_timeout(200)
    assert not page.evaluate(PLAYS)
    expect(page.get_by_role("textbox", name="Text")).to_have_count(0)
    expect(page.get_by_role("searchbox")).not_to_be_focused()
    more(page, "Keyboard shortcuts")
    dialog.get_by_role("switch", name="Use single keys").check()
    dialog.get_by_role("button", name="Close").click()
    page.locator(".said").first.focus()
    page.keyboard.press("k")
    wait_until(page, PLAYS)


def test_transcript_is_one_tab_stop_after_the_player(page: Page) -> None:
    inside = "() => !!document.activeElement.closest('ew-transcript-text')"
    slider = "() => document.activeElement.matches('.player [type=range]')"
    # Until the recording is there, Tab does not stop at the player.
    expect(page.get_by_role("slider", name="Position")).to_be_enabled()
    page.get_by_role("button", name="Skip to the text").press("Enter")
    assert page.evaluate(inside)
    page.keyboard.press("Tab")
    assert not page.evaluate(inside)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(inside)
    before = False
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        assert not page.evaluate(inside)
        before = before or page.evaluate(slider)
        if before:
            break
    assert before


def test_script_opens_a_place_and_plays_it(page: Page) -> None:
    at_s = 100 * SENTENCE_S
    page.evaluate("(at_s) => earwitness.open('talk', { at_s, play: true })", at_s)
    place = page.evaluate(
        """(text) => {
             const said = [...document.querySelectorAll('.said')]
               .find((each) => each.textContent.includes(text));
             const { top, bottom } = said.getBoundingClientRect();
             return top < innerHeight && bottom > 0;
           }""",
        marker("talk", 100),
    )
    assert place
    wait_until(page, PLAYS)
    assert page.evaluate(AT) >= at_s - 0.2
    page.keyboard.press("k")
    page.evaluate("(at_s) => earwitness.open('talk', { at_s })", 4.0)
    assert marker("talk", 1) in focused(page)
    page.evaluate("() => earwitness.open('talk')")
    refused = page.evaluate("() => earwitness.open('nothing').catch((error) => error.name)")
    assert refused == "NotFoundError"


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_reading_view_has_no_violations_and_nothing_overflows(
    page: Page, width: int, scheme: Any
) -> None:
    resize(page, width, 800)
    page.emulate_media(color_scheme=scheme)
    page.evaluate(AXE)
    assert violations(page) == []
    overflow = "() => document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(overflow)
    correct_at(page, "Helstone")
    assert violations(page) == []
    page.keyboard.press("Escape")


def test_word_is_marked_by_an_element_where_there_are_no_highlights(
    reader: Visitor, server: ServerProcess
) -> None:
    page = reader.context.new_page()
    page.add_init_script("delete globalThis.Highlight;")
    page.goto(server.url)
    page.wait_for_function("() => window.earwitness")
    at_s = interview()[2]["start_s"]
    page.evaluate(WATCH_SPOKEN)
    page.evaluate("(at_s) => earwitness.open('interview', { at_s, play: true })", at_s)
    wait_spoken(page)
    page.keyboard.press("Space")
    page.evaluate("() => { spoken.length = 0; }")
    page.mouse.click(*point_at(page, "Helstone"))
    wait_until(page, "() => spoken.includes('Helstone.')")
    page.close()
