"""The page around the text: the library, the header, small screens, the sample."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Clip
from tests.support.browser import HeldRequests, Visitor, resize, visiting, wait_until
from tests.support.made_library import MADE_AT, made_backup
from tests.support.page_actions import (
    AXE,
    act,
    choose,
    more,
    row,
    transcribed,
    use_quick_model,
    violations,
    wait_state,
)
from tests.support.server_process import ServerProcess

NAMES = {"ten": 400, "nine": 20, "zebra": 60}
"""Transcripts, with their number of sentences."""
TITLE = "made-ten"
NEWEST = ("zebra", "ten", "nine")
"""All of them as they are listed: they have one date."""
MADE_ON = MADE_AT.partition("T")[0]
"""Their date, at noon in UTC."""


def load(page: Page, *backups: Path) -> None:
    page.get_by_role("button", name="Settings").click()
    for backup in backups:
        page.get_by_label("Load a backup").set_input_files(backup)
        expect(page.get_by_role("link", name=f"made-{backup.stem}")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()


@pytest.fixture(scope="module")
def owner(
    browser: Browser, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A visitor whose library holds three transcripts of different lengths."""
    folder = tmp_path_factory.mktemp("made")
    with visiting(browser) as person:
        page = person.open(server.url)
        load(page, *(made_backup(folder / f"{name}.zip", name, n) for name, n in NAMES.items()))
        page.close()
        yield person


@pytest.fixture
def page(owner: Visitor, server: ServerProcess) -> Iterator[Page]:
    page = owner.open(server.url)
    yield page
    page.close()


def wait_listed(page: Page, *names: str) -> None:
    """Wait until the list holds these recordings in this order."""
    titles = page.locator("ew-history-list .row-name")
    expect(titles).to_have_text([f"made-{name}" for name in names])


def open_text(page: Page) -> None:
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("ten")


TEXT_PART = """() => {
  const head = document.querySelector('.head')?.getBoundingClientRect().bottom ?? 0;
  const player = document.querySelector('.player')?.getBoundingClientRect().top ?? innerHeight;
  return (Math.min(innerHeight, player) - Math.max(0, head)) / innerHeight;
}"""
"""How much of the window's height shows text."""


@pytest.mark.parametrize(
    ("width", "height", "part"), [(360, 740, 0.6), (740, 360, 0.5), (720, 450, 0.5)]
)
def test_text_has_most_of_a_small_window(page: Page, width: int, height: int, part: float) -> None:
    resize(page, width, height)
    open_text(page)
    assert page.evaluate(TEXT_PART) >= part
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_header_makes_room_while_one_reads_on(page: Page) -> None:
    resize(page, 360, 740)
    open_text(page)
    page.mouse.move(180, 400)
    page.mouse.wheel(0, 600)
    wait_until(page, "() => document.querySelector('.head').getBoundingClientRect().bottom <= 0")
    page.mouse.wheel(0, -200)
    wait_until(page, "() => document.querySelector('.head').getBoundingClientRect().top >= 0")


def test_library_is_a_sheet_on_a_small_screen(page: Page) -> None:
    resize(page, 768, 800)
    open_text(page)
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_hidden()
    page.get_by_role("button", name="Open the library").click()
    expect(page.get_by_role("button", name="Close the library")).to_be_focused()
    expect(search).to_be_visible()
    assert page.evaluate("() => document.querySelector('.text-side').inert")
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    expect(page.get_by_role("button", name="Open the library")).to_be_focused()
    page.get_by_role("button", name="Open the library").click()
    page.get_by_role("link", name="made-nine").click()
    expect(page.get_by_role("heading", name="made-nine", level=1)).to_be_visible()
    expect(search).to_be_hidden()


def test_skip_link_leads_to_the_text(page: Page) -> None:
    open_text(page)
    page.get_by_role("button", name="Skip to the text").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("() => Boolean(document.activeElement.closest('main'))")


def test_list_is_sorted_by_name_and_by_length(page: Page) -> None:
    for order, names in (("By name", ["nine", "ten", "zebra"]),
                         ("Longest first", ["ten", "zebra", "nine"])):  # fmt: skip
        page.get_by_role("button", name="Sort and select").click()
        page.get_by_role("menuitemradio", name=order).click()
        wait_listed(page, *names)
    expect(page.get_by_role("region", name="Recordings", exact=True)).to_be_visible()


def test_list_and_search_are_narrowed_down_to_days_that_the_address_keeps(page: Page) -> None:
    wait_listed(page, *NEWEST)
    days = page.get_by_role("combobox", name="Any date")
    days.select_option("From … to …")
    page.get_by_label("To", exact=True).fill("2026-11-29")
    expect(page.get_by_text("No recording matches the filters above.")).to_be_visible()
    assert page.url.endswith("#/s/?date=..2026-11-29")
    page.get_by_label("To", exact=True).fill(MADE_ON)
    page.get_by_label("From", exact=True).fill(MADE_ON)
    wait_listed(page, *NEWEST)
    page.reload()
    wait_listed(page, *NEWEST)
    assert page.url.endswith(f"#/s/?date={MADE_ON}..{MADE_ON}")
    page.get_by_role("searchbox", name="Search").fill("made")
    expect(page.locator(".hits .hit").first).to_be_visible()
    expect(page.get_by_role("combobox", name="Any date")).to_have_value(f"{MADE_ON}..{MADE_ON}")
    days.select_option("From … to …")
    page.get_by_label("From", exact=True).fill("2026-12-01")
    expect(page.get_by_role("alert")).to_have_text("“From” is later than “To”.")
    page.get_by_label("To", exact=True).fill("2026-12-01")
    expect(page.get_by_text("Nothing found for “made”.")).to_be_visible()
    page.get_by_role("button", name="Search without filters").click()
    expect(page.locator(".hits .hit").first).to_be_visible()
    assert page.url.endswith("#/s/made")


def test_several_recordings_are_tagged_exported_and_deleted(page: Page) -> None:
    page.get_by_role("button", name="Sort and select").click()
    page.get_by_role("menuitemradio", name="By name").click()
    page.get_by_role("link", name="made-nine").click(modifiers=["ControlOrMeta"])
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("link", name="made-zebra").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    page.get_by_role("checkbox", name="Select made-ten").uncheck()
    bar = page.get_by_role("region", name="Selection")
    bar.get_by_role("button", name="Add tag").click()
    bar.get_by_role("combobox", name="Tag").or_(bar.get_by_role("textbox", name="Tag")).fill("zoo")
    page.keyboard.press("Enter")
    for name, count in (("nine", 1), ("zebra", 1), ("ten", 0)):
        expect(row(page, f"made-{name}").get_by_text("zoo")).to_have_count(count)
    bar.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="SubRip").click()
    with ZipFile(waiting.value.path()) as saved:
        assert sorted(saved.namelist()) == ["made-nine.srt", "made-zebra.srt"]
    page.evaluate(AXE)
    assert violations(page) == []
    bar.get_by_role("button", name="Delete").click()
    expect(bar).to_have_count(0)
    wait_listed(page, "ten")
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "made-zebra")).to_be_visible()


def test_long_press_selects_on_a_touch_screen(
    browser: Browser, server: ServerProcess, tmp_path: Path
) -> None:
    phone = {"width": 360, "height": 740}
    with visiting(browser, viewport=phone, has_touch=True, is_mobile=True) as person:
        page = person.open(server.url)
        load(page, made_backup(tmp_path / "one.zip", "one", 5))
        box = page.get_by_role("link", name="made-one").bounding_box()
        assert box
        session = person.context.new_cdp_session(page)
        point = {"x": box["x"] + 20, "y": box["y"] + 10}
        session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        expect(page.get_by_text("1 selected")).to_be_visible()
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert "#/t/" not in page.url
        page.get_by_role("button", name="End the selection").tap()
        page.get_by_role("link", name="made-one").tap()
        expect(page.get_by_role("heading", name="made-one", level=1)).to_be_visible()
        page.get_by_role("button", name="Open the library").tap()
        assert page.evaluate(SMALL, 44) == []


SMALL = """(least_px) => {
  const inside = (kind) => `:is(.side, .head, dialog) ${kind}`;
  const kinds = ['button', 'a', 'select', 'input', 'summary', 'label.primary'];
  const seen = [...document.querySelectorAll(kinds.map(inside).join(', '))];
  return seen.filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    // A name fills its row.
    const hidden = !width || each.matches('.unseen, .row-name');
    return !hidden && each.checkVisibility({ visibilityProperty: true }) && height < least_px - 0.5;
  }).map((each) => `${each.outerHTML.slice(0, 80)} ${each.getBoundingClientRect().height}`);
}"""
"""What can be pressed and is lower than so many pixels."""


def test_controls_are_large_enough_for_a_pointer(page: Page) -> None:
    open_text(page)
    assert page.evaluate(SMALL, 24) == []


def test_recording_that_is_here_already_waits_for_an_answer(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip], tmp_path: Path
) -> None:
    page = returning_visitor.open(server.url)
    use_quick_model(page)
    transcribed(page, clips["en-connection"])
    clip = clips["en-connection"].path
    copy = tmp_path / "copy.flac"
    copy.write_bytes(clip.read_bytes())
    choose(page, copy)
    new = row(page, "copy")
    expect(new.get_by_text("You already have this recording.")).to_be_visible()
    new.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name="en-connection", level=1)).to_be_visible()
    expect(new).to_have_count(0)
    choose(page, copy)
    new.get_by_role("button", name="Transcribe again").click()
    expect(new.locator("[data-state=done]")).to_be_visible()


def test_added_files_are_told_of_while_another_text_is_open(page: Page, tmp_path: Path) -> None:
    open_text(page)
    files = [tmp_path / f"{n}.bin" for n in range(4)]
    for file in files:
        file.write_text(f"no sound in {file.name}")
    choose(page, files[0])
    note = page.get_by_text("Added “0.bin”.")
    expect(note).to_be_visible()
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.get_by_role("heading", name="0.bin", level=1)).to_be_visible()
    # Until it has come to nothing, the same file once more is a double.
    wait_state(page, "0.bin", "failed")
    choose(page, *files)
    expect(page.get_by_text("4 files added.")).to_be_visible()
    expect(page.get_by_text("5 files could not be read")).to_be_visible()
    page.get_by_role("button", name="Show", exact=True).click()
    page.get_by_role("button", name="Remove 5 failed files").click()
    expect(page.get_by_text("could not be read")).to_have_count(0)


def test_tab_is_named_by_what_is_open(page: Page) -> None:
    expect(page).to_have_title("Earwitness")
    open_text(page)
    expect(page).to_have_title(f"{TITLE} · Earwitness")


def test_long_title_stays_in_its_line(page: Page) -> None:
    open_text(page)
    more(page, "Rename")
    page.get_by_role("textbox", name="Name").fill("x" * 150 + " " + "y" * 149)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="xxxx", level=1)).to_be_visible()
    for width in (360, 1280):
        resize(page, width, 700)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        expect(page.get_by_role("button", name="Export")).to_be_in_viewport()
    more(page, "Rename")
    page.get_by_role("textbox", name="Name").fill(TITLE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()


def test_sample_opens_without_a_model(browser: Browser, server: ServerProcess) -> None:
    with visiting(browser, service_workers="block") as person:
        asked: list[str] = []
        person.context.on("request", lambda request: asked.append(request.url))
        page = person.open(server.url)
        page.get_by_role("button", name="Try the sample").click()
        expect(page.get_by_role("heading", name="A radio address", level=1)).to_be_visible()
        expect(page.get_by_role("article")).to_contain_text("This Tuesday is Election Day")
        expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        assert not [url for url in asked if url.endswith(".onnx")]


def test_print_shows_the_title_and_the_whole_text(page: Page) -> None:
    open_text(page)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search")).to_be_hidden()
    expect(page.get_by_role("button", name="Export")).to_be_hidden()
    shown = page.evaluate("() => document.querySelector('.stage').getBoundingClientRect().height")
    assert shown > 3000, "the text is printed beyond the first screen"


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_states_of_the_library_pass_accessibility_checks(page: Page, width: int) -> None:
    resize(page, width, 800)
    page.evaluate(AXE)
    assert violations(page) == []
    open_text(page)
    assert violations(page) == []
    if width < 860:
        page.get_by_role("button", name="Open the library").click()
        assert violations(page) == []
        page.get_by_role("button", name="Close the library").click()
    more(page, "Details")
    assert violations(page) == []
    page.keyboard.press("Escape")
    more(page, "Transcribe again")
    assert violations(page) == []


def test_chosen_look_is_kept(page: Page) -> None:
    def choose_look(**looks: str) -> None:
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("button", name="Appearance").click()
        for label, value in looks.items():
            name = label.replace("_", " ").capitalize()
            page.get_by_role("combobox", name=name).select_option(value)
        page.get_by_role("button", name="Close", exact=True).click()

    paper = "() => getComputedStyle(document.documentElement).getPropertyValue('--paper').trim()"
    assert page.evaluate(paper) == "#fbfaf7"
    choose_look(theme="dark", text_size="large")
    page.reload()
    assert page.evaluate(paper) == "#141819"
    assert re.fullmatch("large", page.evaluate("() => document.documentElement.dataset.text"))
    choose_look(theme="system", text_size="normal")
    assert page.evaluate(paper) == "#fbfaf7"


def test_options_of_a_waiting_recording_are_changed_in_its_menu(
    browser: Browser, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    with visiting(browser, service_workers="block") as person:
        page = person.open(server.url)
        HeldRequests(person.context, "**/models/**/*.onnx")
        choose(page, clips["en-instructions"].path, clips["es-connection"].path)
        expect(row(page, "es-connection").get_by_text("Next")).to_be_visible()
        act(page, "es-connection", "Options")
        form = page.get_by_role("dialog", name="Options")
        form.get_by_role("combobox", name="Language").select_option(label="Spanish")
        form.get_by_role("textbox", name="Likely names and terms", exact=True).fill("Asterisk")
        form.get_by_role("button", name="Save").click()
        expect(form).to_have_count(0)
        options = page.evaluate(
            """async () => (await earwitness.list()).find(
                 (each) => each.name.startsWith('es-')).job.options"""
        )
        assert (options["language"], options["prompt"]) == ("es", "Asterisk")
