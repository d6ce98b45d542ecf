"""What the player keeps beside recordings: all of it or nothing, and never in the way of others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Worker

from tests.browser.workers.test_opfs_audio import KEEP
from tests.support.browser import Visitor

COPY = """async ([id, bytes, usedMs]) => {
    const samples = crypto.getRandomValues(new Int16Array(16000));
    const count = bytes / samples.byteLength;
    for (let number = 0; number < count; number++) {
        await playerFiles.addPiece(id, number, samples);
    }
    const facts = { exact: false, rateHz: 16000, lengthS: count, pieces: count, usedMs };
    await playerFiles.finish(id, facts, new Uint8Array([1, 2, 3]));
}"""
READ = """async (id) => {
    const kept = await playerFiles.read(id);
    return kept && [kept.facts.lengthS, kept.peaks.length, kept.pieces.length];
}"""
MEGABYTE = 1_000_000
ROOM = 16 * 32_000
"""Of a copy of 16 s."""


@pytest.fixture
def context(lasting_visitor: Visitor) -> BrowserContext:
    """A profile on the disk: a private one lets files in place grow past the quota."""
    return lasting_visitor.context


def test_copy_is_read_back(worker: Worker) -> None:
    worker.evaluate(COPY, ["id", ROOM, 1])
    assert worker.evaluate(READ, "id") == [16, 3, 16]
    assert worker.evaluate(READ, "another") is None


def test_unfinished_copy_does_not_count(worker: Worker) -> None:
    worker.evaluate("() => playerFiles.addPiece('id', 0, new Int16Array(10)).then(() => 0)")
    assert worker.evaluate(READ, "id") is None


def test_deleting_a_recording_deletes_its_copy(worker: Worker, site: Any) -> None:
    worker.evaluate(KEEP, [site.put("some.bin", b"x" * 50), "id"])
    worker.evaluate(COPY, ["id", ROOM, 1])
    worker.evaluate("() => audioStore.remove('id')")
    assert worker.evaluate(READ, "id") is None


def test_another_recording_under_the_same_id_gets_its_own_copy(worker: Worker, site: Any) -> None:
    worker.evaluate(COPY, ["id", ROOM, 1])
    worker.evaluate(KEEP, [site.put("other.bin", b"y" * 50), "id"])
    assert worker.evaluate(READ, "id") is None


def test_copies_of_unknown_recordings_are_deleted(worker: Worker) -> None:
    for id_ in ("one", "two"):
        worker.evaluate(COPY, [id_, ROOM, 1])
    worker.evaluate("""() => audioStore.prune('["two", "three"]')""")
    assert worker.evaluate(READ, "one") is None
    assert worker.evaluate(READ, "two") == [16, 3, 16]


def test_copy_that_was_not_used_for_longest_gives_way_first(
    limit_storage: Callable[[int], None], worker: Worker
) -> None:
    limit_storage(24 * MEGABYTE)
    for id_, used_ms in (("older", 1), ("newest", 3), ("newer", 2)):
        worker.evaluate(COPY, [id_, 100 * 32_000, used_ms])
    worker.evaluate("(bytes) => playerFiles.makeRoom(bytes)", 15 * MEGABYTE)
    assert worker.evaluate(READ, "older") == [100, 3, 0]
    for id_ in ("newer", "newest"):
        assert worker.evaluate(READ, id_) == [100, 3, 100]


def test_copies_give_way_to_a_recording(
    limit_storage: Callable[[int], None], worker: Worker, site: Any
) -> None:
    limit_storage(24 * MEGABYTE)
    for id_ in ("one", "two", "three"):
        worker.evaluate(COPY, [id_, 100 * 32_000, 1])
    large = site.put("large.bin", b"x" * 15 * MEGABYTE)
    kept = worker.evaluate(KEEP, [large, "id"])
    assert "value" in kept, kept


def test_copy_that_does_not_fit_is_told(
    limit_storage: Callable[[int], None], worker: Worker
) -> None:
    limit_storage(8 * MEGABYTE)
    script = "() => attempt(() => playerFiles.addPiece('id', 0, new Int16Array(10_000_000)))"
    error = worker.evaluate(script)["error"]
    assert error["type"] == "StorageError"
    assert "copy for playing this recording does not fit" in error["message"]
