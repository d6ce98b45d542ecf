"""Features of the browser that are required, and the error where one is missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Worker


def missing(worker: Worker, room: str) -> str | None:
    """The sentence and its advice for a room; None where nothing is missing."""
    return worker.evaluate(
        "(room) => { const e = missingFeature(room); return e && `${e.message} ${e.hint}`; }", room
    )


@pytest.mark.parametrize("room", ["library", "engine"])
def test_current_browser_has_every_feature(worker: Worker, room: str) -> None:
    assert missing(worker, room) is None


def test_missing_simd_stops_only_the_engine(worker: Worker) -> None:
    worker.evaluate("() => { WebAssembly.validate = () => false; }")
    assert missing(worker, "library") is None
    told = missing(worker, "engine")
    assert told is not None
    assert "SIMD" in told
    assert "stays readable" in told


def test_missing_webassembly_stops_every_worker(worker: Worker) -> None:
    worker.evaluate("() => { delete globalThis.WebAssembly; }")
    for room in ("library", "engine"):
        assert "WebAssembly" in str(missing(worker, room))


def test_missing_opfs_is_reported(worker: Worker) -> None:
    worker.evaluate("() => { navigator.storage.__proto__.getDirectory = undefined; }")
    error = worker.evaluate("() => attempt(() => audioStore.list())")["error"]
    assert error["type"] == "StorageError"
    assert "file storage" in error["message"]
    assert "private browsing" in error["hint"]


def test_missing_indexeddb_is_reported(worker: Worker) -> None:
    worker.evaluate("() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined })")
    error = worker.evaluate("() => attempt(() => new Store().get('jobs', 'x'))")["error"]
    assert error["type"] == "StorageError"
    assert "IndexedDB" in error["message"]
    assert error["hint"]
