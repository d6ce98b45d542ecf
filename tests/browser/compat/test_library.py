"""The page of today on what 0.1.0 kept in the browser, which was killed during a transcription."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.compat.origin import QUIET, ask, restore
from tests.compat.support import ACTIVE, assert_holds, load
from tests.support.browser import visiting, wait_ready, wait_until
from tests.support.server_process import ServerProcess
from tests.support.word_error_rate import word_error_rate

LIBRARY = load("page/library.json")
EXPECTED = load("page/expected.json")
IDS: dict[str, str] = EXPECTED["ids"]
GOING_ON = ("half-way", "queued")


@pytest.fixture(scope="module")
def page(browser: Browser, server: ServerProcess) -> Iterator[Page]:
    """The page, opened on that library."""
    library = copy.deepcopy(LIBRARY)
    for record in library["stores"]["transcripts"].values():
        if record["removed_at"]:
            # What is in the bin for 30 days is deleted; this was removed a moment ago.
            record["removed_at"] = datetime.now(UTC).isoformat()
    with visiting(browser) as person:
        person.expect_errors("favicon.ico")
        page = person.context.new_page()
        page.goto(server.url + QUIET)
        restore(page, library)
        page.goto(server.url)
        wait_ready(page)
        yield page


def listed(page: Page, **which: Any) -> list[dict[str, Any]]:
    """Lines of the history, or of the bin."""
    return ask(page, "list-transcripts", limit=1000, **which)["transcripts"]


def texts(page: Page, name: str) -> list[str]:
    """The sentences of a recording."""
    whole = ask(page, "get-transcript", transcript_id=IDS[name])
    return [segment["text"] for segment in whole["segments"]]


def saved_segments(name: str) -> int:
    """How many sentences a recording had when its page was closed."""
    windows = LIBRARY["stores"]["windows"]
    return sum(
        len(row["segments"]) for key, row in windows.items() if key.startswith(f"{IDS[name]}/")
    )


def expected_texts(name: str) -> list[str]:
    """The same as 0.1.0 ended with."""
    words = EXPECTED["later"]["words"][IDS[name]]
    return [segment["text"] for segment in words["segments"]]


def wait_for_state(page: Page, name: str, *states: str) -> dict[str, Any]:
    """Wait until a recording's job is in one of the states; its line."""
    return wait_until(
        page,
        """async ([id, states]) => (await window.earwitness.list()).find(
          (line) => line.id === id && states.includes(line.job.state))""",
        [IDS[name], list(states)],
    )


def test_everything_is_there_at_once(page: Page) -> None:
    for removed, name in ((False, "transcripts"), (True, "removed")):
        expected = EXPECTED["at once"][name]
        found = listed(page, removed=removed)
        assert [each["id"] for each in found] == [each["id"] for each in expected]
        for one, other in zip(found, expected, strict=True):
            if other["job"]["state"] not in ACTIVE:
                assert_holds(one, other, other["name"])
    for id_, words in EXPECTED["at once"]["words"].items():
        if id_ not in {IDS[name] for name in GOING_ON}:
            assert_holds(ask(page, "get-transcript", transcript_id=id_), words)
    assert_holds(ask(page, "get-status")["settings"], EXPECTED["at once"]["settings"])
    expect(page.get_by_role("link", name="Connection – “Žižkov”")).to_be_visible()


def test_the_recording_stopped_half_way_keeps_its_words_and_ends_with_the_others(
    page: Page,
) -> None:
    # The sound of the rest comes out of another decoder, which differs in the last digits.
    for name in GOING_ON:
        wait_for_state(page, name, "done")
        found, expected = texts(page, name), expected_texts(name)
        kept = saved_segments(name)
        assert found[:kept] == expected[:kept]
        assert word_error_rate(" ".join(expected), " ".join(found)) <= 0.1


def test_a_paused_recording_goes_on_where_it_was(page: Page) -> None:
    paused = wait_for_state(page, "paused", "paused")
    before = texts(page, "paused")
    position_s = paused["job"]["position_s"]
    assert position_s == LIBRARY["stores"]["jobs"][IDS["paused"]]["position_s"]
    ask(page, "resume", transcript_id=IDS["paused"])
    resumed = wait_for_state(page, "paused", "transcribing", "done")
    assert resumed["job"]["position_s"] >= position_s
    ask(page, "pause", transcript_id=IDS["paused"])
    wait_for_state(page, "paused", "paused", "done")
    assert texts(page, "paused")[: len(before)] == before
    assert before == expected_texts("paused")[: len(before)]


def test_the_bin_and_the_earlier_text_come_back(page: Page) -> None:
    ask(page, "restore", transcript_ids=[IDS["in the bin"]])
    ask(page, "go-back", transcript_id=IDS["run twice"], replace_corrections=True)
    for name in ("in the bin", "run twice"):
        found = ask(page, "get-transcript", transcript_id=IDS[name])
        assert_holds(found, EXPECTED["later"]["words"][IDS[name]], name)


def test_recordings_are_still_on_the_device(page: Page) -> None:
    """Their bytes are read as the player reads them."""
    read = """async (path) => {
      let folder = await navigator.storage.getDirectory();
      const names = path.split('/');
      for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
      const file = await (await folder.getFileHandle(names.at(-1))).getFile();
      const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
      return Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0')).join('');
    }"""
    for name in ("edited", "run twice", "a part again", "in the bin"):
        path = ask(page, "get-audio", transcript_id=IDS[name])["path"]
        assert page.evaluate(read, path) == LIBRARY["files"][f"audio/{IDS[name]}"]["sha256"]
