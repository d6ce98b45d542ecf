"""API keys: scopes, owners, limits, and what is never stored or logged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from earwitness_server.cli.main import main
from earwitness_server.storage.keys import KeyLimits, Keys

from tests.support.api import Api
from tests.support.waiting import within_one_minute


@pytest.fixture
def guarded(make_api: Callable[..., Api]) -> Api:
    """An API that asks for keys."""
    return make_api(require_keys=True)


def keys_of(api: Api) -> Keys:
    return api.services.keys


def caller(api: Api, owner: str, *scopes: str, limits: KeyLimits | None = None) -> Api:
    """The API as someone with a fresh key."""
    wanted = list(scopes) or ["transcribe", "read", "write"]
    return api.as_key(keys_of(api).add(owner, wanted, limits=limits))


@pytest.mark.parametrize("path", ["/v1/models", "/api/transcripts", "/api/search?query=a"])
def test_missing_or_invalid_key_returns_401(guarded: Api, path: str) -> None:
    for headers in (
        {},
        {"authorization": "Bearer ew_00000000_wrong"},
        {"authorization": "Basic x"},
    ):
        answer = guarded.http.get(path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "invalid_api_key")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_page_and_liveness_need_no_key(guarded: Api) -> None:
    assert guarded.http.get("/").status_code == 200
    assert guarded.http.get("/healthz").status_code == 200


def test_scopes_limit_what_a_key_may_do(guarded: Api) -> None:
    reader = caller(guarded, "ann", "read")
    assert reader.get("/api/transcripts").status_code == 200
    refused = reader.http.post("/api/uploads", headers={**reader.headers, "upload-length": "1"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "insufficient_scope")
    assert reader.get("/metrics").status_code == 403
    assert caller(guarded, "ops", "operate").get("/metrics").status_code == 200


def test_owners_see_their_own_and_shared_transcripts(guarded: Api) -> None:
    ann, ben = caller(guarded, "ann"), caller(guarded, "ben")
    own = ann.finished(name="Ann's diary.wav")
    for path in ("", "/export?format=txt", "/audio"):
        assert ben.get(f"/api/transcripts/{own}{path}").status_code == 404
    for path in ("", "/result", "/events"):
        assert ben.get(f"/api/jobs/{own}{path}").status_code == 404
    assert ben.http.post(f"/api/jobs/{own}/cancel", headers=ben.headers).status_code == 404
    assert ben.get("/api/search?query=diary").json()["hits"] == []
    assert ben.get("/api/transcripts").json()["transcripts"] == []
    share = {"shared": True}
    ann.http.patch(f"/api/transcripts/{own}", json=share, headers=ann.headers)
    assert ben.get(f"/api/transcripts/{own}").status_code == 200
    assert len(ben.get("/api/search?query=diary").json()["hits"]) == 1
    stolen = ben.http.patch(f"/api/transcripts/{own}", json={"name": "x"}, headers=ben.headers)
    assert stolen.status_code == 404
    assert ben.http.delete(f"/api/transcripts/{own}", headers=ben.headers).status_code == 404


def test_upload_belongs_to_its_owner(guarded: Api) -> None:
    ann, ben = caller(guarded, "ann"), caller(guarded, "ben")
    upload = ann.upload(b"sound")
    answer = ben.http.post("/api/jobs", json={"upload": upload}, headers=ben.headers)
    assert answer.status_code == 404


def test_rate_limit_returns_429_with_retry_after(guarded: Api) -> None:
    def ask_too_often() -> list[Any]:
        slow = caller(guarded, "ann", limits=KeyLimits(rate_per_minute=3))
        return [slow.get("/v1/models") for _ in range(8)]

    answers = within_one_minute(ask_too_often)
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 5
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60


def test_storage_and_jobs_of_a_key_are_limited(guarded: Api) -> None:
    small = caller(guarded, "ann", limits=KeyLimits(storage_bytes=8, concurrent=1))
    small.finished(b"12345678")
    more = small.http.post("/api/uploads", headers={**small.headers, "upload-length": "1"})
    assert (more.status_code, more.json()["error"]["code"]) == (507, "storage_quota_exceeded")
    assert "allows 8 bytes" in more.json()["error"]["message"]
    guarded.engine.hold()
    busy = caller(guarded, "ben", limits=KeyLimits(concurrent=1))
    first = busy.submit()
    upload = busy.upload(b"sound")
    refused = busy.http.post("/api/jobs", json={"upload": upload}, headers=busy.headers)
    guarded.engine.release()
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_jobs")
    busy.wait(first)


def test_rotated_revoked_and_expired_keys_are_rejected(guarded: Api) -> None:
    keys = keys_of(guarded)
    first = keys.add("ann", ["read"])
    key_id = first.split("_")[1]
    second = keys.rotate(key_id)
    assert guarded.as_key(first).get("/api/transcripts").status_code == 401
    assert guarded.as_key(second).get("/api/transcripts").status_code == 200
    keys.revoke(key_id)
    assert guarded.as_key(second).get("/api/transcripts").status_code == 401
    brief = keys.add("ann", ["read"], limits=KeyLimits(days=1e-9))
    assert guarded.as_key(brief).get("/api/transcripts").status_code == 401


def test_key_list_shows_expiry_and_limits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(tmp_path)]
    add = [*data, "keys", "add", "ann"]
    assert main([*add, "--days", "2", "--concurrent", "3", "--label", "laptop"]) == 0
    assert main([*add, "--rate-per-minute", "9", "--storage-bytes", "7"]) == 0
    assert main([*add, "--days", "1e-9"]) == 0
    capsys.readouterr()
    assert main([*data, "keys", "list"]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert " valid until 20" in first
    assert first.endswith(" concurrent=3 laptop")
    assert second.endswith(" valid rate-per-minute=9 storage-bytes=7")
    assert " expired 20" in third
    for option in ("--rate-per-minute", "--concurrent", "--storage-bytes", "--days"):
        for value in ("0", "-1"):
            assert main([*add, f"{option}={value}"]) == 2
            assert "Use" in capsys.readouterr().err


def test_secret_of_a_key_is_not_stored_or_listed(guarded: Api) -> None:
    key = keys_of(guarded).add("ann", ["read"], label="laptop")
    secret = key.split("_", 2)[2]
    assert all(secret not in str(row) for row in keys_of(guarded).rows())
    data = guarded.services.settings.data
    assert all(secret.encode() not in each.read_bytes() for each in data.glob("*.sqlite*"))


def test_log_contains_no_text_names_or_keys(
    guarded: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    key = keys_of(guarded).add("ann", ["transcribe", "read"])
    ann = guarded.as_key(key)
    ann.finished(name="Confidential matter.wav")
    ann.get("/api/search?query=confidential")
    said = capfd.readouterr().err
    assert '"route": "/api/search"' in said
    assert '"level": "info"' in said
    for secret in ("onfidential", "sentence number", key.split("_", 2)[2]):
        assert secret not in said
