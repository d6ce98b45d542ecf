"""Recordings in the origin's private file system: complete and hashed, or absent."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Worker

from tests.support.browser import Visitor


@pytest.fixture
def context(lasting_visitor: Visitor) -> BrowserContext:
    """A profile on the disk: a private one lets files in place grow past the quota."""
    return lasting_visitor.context


KEEP = """async ([path, id]) => attempt(async () => {
    const blob = await (await fetch(path)).blob();
    return JSON.parse(await audioStore.save(id, blob));
})"""
LIST = "async () => JSON.parse(await audioStore.list())"


def test_recording_is_read_back_byte_for_byte(worker: Worker, site: Any) -> None:
    data = random.Random(7).randbytes(9_000_001)
    kept = worker.evaluate(KEEP, [site.put("nine.bin", data), "id-1"])["value"]
    assert kept["path"] == "audio/id-1"
    assert kept["bytes"] == len(data)
    assert kept["fingerprint"] == hashlib.sha256(data).hexdigest()
    assert worker.evaluate(LIST) == {"audio/id-1": len(data)}
    sums = worker.evaluate("""async () => {
        const sums = [];
        for (let at = 0; ; ) {
            const piece = await audioStore.piece('audio/id-1', at, 4_000_000);
            if (!piece.length) return sums;
            sums.push(await sha256(piece));
            at += piece.length;
        }
    }""")
    parts = [data[at : at + 4_000_000] for at in range(0, len(data), 4_000_000)]
    assert sums == [hashlib.sha256(part).hexdigest() for part in parts]


def test_shorter_file_replaces_a_longer_one(worker: Worker, site: Any) -> None:
    worker.evaluate(KEEP, [site.put("long.bin", b"x" * 5000), "id"])
    worker.evaluate(KEEP, [site.put("short.bin", b"y" * 10), "id"])
    assert worker.evaluate(LIST) == {"audio/id": 10}


def test_deleting_twice_succeeds(worker: Worker, site: Any) -> None:
    worker.evaluate(KEEP, [site.put("some.bin", b"x" * 50), "id"])
    worker.evaluate("async () => { await audioStore.remove('id'); await audioStore.remove('id'); }")
    assert worker.evaluate(LIST) == {}
    lost = worker.evaluate("() => attempt(() => audioStore.open('audio/id'))")["error"]
    assert lost["type"] == "NotFoundError"
    assert lost["hint"]


def test_copy_takes_the_place_of_a_recording(worker: Worker, site: Any) -> None:
    worker.evaluate(KEEP, [site.put("some.bin", b"x" * 50), "id"])
    worker.evaluate(KEEP, [site.put("other.bin", b"x" * 5), "id-1"])
    path = worker.evaluate("""async () => {
        const copy = await audioStore.startCopy('id', 'audio/id');
        copy.access.write(new Uint8Array(9), { at: 0 });
        await copy.finish();
        return copy.path;
    }""")
    assert path == "audio/id.1"
    worker.evaluate("(path) => audioStore.removeOlder('id', path)", path)
    assert worker.evaluate(LIST) == {"audio/id-1": 5, "audio/id.1": 9}
    worker.evaluate("() => audioStore.remove('id')")
    assert worker.evaluate(LIST) == {"audio/id-1": 5}


def test_empty_file_is_rejected(worker: Worker, site: Any) -> None:
    error = worker.evaluate(KEEP, [site.put("empty.wav", b""), "id"])["error"]
    assert error["type"] == "MediaError"
    assert error["message"] == "The file is empty."
    assert worker.evaluate(LIST) == {}


def test_recording_beyond_the_quota_leaves_nothing_behind(
    limit_storage: Callable[[int], None], worker: Worker, site: Any
) -> None:
    limit_storage(10_000_000)
    large = random.Random(3).randbytes(30_000_000)
    error = worker.evaluate(KEEP, [site.put("large.bin", large), "id"])["error"]
    assert error["type"] == "StorageError"
    assert "does not fit" in error["message"]
    assert "free space" in error["hint"]
    assert worker.evaluate(LIST) == {}
