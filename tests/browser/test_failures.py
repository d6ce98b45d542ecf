"""Failures of the engine, storage, network and files: nothing saved is lost."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from earwitness.library.queue.watchdog import CHECK_S
from playwright.sync_api import Browser, Route

from tests.conftest import Clip
from tests.support.browser import DIST, HeldRequests, Visitor, visiting, wait_ready, wait_until
from tests.support.page_actions import (
    begin,
    choose,
    engine_worker,
    rows,
    states,
    text_of,
    transcribe,
    use_quick_model,
    wait_committed,
    wait_done,
    wait_engine,
    wait_gone,
    wait_state,
)
from tests.support.server_process import ServerProcess
from tests.support.word_error_rate import word_error_rate

LONG = "en-instructions"
"""Several windows, so that there is a middle to fail in."""


def test_killed_engine_loses_no_committed_text(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    clip = clips[LONG]
    page = returning_visitor.open(server.url)
    choose(page, clip.path)
    decided_s = wait_committed(page, clip.path.name)
    before = text_of(page, clip.path.name)
    engine_worker(page).evaluate("() => self.close()")
    wait_done(page, 1)
    after = text_of(page, clip.path.name)
    assert 0 < decided_s < clip.duration_s
    assert after.startswith(before[:-20])
    assert word_error_rate(clip.text or "", after) <= 0.15


HURRY = """(check_ms) => {
  const { setTimeout, postMessage } = self;
  self.setTimeout = (work, ms, ...more) => setTimeout(work, ms === check_ms ? 0 : ms, ...more);
  self.postMessage = (message, ...more) => {
    if (message.host === 'stop-engine') self.setTimeout = setTimeout;
    postMessage(message, ...more);
  };
}"""
"""The watchdog's checks, and no other timer, follow each other at once until it ends an engine: the
next one needs its time to start."""


HANG = """() => {
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (message, ...more) {
    postMessage.call(this, message, ...more);
    if (message.type === 'windows-ready') setTimeout(() => { for (;;); });
  };
}"""
"""The engine hangs after its first batch: in the middle of its job, however slow the test is."""


def test_hung_engine_is_terminated_and_the_job_continues(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    clip = clips[LONG]
    page = returning_visitor.open(server.url)
    begin(page, clip.path, model="tiny.en")
    hung = wait_engine(page)
    hung.evaluate(HANG)
    wait_committed(page, clip.path.name)
    [library] = [worker for worker in page.workers if "role=library" in worker.url]
    with page.expect_event("worker", lambda worker: "role=engine" in worker.url):
        library.evaluate(HURRY, CHECK_S * 1000)
    wait_done(page, 1)
    wait_gone(page, hung)
    assert word_error_rate(clip.text or "", text_of(page, clip.path.name)) <= 0.2


def test_job_continues_when_the_tab_is_opened_again(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    clip = clips[LONG]
    page = returning_visitor.open(server.url)
    choose(page, clip.path, clips["en-connection"].path)
    wait_committed(page, clip.path.name)
    page.close()
    again = returning_visitor.open(server.url)
    wait_done(again, 2)
    assert word_error_rate(clip.text or "", text_of(again, clip.path.name)) <= 0.15


def test_truncated_model_is_reported_and_fetched_again(
    visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    clip = clips["en-connection"]

    [decoder] = DIST.glob("models/tiny.en/*/decoder.onnx")
    half = decoder.read_bytes()[: decoder.stat().st_size // 2]

    def truncate(route: Route) -> None:
        route.fulfill(body=half, content_type="application/octet-stream")

    visitor.context.route("**/models/tiny.en/**/decoder.onnx", truncate)
    page = visitor.open(server.url)
    begin(page, clip.path, model="tiny.en")
    failed = wait_state(page, clip.path.name, "failed")
    assert failed["job"]["error"]["message"]
    assert failed["job"]["error"]["hint"]
    visitor.context.unroute("**/models/tiny.en/**/decoder.onnx")
    page.get_by_role("button", name="Retry").first.click()
    wait_done(page, 1)
    visitor.expect_errors("decoder.onnx")


def test_full_disk_is_reported_and_changes_nothing_else(
    lasting_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    visitor = lasting_visitor
    page = visitor.open(server.url)
    transcribe(page, clips["en-connection"].path, model="tiny.en")
    used = page.evaluate("async () => (await navigator.storage.estimate()).usage")
    devtools = visitor.context.new_cdp_session(page)
    quota = {"origin": server.url.rstrip("/"), "quotaSize": used + 100_000}
    devtools.send("Storage.overrideQuotaForOrigin", quota)
    message = page.evaluate(
        """() => window.earwitness.transcribe(
          new File([new Uint8Array(30_000_000)], 'large.wav')).catch((error) => error.message)"""
    )
    assert "storage" in message.lower() or "space" in message.lower()
    assert states(page)[clips["en-connection"].path.name] == "done"
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": quota["origin"]})
    transcribe(page, clips["en-echotest"].path, model="tiny.en")


def test_failed_model_download_is_reported_and_retried(
    visitor: Visitor, own_server: ServerProcess, clips: dict[str, Clip]
) -> None:
    visitor.expect_errors("ERR_CONNECTION_REFUSED", "ERR_FAILED", "Failed to load resource")
    clip = clips["en-connection"]
    visitor.context.route("**/models/**/*.onnx", lambda route: route.abort())
    page = visitor.open(own_server.url)
    begin(page, clip.path, model="tiny.en")
    failed = wait_state(page, clip.path.name, "failed")
    assert failed["job"]["error"]["hint"]
    visitor.context.unroute("**/models/**/*.onnx")
    page.get_by_role("button", name="Retry").first.click()
    wait_done(page, 1)


def wav(samples: int, rate_hz: int = 16_000) -> bytes:
    """A mono 16-bit WAV of digital silence."""
    data = bytes(2 * samples)
    form = struct.pack("<IHHIIHH", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    chunks = b"fmt " + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def test_invalid_files_are_reported_and_the_queue_continues(
    returning_visitor: Visitor, server: ServerProcess, clips: dict[str, Clip], tmp_path: Path
) -> None:
    flac = clips["en-connection"].path.read_bytes()
    bad = {
        "text.wav": b"Dear diary, this is not a recording.\n" * 50,
        "picture.mp3": b"\x89PNG\r\n\x1a\n" + bytes(3000),
        "header-only.wav": wav(0),
        "header-cut.flac": flac[:30],
    }
    quiet = {"silence.wav": wav(16_000 * 5), "truncated.flac": flac[: len(flac) // 2]}
    for name, content in {**bad, **quiet}.items():
        (tmp_path / name).write_bytes(content)
    page = returning_visitor.open(server.url)
    use_quick_model(page)
    (tmp_path / "empty.mp3").touch()
    names = ["empty.mp3", *bad, *quiet]
    choose(page, *(tmp_path / name for name in names), clips["en-connection"].path)
    wait_state(page, clips["en-connection"].path.name, "done")
    wait_until(
        page,
        """async (count) => (await window.earwitness.list())
          .filter((row) => ['done', 'failed'].includes(row.job.state)).length === count""",
        len(names) + 1,
    )
    listed = rows(page)
    for name in ("empty.mp3", *bad):
        job = listed[name]["job"]
        assert job["state"] == "failed", name
        assert len(job["error"]["message"]) > 15, name
        assert job["error"]["hint"], name
    assert listed["silence.wav"]["job"]["state"] == "done"
    assert listed["silence.wav"]["word_count"] == 0
    assert listed["truncated.flac"]["word_count"] > 5


@pytest.mark.parametrize(
    ("missing", "word"),
    [("indexedDB", "private"), ("navigator.storage.getDirectory", "storage")],
)
def test_missing_storage_is_reported(
    browser: Browser, server: ServerProcess, missing: str, word: str
) -> None:
    """A private window: the feature is taken away inside the worker, where it would be missing."""
    *path, name = missing.split(".")
    holder = ".".join(["self", *path])
    take_away = f"Object.defineProperty({holder}, {name!r}, {{ value: undefined }});"

    def without(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=take_away + answer.text())

    with visiting(browser, service_workers="block") as person:
        person.context.route("**/assets/python-worker-*.js*", without)
        page = person.open(server.url, ready=False)
        status = wait_until(
            page,
            """async () => {
              const status = await window.earwitness?.status();
              return status?.stage === 'failed' && status;
            }""",
        )
        assert word in (status["error"]["message"] + status["error"]["hint"]).lower()
        assert page.get_by_role("button", name="Try again").is_visible()


def test_unavailable_worker_script_is_reported_and_retried(
    browser: Browser, server: ServerProcess
) -> None:
    with visiting(browser, service_workers="block") as person:
        person.expect_errors("ERR_FAILED")
        person.context.route("**/assets/python-worker-*", lambda route: route.abort())
        page = person.open(server.url, ready=False)
        page.get_by_role("button", name="Try again").wait_for()
        person.context.unroute("**/assets/python-worker-*")
        page.get_by_role("button", name="Try again").click()
        wait_ready(page)


def test_damaged_python_is_reported(browser: Browser, server: ServerProcess) -> None:
    with visiting(browser, service_workers="block") as person:
        person.expect_errors("wasm", "WebAssembly", "CompileError", "Aborted")
        person.context.route(
            "**/pyodide.asm.wasm",
            lambda route: route.fulfill(body=b"\0asm broken", content_type="application/wasm"),
        )
        page = person.open(server.url, ready=False)
        page.get_by_role("button", name="Try again").wait_for()
        status = page.evaluate("() => window.earwitness.status()")
        assert "damaged" in status["error"]["message"]


def test_script_calls_reject_where_the_browser_has_no_file_storage(
    browser: Browser, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    def without_storage(route: Route) -> None:
        answer = route.fetch()
        missing = "navigator.storage.__proto__.getDirectory = undefined;"
        route.fulfill(response=answer, body=missing + answer.text())

    with visiting(browser, service_workers="block") as person:
        person.context.route("**/assets/*worker*.js*", without_storage)
        page = person.open(server.url, ready=False)
        for call in ("transcribe", "list", "search", "get", "remove", "export"):
            error = page.evaluate(
                """async (name) => {
                  const given = name === 'transcribe' ? new Blob([new Uint8Array(99)]) : 'x';
                  return window.earwitness[name](given).then(() => null, ({ message }) => message);
                }""",
                call,
            )
            assert error is not None, call
            assert "file storage" in error, call


def test_aborted_call_rejects_before_the_library_has_started(
    browser: Browser, server: ServerProcess, clips: dict[str, Clip]
) -> None:
    with visiting(browser, service_workers="block") as person:
        held = HeldRequests(person.context, "**/python_stdlib.zip")
        page = person.open(server.url, ready=False)
        reason = page.evaluate(
            """async () => {
              const control = new AbortController();
              const call = window.earwitness.transcribe(new Blob([new Uint8Array(99)]), control);
              control.abort();
              return call.then(() => null, ({ name }) => name);
            }"""
        )
        assert reason == "AbortError"
        held.release()
        wait_ready(page)
        assert page.evaluate("() => window.earwitness.list()") == []
