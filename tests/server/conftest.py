"""A small page on disk and the application around it, without its API."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from earwitness_server.app import create_app
from earwitness_server.settings import Settings
from fastapi.testclient import TestClient

SCRIPT = "export const answer = 42;\n" * 200


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder that looks like a built page."""
    folder = tmp_path / "dist"
    files: dict[str, bytes] = {
        "index.html": b"<!doctype html><title>Earwitness</title>",
        "service-worker.js": b"self.addEventListener('fetch', () => {});",
        "assets/main-ABCD2345.js": SCRIPT.encode(),
        "assets/main-ABCD2345.js.gz": gzip.compress(SCRIPT.encode()),
        "assets/main-ABCD2345.js.br": b"pretend brotli",
        "assets/unnamed.js": SCRIPT.encode(),
        "vendor/ort-wasm.1.31.0.mjs": b"export {};",
        "vendor/ort-wasm.1.31.0.wasm": b"\0asm",
        "python/earwitness-0a1b2c3d4e.whl": b"PK",
        "models/catalogue.json": b"{}",
        "models/base-0a1b2c3d4e/decoder.onnx": bytes(range(256)) * 4,
        "manifest.webmanifest": b"{}",
        ".secret": b"no",
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture
def make_client(dist: Path, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """Start the application with some settings of its own; stops with the test."""
    clients: list[TestClient] = []

    def make(**settings: object) -> TestClient:
        app = create_app(Settings(**{"dist": dist, "role": "page", **settings}))  # type: ignore[arg-type]
        client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    """The application with its defaults."""
    return make_client()
