"""The platform's modules alone in a real worker, on a site whose faults a test can choose."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Worker

from tests.support.browser import ROOT
from tests.support.static_site import StaticSite
from tests.support.waiting import LIMIT_S
from tooling.environment import node


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled modules and the speech corpus."""
    folder = tmp_path_factory.mktemp("site")
    esbuild = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
    entry = Path(__file__).with_name("modules.js")
    options = ["--bundle", "--format=esm", "--log-level=warning", f"--outfile={folder}/modules.js"]
    subprocess.run([node(), esbuild, entry, *options], check=True, cwd=ROOT)
    start = "new Worker('modules.js', {type: 'module'})"
    (folder / "start.js").write_text(start)
    page = '<!doctype html><title>modules</title><script type="module" src="start.js"></script>'
    (folder / "index.html").write_text(page)
    shutil.copytree(ROOT / "tests" / "corpus", folder / "corpus")
    shutil.copy(ROOT / "web" / "vendor" / "ffmpeg-audio" / "ffmpeg-audio.wasm", folder)
    return folder


@pytest.fixture
def site(site_folder: Path) -> Iterator[StaticSite]:
    """A site of the test's own, without faults yet."""
    site = StaticSite(site_folder)
    yield site
    site.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """An empty browser profile."""
    profile = browser.new_context()
    profile.set_default_timeout(LIMIT_S * 1000)
    yield profile
    profile.close()


@pytest.fixture
def limit_storage(context: BrowserContext, site: StaticSite) -> Iterator[Callable[[int], None]]:
    """Set the origin's quota. The browser remembers an older one for a while, so do it first."""
    page = context.new_page()
    page.goto(f"{site.url}corpus/clips.json")
    session = context.new_cdp_session(page)

    def limit(quota_bytes: int) -> None:
        quota = {"origin": site.origin, "quotaSize": quota_bytes}
        session.send("Storage.overrideQuotaForOrigin", quota)

    yield limit
    session.detach()


@pytest.fixture
def open_worker(context: BrowserContext, site: StaticSite) -> Callable[[], Worker]:
    """Open one more page of the site; returns its worker once its modules are loaded."""

    def open_() -> Worker:
        page = context.new_page()
        with page.expect_worker() as started:
            page.goto(site.url)
        loaded = "async () => { while (!globalThis.hear) await new Promise(r => setTimeout(r, 9)) }"
        started.value.evaluate(loaded)
        return started.value

    return open_


@pytest.fixture
def worker(open_worker: Callable[[], Worker]) -> Worker:
    """The modules, on an empty profile."""
    return open_worker()
