"""Take the pictures of docs/images: the sample open in the built page, at three widths."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.page import page_server, playwright_driver
from bench.report import say
from tests.support.browser import CHROMIUM_FLAGS, chromium, resize, visiting
from tests.support.page_actions import transcribe

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
CORPUS = ROOT / "tests" / "corpus"
RECORDINGS = {
    "Conference call, first day.flac": "en-instructions.flac",
    "Echo test.wav": "en-echotest.wav",
    "Greeting.flac": "en-congratulations.flac",
}
SIZES = {"wide": (1440, 900), "tablet": (768, 900), "phone": (360, 740)}
SEARCHED = "the"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `bench pictures`."""
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder (default docs/images)")


def run(arguments: argparse.Namespace) -> int:
    """Write the pictures. Returns 0."""
    with page_server() as server, playwright_driver() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        for scheme in ("light", "dark"):
            _take(browser, server.url, scheme, arguments.out)
        browser.close()
    return 0


def _take(browser: Browser, url: str, scheme: str, out: Path) -> None:
    with visiting(browser, color_scheme=scheme) as person:
        page = person.open(url)
        with tempfile.TemporaryDirectory(prefix="earwitness-pictures-") as folder:
            for name, clip in RECORDINGS.items():
                copy = Path(shutil.copy(CORPUS / clip, Path(folder) / name))
                transcribe(page, copy, model="tiny.en")
        page.get_by_role("link", name="Earwitness", exact=True).first.click()
        page.get_by_role("button", name="Try the sample").click()
        page.locator(".said").first.wait_for()
        page.locator(".player ew-timeline").wait_for()
        for size, (width, height) in SIZES.items():
            resize(page, width, height)
            _save(page, out / f"{size}-{scheme}.png")
        if scheme == "light":
            resize(page, *SIZES["wide"])
            page.get_by_role("searchbox", name="Search").fill(SEARCHED)
            page.locator("a.hit").first.wait_for()
            _save(page, out / "search.png")
            page.get_by_role("searchbox", name="Search").fill("")
            page.get_by_role("button", name="Settings").click()
            page.get_by_role("dialog").wait_for()
            _save(page, out / "settings.png")


def _save(page: Page, path: Path) -> None:
    page.evaluate("() => Promise.all(document.getAnimations().map((each) => each.finished))")
    page.screenshot(path=path)
    say(f"{path.name}")
