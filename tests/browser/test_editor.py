"""Typing in the text: where it stands, kept while typed, saved once, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visitor, visiting, wait_ready, wait_until
from tests.support.made_library import SENTENCE_S, made_backup, segment
from tests.support.page_actions import (
    AT,
    AXE,
    PLAYS,
    correct_at,
    imported,
    load_backup,
    more,
    point_at,
    retype,
    save_typed,
    select,
    shown_sentences,
    violations,
    wait_sentences,
)
from tests.support.recordings import Track, save
from tests.support.server_process import ServerProcess
from tests.support.waiting import wait_for

ID = "council"
SAID = [
    "Margaret said Mr. Hell was late.",
    "He returned from Helstone.",
    "You don't mean that you thought me so silly?",
    "Not at all.",
    "東京は大きい町です。",
    "هل هذا صحيح؟",
    "Mr. Hell is not Hell, and hello is no shell.",
]
BEGINS_S = [0.0, 2.6, 6.0, 9.8, 13.0, 18.0, 22.0]
"""A pause of more than a second begins another paragraph."""


def council() -> list[dict[str, Any]]:
    return [
        segment(
            text,
            start_s,
            doubtful=(3,) if text.startswith("Margaret") else (),
            words=list(text) if text.startswith("東") else None,
        )
        for text, start_s in zip(SAID, BEGINS_S, strict=True)
    ]


@pytest.fixture(scope="module")
def backups(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("made")
    count = 10
    silence = np.zeros((1, int(8000 * count * SENTENCE_S)), np.float32)
    sound = save(folder / "sound.flac", Track(silence, 8000), codec="flac")
    return [made_backup(folder / f"{ID}.zip", ID, count, sound, council())]


@pytest.fixture(scope="module")
def writer(browser: Browser, server: ServerProcess, backups: list[Any]) -> Iterator[Visitor]:
    """A visitor whose library holds a recording with its sound."""
    with visiting(browser) as person:
        page = person.open(server.url)
        for backup in backups:
            load_backup(page, backup)
        page.close()
        yield person


@pytest.fixture
def page(writer: Visitor, server: ServerProcess) -> Iterator[Page]:
    """That visitor's page with the recording as it was recognised."""
    page = writer.open(server.url)
    show(page)
    page.evaluate("(id) => earwitness.restoreVersion(id, 0)", ID)
    wait_texts(page, SAID)
    yield page
    page.close()


def show(page: Page) -> None:
    page.evaluate("(id) => earwitness.open(id)", ID)
    shown_sentences(page)


def wait_texts(page: Page, texts: list[str]) -> None:
    """Wait until the text on show has these sentences, and so has the library."""
    wait_sentences(page, texts)
    saved = page.evaluate(
        "async (id) => (await earwitness.get(id)).segments.map(({ text }) => text.trim())", ID
    )
    assert saved == texts


def field(page: Page) -> Any:
    return page.get_by_role("textbox", name="Text")


def versions(page: Page) -> list[str]:
    return page.evaluate(
        "async (id) => (await earwitness.versions(id)).map(({ what }) => what)", ID
    )


def paragraphs(page: Page) -> list[str]:
    return page.locator(".said").all_inner_texts()


def caret_at(page: Page, text: str) -> None:
    """Put the caret before these words of what is typed in."""
    page.evaluate(
        """(text) => {
             const node = document.activeElement.firstChild;
             getSelection().collapse(node, node.data.indexOf(text));
           }""",
        text,
    )


def paste(page: Page, kinds: dict[str, str]) -> None:
    page.evaluate(
        """(kinds) => {
             const clipboardData = new DataTransfer();
             for (const [type, text] of Object.entries(kinds)) clipboardData.setData(type, text);
             document.activeElement.dispatchEvent(
               new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
           }""",
        kinds,
    )


DRAFTS = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open('earwitness-drafts');
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const database = opening.result;
    if (!database.objectStoreNames.contains('drafts')) return resolve([]);
    const request = database.transaction('drafts').objectStore('drafts').getAll();
    request.onsuccess = () => {
      database.close();
      resolve(request.result.map(({ paragraph }) => paragraph.text));
    };
  };
})"""


def test_paragraph_is_typed_in_where_it_stands(page: Page) -> None:
    said = page.locator(".said").first
    before = said.bounding_box()
    font = "(said) => { const s = getComputedStyle(said); return [s.font, s.color]; }"
    style = said.evaluate(font)
    correct_at(page, "Hell")
    assert said.bounding_box() == before
    assert said.evaluate(font) == style
    assert SAID[0].index("Hell") <= page.evaluate("() => getSelection().anchorOffset") <= 22
    page.evaluate(AXE)
    assert violations(page) == []
    caret_at(page, "ell was")
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    page.keyboard.type("ale")
    known = versions(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Saved").first).to_be_visible()
    save_typed(page)
    wait_texts(page, ["Margaret said Mr. Hale was late.", *SAID[1:]])
    assert versions(page) == ["Sentence 1 corrected", *known]
    assert page.evaluate("() => document.activeElement.className") == "said"
    words = page.evaluate(
        "async (id) => (await earwitness.get(id)).segments[0].words.map((w) => w.start_s)", ID
    )
    assert words == pytest.approx([each["start_s"] for each in council()[0]["words"]])


def test_escape_cancels_and_what_was_typed_can_be_fetched_back(page: Page) -> None:
    correct_at(page, "silly")
    retype(page, "Nobody thought so.")
    page.keyboard.press("Escape")
    wait_texts(page, SAID)
    assert paragraphs(page)[1] == " ".join(SAID[2:4])
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(field(page)).to_have_text("Nobody thought so. Not at all.")
    save_typed(page)
    wait_texts(page, [*SAID[:2], "Nobody thought so.", *SAID[3:]])


def test_enter_splits_and_backspace_at_the_start_joins(page: Page) -> None:
    correct_at(page, "thought")
    caret_at(page, "that you")
    page.keyboard.press("Enter")
    save_typed(page)
    split = [*SAID[:2], "You don't mean", "that you thought me so silly?", *SAID[3:]]
    wait_texts(page, split)
    assert paragraphs(page)[1:3] == ["You don't mean", f"that you thought me so silly? {SAID[3]}"]
    assert versions(page)[0] == "Sentence 3 split"
    correct_at(page, "don't mean")
    caret_at(page, "You")
    page.keyboard.press("Backspace")
    expect(field(page)).to_contain_text("from Helstone. You don't")
    page.keyboard.type("Well. ")
    save_typed(page)
    wait_texts(
        page,
        [SAID[0], "He returned from Helstone. Well. You don't mean", *split[3:]],
    )
    page.keyboard.press("Control+z")
    wait_texts(page, split)
    page.keyboard.press("Control+z")
    wait_texts(page, SAID)
    page.keyboard.press("Control+Shift+Z")
    wait_texts(page, split)
    more(page, "Undo")
    wait_texts(page, SAID)
    more(page, "Redo")
    wait_texts(page, split)


def test_enter_between_two_sentences_begins_a_paragraph_and_backspace_takes_it_back(
    page: Page,
) -> None:
    before = paragraphs(page)
    parted = [*SAID[:2], *before[1:]]
    correct_at(page, "Margaret")
    caret_at(page, "He returned")
    page.keyboard.press("Enter")
    save_typed(page)
    expect(page.locator(".said")).to_have_text(parted)
    assert versions(page)[0] == "Sentence 2 moved to a new paragraph"
    page.reload()
    show(page)
    expect(page.locator(".said")).to_have_text(parted)
    written = page.evaluate(
        "async (id) => (await earwitness.export(id, 'txt', { paragraphs: true })).text()", ID
    )
    assert f"{SAID[0]}\n\n{SAID[1]}\n" in written
    correct_at(page, "returned")
    caret_at(page, "He")
    page.keyboard.press("Backspace")
    save_typed(page)
    expect(page.locator(".said")).to_have_text(before)
    assert versions(page)[0] == "Sentence 2 moved to the paragraph before"
    wait_texts(page, SAID)
    page.keyboard.press("Control+z")
    expect(page.locator(".said")).to_have_text(parted)
    page.evaluate("(id) => earwitness.update(id, { paragraphs: { 1: false } })", ID)
    expect(page.locator(".said")).to_have_text(before)


def test_another_paragraph_saves_and_goes_on_with_arrows(page: Page) -> None:
    correct_at(page, "Margaret")
    caret_at(page, "Margaret")
    page.keyboard.type("So ")
    page.keyboard.press("End")
    page.keyboard.press("Control+End")
    page.keyboard.press("ArrowDown")
    expect(field(page)).to_contain_text("You don't mean")
    page.keyboard.type("But y")
    page.keyboard.press("Delete")
    page.mouse.click(*point_at(page, "東京"))
    expect(field(page)).to_have_count(0)
    wait_texts(page, ["So " + SAID[0], SAID[1], "But you don't mean" + SAID[2][14:], *SAID[3:]])


def test_player_is_used_while_typing(page: Page) -> None:
    correct_at(page, "Margaret")
    page.keyboard.press("Control+Space")
    wait_until(page, PLAYS)
    page.keyboard.type("x y")
    page.keyboard.press("Control+Space")
    wait_until(page, f"() => !({PLAYS})()")
    at_s = page.evaluate(AT)
    page.keyboard.press("Control+ArrowRight")
    wait_until(page, f"(at) => ({AT})() > at + 4", at_s)
    page.keyboard.press("Control+ArrowLeft")
    wait_until(page, f"(at) => ({AT})() < at + 1", at_s)
    expect(field(page)).to_contain_text("x y")
    page.keyboard.press("Escape")


def marked(page: Page, mark: str) -> list[str]:
    return page.evaluate(
        """(mark) => [...(CSS.highlights.get(mark) ?? [])].map((range) => {
             const live = document.createRange();
             live.setStart(range.startContainer, range.startOffset);
             live.setEnd(range.endContainer, range.endOffset);
             return live.toString();
           })""",
        mark,
    )


def test_marks_stay_at_their_words_while_typing_and_after(page: Page) -> None:
    # Where the text was put back just now, the marks of the text before are still there.
    wait_for(lambda: marked(page, "doubt") == ["Hell"], "the doubtful word")
    correct_at(page, "Margaret")
    caret_at(page, "Margaret")
    page.keyboard.type("Yesterday ")
    wait_until(
        page,
        """() => [...CSS.highlights.get('doubt')].some((range) =>
             range.startContainer.data.slice(range.startOffset, range.endOffset) === 'Hell' &&
             range.startOffset === 28)""",
    )
    save_typed(page)
    wait_texts(page, ["Yesterday " + SAID[0], *SAID[1:]])
    wait_until(
        page,
        """() => [...CSS.highlights.get('doubt')].some((range) =>
             range.startContainer.data.slice(range.startOffset, range.endOffset) === 'Hell')""",
    )


def test_what_is_typed_survives_the_end_of_the_page(
    page: Page, writer: Visitor, server: ServerProcess
) -> None:
    correct_at(page, "Margaret")
    retype(page, "Typed and never saved.")
    typed = f"async () => (await ({DRAFTS})()).some((text) => text.startsWith('Typed'))"
    wait_until(page, typed)
    page.close(run_before_unload=False)
    again = writer.open(server.url)
    show(again)
    expect(again.get_by_text("A correction from your last visit was saved.")).to_be_visible()
    wait_texts(again, ["Typed and never saved.", *SAID[1:]])
    assert again.evaluate(DRAFTS) == []
    again.close()


def test_library_that_ends_while_somebody_types_loses_nothing(
    page: Page, writer: Visitor, server: ServerProcess
) -> None:
    [library] = [worker for worker in page.workers if "role=library" in worker.url]
    correct_at(page, "Margaret")
    library.evaluate("() => self.close()")
    retype(page, "Typed without a library.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Saving…")).to_be_visible()
    expect(page.get_by_text("Saved", exact=True)).to_have_count(0)
    wait_until(page, f"async () => (await ({DRAFTS})()).length === 1")
    page.close(run_before_unload=False)
    again = writer.open(server.url)
    show(again)
    wait_texts(again, ["Typed without a library.", *SAID[1:]])
    again.close()


def test_paste_is_plain_text_and_a_megabyte_of_it_is_cut(page: Page) -> None:
    correct_at(page, "Not at all")
    caret_at(page, "Not at all")
    paste(page, {"text/html": "<b>Bold</b> ", "text/plain": "Plain "})
    expect(field(page)).to_contain_text("Plain Not at all.")
    caret_at(page, "Plain")
    many = "and more " * 60_000
    html = f"<div><b>bold words</b> {'<i>and more</i> ' * 60_000}</div>"
    paste(page, {"text/html": html, "text/plain": many})
    expect(page.get_by_text("Only the first 50,000 characters were pasted.")).to_be_visible()
    assert page.locator(".said b, .said i").count() == 0
    save_typed(page)
    wait_until(
        page, f"() => document.querySelector('ew-transcript-text').segments.length > {len(SAID)}"
    )
    text: str = page.evaluate("async (id) => (await earwitness.get(id)).text", ID)
    assert " ".join(text.split()).count("and more") == 50_000 // len("and more ")
    page.keyboard.press("Control+z")
    wait_texts(page, SAID)


def test_typed_line_of_other_scripts_and_marks_stays_whole(page: Page) -> None:
    correct_at(page, "東京")
    retype(page, "👨‍👩‍👧 é कि שלום 東京です。")
    save_typed(page)
    wait_texts(page, [*SAID[:4], "👨‍👩‍👧 é कि שלום 東京です。", *SAID[5:]])


def test_input_method_composes_in_the_text(page: Page) -> None:
    keys = page.context.new_cdp_session(page)

    def compose(text: str) -> None:
        caret = {"selectionStart": len(text), "selectionEnd": len(text)}
        keys.send("Input.imeSetComposition", {"text": text} | caret)

    correct_at(page, "大きい")
    caret_at(page, "大きい")
    compose("k")
    compose("とて")
    # The key that ends a composition reaches the page as well, marked as a part of it.
    keys.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    keys.send("Input.insertText", {"text": "とても"})
    expect(field(page)).to_have_text("東京はとても大きい町です。")
    save_typed(page)
    wait_texts(page, [*SAID[:4], "東京はとても大きい町です。", *SAID[5:]])


def test_text_that_changed_elsewhere_is_asked_about(page: Page) -> None:
    correct_at(page, "Margaret")
    page.evaluate(
        "(id) => earwitness.update(id, { segments: { 1: 'She returned.', 2: 'Really?' } })", ID
    )
    # The paragraph is another one now: what was typed so far is saved by itself.
    wait_texts(page, [SAID[0], "She returned.", "Really?", *SAID[3:]])
    correct_at(page, "Really")
    retype(page, "Mine.")
    other = page.context.new_page()
    other.goto(page.url)
    wait_ready(other)
    other.evaluate("(id) => earwitness.update(id, { segments: { 2: 'Theirs.' } })", ID)
    other.close()
    question = page.get_by_role("dialog", name="Keep your text")
    expect(question).to_contain_text("Theirs.")
    question.get_by_role("button", name="Keep your text").click()
    wait_texts(page, [SAID[0], "She returned.", "Mine.", *SAID[3:]])


def changed_elsewhere(page: Page, changes: dict[str, Any]) -> None:
    """Change the text in another tab."""
    other = page.context.new_page()
    other.goto(page.url)
    wait_ready(other)
    other.evaluate("([id, changes]) => earwitness.update(id, changes)", [ID, changes])
    other.close()


def conflict(page: Page, mine: str, changes: dict[str, Any]) -> Any:
    """Type over a sentence that is changed in another tab; the question which text stays."""
    retype(page, mine)
    changed_elsewhere(page, changes)
    question = page.get_by_role("dialog", name="Keep your text")
    expect(question).to_be_visible()
    return question


def test_text_that_gives_way_can_be_copied_until_it_is_dismissed(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    long = "Mine is a long text. " * 30 + "It has an end."
    correct_at(page, "Margaret")
    question = conflict(page, long, {"segments": {"0": "Theirs."}})
    question.get_by_role("button", name="Keep the other text").click()
    wait_texts(page, ["Theirs.", *SAID[1:]])
    note = page.locator(".toast").filter(has_text="Not saved: “Mine is a long")
    expect(note).to_contain_text("The other text was kept.")
    assert page.get_by_text("Saved", exact=True).count() == 0
    note.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    copied: str = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith(long)
    # It is there for another visit as well, as long as the user has not put it away.
    expect(note).to_be_visible()
    assert len(page.evaluate(DRAFTS)) == 1
    note.get_by_role("button", name="Dismiss").click()
    wait_until(page, f"async () => (await ({DRAFTS})()).length === 0")


def test_closed_question_keeps_what_was_typed_for_the_next_visit(
    page: Page, writer: Visitor, server: ServerProcess
) -> None:
    correct_at(page, "Margaret")
    question = conflict(page, "Mine.", {"segments": {"0": "Theirs."}})
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    page.close(run_before_unload=False)
    again = writer.open(server.url)
    show(again)
    asked = again.get_by_role("dialog", name="Keep your text")
    asked.get_by_role("button", name="Keep your text").click()
    wait_texts(again, ["Mine.", *SAID[1:]])
    again.close()


def test_joined_paragraphs_win_over_a_change_of_one_of_them(page: Page) -> None:
    correct_at(page, "don't mean")
    caret_at(page, "You")
    page.keyboard.press("Backspace")
    expect(field(page)).to_contain_text("from Helstone. You don't")
    changed_elsewhere(page, {"segments": {"1": "She returned."}})
    page.keyboard.press("Control+Enter")
    question = page.get_by_role("dialog", name="Keep your text")
    question.get_by_role("button", name="Keep your text").click()
    wait_texts(page, [SAID[0], f"{SAID[1]} {SAID[2]}", *SAID[3:]])
    page.keyboard.press("Control+z")
    wait_texts(page, [SAID[0], "She returned.", *SAID[2:]])


def test_paragraph_before_is_joined_as_it_stands_after_a_change_elsewhere(page: Page) -> None:
    correct_at(page, "don't mean")
    changed_elsewhere(page, {"split": [{"segment": 0, "at_char": 14}]})
    split = ["Margaret said", "Mr. Hell was late.", *SAID[1:]]
    wait_sentences(page, split)
    expect(field(page)).to_be_visible()
    caret_at(page, "You")
    page.keyboard.press("Backspace")
    expect(field(page)).to_contain_text("from Helstone. You don't")
    save_typed(page)
    wait_texts(page, [*split[:2], f"{SAID[1]} {SAID[2]}", *SAID[3:]])


def test_second_tab_that_deletes_the_transcript_gives_back_what_was_typed(
    page: Page, writer: Visitor, server: ServerProcess
) -> None:
    correct_at(page, "Margaret")
    retype(page, "Typed before it was deleted.")
    other = page.context.new_page()
    other.goto(page.url)
    wait_ready(other)
    more(other, "Delete")
    expect(page.get_by_text("Not saved: “Typed before it was deleted.")).to_be_visible()
    assert page.get_by_text("Saved", exact=True).count() == 0
    other.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("link", name=f"made-{ID}")).to_be_visible()
    other.close()
    show(page)
    wait_texts(page, SAID)
    page.close(run_before_unload=False)
    again = writer.open(server.url)
    show(again)
    wait_texts(again, ["Typed before it was deleted.", *SAID[1:]])
    again.close()


def test_full_disk_while_typing_loses_nothing_that_is_on_show(
    browser: Browser, server: ServerProcess, backups: list[Any], tmp_path: Path
) -> None:
    with visiting(browser, profile=tmp_path / "profile") as person:
        page = person.open(server.url)
        load_backup(page, backups[0])
    # Chromium knows for half a minute how much room there was, unless it starts anew.
    with visiting(browser, profile=tmp_path / "profile") as person:
        blank = person.context.new_page()
        blank.goto(f"{server.url}licences.txt")
        person.expect_errors("favicon.ico")
        devtools = person.context.new_cdp_session(blank)
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": server.origin, "quotaSize": 1})
        page = person.open(server.url)
        show(page)
        correct_at(page, "Margaret")
        retype(page, "Typed while the disk was full.")
        expect(page.get_by_text("This device cannot store what you type.")).to_be_visible()
        page.keyboard.press("Control+Enter")
        note = page.locator(".toast").filter(has_text="Not saved: “Typed while the disk")
        expect(note).to_contain_text("It is not on this device.")
        assert page.get_by_text("Saved", exact=True).count() == 0
        wait_texts(page, SAID)
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": server.origin})
        note.get_by_role("button", name="Copy").click()
        correct_at(page, "Margaret")
        retype(page, "Typed with room on the disk.")
        save_typed(page)
        wait_texts(page, ["Typed with room on the disk.", *SAID[1:]])


def test_deletion_for_good_takes_typed_text_along(page: Page) -> None:
    gone = imported(page, "1\n00:00:01,000 --> 00:00:03,000\nGone words.\n", "gone.srt")
    page.evaluate("(id) => earwitness.open(id)", gone)
    correct_at(page, "Gone")
    retype(page, "Typed and secret.")
    page.evaluate("(id) => earwitness.remove(id)", gone)
    expect(page.get_by_text("Not saved: “Typed and secret.”")).to_be_visible()
    assert page.evaluate(DRAFTS) == ["Typed and secret."]
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Privacy").click()
    page.get_by_text("Deleted transcripts", exact=True).click()
    page.get_by_role("button", name="Empty the bin now").click()
    page.get_by_role("button", name="Empty the bin now").click()
    expect(page.get_by_text("The bin is empty.").first).to_be_visible()
    assert page.evaluate(DRAFTS) == []


def test_cancelled_join_comes_back_as_it_was(page: Page) -> None:
    correct_at(page, "don't mean")
    caret_at(page, "You")
    page.keyboard.press("Backspace")
    page.keyboard.type("Well. ")
    joined = field(page).inner_text()
    page.keyboard.press("Escape")
    wait_texts(page, SAID)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(field(page)).to_have_text(joined)
    save_typed(page)
    wait_texts(page, [SAID[0], f"{SAID[1]} Well. {SAID[2]}", *SAID[3:]])


def test_cancelled_text_is_never_put_into_another_paragraph(page: Page) -> None:
    correct_at(page, "silly")
    retype(page, "Nobody thought so.")
    page.keyboard.press("Escape")
    undo = page.get_by_role("button", name="Undo", exact=True)
    expect(undo).to_be_visible()
    page.evaluate("(id) => earwitness.update(id, { segments: { 2: 'Really?' } })", ID)
    changed = [*SAID[:2], "Really?", *SAID[3:]]
    wait_sentences(page, changed)
    undo.click()
    expect(page.get_by_text("Not saved: “Nobody thought so. Not at all.”")).to_be_visible()
    expect(field(page)).to_have_count(0)
    wait_texts(page, changed)


def test_undo_of_a_note_never_takes_a_later_change_back(page: Page) -> None:
    page.locator(".said").nth(2).focus()
    page.keyboard.press("Delete")
    struck = [*SAID[:4], *SAID[5:]]
    wait_texts(page, struck)
    page.evaluate("(id) => earwitness.update(id, { segments: { 0: 'Later.' } })", ID)
    expect(page.locator(".toast").get_by_role("button", name="Undo")).to_have_count(0)
    wait_texts(page, ["Later.", *struck[1:]])


def speakers(page: Page) -> list[tuple[str | None, str]]:
    """Who says which sentence."""
    said = page.evaluate(
        """async (id) => {
             const { segments, speakers } = await earwitness.get(id);
             const name = (id) => speakers.find((each) => each.id === id)?.name ?? null;
             return segments.map(({ speaker, text }) => [name(speaker), text.trim()]);
           }""",
        ID,
    )
    return [(speaker, text) for speaker, text in said]


def test_find_and_replace_shows_places_and_replaces_as_one_change(page: Page) -> None:
    page.locator(".said").first.focus()
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Find and replace")
    dialog.get_by_label("Find", exact=True).fill("hell")
    expect(dialog.get_by_text("5 places found")).to_be_visible()
    dialog.get_by_label("Whole words").check()
    expect(dialog.get_by_text("3 places found")).to_be_visible()
    dialog.get_by_label("Replace with").fill("Hale")
    expect(dialog.locator("ins").first).to_have_text("Hale")
    page.evaluate(AXE)
    assert violations(page) == []
    dialog.get_by_role("listitem").nth(2).get_by_role("checkbox").uncheck()
    dialog.get_by_label("Expect “Hale” in later recordings").check()
    known = versions(page)
    dialog.get_by_role("button", name="Replace 2 places").click()
    expect(dialog).to_have_count(0)
    wait_texts(
        page,
        [
            "Margaret said Mr. Hale was late.",
            *SAID[1:6],
            "Mr. Hale is not Hell, and hello is no shell.",
        ],
    )
    assert versions(page) == ["“hell” replaced in 2 places", *known]
    page.keyboard.press("Control+z")
    wait_texts(page, SAID)
    page.get_by_role("button", name="Settings").click()
    page.get_by_text("Lists of names and terms").click()
    expect(page.get_by_label("In every recording")).to_have_value("Hale")


def test_places_left_out_stay_so_and_enter_replaces_only_what_was_shown(page: Page) -> None:
    page.locator(".said").first.focus()
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Find and replace")
    dialog.get_by_label("Find", exact=True).fill("Hell")
    dialog.get_by_label("Whole words").check()
    expect(dialog.get_by_text("3 places found")).to_be_visible()
    dialog.get_by_role("listitem").nth(1).get_by_role("checkbox").uncheck()
    dialog.get_by_label("Replace with").fill("Hale")
    expect(dialog.locator("ins")).to_have_text(["Hale", "Hale"])
    expect(dialog.get_by_role("button", name="Replace 2 places")).to_be_visible()
    # A change elsewhere, after which the places are looked for again.
    page.evaluate("(id) => earwitness.update(id, { segments: { 3: 'Hell no.' } })", ID)
    dialog.get_by_role("button", name="Replace 2 places").click()
    expect(dialog.get_by_role("button", name="Replace 3 places")).to_be_visible()
    dialog.get_by_label("Find", exact=True).fill("Helstone")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("1 place found")).to_be_visible()
    assert page.get_by_text("replaced.").count() == 0
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    wait_texts(page, [SAID[0], "He returned from Hale.", SAID[2], "Hell no.", *SAID[4:]])
    # The focus is where it was before the dialog.
    assert page.evaluate("() => document.activeElement.className") == "said"


def test_offer_to_take_a_change_back_goes_when_the_text_changes_again(page: Page) -> None:
    offered = page.locator(".toast").get_by_role("button", name="Undo", exact=True)
    for deleted in (1, 2):
        page.locator(".said").first.focus()
        page.keyboard.press("Delete")
        wait_texts(page, SAID[deleted:])
        expect(offered).to_have_count(1)
    page.keyboard.press("Control+z")
    wait_texts(page, SAID[1:])
    expect(offered).to_have_count(0)
    expect(page.locator(".toast")).to_have_count(1)


def test_menus_of_a_paragraph_are_reached_by_keys(page: Page) -> None:
    page.locator(".said").first.focus()
    page.keyboard.press("1")
    expect(page.locator(".speaker-name > button")).to_have_text(["Speaker 1"])
    page.locator(".said").first.focus()
    page.keyboard.press("Shift+F10")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".speaker")).to_have_count(1)
    assert speakers(page)[:2] == [(None, SAID[0]), ("Speaker 1", SAID[1])]


def test_regular_expression_that_never_ends_is_refused(page: Page) -> None:
    page.locator(".said").first.focus()
    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Find and replace")
    dialog.get_by_label("Regular expression").check()
    dialog.get_by_label("Find", exact=True).fill(r"(\w+\s?)+x$")
    expect(dialog.get_by_text("This regular expression may take for ever.")).to_be_visible()
    dialog.get_by_label("Find", exact=True).fill("(")
    expect(dialog.get_by_role("status").locator("strong")).to_be_visible()
    dialog.get_by_label("Find", exact=True).fill(r"M(r|s)\. (\w+)")
    dialog.get_by_label("Replace with").fill(r"\2, M\1.")
    expect(dialog.get_by_text("2 places found")).to_be_visible()
    page.keyboard.press("Enter")
    wait_texts(
        page,
        [
            SAID[0].replace("Mr. Hell", "Hell, Mr."),
            *SAID[1:6],
            SAID[6].replace("Mr. Hell", "Hell, Mr."),
        ],
    )


def test_earlier_texts_are_compared_and_restored(page: Page) -> None:
    correct_at(page, "Margaret")
    retype(page, "Margaret said Mr. Hale was very late.")
    save_typed(page)
    more(page, "Versions")
    dialog = page.get_by_role("dialog", name="Versions")
    expect(dialog.get_by_role("listitem").first).to_contain_text("Sentence 1 corrected")
    recognised = dialog.get_by_role("listitem").filter(has_text="Recognised")
    recognised.get_by_role("button", name="Compare").click()
    expect(recognised.locator("del")).to_have_text(["Hell"])
    expect(recognised.locator("ins")).to_have_text(["Hale", "very"])
    page.evaluate(AXE)
    assert violations(page) == []
    recognised.get_by_role("button", name="Restore").click()
    expect(dialog.get_by_role("listitem").first).to_contain_text("First version restored")
    page.keyboard.press("Escape")
    wait_texts(page, SAID)
    page.keyboard.press("Control+z")
    wait_texts(page, ["Margaret said Mr. Hale was very late.", *SAID[1:]])


def test_keys_name_the_speaker_of_a_paragraph_or_of_selected_words(page: Page) -> None:
    page.locator(".said").first.focus()
    page.keyboard.press("1")
    expect(page.locator(".speaker-name > button")).to_have_text(["Speaker 1"])
    # It has moved on.
    assert "silly" in page.evaluate("() => document.activeElement.textContent")
    select(page, "thought me so silly? Not")
    page.keyboard.press("2")
    expect(page.locator(".speaker-name > button")).to_have_text(["Speaker 1", "Speaker 2"])
    assert speakers(page)[:6] == [
        ("Speaker 1", SAID[0]),
        ("Speaker 1", SAID[1]),
        (None, "You don't mean that you"),
        ("Speaker 2", "thought me so silly?"),
        ("Speaker 2", "Not"),
        (None, "at all."),
    ]
    page.keyboard.press("Control+z")
    expect(page.locator(".speaker-name > button")).to_have_text(["Speaker 1"])
    page.locator(".said").first.focus()
    page.keyboard.press("0")
    wait_until(page, "() => document.querySelectorAll('.speaker').length === 0")
    assert {name for name, _ in speakers(page)} == {None}
    page.keyboard.press("9")
    expect(page.get_by_text("There is no speaker 9 yet.")).to_be_visible()


def test_words_and_sentences_are_struck_and_come_back(page: Page) -> None:
    select(page, "that you thought ")
    page.keyboard.press("Delete")
    struck = [*SAID[:2], "You don't mean me so silly?", *SAID[3:]]
    wait_texts(page, struck)
    page.locator(".said").nth(2).focus()
    page.keyboard.press("Delete")
    wait_texts(page, [*struck[:4], *struck[5:]])
    page.get_by_role("button", name="Undo", exact=True).last.click()
    wait_texts(page, struck)


def test_text_is_corrected_marked_and_compared_without_a_pointer(page: Page) -> None:
    page.get_by_role("button", name="Skip to the text").press("Enter")
    for old, new in (("Hell", "Hale"), ("Helstone", "Milton")):
        page.keyboard.press("f")
        page.keyboard.type(old)
        page.keyboard.press("Tab")
        page.keyboard.type(new)
        expect(page.locator("dialog[open] ins").first).to_have_text(new)
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
    wait_until(page, "() => document.querySelector('.said').textContent.includes('Milton')")
    page.get_by_role("button", name="Skip to the text").press("Enter")
    page.keyboard.press("1")
    expect(page.locator(".speaker-name > button")).to_have_text(["Speaker 1"])
    page.keyboard.press("e")
    expect(field(page)).to_contain_text("so silly? Not")
    page.keyboard.press("End")
    page.keyboard.press("Control+Shift+Home")
    page.keyboard.press("ArrowRight")
    for _ in range(len("Not at all.")):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    save_typed(page)
    page.keyboard.press("Delete")
    wait_until(page, "() => !document.querySelectorAll('.said')[1].textContent.includes('silly')")
    page.keyboard.press("Control+z")
    wait_until(page, "() => document.querySelectorAll('.said')[1].textContent.includes('silly')")
    page.get_by_role("button", name="More", exact=True).press("Enter")
    page.keyboard.type("Versions")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Versions")
    compare = (
        dialog.get_by_role("listitem")
        .filter(has_text="Recognised")
        .get_by_role("button", name="Compare")
    )
    compare.press("Enter")
    expect(dialog.locator("ins").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
