"""The notification and the badge at the end of long work."""

from __future__ import annotations

from playwright.sync_api import Page, Worker, expect

from tests.conftest import Clip
from tests.support.browser import Visitor, wait_until
from tests.support.page_actions import choose, finished, use_quick_model
from tests.support.server_process import ServerProcess

SWITCH = "Notify me when work of a minute or more has ended"
NOTIFIED = (
    "async () => (await registration.getNotifications()).map(({ title, body }) => [title, body])"
)
A_MINUTE_LATER = """() => {
  const now = performance.now.bind(performance);
  performance.now = () => now() + 61_000;
}"""
NO_TIME_PASSES = """() => {
  const now = performance.now.bind(performance);
  const began = now();
  performance.now = () => began + (now() - began) / 1000;
}"""
OUT_OF_SIGHT = """() => {
  self.badges = [];
  Object.defineProperty(clients, 'matchAll', { value: async () => [] });
  navigator.setAppBadge = async (count) => void self.badges.push(count);
}"""
"""In the service worker: the tabs of a browser without a screen are always on show."""


def switch_on(page: Page) -> None:
    """Ask for notifications in the settings."""
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("switch", name=SWITCH).check()


def close_settings(page: Page) -> None:
    """Close the settings."""
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def transcribe_long(page: Page, clip: Clip) -> None:
    """Transcribe a clip, while the page's clock goes on by a minute."""
    choose(page, clip.path)
    wait_until(
        page, "async () => (await earwitness.list()).some(({ job }) => job.state !== 'done')"
    )
    page.evaluate(A_MINUTE_LATER)
    expect(finished(page, clip.path.name)).to_be_visible()


def test_end_of_long_work_is_told_outside_only_if_asked_and_out_of_sight(
    visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    visitor.context.grant_permissions(["notifications"], origin=server.origin)
    page = visitor.open(server.url)
    use_quick_model(page)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
    worker: Worker = visitor.context.service_workers[0]
    switch_on(page)
    close_settings(page)
    transcribe_long(page, clips["en-connection"])
    page.wait_for_timeout(500)
    assert worker.evaluate(NOTIFIED) == [], "the page was on show"

    worker.evaluate(OUT_OF_SIGHT)
    page.evaluate(NO_TIME_PASSES)
    choose(page, clips["en-echotest"].path)
    expect(finished(page, "en-echotest")).to_be_visible()
    page.wait_for_timeout(500)
    assert worker.evaluate(NOTIFIED) == [], "the work was short"

    transcribe_long(page, clips["en-congratulations"])
    wait_until(page, "async () => (await (await navigator.serviceWorker.ready)"
                     ".getNotifications()).length")  # fmt: skip
    told = ["Earwitness is done", "1 recording is transcribed."]
    assert worker.evaluate(NOTIFIED) == [told]
    assert worker.evaluate("() => self.badges") == [1]


def test_switch_goes_back_where_the_browser_refuses(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(server.url)
    page.evaluate("() => { Notification.requestPermission = async () => 'denied'; }")
    page.get_by_role("button", name="Settings").click()
    switch = page.get_by_role("switch", name=SWITCH)
    expect(switch).not_to_be_checked()
    switch.click()
    expect(page.get_by_text("The browser allows no notifications here.")).to_be_visible()
    expect(switch).not_to_be_checked()
    page.reload()
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("switch", name=SWITCH)).not_to_be_checked()
