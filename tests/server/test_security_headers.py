"""Security headers, and requests from other origins and hosts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from earwitness_server.cli.serve import check
from earwitness_server.settings import Settings, StartError
from fastapi.testclient import TestClient
from pydantic import ValidationError

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


@pytest.mark.parametrize(
    ("setting", "origin"),
    [
        ("https://friend.example/", "https://friend.example"),
        ("https://other.example, HTTPS://Friend.Example:443/ ", "https://friend.example"),
        ("http://localhost:80/", "http://localhost"),
        ("http://[::1]:5173", "http://[::1]:5173"),
        ("chrome-extension://abcdef/", "chrome-extension://abcdef"),
    ],
)
def test_cors_origin_is_understood_as_it_is_written(
    make_client: Callable[..., TestClient], setting: str, origin: str
) -> None:
    allowed = make_client(cors_origins=setting)
    name = "access-control-allow-origin"
    assert allowed.get("/healthz", headers={"origin": origin}).headers[name] == origin
    assert allowed.post("/healthz", headers={"origin": origin}).status_code == 405


@pytest.mark.parametrize("setting", ["https://friend.example/app", "friend.example", "https://"])
def test_cors_origin_that_is_no_origin_is_refused(setting: str) -> None:
    with pytest.raises(ValidationError, match="is not an origin"):
        Settings(cors_origins=setting)  # type: ignore[arg-type]


def test_all_origins_are_allowed_only_where_keys_are_required(
    make_client: Callable[..., TestClient], dist: Path
) -> None:
    star: Any = {"cors_origins": "*", "dist": dist}
    without_keys: list[dict[str, Any]] = [
        {}, {"require_keys": False}, {"host": "0.0.0.0", "insecure": True},
    ]  # fmt: skip
    for open_to_all in without_keys:
        with pytest.raises(StartError, match="EARWITNESS_CORS_ORIGINS"):
            check(Settings(**star, **open_to_all))
    check(Settings(**star, require_keys=True))
    check(Settings(**star, host="0.0.0.0", behind_proxy=True))
    guarded = make_client(cors_origins="*", require_keys=True)
    origin = {"origin": "https://anywhere.example"}
    preflight = {**origin, "access-control-request-method": "POST"}
    preflight["access-control-request-headers"] = "authorization"
    for answer in (
        guarded.get("/healthz", headers=origin),
        guarded.post("/healthz", headers=origin),
        guarded.options("/api/jobs", headers=preflight),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.status_code in (200, 405)
    assert "authorization" in answer.headers["access-control-allow-headers"]


def test_cors_is_off_by_default(make_client: Callable[..., TestClient]) -> None:
    origin = {"origin": "https://friend.example"}
    name = "access-control-allow-origin"
    assert name not in make_client().get("/healthz", headers=origin).headers
    allowed = make_client(cors_origins="https://friend.example")
    assert allowed.get("/healthz", headers=origin).headers[name] == origin["origin"]
