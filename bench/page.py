"""The built page on a real server in its own Chromium, driven through `window.earwitness`."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

from bench.paths import DIST, WORK, page_fingerprint
from bench.results import Result, ResultWord
from tests.support.browser import CHROMIUM_FLAGS, chromium, wait_ready
from tests.support.server_process import ServerProcess

TIMEOUT_S = 6 * 3600.0
"""For three hours of audio on a busy machine. A hang is found by the lack of progress."""

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
_PROGRESS = """() => {
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
def playwright_driver() -> Iterator[Playwright]:
    """Run Playwright's driver."""
    with sync_playwright() as playwright:
        yield playwright


@contextmanager
def page_server(dist: Path = DIST, models: Path | None = None) -> Iterator[ServerProcess]:
    """Run the real server with a built page, on a data folder that is deleted at the end.

    With a folder of `models` the server transcribes too.
    """
    options = ["--models", str(models)] if models else []
    with tempfile.TemporaryDirectory(prefix="earwitness-bench-") as folder:
        server = ServerProcess(Path(folder), *options, dist=dist)
        try:
            yield server.start()
        finally:
            server.close()


class Tab:
    """One tab of a browser with a profile on disk."""

    def __init__(
        self,
        playwright: Playwright,
        url: str,
        profile: Path | None = None,
        before_page: str = "",
    ) -> None:
        """Start the browser. `before_page` is a script that runs before the page's own scripts."""
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
        self.page.set_default_timeout(TIMEOUT_S * 1000)

    def open(self) -> None:
        """Open the page and wait until Python is ready."""
        self.page.goto(self.url)
        wait_ready(self.page)

    def set_threads(self, threads: int) -> None:
        """Set the number of threads in the settings. Call it before the engine starts."""
        self.page.get_by_role("button", name="Settings").first.click()
        self.page.wait_for_selector("dialog select", state="attached")
        self.page.evaluate(_THREADS, threads)
        self.page.wait_for_timeout(300)
        self.page.keyboard.press("Escape")

    def set_file(self, path: Path) -> None:
        """Put a file into the input that `transcribe` and `start` read."""
        if not self.page.query_selector("#bench-file"):
            self.page.evaluate(_ADD_INPUT)
        self.page.set_input_files("#bench-file", str(path))

    def transcribe(self, path: Path, **options: Any) -> dict[str, Any]:
        """Transcribe a file; returns `{transcript, took_s}`, timed until the result is saved.

        Raises:
            playwright.sync_api.Error: the page refused the file; the message has the reason.
        """
        self.set_file(path)
        return self.page.evaluate(_TRANSCRIBE, options)

    def start(self, path: Path, **options: Any) -> None:
        """Start a transcription that `progress` and `result` report on."""
        self.set_file(path)
        self.page.evaluate(_START, options)

    def progress(self) -> dict[str, Any]:
        """Return `{state, position_s, error, finished}` of the started transcription."""
        return self.page.evaluate(_PROGRESS)

    def result(self) -> dict[str, Any] | None:
        """Return the transcript of the started transcription, None if it failed."""
        return self.page.evaluate("() => globalThis.benchJob.transcript")

    def remove(self, transcript_id: str) -> None:
        """Move a transcript to the bin."""
        self.page.evaluate("(id) => globalThis.earwitness.remove(id)", transcript_id)

    def status(self) -> dict[str, Any]:
        """Return `earwitness.status()`."""
        return self.page.evaluate("() => globalThis.earwitness.status()")

    def close(self) -> None:
        """Close the browser and delete the profile, unless the caller named one."""
        self.context.close()
        if self._own:
            shutil.rmtree(self.profile, ignore_errors=True)


class PageEngine:
    """The page as an engine to compare."""

    def __init__(self, tab: Tab, model: str, words: bool = True) -> None:
        self.name = f"page-{model}"
        self.fingerprint = page_fingerprint()
        self._tab = tab
        self._options = {"model": model, "words": words, "language": "auto"}

    def transcribe(self, path: Path, clip: str) -> Result:
        """Transcribe through `window.earwitness`."""
        began = time.monotonic()
        try:
            answer = self._tab.transcribe(path, **self._options)
        except Error as error:
            if "MediaError" not in error.message:
                raise  # A refused file is a result. Any other error is a defect.
            took_s = time.monotonic() - began
            return Result(clip, "", "", (), (), took_s, refused=error.message)
        transcript, took_s = answer["transcript"], answer["took_s"]
        self._tab.remove(transcript["id"])
        return from_transcript(transcript, clip, took_s)


def from_transcript(transcript: dict[str, Any], clip: str, took_s: float) -> Result:
    """Convert a transcript in the shape of `earwitness.transcript`."""
    segments = transcript["segments"]
    return Result(
        clip=clip,
        text=" ".join(segment["text"].strip() for segment in segments),
        language=transcript["language"] or "",
        segments=tuple((segment["start_s"], segment["end_s"]) for segment in segments),
        words=tuple(
            ResultWord(word["text"].strip(), word["start_s"], word["end_s"])
            for segment in segments
            for word in segment["words"]
        ),
        took_s=took_s,
    )
