"""Every documented route conforms to its schema, on both databases, for invalid requests too."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from earwitness_server.app import create_app
from earwitness_server.settings import Settings
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from tests.support.page_files import write_page
from tests.support.postgresql import PostgresqlCluster
from tests.support.scripted_engine import ScriptedEngine

schemathesis = pytest.importorskip("schemathesis", reason="requirements/test.txt has it")


CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]
EXAMPLES = 15
"""Requests a route."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FastAPI]:
    """The API, running, on either database."""
    folder = tmp_path_factory.mktemp("schema")
    engine: Any = ScriptedEngine(windows=1)
    with ExitStack() as stack:
        more: dict[str, Any] = {}
        if request.param == "postgresql":
            cluster: PostgresqlCluster = request.getfixturevalue("postgresql")
            more["database_url"] = cluster.url(stack.enter_context(cluster.database()))
        chosen = Settings(
            dist=write_page(folder / "dist"), data=folder / "data", hosts=("testserver",), **more
        )
        app = create_app(chosen, engine)
        stack.enter_context(TestClient(app, base_url="http://testserver"))
        yield app


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
def test_every_answer_conforms_to_the_schema(app: FastAPI) -> None:
    described = schemathesis.openapi.from_asgi("/openapi.json", app)
    for result in described.get_all_operations():
        operation = result.ok()
        if not operation.path.startswith(("/v1", "/api", "/healthz", "/readyz")):
            continue

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            suppress_health_check=list[Any](HealthCheck),
        )
        def throw(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        throw()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/transcripts/a%00", 400),
        ("GET", "/api/jobs/%00/events", 400),
        ("HEAD", "/api/uploads/%00", 400),
        ("GET", "/api/search?query=a&tag=%00", 400),
        ("GET", "/api/search?query=a%00", 400),
    ],
)
def test_nul_character_in_the_address_is_rejected(
    app: FastAPI, method: str, path: str, status: int
) -> None:
    client = TestClient(app, base_url="http://testserver")
    assert client.request(method, path).status_code == status


def test_nul_character_in_the_body_is_handled(app: FastAPI) -> None:
    client = TestClient(app, base_url="http://testserver")
    unknown = client.post("/api/jobs", json={"upload": "z\0"})
    assert unknown.status_code in (400, 404)
    name = b64encode(b"a\0b").decode()
    headers = {"upload-length": "5", "upload-metadata": f"filename {name}"}
    assert client.post("/api/uploads", headers=headers).status_code == 201


def test_schema_lists_the_public_routes(app: FastAPI) -> None:
    paths = set(app.openapi()["paths"])
    assert {"/v1/audio/transcriptions", "/api/jobs", "/api/uploads", "/api/search"} <= paths
