"""Pausing a transcription, and the remaining time."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.conftest import Clip
from tests.support.browser import Visitor
from tests.support.page_actions import (
    act,
    begin,
    finished,
    row,
    transcribe,
    wait_committed,
    wait_done,
)
from tests.support.server_process import ServerProcess


def test_pause_is_shown_until_the_engine_is_free(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = returning_visitor.open(server.url)
    begin(page, clips["en-instructions"].path, model="base")
    begin(page, clips["en-connection"].path, model="base")
    wait_committed(page, "en-instructions.flac")
    long, short = row(page, "en-instructions"), row(page, "en-connection")
    chip = page.locator("ew-status-chip")
    act(page, "en-instructions", "Pause")
    expect(long.get_by_text("Pausing…")).to_be_visible()
    expect(chip).to_have_text("Pausing")
    expect(short.get_by_text("Next")).to_be_visible()
    expect(long.get_by_text("Paused at")).to_be_visible()
    expect(short.get_by_text(re.compile("Loading|Preparing|%"))).to_be_visible()
    expect(finished(page, "en-connection")).to_be_visible()
    expect(chip).not_to_contain_text(re.compile("Pausing|Transcribing|Loading"))
    long.get_by_role("button", name="Resume").click()
    wait_done(page, 2)


def test_remaining_time_is_told_in_minutes_once_it_is_steady(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = returning_visitor.open(server.url)
    transcribe(page, clips["en-instructions"].path, model="tiny.en")
    begin(page, clips["en-instructions"].path, model="tiny.en")
    page.wait_for_function(
        """() => /about .+ left|less than a minute left|almost done/.test(
            document.querySelector('li ew-job-line')?.textContent ?? '')"""
    )
    wait_done(page, 2)
