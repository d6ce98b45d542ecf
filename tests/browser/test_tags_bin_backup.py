"""Tags and filters, the bin, backups, and a second run over a part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Clip
from tests.support.browser import Visitor, visiting
from tests.support.page_actions import (
    AXE,
    correct_at,
    delete,
    more,
    retype,
    row,
    save_typed,
    shown_sentences,
    title,
    transcribe,
    violations,
)
from tests.support.server_process import ServerProcess


@pytest.fixture(scope="module")
def keeper(browser: Browser, server: ServerProcess, clips: dict[str, Clip]) -> Iterator[Visitor]:
    """A visitor whose library holds two recordings."""
    # Its day is another one than that of UTC.
    zone = "Pacific/Kiritimati" if datetime.now(UTC).hour >= 10 else "Pacific/Honolulu"
    with visiting(browser, timezone_id=zone) as person:
        page = person.open(server.url)
        for name in ("en-echotest", "en-connection"):
            transcribe(page, clips[name].path, model="tiny.en")
        page.close()
        yield person


@pytest.fixture
def page(keeper: Visitor, server: ServerProcess) -> Iterator[Page]:
    """That visitor's page, opened anew."""
    page = keeper.open(server.url)
    yield page
    page.close()


def open_clip(page: Page, name: str) -> None:
    """Show a recording."""
    page.get_by_role("link", name=title(name)).first.click()
    expect(page.get_by_role("heading", name=title(name))).to_be_visible()
    expect(page.locator(".paragraph").first).to_be_visible()


def open_settings(page: Page) -> None:
    """Show the settings."""
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Privacy").click()
    expect(page.get_by_role("heading", name="Backup")).to_be_visible()


def test_tags_filter_history_and_search(page: Page) -> None:
    open_clip(page, "en-echotest.wav")
    more(page, "Details")
    page.get_by_role("textbox", name="Add a tag").or_(
        page.get_by_role("combobox", name="Add a tag")
    ).fill("telephone")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove tag telephone")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(row(page, "en-echotest").get_by_text("telephone")).to_be_visible()
    page.get_by_role("combobox", name="Any tag").select_option("telephone")
    expect(row(page, "en-echotest")).to_be_visible()
    expect(row(page, "en-connection")).to_have_count(0)
    page.get_by_role("searchbox", name="Search").fill("to")
    expect(page.locator(".hits")).to_have_count(1)
    expect(page.locator(".hits").get_by_role("link", name="en-echotest")).to_be_visible()
    page.get_by_role("combobox", name="Any tag").select_option("")
    expect(page.locator(".hits")).to_have_count(2)
    page.get_by_role("searchbox", name="Search").fill("")
    page.evaluate(AXE)
    assert violations(page) == []
    page.get_by_role("combobox", name="Any tag").select_option("telephone")
    more(page, "Details")
    page.get_by_role("button", name="Remove tag telephone").click()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("No recording matches the filters")).to_be_visible()
    expect(page.get_by_text("Your recordings appear here")).to_have_count(0)
    page.get_by_role("combobox", name="Any tag").select_option("")
    expect(page.get_by_role("option", name="telephone")).to_have_count(0)
    expect(row(page, "en-connection")).to_be_visible()


def test_deleted_transcript_is_restored_from_the_bin(page: Page) -> None:
    delete(page, "en-connection")
    expect(row(page, "en-connection")).to_have_count(0)
    open_settings(page)
    page.get_by_text("Deleted transcripts", exact=True).click()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("The bin is empty.")).to_be_visible()
    page.evaluate(AXE)
    assert violations(page) == []
    page.get_by_role("button", name="Close", exact=True).click()
    expect(row(page, "en-connection")).to_be_visible()


def test_backup_restores_a_permanently_deleted_transcript(page: Page, tmp_path: Path) -> None:
    open_clip(page, "en-connection.flac")
    page.get_by_text("demonstration server").last.dblclick()
    retype(page, "This sentence is mine.")
    save_typed(page)
    expect(page.get_by_role("article").get_by_text("This sentence is mine.")).to_be_visible()
    open_settings(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save with recordings").click()
    backup = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(backup)
    assert backup.name == f"earwitness-{users_day(page)}.zip"
    expect(page.get_by_text(f"Backup saved: {backup.name}")).to_be_visible()
    expect(page.get_by_text("Saving the backup…")).to_be_hidden()
    page.get_by_role("button", name="Close", exact=True).click()

    delete(page, "en-connection")
    open_settings(page)
    page.get_by_text("Deleted transcripts", exact=True).click()
    page.get_by_role("button", name="Empty the bin now").click()
    page.get_by_role("button", name="Empty the bin now").click()
    expect(page.get_by_text("The bin is empty.").first).to_be_visible()
    page.get_by_label("Load a backup").set_input_files(backup)
    expect(page.get_by_text("1 transcript added. 1 was here already.")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()

    open_clip(page, "en-connection.flac")
    expect(page.get_by_role("article").get_by_text("This sentence is mine.")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Play from")).first.click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_backup_brings_back_what_lies_in_the_bin(page: Page, tmp_path: Path) -> None:
    open_settings(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save with recordings").click()
    backup = tmp_path / "backup.zip"
    waiting.value.save_as(backup)
    page.get_by_role("button", name="Close", exact=True).click()
    delete(page, "en-connection")
    expect(row(page, "en-connection")).to_have_count(0)
    open_settings(page)
    page.get_by_label("Load a backup").set_input_files(backup)
    expect(page.get_by_text("1 transcript added. 1 was here already.")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(row(page, "en-connection")).to_be_visible()


def test_sealed_backup_opens_with_its_passphrase_only(page: Page, tmp_path: Path) -> None:
    open_settings(page)
    page.get_by_label("Seal with a passphrase").fill("correct horse")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save without recordings").click()
    backup = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(backup)
    assert backup.suffix == ".sealed"
    assert b"demonstration" not in backup.read_bytes()
    expect(page.get_by_text(re.compile("Last backup: .*20"))).to_be_visible()
    page.get_by_label("Load a backup").set_input_files(backup)
    dialog = page.get_by_role("dialog", name="Open the sealed backup")
    dialog.get_by_label("Passphrase").fill("wrong")
    dialog.get_by_role("button", name="Open", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("does not open the backup")
    dialog.get_by_label("Passphrase").fill("correct horse")
    page.keyboard.press("Enter")
    expect(page.get_by_text("were here already")).to_be_visible()
    expect(dialog).to_have_count(0)
    page.get_by_label("Load a backup").set_input_files(backup)
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Close", exact=True).click()


def users_day(page: Page) -> str:
    """The date in the visitor's time zone."""
    return page.evaluate("() => new Date().toLocaleDateString('sv')")


def test_note_has_the_users_day(page: Page) -> None:
    note = page.evaluate(
        """async () => (await earwitness.export((await earwitness.list())[0].id, 'md')).text()"""
    )
    assert f"\n{users_day(page)} · " in note
    assert users_day(page) != datetime.now(UTC).date().isoformat()


def test_invalid_backup_is_rejected(page: Page, tmp_path: Path) -> None:
    stranger = tmp_path / "stranger.zip"
    stranger.write_bytes(b"PK\x05\x06" + bytes(18))
    open_settings(page)
    page.get_by_label("Load a backup").set_input_files(stranger)
    expect(page.get_by_text("not a backup that can be read")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(row(page, "en-echotest")).to_be_visible()


def test_selected_part_runs_again_and_other_corrections_stay(page: Page) -> None:
    open_clip(page, "en-echotest.wav")
    sentences = shown_sentences(page)
    text = page.get_by_role("region", name="Transcript")
    count = len(sentences)
    assert count >= 3
    correct_at(page, sentences[0][:12])
    retype(page, "My own first sentence.")
    save_typed(page)
    expect(text).to_contain_text("My own first sentence.")
    correct_at(page, sentences[-1][:12], last=True)
    retype(page, "My own last sentence.")
    save_typed(page)
    expect(text).to_contain_text("My own last sentence.")
    page.evaluate(
        """(text) => {
          const node = [...document.querySelectorAll('.said')].at(-1).firstChild;
          const at = node.data.indexOf(text);
          getSelection().setBaseAndExtent(node, at, node, at + text.length);
        }""",
        "My own last sentence.",
    )
    more(page, "Transcribe again")
    dialog = page.get_by_role("dialog", name="Transcribe again", exact=True)
    sentence = segments(page)[-1]
    for name, wanted in (("From", sentence["start_s"]), ("To", sentence["end_s"])):
        shown = dialog.get_by_role("textbox", name=name, exact=True).input_value()
        assert shown.startswith("0:")
        assert float(shown.removeprefix("0:")) == wanted
    before = segments(page)[-2]["text"]
    dialog.get_by_role("switch", name="Skip silence and noise").uncheck()
    dialog.get_by_role("textbox", name="Likely names and terms", exact=True).fill("Asterisk")
    dialog.get_by_role("button", name="Transcribe again").click()
    question = page.get_by_role("dialog", name="Transcribe again?")
    question.get_by_role("button", name="Transcribe again").click()
    expect(text).to_contain_text("pound key")
    expect(text).to_contain_text("My own first sentence.")
    expect(page.get_by_text("My own last sentence.")).to_have_count(0)
    assert segments(page)[count - 2]["text"] == before
    options = page.evaluate(
        """async () => (await earwitness.list()).find(
             (each) => each.name === 'en-echotest.wav').job.options"""
    )
    assert options["voice_activity"] is False
    assert options["prompt"] == "Asterisk"
    assert options["model"] == "tiny.en"


def segments(page: Page) -> list[dict[str, Any]]:
    """The sentences of the recording on show."""
    return page.evaluate(
        """async () => (await earwitness.get(
             decodeURIComponent(location.hash.split('/')[2].split('?')[0]))).segments"""
    )
