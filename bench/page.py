"""Earwitness as a visitor meets it: the built page, the real server, a Chromium of its own."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

from bench.heard import Heard, HeardWord
from bench.paths import DIST, WORK, chromium, page_fingerprint
from tests.browser.conftest import CHROMIUM_FLAGS, Server, wait_ready

PATIENCE_S = 6 * 3600.0
"""Three hours of audio on a busy machine are slow; a hang is found by what watches progress."""

_ADD_INPUT = """() => {
  const input = document.createElement('input');
  input.type = 'file';
  input.id = 'bench-file';
  document.body.append(input);
}"""
_TRANSCRIBE = """async (options) => {
  const [file] = document.querySelector('#bench-file').files;
  const began = performance.now();
  const transcript = await globalThis.earwitness.transcribe(file, options);
  return { transcript, took_s: (performance.now() - began) / 1000 };
}"""
_START = """(options) => {
  const [file] = document.querySelector('#bench-file').files;
  const job = { state: 'queued', position_s: 0, transcript: null, error: null };
  globalThis.benchJob = job;
  const onprogress = ({ state, position_s }) => Object.assign(job, { state, position_s });
  globalThis.earwitness.transcribe(file, { ...options, onprogress }).then(
    (transcript) => { job.transcript = transcript; },
    ({ name, message, hint, detail }) => { job.error = { name, message, hint, detail }; });
}"""
_LOOK = """() => {
  const { transcript, ...job } = globalThis.benchJob;
  return { ...job, finished: Boolean(transcript || job.error) };
}"""
_THREADS = """async (threads) => {
  const select = [...document.querySelectorAll('dialog select')].find(
    (each) => each.labels[0]?.textContent.includes('Threads'));
  select.value = String(threads);
  select.dispatchEvent(new Event('change', { bubbles: true }));
}"""


@contextmanager
def playing() -> Iterator[Playwright]:
    """Playwright's driver."""
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def serving(dist: Path = DIST) -> Iterator[Server]:
    """The real server over a built page."""
    server = Server(dist=dist)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Tab:
    """One tab of a browser with a profile on disk, as a visitor has."""

    def __init__(
        self,
        playwright: Playwright,
        url: str,
        profile: Path | None = None,
        before_page: str = "",
    ) -> None:
        """`before_page`: a script that runs in every document before the page's own."""
        (WORK / "profiles").mkdir(parents=True, exist_ok=True)
        self._own = profile is None
        self.profile = profile or Path(tempfile.mkdtemp(dir=WORK / "profiles"))
        self.url = url
        self.errors: list[str] = []
        self.context: BrowserContext = playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=chromium(), args=CHROMIUM_FLAGS
        )
        if before_page:
            self.context.add_init_script(before_page)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page: Page = self.context.pages[0]
        self.page.set_default_timeout(PATIENCE_S * 1000)

    def open(self) -> None:
        """Open the page and wait for Python."""
        self.page.goto(self.url)
        wait_ready(self.page)

    def set_threads(self, threads: int) -> None:
        """Through the settings, before the engine starts."""
        self.page.get_by_role("button", name="Settings").first.click()
        self.page.wait_for_selector("dialog select", state="attached")
        self.page.evaluate(_THREADS, threads)
        self.page.wait_for_timeout(300)
        self.page.keyboard.press("Escape")

    def give(self, path: Path) -> None:
        """Put a file where `transcribe` below takes it from."""
        if not self.page.query_selector("#bench-file"):
            self.page.evaluate(_ADD_INPUT)
        self.page.set_input_files("#bench-file", str(path))

    def transcribe(self, path: Path, **options: Any) -> dict[str, Any]:
        """`{transcript, took_s}`: from the call of the script interface to the saved result.

        Raises:
            playwright.sync_api.Error: the page refused the file; the message says why.
        """
        self.give(path)
        return self.page.evaluate(_TRANSCRIBE, options)

    def start(self, path: Path, **options: Any) -> None:
        """Begin a transcription; `look` tells how far it is."""
        self.give(path)
        self.page.evaluate(_START, options)

    def look(self) -> dict[str, Any]:
        """`{state, position_s, error, finished}` of what `start` began."""
        return self.page.evaluate(_LOOK)

    def result(self) -> dict[str, Any] | None:
        """The transcript of what `start` began, None when it failed."""
        return self.page.evaluate("() => globalThis.benchJob.transcript")

    def forget(self, transcript_id: str) -> None:
        """Move a transcript to the bin."""
        self.page.evaluate("(id) => globalThis.earwitness.remove(id)", transcript_id)

    def status(self) -> dict[str, Any]:
        """`earwitness.status()`."""
        return self.page.evaluate("() => globalThis.earwitness.status()")

    def close(self) -> None:
        """End the browser; a profile made here is deleted."""
        self.context.close()
        if self._own:
            shutil.rmtree(self.profile, ignore_errors=True)


class PageEngine:
    """The page as one of the engines that are compared."""

    def __init__(self, tab: Tab, model: str, words: bool = True) -> None:
        self.name = f"page-{model}"
        self.fingerprint = page_fingerprint()
        self._tab = tab
        self._options = {"model": model, "words": words, "language": "auto"}

    def hear(self, path: Path, clip: str) -> Heard:
        """Transcribe through the script interface."""
        began = time.monotonic()
        try:
            answer = self._tab.transcribe(path, **self._options)
        except Error as error:
            if "MediaError" not in error.message:
                raise  # Only a file may be refused; anything else is a defect.
            took_s = time.monotonic() - began
            return Heard(clip, "", "", (), (), took_s, refused=error.message)
        transcript, took_s = answer["transcript"], answer["took_s"]
        self._tab.forget(transcript["id"])
        return from_transcript(transcript, clip, took_s)


def from_transcript(transcript: dict[str, Any], clip: str, took_s: float) -> Heard:
    """From the shapes of `earwitness.transcript`."""
    segments = transcript["segments"]
    return Heard(
        clip=clip,
        text=" ".join(segment["text"].strip() for segment in segments),
        language=transcript["language"] or "",
        segments=tuple((segment["start_s"], segment["end_s"]) for segment in segments),
        words=tuple(
            HeardWord(word["text"].strip(), word["start_s"], word["end_s"])
            for segment in segments
            for word in segment["words"]
        ),
        took_s=took_s,
    )
