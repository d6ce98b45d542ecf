"""The built page in a real Chromium: served by the real server, failing on any console error."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tooling.environment import environment

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
WORK_S = 240.0
"""The longest any single piece of work may take on a slow, busy machine."""


@dataclass
class Server:
    """The real server, serving `dist/`; it can be stopped and started on the same port."""

    dist: Path = DIST
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    plain: bool = False
    """Any static host, one that sends none of our headers: Python's own."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        self.port = self.port or free_port()
        if self.plain:
            command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]
            command += ["--directory", str(self.dist), str(self.port)]
        else:
            command = [sys.executable, "-m", "earwitness_server", "--port", str(self.port)]
            command += ["--dist", str(self.dist)]
        with (ROOT / "build" / "test-server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=ROOT, env=environment()
            )
        try:
            wait_for_http(self.url if self.plain else self.url + "healthz")
        except OSError:
            self.stop()
            raise

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for_http(url: str, patience_s: float = 60.0) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + patience_s
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for all tests that only read from it."""
    if not (DIST / "index.html").is_file():
        pytest.fail("dist/ is missing. Run: python3 build.py build")
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that the test may stop."""
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def plain_host() -> Iterator[Server]:
    """A static host that sends no headers of ours."""
    running = Server(plain=True)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)


def chromium() -> str:
    """The browser's path."""
    return os.environ.get("EARWITNESS_CHROMIUM") or "/usr/bin/chromium"


class Visitor:
    """A person with a browser profile of their own. Console errors are collected and fail the test.

    `expect_errors` names substrings of errors that the test provokes on purpose.
    """

    def __init__(self, browser: Browser, *, profile: Path | None = None, **options: Any) -> None:
        options = {"viewport": {"width": 1280, "height": 860}} | options
        self.context: BrowserContext = (
            browser.new_context(**options)
            if profile is None
            else browser.browser_type.launch_persistent_context(
                profile, executable_path=chromium(), args=CHROMIUM_FLAGS, **options
            )
        )
        self.errors: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def expect_errors(self, *parts: str) -> None:
        """Errors holding one of these are part of this test."""
        self.expected += parts

    def open(self, url: str, *, ready: bool = True) -> Page:
        """Open the page; wait until Python is up unless told otherwise."""
        page = self.context.new_page()
        page.set_default_timeout(WORK_S * 1000)
        page.goto(url)
        if ready:
            wait_ready(page)
        return page

    def unexpected(self) -> list[str]:
        """Console errors the test did not announce."""
        return [e for e in self.errors if not any(part in e for part in self.expected)]


def wait_ready(page: Page) -> None:
    """Wait for `earwitness.ready`."""
    page.wait_for_function("() => window.earwitness !== undefined")
    page.evaluate("() => window.earwitness.ready")


def wait_until(page: Page, script: str, argument: Any = None) -> Any:
    """Ask the page again and again, until an (async) function of it answers something true."""
    end = time.monotonic() + WORK_S
    while not (answer := page.evaluate(script, argument)):
        if time.monotonic() > end:
            raise TimeoutError(f"still not true after {WORK_S:.0f} s: {script}")
        page.wait_for_timeout(250)
    return answer


@contextmanager
def visiting(browser: Browser, **options: Any) -> Iterator[Visitor]:
    """A visitor for one test; fails it on unannounced console errors."""
    visitor = Visitor(browser, **options)
    try:
        yield visitor
        assert visitor.unexpected() == []
    finally:
        visitor.context.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """A new visitor with an empty profile."""
    with visiting(browser) as person:
        yield person


@pytest.fixture
def lasting_visitor(browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """A new visitor whose profile is on the disk: a private one may grow past its quota."""
    with visiting(browser, profile=tmp_path) as person:
        yield person


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is a browser test, and those come last.

    Playwright keeps an event loop running in this thread, and no test after it could start one.
    """
    folder = Path(__file__).parent

    def in_browser(item: pytest.Item) -> bool:
        return item.path.is_relative_to(folder)

    for item in filter(in_browser, items):
        item.add_marker(pytest.mark.browser)
    items.sort(key=in_browser)
