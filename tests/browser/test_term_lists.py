"""Lists of names and terms in the settings, and the names of one recording."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from tests.support.browser import Visitor
from tests.support.page_actions import choose, more, row, show_unreadable, title, wait_state
from tests.support.server_process import ServerProcess

NAME = "shopping.mp3"


def test_lists_in_the_settings_reach_recordings(
    returning_visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    page = returning_visitor.open(server.url)
    page.get_by_role("button", name="Settings").click()
    section = page.get_by_role("region", name="Transcription")
    names = section.get_by_role("textbox", name="Likely names and terms", exact=True)
    names.fill("Helstone, Jane Eyre")
    names.blur()
    page.get_by_text("Lists of names and terms", exact=True).click()
    field = page.get_by_label("In every recording")
    field.fill("Cox, voir dire\nAda")
    field.blur()
    expect(field).to_have_value("Cox, voir dire, Ada")
    page.get_by_role("button", name="Close", exact=True).click()

    text = tmp_path / NAME
    text.write_text("eggs, milk\n" * 400)
    choose(page, text)
    listed = wait_state(page, NAME, "failed")
    expected = ["Cox", "voir dire", "Ada", "Helstone", "Jane Eyre"]
    assert listed["job"]["options"]["terms"] == expected

    show_unreadable(page)
    row(page, NAME).get_by_role("link", name=title(NAME)).click()
    more(page, "Transcribe again")
    own = page.get_by_label("Names and terms to write as here")
    expect(own).to_have_value(", ".join(expected))
