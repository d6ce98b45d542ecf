"""The application in this process: with the page alone, and with its API on a scripted engine."""

from __future__ import annotations

import base64
import gzip
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from earwitness_server.app import create_app
from earwitness_server.services import Services
from earwitness_server.settings import Settings
from fastapi.testclient import TestClient

from tests.server.scripted import ScriptedEngine

SCRIPT = "export const answer = 42;\n" * 200


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder that looks like a built page."""
    return write_page(tmp_path / "dist")


def write_page(folder: Path) -> Path:
    """Write a few files of every kind that a build leaves."""
    files: dict[str, bytes] = {
        "index.html": b"<!doctype html><title>Earwitness</title>",
        "service-worker.js": b"self.addEventListener('fetch', () => {});",
        "assets/main-ABCD2345.js": SCRIPT.encode(),
        "assets/main-ABCD2345.js.gz": gzip.compress(SCRIPT.encode()),
        "assets/main-ABCD2345.js.br": b"pretend brotli",
        "assets/unnamed.js": SCRIPT.encode(),
        "vendor/ort-wasm.1.31.0.mjs": b"export {};",
        "vendor/ort-wasm.1.31.0.wasm": b"\0asm",
        "python/0a1b2c3d4e5f/packages.zip": b"PK",
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

    def make(engine: ScriptedEngine | None = None, **settings: Any) -> TestClient:
        chosen = {"dist": dist, "data": tmp_path / "data", "role": "page", **settings}
        app = create_app(Settings(**chosen), engine)  # type: ignore[arg-type]
        client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        client.__enter__()
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    """The page alone."""
    return make_client()


@dataclass
class Api:
    """The API on a scripted engine, and the steps that tests repeat."""

    http: TestClient
    engine: ScriptedEngine
    headers: dict[str, str]

    @property
    def services(self) -> Services:
        """What its routes work with."""
        return self.http.app.state.services  # type: ignore[attr-defined]

    def texts(self, transcript_id: str) -> list[str]:
        """The segments' texts."""
        body = self.get(f"/api/transcripts/{transcript_id}").json()
        return [segment["text"] for segment in body["segments"]]

    def as_key(self, key: str) -> Api:
        """The same API for another caller."""
        return Api(self.http, self.engine, {"authorization": f"Bearer {key}"})

    def upload(self, content: bytes, name: str = "talk.wav") -> str:
        """Upload a file whole; its id."""
        headers = {
            "upload-length": str(len(content)),
            "upload-metadata": f"filename {base64.b64encode(name.encode()).decode()}",
            "content-type": "application/offset+octet-stream",
            **self.headers,
        }
        answer = self.http.post("/api/uploads", headers=headers, content=content)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"].rsplit("/", 1)[1]

    def submit(self, content: bytes = b"sound", name: str = "talk.wav", **fields: Any) -> str:
        """Upload a file and make it a job; the transcript's id."""
        body = {"upload": self.upload(content, name), **fields}
        answer = self.http.post("/api/jobs", json=body, headers=self.headers)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def get(self, path: str, **options: Any) -> Any:
        """GET, with this caller's key."""
        return self.http.get(path, headers=self.headers, **options)

    def wait(self, transcript_id: str, *states: str, timeout_s: float = 30.0) -> dict[str, Any]:
        """Wait until a job is in one of the states (default: finished); its view."""
        wanted = states or ("done", "failed", "cancelled")
        deadline = time.monotonic() + timeout_s
        while True:
            view = self.get(f"/api/jobs/{transcript_id}").json()
            if view["state"] in wanted:
                return view
            assert time.monotonic() < deadline, view
            time.sleep(0.05)

    def finished(self, content: bytes = b"sound", name: str = "talk.wav", **fields: Any) -> str:
        """A job that is done."""
        transcript_id = self.submit(content, name, **fields)
        assert self.wait(transcript_id)["state"] == "done"
        return transcript_id


@pytest.fixture(scope="session")
def empty_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a server that was started once: its databases are up to date."""
    folder = tmp_path_factory.mktemp("empty")
    settings = Settings(dist=write_page(folder / "dist"), data=folder / "data")
    app = create_app(settings, ScriptedEngine())  # type: ignore[arg-type]
    with TestClient(app, base_url="http://localhost"):
        pass
    return folder / "data"


@pytest.fixture
def make_api(
    empty_data: Path, tmp_path: Path, make_client: Callable[..., TestClient]
) -> Callable[..., Api]:
    """Start the API with some settings and an engine of its own."""

    def make(engine: ScriptedEngine | None = None, **settings: Any) -> Api:
        engine = engine or ScriptedEngine()
        data: Path = settings.setdefault("data", tmp_path / "data")
        if not data.exists():
            shutil.copytree(empty_data, data)
        return Api(make_client(engine, role="all", **settings), engine, {})

    return make


@pytest.fixture
def api(make_api: Callable[..., Api]) -> Api:
    """The API with its defaults."""
    return make_api()
