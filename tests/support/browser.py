"""A real Chromium with the built page, failing on every console error that a test did not name."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect

from tests.support.waiting import LIMIT_S

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
GONE_FILE = "ERR_FILE_NOT_FOUND"
LEAVING_S = 3.0
"""Around the end of a page, in which its files may be gone before it."""
LOOK_S = 0.1
"""Time between two questions to the page."""

# Everything that happens at all happens within the limit; five seconds are Playwright's own.
expect.set_options(timeout=LIMIT_S * 1000)


def chromium() -> str:
    """The browser's path."""
    return os.environ.get("EARWITNESS_CHROMIUM") or "/usr/bin/chromium"


class Visitor:
    """A person with a browser profile of their own. Console errors are collected."""

    def __init__(self, browser: Browser, *, profile: Path | None = None, **options: Any) -> None:
        options = {"viewport": {"width": 1280, "height": 860}} | options
        self.context: BrowserContext = (
            browser.new_context(**options)
            if profile is None
            else browser.browser_type.launch_persistent_context(
                profile, executable_path=chromium(), args=CHROMIUM_FLAGS, **options
            )
        )
        self.context.set_default_timeout(LIMIT_S * 1000)
        self.errors: list[str] = []
        self.expected: tuple[str, ...] = ()
        self._gone_files: list[tuple[float, Page, str]] = []
        self._left: dict[Page, list[float]] = {}
        self.context.on("page", self._on_page)
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            error = f"{message.text} ({message.location.get('url', '')})"
            if GONE_FILE in message.text and message.page is not None:
                self._gone_files.append((time.monotonic(), message.page, error))
            else:
                self.errors.append(error)

    def _on_page(self, page: Page) -> None:
        def left(_: object) -> None:
            self._left.setdefault(page, []).append(time.monotonic())

        page.on("close", left)
        page.on("domcontentloaded", left)

    def _missing_files(self) -> list[str]:
        """Files that were missing while their page was there.

        A browser that takes a page away takes the addresses of its files away as well, and tells of
        a player that was reading just then.
        """
        return [
            error
            for told_s, page, error in self._gone_files
            if not any(abs(left_s - told_s) < LEAVING_S for left_s in self._left.get(page, []))
        ]

    def expect_errors(self, *parts: str) -> None:
        """Errors that hold one of these are part of this test."""
        self.expected += parts

    def open(self, url: str, *, ready: bool = True) -> Page:
        """Open the page; wait until Python is up unless told otherwise."""
        page = self.context.new_page()
        page.goto(url)
        if ready:
            wait_ready(page)
        return page

    def forget(self, origin: str) -> None:
        """Close every page and empty the library; what the browser keeps of the page stays.

        Recordings without a library are deleted by the page when it starts.
        """
        for page in self.context.pages:
            page.close()
        blank = self.context.new_page()
        kinds = {"origin": origin, "storageTypes": "indexeddb,local_storage"}
        self.context.new_cdp_session(blank).send("Storage.clearDataForOrigin", kinds)
        blank.close()
        self.errors.clear()
        self._gone_files.clear()
        self.expected = ()

    def unexpected(self) -> list[str]:
        """Console errors that the test did not announce."""
        errors = [*self.errors, *self._missing_files()]
        return [error for error in errors if not any(part in error for part in self.expected)]


class HeldRequests:
    """Requests of a context that are answered only when the test says so.

    A service worker's own requests pass: use a visitor without service workers.
    """

    def __init__(self, context: BrowserContext, pattern: str) -> None:
        self._context = context
        self._pattern = pattern
        self._routes: list[Route] = []
        context.route(pattern, self._hold)

    def release(self) -> None:
        """Send these requests, and hold no others."""
        self._context.unroute(self._pattern)
        for route in self._routes:
            route.continue_()
        self._routes.clear()

    def _hold(self, route: Route) -> None:
        self._routes.append(route)


@contextmanager
def visiting(browser: Browser, **options: Any) -> Iterator[Visitor]:
    """A visitor with an empty profile; fails on console errors that were not announced."""
    visitor = Visitor(browser, **options)
    try:
        yield visitor
        errors = visitor.unexpected()
        assert not errors, f"the console told of {errors}"
    finally:
        visitor.context.close()


def wait_ready(page: Page) -> None:
    """Wait for `earwitness.ready`."""
    page.wait_for_function("() => window.earwitness !== undefined")
    page.evaluate("() => window.earwitness.ready")


def resize(page: Page, width: int, height: int) -> None:
    """Give the window that size, and wait until the page is laid out for it.

    A browser that stands for a phone answers before the page has its new size.
    """
    page.set_viewport_size({"width": width, "height": height})
    wait_until(
        page,
        """async (query) => {
          if (!matchMedia(query).matches) return false;
          await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
          return matchMedia(query).matches;
        }""",
        f"(width: {width}px) and (height: {height}px)",
    )


def wait_until(page: Page, script: str, argument: Any = None) -> Any:
    """Ask the page again and again, until an (async) function of it answers something true."""
    deadline_s = time.monotonic() + LIMIT_S
    while not (answer := page.evaluate(script, argument)):
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"still not true after {LIMIT_S:.0f} s: {script}")
        page.wait_for_timeout(LOOK_S * 1000)
    return answer
