"""The built page in a real Chromium, served by the real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import CHROMIUM_FLAGS, DIST, Visitor, chromium, visiting
from tests.support.server_process import ServerProcess
from tests.support.static_site import StaticSite


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all tests that only read from it."""
    if not (DIST / "index.html").is_file():
        pytest.fail("dist/ is missing. Run: python3 build.py build")
    running = ServerProcess(tmp_path_factory.mktemp("server"), dist=DIST)
    yield running.start()
    running.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server that the test may stop."""
    running = ServerProcess(tmp_path / "own-server", dist=DIST)
    yield running.start()
    running.close()


@pytest.fixture(scope="session")
def plain_host() -> Iterator[StaticSite]:
    """A static host that sends no headers of ours."""
    site = StaticSite(DIST, isolating=False)
    yield site
    site.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """A new visitor with an empty profile."""
    with visiting(browser) as person:
        yield person


@pytest.fixture(scope="session")
def _kept(browser: Browser) -> Iterator[Visitor]:
    """The profile of every returning visitor."""
    with visiting(browser) as person:
        yield person


@pytest.fixture
def returning_visitor(_kept: Visitor, server: ServerProcess) -> Iterator[Visitor]:
    """A visitor with an empty library whose browser has kept the page and the models."""
    _kept.forget(server.origin)
    yield _kept
    errors = _kept.unexpected()
    _kept.forget(server.origin)
    assert errors == []


@pytest.fixture
def lasting_visitor(browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """A new visitor whose profile is on the disk: a private one may grow past its quota."""
    with visiting(browser, profile=tmp_path / "profile") as person:
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
