"""The dialog of the export: options, preview, several transcripts in one zip, extensions."""

from __future__ import annotations

import re
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.support.browser import Visitor, wait_ready, wait_until
from tests.support.page_actions import imported
from tests.support.server_process import ServerProcess

SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\nGood morning, everybody, and welcome to the show.\n\n"
    "2\n00:01:00,000 --> 00:01:02,000\nThank you.\n"
)
RULE = """class Shout:
    title = "Capital letters"

    def apply(self, transcript):
        return {i: each.text.upper() for i, each in enumerate(transcript.segments)}
"""


def open_dialog(page: Page) -> None:
    page.get_by_role("button", name="Export").first.click()
    page.get_by_role("menuitem", name="With options…").click()


def test_preview_follows_the_options_which_are_remembered(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(server.url)
    id_ = imported(page, SRT, "talk.srt")
    page.evaluate("(id) => earwitness.open(id)", id_)
    open_dialog(page)
    dialog = page.get_by_role("dialog", name="Export")
    dialog.get_by_label("Format").select_option("srt")
    preview = dialog.get_by_label("Preview")
    expect(preview).to_contain_text("00:00:01,000 --> 00:00:03,400")
    dialog.get_by_label("Characters a line").fill("20")
    dialog.get_by_label("Characters a line").blur()
    shows = "(text) => document.querySelector('.export-preview').textContent.includes(text)"
    wait_until(page, shows, "everybody, and\nwelcome")
    dialog.get_by_label("Characters a line").fill("1000")
    dialog.get_by_role("button", name="Save").click()
    invalid = "() => document.querySelector('#export input:invalid')?.value"
    assert page.evaluate(invalid) == "1000"
    dialog.get_by_label("Characters a line").fill("20")
    dialog.get_by_label("Format").select_option("txt")
    only = dialog.get_by_role("switch", name="Only what is highlighted")
    only.check()
    expect(preview).to_have_text(
        "Nothing is highlighted in “talk”. Highlight some words, or export all of the text."
    )
    only.uncheck()
    dialog.get_by_label("Times").first.check()
    expect(preview).to_contain_text("0:01")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Save").click()
    assert waiting.value.suggested_filename == "talk.txt"
    assert "0:01" in Path(waiting.value.path()).read_text()
    page.reload()
    wait_ready(page)
    open_dialog(page)
    expect(dialog.get_by_label("Format")).to_have_value("txt")
    expect(dialog.get_by_label("Times").first).to_be_checked()


def test_several_transcripts_are_saved_as_one_zip(visitor: Visitor, server: ServerProcess) -> None:
    page = visitor.open(server.url)
    for name in ("a.srt", "b.srt"):
        imported(page, SRT, name)
    rows = page.locator(".row-name")
    expect(rows).to_have_count(2)
    rows.nth(0).click(modifiers=["Control"])
    rows.nth(1).click(modifiers=["Control"])
    page.get_by_label(re.compile("select", re.IGNORECASE)).get_by_role(
        "button", name="Export"
    ).click()
    page.get_by_role("menuitem", name="With options…").click()
    dialog = page.get_by_role("dialog", name="Export 2 transcripts")
    dialog.get_by_label("Format").select_option("vtt")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Save as one zip").click()
    assert waiting.value.suggested_filename == "Transcripts.zip"
    with ZipFile(waiting.value.path()) as found:
        assert sorted(found.namelist()) == ["a.vtt", "b.vtt"]
        assert found.read("a.vtt").startswith(b"WEBVTT")


def test_module_pasted_in_the_settings_changes_the_text_on_show(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(server.url)
    id_ = imported(page, SRT, "talk.srt")
    page.evaluate("(id) => earwitness.open(id)", id_)
    page.get_by_role("button", name="Settings").click()
    dialog = page.get_by_role("dialog", name="Settings")
    dialog.get_by_role("button", name="Extensions").click()
    dialog.get_by_text("Or paste a module").click()
    dialog.get_by_role("textbox", name="Or paste a module").fill(RULE)
    dialog.get_by_role("button", name="Add this module").click()
    expect(dialog.get_by_text("Rules: Capital letters.")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("menuitem", name="Capital letters").click()
    said = page.locator(".said")
    expect(said.filter(has_text=re.compile("THANK YOU")).first).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(said.filter(has_text=re.compile("Thank you")).first).to_be_visible()
