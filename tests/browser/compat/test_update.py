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
from playwright.sync_api import Dialog, Page, expect

from tests.conftest import Clip
from tests.support.browser import DIST, ROOT, Visitor, wait_ready, wait_until
from tests.support.page_actions import (
    OFFLINE_READY,
    act,
    begin,
    choose,
    correct_at,
    engine_worker,
    retype,
    row,
    rows,
    show_unreadable,
    shown_sentences,
    states,
    text_of,
    title,
    transcribe,
    wait_committed,
)
from tests.support.server_process import ServerProcess
from tests.support.static_site import StaticSite
from tests.support.waiting import wait_for
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
    command += [build / "tool-wheels", folder / "next", NEXT]
    subprocess.run(list(map(str, command)), cwd=ROOT, check=True, capture_output=True)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def host(builds: Path, tmp_path: Path) -> Iterator[ServerProcess]:
    """A host of today's build."""
    running = ServerProcess(tmp_path, dist=builds / "dist")
    yield running.start()
    running.close()
    if (builds / "before").exists():
        (builds / "dist").rename(builds / "next")
        (builds / "before").rename(builds / "dist")


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


def find_update(page: Page) -> None:
    """Look for a new build on the host and wait until the tab offers it."""
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
    expect(page.get_by_role("button", name="Reload")).to_be_visible()


def take_update(page: Page, old: str) -> None:
    """Choose the new build and wait until the tab runs it."""
    page.get_by_role("button", name="Reload").click()
    page.wait_for_function("(old) => !document.querySelector(`script[src='${old}']`) "
                           "&& document.querySelector('script[type=module]').src !== old",
                           arg=old)  # fmt: skip
    wait_ready(page)


def test_the_old_tab_goes_on_and_the_new_build_has_everything(
    visitor: Visitor, host: ServerProcess, builds: Path, clips: dict[str, Clip]
) -> None:
    visitor.expect_errors("Failed to load resource")
    page = visitor.open(host.url)
    transcribe(page, clips[SHORT].path, model="tiny.en")
    wait_until(page, OFFLINE_READY)
    begin(page, clips[LONG].path, model="tiny.en")
    page.get_by_role("link", name=title(clips[SHORT].path.name)).click()
    line = page.locator(".paragraph").first
    correct_at(page, shown_sentences(page)[0][:12])
    retype(page, "Typed before the update.")
    wait_committed(page, clips[LONG].path.name)
    before = text_of(page, clips[LONG].path.name)
    old = asset(page)

    replace(builds)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(old)
    find_update(page)

    # What the old tab needs from now on is no longer on the host: its worker is started again.
    engine_worker(page).evaluate("() => self.close()")
    page.get_by_role("textbox", name="Text").press("Control+Enter")
    expect(line).to_contain_text("Typed before the update.")
    second = visitor.open(host.url)
    assert running(second) == version()
    assert set(states(second)) == {clips[SHORT].path.name, clips[LONG].path.name}
    second.close()

    take_update(page, old)
    assert running(page) == NEXT
    assert set(states(page).values()) == {"done"}
    after = text_of(page, clips[LONG].path.name)
    assert after.startswith(before[:-20])
    assert word_error_rate(clips[LONG].text or "", after) <= 0.2
    assert text_of(page, clips[SHORT].path.name).startswith("Typed before the update.")
    assert len(rows(page)) == 2


KEPT = """async (address) => {
  const cache = await caches.open('earwitness-static');
  return Boolean(await cache.match(address));
}"""


def test_a_second_tab_of_the_old_build_can_still_transcribe(
    visitor: Visitor, host: ServerProcess, builds: Path, clips: dict[str, Clip]
) -> None:
    first = visitor.open(host.url)
    transcribe(first, clips[SHORT].path, model="tiny.en")
    wait_until(first, OFFLINE_READY)
    second = visitor.open(host.url)
    old = asset(second)

    replace(builds)
    find_update(first)
    take_update(first, old)
    assert asset(second) == old
    clip = clips["en-echotest"]
    result = transcribe(second, clip.path, model="tiny.en")
    assert word_error_rate(clip.text or "", result["text"]) <= 0.2
    assert running(second) == version(), "the old tab leads"
    assert states(first)[clip.path.name] == "done"
    assert second.evaluate(KEPT, old)

    # The new build is in charge already: the old tab's button only has to load it.
    take_update(second, old)
    assert asset(second) == asset(first)
    wait_until(second, f"async () => !(await ({KEPT})({old!r}))")
    assert running(first) == NEXT


@pytest.fixture
def static_host(tmp_path: Path) -> Iterator[StaticSite]:
    """A static host of today's build, whose files can be replaced."""
    shutil.copytree(DIST, tmp_path / "dist", copy_function=os.symlink)
    site = StaticSite(tmp_path / "dist")
    yield site
    site.close()


def test_refused_reload_is_not_repeated_when_a_job_ends(
    visitor: Visitor, static_host: StaticSite, clips: dict[str, Clip], tmp_path: Path
) -> None:
    page = visitor.open(static_host.url)
    transcribe(page, clips[SHORT].path, model="tiny.en")
    wait_until(page, OFFLINE_READY)
    page.get_by_role("link", name=title(clips[SHORT].path.name)).click()
    # Typed words are saved when the editor is left, so something else has to ask.
    page.evaluate("() => addEventListener('beforeunload', (event) => event.preventDefault())")
    script = static_host.folder / "service-worker.js"
    changed = script.read_bytes() + b"\n// Another version."
    script.unlink()
    script.write_bytes(changed)
    find_update(page)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("button", name="Reload").click()
    wait_for(lambda: page.evaluate("() => true") and asked, "the question before the reload")

    text = tmp_path / "shopping.mp3"
    text.write_text("eggs, milk\n" * 400)
    choose(page, text)
    show_unreadable(page)
    expect(row(page, text.name).get_by_text("can't read this file")).to_be_visible()
    act(page, text.name, "Remove")
    expect(row(page, text.name)).to_have_count(0)
    assert asked == ["beforeunload"]
