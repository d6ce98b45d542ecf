"""A team that corrects the texts of its server together, each in a page of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.compat.origin import ask
from tests.support.browser import DIST, Visitor, visiting, wait_ready, wait_until
from tests.support.page_actions import AXE, correct_at, more, retype, save_typed, violations
from tests.support.server_process import ServerProcess

MARKUP = "<img src=x onerror=document.title='taken'>"
SRT = f"""1
00:00:00,000 --> 00:00:02,000
Good evening everybody.

2
00:00:03,000 --> 00:00:05,000
The budget is {MARKUP} late.

3
00:00:08,000 --> 00:00:09,500
Any questions?
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that needs keys; it has no model."""
    made = ServerProcess(
        tmp_path / "server", dist=DIST, scripted_windows="1", earwitness_require_keys="true"
    )
    yield made.start()
    made.close()


def add_text(server: ServerProcess, key: str) -> str:
    """Put a text into the server's library; return its id."""
    auth = {"authorization": f"Bearer {key}", "content-type": "text/plain"}
    path = "/api/transcripts/import?name=Council.srt"
    return str(server.call("POST", path, SRT.encode(), **auth)["id"])


def join(page: Page, key: str) -> None:
    """Search the server's library with this key."""
    wait_ready(page)
    settings: dict[str, Any] = ask(page, "get-status")["settings"]
    settings |= {"search_server": True, "server_name": "Newsroom", "server_key": key}
    ask(page, "change-settings", settings=settings)
    page.reload()
    wait_ready(page)
    council = page.get_by_role("region", name="On Newsroom").get_by_role("button", name="Council")
    with page.expect_response(lambda answer: answer.url.endswith("/versions")) as asked:
        council.click()
    # Then the page knows whether corrections may be sent, also when the server is away.
    asked.value.finished()
    expect(note(page)).to_contain_text("A copy of a text on Newsroom.")


def note(page: Page) -> Any:
    return page.locator(".copy-note")


def correct(page: Page, old: str, new: str) -> None:
    correct_at(page, old)
    retype(page, new)
    save_typed(page)


def send(page: Page) -> None:
    page.get_by_role("button", name="Send corrections").click()


def test_two_people_correct_one_text_and_see_who_changed_what(
    browser: Browser, visitor: Visitor, server: ServerProcess
) -> None:
    anna = server.add_key("--label", f"Anna {MARKUP}")
    ben = server.add_key("--label", "Ben")
    id_ = add_text(server, anna)
    with visiting(browser) as other_visitor:
        one, other = visitor.open(server.url), other_visitor.open(server.url)
        join(one, anna)
        join(other, ben)
        for page in (one, other):
            page.evaluate(AXE)
        correct(one, "Good evening everybody.", "Good evening, all.")
        expect(note(one)).to_contain_text("1 correction is not on Newsroom yet.")
        assert violations(one) == []
        send(one)
        expect(one.get_by_text("Your corrections are on Newsroom.")).to_be_visible()
        expect(note(one)).to_contain_text("A copy of a text on Newsroom.")

        # Ben changes the same sentence and another one.
        correct(other, "Good evening everybody.", "Good evening, everyone.")
        correct(other, "Any questions?", "Are there questions?")
        send(other)
        dialog = other.get_by_role("dialog", name="Whose text stays?")
        expect(dialog).to_contain_text("Good evening, all.")
        expect(dialog).to_contain_text("Good evening, everyone.")
        assert violations(other) == []
        dialog.get_by_role("button", name="Keep the chosen texts").click()
        expect(dialog).to_be_visible()
        dialog.get_by_role("radio", name="Your text").check()
        dialog.get_by_role("button", name="Keep the chosen texts").click()
        expect(other.get_by_text("Your corrections are on Newsroom.")).to_be_visible()

        one.reload()
        wait_ready(one)
        expect(note(one)).to_contain_text("Changed on Newsroom by Ben.")
        one.get_by_role("button", name="Get the changes").click()
        expect(one.get_by_text("Good evening, everyone.")).to_be_visible()
        expect(one.get_by_text("Are there questions?")).to_be_visible()
        more(one, "Versions")
        there = one.get_by_role("dialog", name="Versions").locator("ol").last
        expect(there.get_by_text(f"by Anna {MARKUP}")).to_be_visible()
        expect(there.get_by_text("by Ben")).to_be_visible()
        one.keyboard.press("Escape")

        # What others wrote is text.
        for page in (one, other):
            expect(page.get_by_text(MARKUP).first).to_be_visible()
            assert page.locator("img[src=x]").count() == 0
        auth = {"authorization": f"Bearer {ben}"}
        segments = server.call("GET", f"/api/transcripts/{id_}", **auth)["segments"]
        assert [each["text"].strip() for each in segments][::2] == [
            "Good evening, everyone.",
            "Are there questions?",
        ]


def test_key_that_may_only_read_has_no_button_and_says_why(
    visitor: Visitor, server: ServerProcess
) -> None:
    add_text(server, server.add_key())
    page = visitor.open(server.url)
    join(page, server.add_key("--scopes", "read"))
    correct(page, "Any questions?", "Are there questions?")
    expect(note(page)).to_contain_text("Your key may not change this text on Newsroom")
    expect(page.get_by_role("button", name="Send corrections")).to_have_count(0)
    expect(page.get_by_text("Are there questions?")).to_be_visible()


def test_corrections_made_while_the_server_is_away_are_sent_later(
    visitor: Visitor, server: ServerProcess
) -> None:
    visitor.expect_errors("ERR_CONNECTION", "Failed to load")
    key = server.add_key()
    add_text(server, key)
    page = visitor.open(server.url)
    join(page, key)
    server.kill()
    correct(page, "Any questions?", "Are there questions?")
    expect(note(page)).to_contain_text("1 correction is not on Newsroom yet.")
    send(page)
    expect(page.get_by_text("does not answer").first).to_be_visible()
    server.start()
    send(page)
    expect(page.get_by_text("Your corrections are on Newsroom.")).to_be_visible()
    wait_until(page, "() => !document.querySelector('.copy-note')?.textContent.includes('not on')")
