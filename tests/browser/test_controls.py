"""Menus, notifications and fields: keyboard, focus and small screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Visitor, resize, visiting
from tests.support.page_actions import act, choose, row, show_unreadable, title, wait_state
from tests.support.server_process import ServerProcess

NAME = "shopping.mp3"


@pytest.fixture(scope="module")
def owner(
    browser: Browser, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A visitor whose library holds a file without sound: enough for everything here."""
    text = tmp_path_factory.mktemp("files") / NAME
    text.write_text("eggs, milk\n" * 400)
    with visiting(browser) as person:
        page = person.open(server.url)
        choose(page, text)
        wait_state(page, NAME, "failed")
        page.close()
        yield person


@pytest.fixture
def page(owner: Visitor, server: ServerProcess) -> Iterator[Page]:
    """That visitor's page, opened anew."""
    page = owner.open(server.url)
    yield page
    page.close()


def open_menu(page: Page) -> None:
    """Open the menu that sorts the list."""
    page.get_by_role("button", name="Sort and select").click()


def test_notifications_are_visible_above_a_dialog(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Report a problem").click()
    page.context.grant_permissions(["clipboard-write"])
    page.get_by_role("button", name="Copy diagnostics").click()
    note = page.get_by_text("Copied.")
    expect(note).to_be_visible()
    # Another one may come at any time, such as that the page works offline now.
    page.locator(".toast", has=note).get_by_role("button", name="Dismiss").click()
    expect(note).to_have_count(0)

    page.get_by_role("button", name="Copy diagnostics").click()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(note).to_be_visible()


def test_typed_letters_select_an_item(page: Page) -> None:
    open_menu(page)
    page.keyboard.type("long")
    expect(page.get_by_role("menuitemradio", name="Longest first")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menuitemradio", name="Longest first")).to_be_hidden()


def test_menu_is_operated_by_keys_and_returns_the_focus(page: Page) -> None:
    open_menu(page)
    items = page.get_by_role("menuitemradio")
    expect(items.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(items.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)
    expect(page.get_by_role("button", name="Sort and select")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("menu")).to_have_count(0)


def test_every_language_has_a_name(page: Page) -> None:
    page.get_by_role("button", name="Settings").click()
    choice = page.get_by_role("dialog").get_by_role("combobox", name="Language", exact=True)
    expect(choice.get_by_role("option").nth(90)).to_be_attached()
    names = choice.get_by_role("option").all_inner_texts()
    assert [name for name in names if name.strip().islower()] == []


@pytest.mark.parametrize("width", [320, 360])
def test_menu_fits_a_small_screen(page: Page, width: int) -> None:
    resize(page, width, 740)
    open_menu(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    last = page.get_by_role("menu").bounding_box()
    assert last is not None
    assert last["x"] >= 0
    assert last["x"] + last["width"] <= width


def test_slash_focuses_the_search_from_the_file_field(page: Page) -> None:
    page.get_by_label("Add files").focus()
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_focused()
    page.keyboard.type("a/b")
    expect(search).to_have_value("a/b")


def test_undecodable_file_offers_no_retry(page: Page) -> None:
    show_unreadable(page)
    failed = row(page, NAME)
    failed.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem", name="Remove")).to_be_visible()
    expect(failed.get_by_text("Retry")).to_have_count(0)


def test_status_is_complete_as_soon_as_the_page_is_ready(
    owner: Visitor, server: ServerProcess
) -> None:
    page = owner.open(server.url, ready=False)
    page.wait_for_function("() => window.earwitness !== undefined")
    status = page.evaluate("() => earwitness.ready.then(() => earwitness.status())")
    assert status["marks_ms"]
    assert status["storage"]["quota_bytes"] > 0
    page.close()


def test_failed_files_are_deleted_and_restored_together(page: Page, tmp_path: Path) -> None:
    text = tmp_path / "letter.mp3"
    text.write_text("dear all\n" * 400)
    empty = tmp_path / "nothing.wav"
    empty.touch()
    choose(page, text, empty)
    wait_state(page, text.name, "failed")
    wait_state(page, empty.name, "failed")
    expect(page.get_by_text("3 files could not be read")).to_be_visible()
    show_unreadable(page)
    page.get_by_role("button", name="Remove 3 failed files").click()
    expect(page.get_by_role("listitem")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 files could not be read")).to_be_visible()
    show_unreadable(page)
    expect(page.get_by_role("listitem")).to_have_count(3)
    for name in (text.name, empty.name):
        act(page, name, "Remove")
        expect(row(page, title(name))).to_have_count(0)
    expect(page.get_by_role("button", name="failed files")).to_have_count(0)


def test_emptying_the_bin_asks_first(page: Page, tmp_path: Path) -> None:
    empty = tmp_path / "nothing.wav"
    empty.touch()
    choose(page, empty)
    gone = wait_state(page, empty.name, "failed")["id"]
    page.evaluate("(id) => earwitness.remove(id)", gone)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Privacy").click()
    page.get_by_text("Deleted transcripts", exact=True).click()
    page.get_by_role("button", name="Empty the bin now").click()
    expect(page.get_by_role("button", name="Keep", exact=True)).to_be_focused()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("The bin is empty.")).to_have_count(0)
    page.get_by_role("button", name="Empty the bin now").click()
    page.get_by_role("button", name="Empty the bin now").click()
    expect(page.get_by_text("The bin is empty.").first).to_be_visible()
