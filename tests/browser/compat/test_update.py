"""A tab that is open while the host gets a new build: it goes on, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Clip
from tests.support.browser import DIST, ROOT, Visitor, wait_ready, wait_until
from tests.support.page_actions import (
    OFFLINE_READY,
    begin,
    engine_worker,
    rows,
    states,
    text_of,
    transcribe,
    wait_committed,
)
from tests.support.server_process import ServerProcess
from tests.support.word_error_rate import word_error_rate
from tooling.environment import node
from tooling.pipeline import version

NEXT = f"{version()}+next"
SHORT, LONG = "en-connection", "en-instructions"


@pytest.fixture(scope="module")
def builds() -> Iterator[Path]:
    """A folder with `dist`, the build of today, and `next`, the same of another version."""
    folder = Path(tempfile.mkdtemp(prefix="update-", dir=ROOT / "build"))
    shutil.copytree(DIST, folder / "dist", copy_function=os.link)
    (folder / "build").mkdir()
    (folder / "build" / "compressed").symlink_to(ROOT / "build" / "compressed")
    build = ROOT / "build"
    command = [node(), ROOT / "web" / "build.mjs", build / "python", build / "models"]
    command += [folder / "next", NEXT]
    subprocess.run(list(map(str, command)), cwd=ROOT, check=True, capture_output=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def host(builds: Path, tmp_path: Path) -> Iterator[ServerProcess]:
    """A host of today's build."""
    running = ServerProcess(tmp_path, dist=builds / "dist")
    yield running.start()
    running.close()


def replace(builds: Path) -> None:
    """Put the next build where the host looks."""
    (builds / "dist").rename(builds / "before")
    (builds / "next").rename(builds / "dist")


def running(page: Page) -> str:
    """The version that a tab runs."""
    return page.evaluate("async () => (await window.earwitness.status()).version")


def asset(page: Page) -> str:
    """The address of the script that a tab was opened with."""
    return page.evaluate("() => document.querySelector('script[type=module]').src")


def test_the_old_tab_goes_on_and_the_new_build_has_everything(
    visitor: Visitor, host: ServerProcess, builds: Path, clips: dict[str, Clip]
) -> None:
    visitor.expect_errors("Failed to load resource")
    page = visitor.open(host.url)
    transcribe(page, clips[SHORT].path, model="tiny.en")
    wait_until(page, OFFLINE_READY)
    begin(page, clips[LONG].path, model="tiny.en")
    page.get_by_role("link", name=clips[SHORT].path.name).click()
    line = page.locator("ew-segment-line").first
    line.locator(".said").dblclick()
    page.get_by_role("textbox", name="Text").fill("Typed before the update.")
    wait_committed(page, clips[LONG].path.name)
    before = text_of(page, clips[LONG].path.name)
    old = asset(page)

    replace(builds)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(old)
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
    reload = page.get_by_role("button", name="Reload")
    expect(reload).to_be_visible()

    # What the old tab needs from now on is no longer on the host: its worker is started again.
    engine_worker(page).evaluate("() => self.close()")
    page.get_by_role("textbox", name="Text").press("Enter")
    expect(line).to_contain_text("Typed before the update.")
    second = visitor.open(host.url)
    assert running(second) == version()
    assert set(states(second)) == {clips[SHORT].path.name, clips[LONG].path.name}
    second.close()

    reload.click()
    page.wait_for_function("(old) => !document.querySelector(`script[src='${old}']`) "
                           "&& document.querySelector('script[type=module]').src !== old",
                           arg=old)  # fmt: skip
    wait_ready(page)
    assert running(page) == NEXT
    assert set(states(page).values()) == {"done"}
    after = text_of(page, clips[LONG].path.name)
    assert after.startswith(before[:-20])
    assert word_error_rate(clips[LONG].text or "", after) <= 0.2
    assert text_of(page, clips[SHORT].path.name).startswith("Typed before the update.")
    assert len(rows(page)) == 2
