"""Model files: download, resume, verification, use without a network."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from playwright.sync_api import Worker

WEIGHTS = random.Random(11).randbytes(3_000_000)
ENSURE = """async (id) => attempt(async () => {
    globalThis.models ??= new ModelFiles(new URL('/models/catalogue.json', location.href));
    globalThis.seen = [];
    const manifest = JSON.parse(await models.ensure(id, (...progress) => seen.push(progress)));
    const file = await models.open(id, 'weights.onnx');
    const hash = await sha256(await file.arrayBuffer());
    return { revision: manifest.revision, sha256: hash, last: seen.at(-1), count: seen.length };
})"""
CACHED = "async () => JSON.parse(await models.list()).models.map((model) => model.cached)"


@pytest.fixture
def model(site: Any) -> str:
    """A model of two files; returns the address of the large one."""
    files = {"config.json": b"{}", "weights.onnx": WEIGHTS}
    publish(site, "r1", files)
    return "/models/m/r1/weights.onnx"


def publish(site: Any, revision: str, files: dict[str, bytes]) -> None:
    listed = [
        {"path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
    ]
    manifest = {"id": "m", "revision": revision, "files": listed}
    for name, data in files.items():
        site.put(f"models/m/{revision}/{name}", data)
    site.put(f"models/m/{revision}/manifest.json", json.dumps(manifest).encode())
    size = sum(len(data) for data in files.values())
    entry = {"id": "m", "title": "M", "bytes": size, "revision": revision, "path": f"m/{revision}"}
    catalogue = {"models": [entry], "default": "m"}
    site.put("models/catalogue.json", json.dumps(catalogue).encode())


def test_model_is_fetched_once_and_kept(worker: Worker, site: Any, model: str) -> None:
    result = worker.evaluate(ENSURE, "m")["value"]
    assert result["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert result["last"] == [len(WEIGHTS) + 2, len(WEIGHTS) + 2]
    again = worker.evaluate(ENSURE, "m")["value"]
    assert again["sha256"] == result["sha256"]
    assert again["count"] == 0
    assert len(site.ranges(model)) == 1
    assert worker.evaluate(CACHED) == [True]


def test_download_resumes_after_a_broken_connection(worker: Worker, site: Any, model: str) -> None:
    site.faults[model] = lambda body: body[: 1_000_000 + len(body) // 2]
    result = worker.evaluate(ENSURE, "m")["value"]
    assert result["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    ranges = site.ranges(model)
    assert ranges[0] == ""
    assert all(wanted.startswith("bytes=") for wanted in ranges[1:])
    assert len(ranges) >= 2


def test_file_that_arrives_damaged_is_fetched_again(worker: Worker, site: Any, model: str) -> None:
    def once(body: bytes) -> bytes:
        del site.faults[model]
        return b"?" + body[1:]

    site.faults[model] = once
    result = worker.evaluate(ENSURE, "m")["value"]
    assert result["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert site.ranges(model) == ["", ""]


def test_file_that_stays_damaged_is_reported_and_not_kept(
    worker: Worker, site: Any, model: str
) -> None:
    site.faults[model] = lambda body: b"?" + body[1:]
    error = worker.evaluate(ENSURE, "m")["error"]
    assert error["type"] == "ModelError"
    assert "damaged" in error["message"]
    assert worker.evaluate(CACHED) == [False]
    site.faults.clear()
    assert worker.evaluate(ENSURE, "m")["value"]["last"][0] == len(WEIGHTS) + 2


def test_kept_model_needs_no_network(worker: Worker, site: Any, model: str) -> None:
    worker.evaluate(ENSURE, "m")
    site.gone = True
    assert worker.evaluate(ENSURE, "m")["value"]["count"] == 0


def test_missing_model_without_a_network_is_reported(worker: Worker, site: Any, model: str) -> None:
    site.gone = True
    error = worker.evaluate(ENSURE, "m")["error"]
    assert error["type"] == "ModelError"
    assert "connection" in error["hint"]


def test_new_revision_replaces_the_old_one(worker: Worker, site: Any, model: str) -> None:
    worker.evaluate(ENSURE, "m")
    publish(site, "r2", {"config.json": b"{}", "weights.onnx": WEIGHTS[::-1]})
    assert worker.evaluate("async () => JSON.parse(await models.list()).models[0].cached") is False
    result = worker.evaluate(ENSURE, "m")["value"]
    assert result["revision"] == "r2"
    assert result["sha256"] == hashlib.sha256(WEIGHTS[::-1]).hexdigest()
    folders = worker.evaluate("""async () => {
        const root = await navigator.storage.getDirectory();
        const folder = await (await root.getDirectoryHandle('models')).getDirectoryHandle('m');
        return Array.fromAsync(folder.keys());
    }""")
    assert folders == ["r2"]


def test_unknown_model_is_named(worker: Worker, model: str) -> None:
    assert "“other”" in worker.evaluate(ENSURE, "other")["error"]["message"]


def test_corrupted_file_is_detected_and_fetched_again(
    worker: Worker, site: Any, model: str
) -> None:
    worker.evaluate(ENSURE, "m")
    assert worker.evaluate("() => models.heal('m')") is False
    worker.evaluate("""async () => {
        let folder = await navigator.storage.getDirectory();
        for (const name of ['models', 'm', 'r1']) folder = await folder.getDirectoryHandle(name);
        const file = await folder.getFileHandle('weights.onnx');
        const access = await file.createSyncAccessHandle();
        access.write(new Uint8Array(8), { at: 1_000_000 });
        access.close();
    }""")
    assert worker.evaluate(CACHED) == [True], "its size tells nothing"
    assert worker.evaluate("() => models.heal('m')") is True
    assert worker.evaluate(CACHED) == [False]
    assert worker.evaluate(ENSURE, "m")["value"]["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()


def test_files_in_folders_keep_their_paths(worker: Worker, site: Any) -> None:
    publish(site, "r1", {"config.json": b"{}", "onnx/weights.onnx": WEIGHTS, "weights.onnx": b"w"})
    worker.evaluate(ENSURE, "m")
    sizes = worker.evaluate("""async () => [
        (await models.open('m', 'onnx/weights.onnx')).size,
        (await models.open('m', 'weights.onnx')).size,
        await models.text('m', 'config.json'),
    ]""")
    assert sizes == [len(WEIGHTS), 1, "{}"]
    error = worker.evaluate("() => attempt(() => models.text('m', 'nothing.json'))")["error"]
    assert "lacks nothing.json" in error["message"]
