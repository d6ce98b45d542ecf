"""The installed page: manifest, icons, files that the system opens or shares.

Chromium installs and launches the page through its own commands (`PWA`). It has no command that
shares a file, so shares are posted to the service worker.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from earwitness.domain.media_types import RECORDING_EXTENSIONS
from playwright.sync_api import CDPSession, Page, Worker, expect

from tests.support.browser import DIST, Visitor, wait_ready, wait_until
from tests.support.page_actions import row
from tests.support.server_process import ServerProcess
from tests.support.static_site import StaticSite

SUBTITLES = "1\n00:00:01,000 --> 00:00:02,000\nThe harbour was quiet.\n"
CONTROLLED = """async () => {
  await navigator.serviceWorker.ready;
  return Boolean(navigator.serviceWorker.controller);
}"""


@pytest.fixture
def site() -> Iterator[StaticSite]:
    """A static host that the test may stop."""
    site = StaticSite(DIST, isolating=False)
    yield site
    site.close()


def commands(page: Page) -> CDPSession:
    """The browser's own commands, about this page."""
    return page.context.new_cdp_session(page)


def test_manifest_is_valid_and_its_icons_load_without_a_connection(
    visitor: Visitor, site: StaticSite
) -> None:
    page = visitor.open(site.url, ready=False)
    wait_until(page, CONTROLLED)
    found = commands(page).send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"] == f"{site.url}manifest.webmanifest"
    site.gone = True
    manifest = page.evaluate("async () => (await fetch('manifest.webmanifest')).json()")
    assert manifest == json.loads(found["data"])
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        assert "x".join(map(str, size_of(page, icon["src"]))) == icon["sizes"]
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    touch = page.locator("link[rel=apple-touch-icon]").get_attribute("href")
    assert size_of(page, touch or "") == [180, 180]
    visitor.expect_errors("ERR_EMPTY_RESPONSE", "Failed to fetch")


def size_of(page: Page, image: str) -> list[int]:
    """Width and height of an image at this address."""
    return page.evaluate(
        """async (address) => {
          const { width, height } = await createImageBitmap(await (await fetch(address)).blob());
          return [width, height];
        }""",
        image,
    )


def test_manifest_of_a_page_below_the_root_of_its_host_is_found(
    visitor: Visitor, tmp_path: Path
) -> None:
    (tmp_path / "below").symlink_to(DIST)
    site = StaticSite(tmp_path)
    page = visitor.open(f"{site.url}below/", ready=False)
    expect(page.locator("link[rel=manifest]")).not_to_have_attribute(
        "href", "/manifest.webmanifest"
    )
    found = commands(page).send("Page.getAppManifest")
    assert found["url"] == f"{site.url}below/manifest.webmanifest"
    assert found["manifest"]["startUrl"] == f"{site.url}below/"
    visitor.expect_errors("manifest.webmanifest")
    page.close()
    site.close()


def test_installed_page_opens_files_of_the_system(
    lasting_visitor: Visitor, server: ServerProcess, tmp_path: Path
) -> None:
    page = lasting_visitor.open(server.url)
    browser = commands(page)
    app = {"manifestId": f"{server.origin}/earwitness"}
    assert browser.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    browser.send("PWA.install", {**app, "installUrlOrBundleUrl": server.url})
    browser.send("PWA.changeAppUserSettings", {**app, "displayMode": "standalone"})
    known = browser.send("PWA.getOsAppState", app)["fileHandlers"][0]["accepts"]
    endings = {ending for each in known for ending in each["fileExtensions"]}
    assert {".srt", ".vtt", *(f".{each}" for each in RECORDING_EXTENSIONS)} <= endings
    page.goto(f"{server.url}licences.txt")
    with lasting_visitor.context.expect_page() as launched:
        browser.send("PWA.launch", app)
    window = launched.value
    wait_ready(window)
    assert window.evaluate("() => matchMedia('(display-mode: standalone)').matches")
    talk = tmp_path / "talk.srt"
    talk.write_text(SUBTITLES)
    browser.send("PWA.launchFilesInApp", {**app, "files": [str(talk)]})
    expect(window.get_by_role("heading", name="talk")).to_be_visible()
    expect(window.get_by_text("The harbour was quiet.")).to_be_visible()
    browser.send("PWA.uninstall", app)
    lasting_visitor.expect_errors("favicon.ico")


def test_files_of_a_launch_are_added_as_dropped_ones(
    visitor: Visitor, server: ServerProcess
) -> None:
    visitor.context.add_init_script(
        """Object.defineProperty(window, 'launchQueue', {
             value: { setConsumer: (take) => { window.launch = take; } } });"""
    )
    page = visitor.open(server.url)
    page.evaluate(
        """async (text) => {
          const folder = await navigator.storage.getDirectory();
          const files = [];
          for (const name of ['one.srt', 'two.srt']) {
            const file = await folder.getFileHandle(name, { create: true });
            const out = await file.createWritable();
            await out.write(text);
            await out.close();
            files.push(file);
          }
          window.launch({ files, targetURL: location.href });
        }""",
        SUBTITLES,
    )
    for name in ("one", "two"):
        expect(page.get_by_role("link", name=name)).to_be_visible()


def test_shortcuts_lead_to_the_search_and_to_the_newest_transcript(
    visitor: Visitor, server: ServerProcess
) -> None:
    page = visitor.open(f"{server.url}#/search", ready=False)
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    wait_ready(page)
    script = "(text) => earwitness.import(new File([text], 'talk.srt')).then(({ id }) => id)"
    id_ = page.evaluate(script, SUBTITLES)
    page.goto("about:blank")
    page.goto(f"{server.url}#/newest")
    expect(page.get_by_text("The harbour was quiet.")).to_be_visible()
    expect(page).to_have_url(f"{server.url}#/t/{id_}")


SHARE_FORM = """([address, text]) => {
  const form = document.createElement('form');
  Object.assign(form, { method: 'POST', enctype: 'multipart/form-data', action: address });
  const input = Object.assign(document.createElement('input'), { type: 'file', name: 'files' });
  const files = new DataTransfer();
  files.items.add(new File([text], 'talk.srt'));
  input.files = files.files;
  form.append(input);
  document.body.append(form);
  form.submit();
}"""
SHARED_BY = """async ([address, site, text]) => {
  const body = new FormData();
  body.append('files', new File([text], 'talk.srt'));
  const request = new Request(address, { method: 'POST', body });
  const headers = new Headers(request.headers);
  if (site) headers.set('Sec-Fetch-Site', site);
  Object.defineProperty(request, 'headers', { value: headers });
  const event = new FetchEvent('fetch', { request });
  let answer;
  event.respondWith = (response) => { answer = response; };
  self.dispatchEvent(event);
  const { status, headers: sent } = await answer;
  return [status, sent.get('Location')];
}"""
"""In the service worker: no page can name the site that a request comes from."""


def service_worker(visitor: Visitor, page: Page) -> Worker:
    """The service worker in charge of the page."""
    wait_until(page, CONTROLLED)
    return visitor.context.service_workers[0]


@pytest.mark.parametrize("from_site", ["none", "cross-site", "same-site", "same-origin", ""])
def test_files_are_added_at_once_only_if_the_system_shares_them(
    visitor: Visitor, server: ServerProcess, from_site: str
) -> None:
    page = visitor.open(server.url, ready=False)
    worker = service_worker(visitor, page)
    answer = worker.evaluate(SHARED_BY, [f"{server.url}share-target", from_site, SUBTITLES])
    assert answer == [303, f"{server.url}#/shared"]
    page.goto("about:blank")
    page.goto(answer[1])
    question = page.get_by_role("dialog", name="Add?")
    if from_site != "none":
        expect(question).to_contain_text("talk.srt")
        assert stored(page) == 1
        question.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("The harbour was quiet.")).to_be_visible()
    expect(question).to_have_count(0)
    wait_until(page, f"async () => await ({STORED})() === 0")


STORED = """async () => {
  const database = await new Promise((resolve) => {
    const opening = indexedDB.open('earwitness-shared');
    opening.onsuccess = () => resolve(opening.result);
  });
  const table = database.transaction('files').objectStore('files');
  return new Promise((resolve) => {
    table.count().onsuccess = ({ target }) => { database.close(); resolve(target.result); };
  });
}"""


def stored(page: Page) -> int:
    """Shared files that the page has not taken yet."""
    return page.evaluate(STORED)


def test_files_that_another_site_posts_can_be_discarded(
    visitor: Visitor, server: ServerProcess, plain_host: StaticSite
) -> None:
    page = visitor.open(server.url)
    wait_until(page, CONTROLLED)
    for _ in range(2):
        page.goto(f"{plain_host.url}licences.txt")
        with page.expect_navigation(url=f"{server.url}**"):
            page.evaluate(SHARE_FORM, [f"{server.url}share-target", SUBTITLES])
    assert stored(page) == 1, "only the latest stays"
    page.get_by_role("dialog", name="Add?").get_by_role("button", name="Discard").click()
    wait_until(page, f"async () => await ({STORED})() === 0")
    wait_ready(page)
    assert page.evaluate("() => earwitness.list()") == []


def test_share_without_a_service_worker_is_answered_with_the_page(
    visitor: Visitor, server: ServerProcess
) -> None:
    visitor.expect_errors("favicon.ico")
    page = visitor.context.new_page()
    page.goto(f"{server.url}licences.txt")
    with page.expect_navigation():
        page.evaluate(SHARE_FORM, [f"{server.url}share-target", SUBTITLES])
    expect(page.get_by_text("share them again")).to_be_visible()
    expect(page).to_have_url(server.url)
    wait_until(page, CONTROLLED)
    with page.expect_navigation():
        page.evaluate(SHARE_FORM, [f"{server.url}share-target", SUBTITLES])
    expect(page.get_by_role("dialog", name="Add?")).to_contain_text("talk.srt")


def test_share_without_files_asks_to_share_again(visitor: Visitor, server: ServerProcess) -> None:
    page = visitor.open(server.url, ready=False)
    worker = service_worker(visitor, page)
    post: Any = """async (address) => {
      const event = new FetchEvent('fetch', {
        request: new Request(address, { method: 'POST', body: 'no form' }) });
      let answer;
      event.respondWith = (response) => { answer = response; };
      self.dispatchEvent(event);
      return (await answer).headers.get('Location');
    }"""
    address = worker.evaluate(post, f"{server.url}share-target")
    assert address == f"{server.url}share-target"
    page.goto(address)
    expect(page.get_by_text("share them again")).to_be_visible()
    expect(row(page, "talk")).to_have_count(0)
