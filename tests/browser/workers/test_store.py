"""The library's tables on IndexedDB: transactions, order, versions, a full disk."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Worker

QUOTA_BYTES = 4_000_000


def put(table: str, key: str, value: object) -> dict[str, Any]:
    return {"type": "put", "table": table, "key": key, "value": value}


def write(worker: Worker, *changes: dict[str, Any]) -> dict[str, Any] | None:
    """Write; returns the error if there was one."""
    expression = """async (changes) => {
        globalThis.store ??= new Store();
        return (await attempt(() => store.write(changes))).error;
    }"""
    return worker.evaluate(expression, json.dumps(changes))


def scan(worker: Worker, table: str, prefix: str = "") -> Any:
    expression = """async ([table, prefix]) => {
        globalThis.store ??= new Store();
        return store.scan(table, prefix);
    }"""
    return json.loads(worker.evaluate(expression, [table, prefix]))


def test_rows_are_scanned_in_order_by_prefix(worker: Worker) -> None:
    keys = ["a/0001", "a/0002", "a/0010", "ab", "b/0001"]
    assert write(worker, *(put("windows", key, {"k": key}) for key in reversed(keys))) is None
    assert [key for key, _ in scan(worker, "windows")] == keys
    assert scan(worker, "windows", "a/") == [[key, {"k": key}] for key in keys[:3]]


def test_missing_key_is_null_and_values_are_unchanged(worker: Worker) -> None:
    value = {"text": "Ahoj, světe \ue000", "list": [1, 2.5, None, True], "empty": {}}
    write(worker, put("settings", "settings", value))
    read = "async (key) => (await store.get('settings', key)) ?? null"
    assert worker.evaluate(read, "nothing") is None
    assert json.loads(worker.evaluate(read, "settings")) == value


def test_changes_apply_in_the_order_of_the_list(worker: Worker) -> None:
    write(
        worker,
        put("windows", "a/1", 1),
        put("windows", "a/2", 2),
        put("windows", "b/1", 3),
        {"type": "delete-prefix", "table": "windows", "prefix": "a/"},
        put("windows", "a/3", 4),
        {"type": "delete", "table": "windows", "key": "b/1"},
    )
    assert scan(worker, "windows") == [["a/3", 4]]


def test_failed_write_changes_nothing(worker: Worker) -> None:
    write(worker, put("jobs", "old", 1))
    bad = {"type": "delete-prefix", "table": "jobs", "prefix": ""}
    error = write(
        worker, put("jobs", "new", 2), {"type": "delete", "table": "jobs", "key": "old"}, bad
    )
    assert error is not None
    assert error["type"] == "StorageError"
    assert scan(worker, "jobs") == [["old", 1]]


def test_another_page_of_the_origin_reads_the_rows(
    worker: Worker, open_worker: Callable[[], Worker]
) -> None:
    write(worker, put("transcripts", "t", {"name": "one"}))
    assert scan(open_worker(), "transcripts") == [["t", {"name": "one"}]]


def test_newer_version_in_another_tab_is_reported(
    worker: Worker, open_worker: Callable[[], Worker]
) -> None:
    write(worker, put("transcripts", "t", 1))
    upgrade = """() => new Promise((resolve, reject) => {
        const request = indexedDB.open('earwitness', 99);
        request.onsuccess = () => { request.result.close(); resolve(); };
        request.onerror = () => reject(request.error);
        request.onblocked = () => reject(new Error('blocked'));
    })"""
    other = open_worker()
    other.evaluate(upgrade)
    error = write(worker, put("transcripts", "u", 2))
    assert error is not None
    assert "newer version" in error["message"]
    assert error["hint"] == "Reload this tab."
    stale = write(other, put("transcripts", "u", 2))
    assert stale is not None
    assert "written by a newer version" in stale["message"]


def test_full_disk_is_reported_and_nothing_is_written(
    limit_storage: Callable[[int], None], worker: Worker
) -> None:
    limit_storage(QUOTA_BYTES)
    write(worker, put("transcripts", "small", 1))
    large = random.Random(1).randbytes(4 * QUOTA_BYTES).hex()
    error = write(worker, put("transcripts", "first", 1), put("transcripts", "large", large))
    assert error is not None
    assert error["type"] == "StorageError"
    assert "does not fit" in error["message"]
    assert [key for key, _ in scan(worker, "transcripts")] == ["small"]
