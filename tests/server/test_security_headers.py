"""Security headers, and requests from other origins and hosts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from tests.support.api import Api

ISOLATION = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


def test_liveness_answers_head(client: TestClient) -> None:
    answer = client.head("/healthz")
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/", "/healthz", "/nothing"])
def test_every_answer_has_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert {name: headers.get(name) for name in ISOLATION} == ISOLATION
    policy = headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval'" in policy
    assert "connect-src 'self';" in policy
    assert "unsafe-inline" not in policy


def test_declared_server_is_in_the_content_security_policy(
    make_client: Callable[..., TestClient],
) -> None:
    client = make_client(connect_origins="https://asr.example, https://other.example")
    policy = client.get("/").headers["content-security-policy"]
    assert "connect-src 'self' https://asr.example https://other.example;" in policy


def test_unknown_host_on_loopback_is_rejected(client: TestClient) -> None:
    answer = client.get("/", headers={"host": "rebound.example:8000"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "host_not_allowed"
    assert client.get("/", headers={"host": "127.0.0.1:8000"}).status_code == 200


def test_health_answers_any_host(
    make_api: Callable[..., Api],
) -> None:
    client = make_api(hosts="asr.example").http
    for host in ("127.0.0.1:8000", "10.1.2.3:8000"):
        for path in ("/healthz", "/readyz"):
            assert client.get(path, headers={"host": host}).status_code == 200
            assert client.post(path, headers={"host": host}).status_code == 403
        for path in ("/", "/metrics", "/v1/models", "/healthz/x"):
            assert client.get(path, headers={"host": host}).status_code == 403


@pytest.mark.parametrize("header", [{"host": "[::1"}, {"host": "["}, {"origin": "http://["}])
def test_malformed_host_and_origin_are_rejected(api: Api, header: dict[str, str]) -> None:
    answer = api.http.post("/api/jobs", json={}, headers=header)
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "permission_error"
    assert answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_cross_origin_post_is_rejected(make_client: Callable[..., TestClient]) -> None:
    client = make_client()
    answer = client.post("/healthz", headers={"origin": "https://evil.example"})
    assert answer.json()["error"]["code"] == "origin_not_allowed"
    allowed = make_client(cors_origins="https://friend.example")
    answer = allowed.post("/healthz", headers={"origin": "https://friend.example"})
    assert answer.status_code == 405


def test_cors_is_off_by_default(make_client: Callable[..., TestClient]) -> None:
    origin = {"origin": "https://friend.example"}
    name = "access-control-allow-origin"
    assert name not in make_client().get("/healthz", headers=origin).headers
    allowed = make_client(cors_origins="https://friend.example")
    assert allowed.get("/healthz", headers=origin).headers[name] == origin["origin"]
