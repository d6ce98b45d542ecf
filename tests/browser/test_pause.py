"""Pausing a transcription, and the remaining time."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.conftest import Clip
from tests.support.browser import Visitor
from tests.support.page_actions import act, begin, finished, row, wait_committed, wait_done
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


def test_remaining_time_counts_down_between_batches(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    page = returning_visitor.open(server.url)
    begin(page, clips["en-instructions"].path, model="base")
    line = row(page, "en-instructions").locator("ew-job-line")
    expect(line).to_contain_text(re.compile(r"about \d+:\d\d left"))
    page.evaluate(
        """async () => {
            const line = document.querySelector('ew-job-line');
            globalThis.said = [];
            new MutationObserver(() => globalThis.said.push(line.textContent.trim()))
                .observe(line, { subtree: true, characterData: true, childList: true });
        }"""
    )
    page.wait_for_function(
        """() => {
            const at = (text) => /(\\d+) %/.exec(text)?.[1];
            const ticked = (text, i) => i && at(text) === at(said[i - 1]) && text !== said[i - 1];
            return said.some(ticked);
        }"""
    )
    wait_done(page, 1)
