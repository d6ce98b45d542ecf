"""The application in this process: with the page alone, and with its API on a scripted engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from earwitness_server.app import create_app
from earwitness_server.settings import Settings
from fastapi.testclient import TestClient

from tests.support.api import Api
from tests.support.outages import FilledDisk
from tests.support.page_files import write_page
from tests.support.scripted_engine import ScriptedEngine
from tests.support.server_process import Deployment


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A folder that looks like a built page."""
    return write_page(tmp_path / "dist")


@pytest.fixture
def make_client(dist: Path, tmp_path: Path) -> Iterator[Callable[..., TestClient]]:
    """Start the application with some settings; it stops with the test."""
    started: list[tuple[TestClient, Any]] = []

    def make(engine: Any = None, **settings: Any) -> TestClient:
        chosen: dict[str, Any] = {"dist": dist, "data": tmp_path / "data", "role": "page"}
        app = create_app(Settings(**(chosen | settings)), engine)
        client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
        client.__enter__()
        started.append((client, engine))
        return client

    yield make
    for client, engine in started:
        if isinstance(engine, ScriptedEngine):
            engine.release()
        client.__exit__(None, None, None)


@pytest.fixture
def client(make_client: Callable[..., TestClient]) -> TestClient:
    """The page alone."""
    return make_client()


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


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """Servers on the same SQLite database and folder; none is started yet."""
    servers = Deployment(tmp_path, FilledDisk(), earwitness_slots="1", scripted_windows="6")
    yield servers
    servers.close()
