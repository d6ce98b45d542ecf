"""Every documented route, thrown at with whatever its schema allows and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from earwitness_server.app import create_app
from earwitness_server.settings import Settings
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from tests.server.conftest import write_page
from tests.server.scripted import ScriptedEngine

schemathesis = pytest.importorskip("schemathesis", reason="requirements/test.txt has it")


CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.status_code_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.response_schema_conformance,
]
EXAMPLES = 15
"""Requests a route."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The API, running."""
    folder = tmp_path_factory.mktemp("schema")
    engine: Any = ScriptedEngine(windows=1)
    chosen = Settings(  # type: ignore[call-arg]
        dist=write_page(folder / "dist"), data=folder / "data", hosts="testserver"
    )
    app = create_app(chosen, engine)
    with TestClient(app, base_url="http://testserver"):
        yield app


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")
def test_no_answer_is_a_bug_or_undocumented(app: FastAPI) -> None:
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
            suppress_health_check=list(HealthCheck),
        )
        def throw(case: Any) -> None:
            case.call_and_validate(checks=CHECKS)

        throw()


def test_the_documentation_is_where_it_was(app: FastAPI) -> None:
    paths = set(app.openapi()["paths"])
    assert {"/v1/audio/transcriptions", "/api/jobs", "/api/uploads", "/api/search"} <= paths
