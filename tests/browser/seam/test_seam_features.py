"""What a browser must have: this one has it, and a lesser one gets one clear sentence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Worker


def missing(worker: Worker, room: str) -> str | None:
    """The sentence and its advice for a room; None where nothing is missing."""
    return worker.evaluate(
        "(room) => { const e = missingFeature(room); return e && `${e.message} ${e.hint}`; }", room
    )


@pytest.mark.parametrize("room", ["library", "engine"])
def test_a_current_browser_lacks_nothing(worker: Worker, room: str) -> None:
    assert missing(worker, room) is None


def test_without_vector_instructions_only_the_engine_stays_out(worker: Worker) -> None:
    worker.evaluate("() => { WebAssembly.validate = () => false; }")
    assert missing(worker, "library") is None
    told = missing(worker, "engine")
    assert told is not None
    assert "SIMD" in told
    assert "stays readable" in told


def test_without_webassembly_nothing_starts(worker: Worker) -> None:
    worker.evaluate("() => { delete globalThis.WebAssembly; }")
    for room in ("library", "engine"):
        assert "WebAssembly" in str(missing(worker, room))


def test_without_private_files_the_shelf_says_so(worker: Worker) -> None:
    worker.evaluate("() => { navigator.storage.__proto__.getDirectory = undefined; }")
    error = worker.evaluate("() => attempt(() => shelf.list())")["error"]
    assert error["type"] == "StorageError"
    assert "file storage" in error["message"]
    assert "private browsing" in error["hint"]


def test_without_indexeddb_the_library_says_so(worker: Worker) -> None:
    worker.evaluate("() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")
    error = worker.evaluate("() => attempt(() => new Store().get('jobs', 'x'))")["error"]
    assert error["type"] == "StorageError"
    assert "IndexedDB" in error["message"]
    assert error["hint"]
