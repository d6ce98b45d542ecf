"""The service worker on a small site: two tiers of the cache, isolation, updates."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.support.waiting import wait_for
from tooling.environment import node

ROOT = Path(__file__).resolve().parents[3]
PAGE = "<!doctype html><title>{}</title>"
HEAVY = "vendor/engine-1.bin"


def publish(site: Any, version: str, *, heavy_bytes: int | None = None) -> None:
    """Put a build of the small site, its service worker made from the real source."""
    index = PAGE.format(version).encode()
    site.put("index.html", index)
    site.put(f"assets/main-{version}.js", b"export const version = 1;")
    heavy = b"engine" * 1000
    site.put(HEAVY, heavy)
    site.put("models/catalogue.json", b'{"models": []}')
    site.put("models/m/weights.onnx", b"weights")

    def entry(url: str, revision: str | None, size: int) -> dict[str, Any]:
        return {"url": url, "revision": revision, "bytes": size}

    precache = {
        "id": version,
        "shell": [
            entry("index.html", hashlib.sha256(index).hexdigest()[:12], len(index)),
            entry(f"assets/main-{version}.js", None, 25),
        ],
        "heavy": [entry(HEAVY, None, len(heavy) if heavy_bytes is None else heavy_bytes)],
        "rare": [],
    }
    esbuild = ROOT / "node_modules" / "esbuild" / "bin" / "esbuild"
    command = [node(), esbuild, ROOT / "web" / "service-worker.js", "--bundle", "--format=iife"]
    command += [f"--define:__PRECACHE__={json.dumps(precache)}", "--log-level=warning"]
    built = subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout
    site.put("service-worker.js", built)


@pytest.fixture
def site_folder(tmp_path: Path) -> Path:
    """The site's folder, empty at first."""
    return tmp_path


@pytest.fixture
def open_site(site: Any, context: BrowserContext) -> Callable[[], Page]:
    """Visit whatever is published and wait for its service worker."""

    def open_() -> Page:
        visit = context.new_page()
        visit.goto(site.url)
        visit.evaluate("""async () => {
            await navigator.serviceWorker.register('service-worker.js');
            await navigator.serviceWorker.ready;
            while (!navigator.serviceWorker.controller) {
                await new Promise((resolve) => setTimeout(resolve, 20));
            }
        }""")
        return visit

    return open_


@pytest.fixture
def page(site: Any, open_site: Callable[[], Page]) -> Page:
    """A visit to version `one` on a host without isolation headers, with its worker in charge."""
    site.isolating = False
    publish(site, "one")
    return open_site()


def keep_offline(page: Page) -> dict[str, Any]:
    """Ask for the second tier; returns the worker's answer."""
    return page.evaluate("""async () => {
        const answer = new Promise((resolve) => {
            navigator.serviceWorker.addEventListener('message', ({ data }) => resolve(data));
        });
        navigator.serviceWorker.startMessages();
        (await navigator.serviceWorker.ready).active.postMessage({ type: 'keep-offline' });
        return answer;
    }""")


def fetch(page: Page, path: str) -> Any:
    """Size of what a fetch brings; None where it fails."""
    return page.evaluate(
        """async (path) => {
            try {
                const response = await fetch(path);
                return response.ok ? (await response.arrayBuffer()).byteLength : null;
            } catch {
                return null;
            }
        }""",
        path,
    )


def test_shell_is_cached_at_install_and_heavy_files_on_request(page: Page, site: Any) -> None:
    assert site.ranges(f"/{HEAVY}") == []
    assert keep_offline(page) == {"type": "offline-ready", "fresh": True}
    assert keep_offline(page) == {"type": "offline-ready", "fresh": False}
    site.gone = True
    page.reload()
    assert page.title() == "one"
    assert fetch(page, "assets/main-one.js?role=engine") == 25
    assert fetch(page, HEAVY) == 6000
    assert fetch(page, "models/catalogue.json") is None


def test_any_path_shows_the_app_without_a_connection(page: Page, site: Any) -> None:
    site.gone = True
    page.goto(f"{site.url}somewhere/else")
    assert page.title() == "one"


def test_host_without_headers_is_isolated_from_the_second_load_on(page: Page) -> None:
    assert page.evaluate("crossOriginIsolated") is False
    page.reload()
    assert page.evaluate("crossOriginIsolated") is True


def test_models_are_not_cached_but_their_catalogue_is(page: Page, site: Any) -> None:
    # Long unchanged, without Cache-Control: browsers take such a file from their cache for weeks.
    os.utime(site.folder / "models/catalogue.json", (0, 0))
    assert fetch(page, "models/m/weights.onnx") == 7
    size = fetch(page, "models/catalogue.json")
    site.put("models/catalogue.json", b'{"models": [], "default": "base"}')
    assert fetch(page, "models/catalogue.json") != size, "the newest list wins"
    site.gone = True
    assert fetch(page, "models/m/weights.onnx") is None
    assert fetch(page, "models/catalogue.json") == 33


def run_build(page: Page, version: str) -> None:
    """Announce the tab's build, as the real page does as long as it is open."""
    page.evaluate(
        """(path) => new Promise((held) => {
            const address = new URL(path, location.href).href;
            navigator.locks.request(`earwitness-build ${address}`, { mode: 'shared' }, () => {
                held();
                return new Promise(() => {});
            });
        })""",
        f"assets/main-{version}.js",
    )


def find_update(page: Page) -> None:
    """Look for a new version and wait until it is installed."""
    page.evaluate("""async () => {
        const registration = await navigator.serviceWorker.ready;
        await registration.update();
        while (!registration.waiting) await new Promise((resolve) => setTimeout(resolve, 20));
    }""")


def activate(page: Page) -> None:
    """Let the version that waits take over."""
    page.evaluate("""async () => {
        const changed = new Promise((resolve) => {
            navigator.serviceWorker.addEventListener('controllerchange', resolve);
        });
        (await navigator.serviceWorker.ready).waiting.postMessage({ type: 'activate' });
        await changed;
    }""")


def kept(page: Page) -> list[str]:
    """Paths of the cached files that are named by their content."""
    return page.evaluate("""async () => {
        const keys = await (await caches.open('earwitness-static')).keys();
        return keys.map((request) => new URL(request.url).pathname);
    }""")


def test_new_version_waits_until_the_page_activates_it(page: Page, site: Any) -> None:
    publish(site, "two")
    page.reload()
    find_update(page)
    page.reload()
    assert page.title() == "one"
    activate(page)
    page.reload()
    assert page.title() == "two"
    run_build(page, "two")
    keep_offline(page)
    names = page.evaluate("async () => (await caches.keys()).filter((n) => n.includes('shell'))")
    assert len(names) == 1
    assert "/assets/main-one.js" not in kept(page)
    assert "/assets/main-two.js" in kept(page)


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "from-0.1.0"])
def test_files_of_an_old_version_stay_until_its_last_tab_closes(
    page: Page, site: Any, open_site: Callable[[], Page], announced: bool
) -> None:
    other = open_site()
    if announced:
        run_build(other, "one")
    publish(site, "two")
    (site.folder / "assets/main-one.js").unlink()
    find_update(page)
    activate(page)
    page.reload()
    run_build(page, "two")
    keep_offline(page)
    assert fetch(other, "assets/main-one.js?role=engine") == 25
    assert "/assets/main-two.js" in kept(page)
    other.close()

    def deleted() -> bool:
        keep_offline(page)
        return "/assets/main-one.js" not in kept(page)

    wait_for(deleted, "the deletion of the old version's files")
    assert "/assets/main-two.js" in kept(page)


def test_file_of_the_wrong_size_is_not_cached(site: Any, open_site: Callable[[], Page]) -> None:
    publish(site, "one", heavy_bytes=7)
    page = open_site()
    assert fetch(page, HEAVY) == 6000, "the network's answer is still handed on"
    kept = page.evaluate(
        """async (path) => {
        const cache = await caches.open('earwitness-static');
        return Boolean(await cache.match(new URL(path, location.href).href));
    }""",
        HEAVY,
    )
    assert kept is False
