"""Decisions made from the head of a request, before its body."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from earwitness_server.storage.database import Database
from earwitness_server.storage.keys import KeyLimits, Keys

from tests.support.files import sizes_below
from tests.support.raw_http import connect, error_of, head
from tests.support.server_process import ServerProcess
from tests.support.waiting import LIMIT_S, wait_for, within_one_minute

FORM = {"Content_Type": "multipart/form-data; boundary=b"}
JSON = {"Content_Type": "application/json"}
PATH = "/v1/audio/transcriptions"
FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
MODEL = b'--b\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n'


@dataclass
class Guarded:
    """A server in a process of its own that asks for keys, with one place for direct requests."""

    address: str
    data: Path

    def key(self, *scopes: str, **limits: Any) -> str:
        """The header of a fresh key."""
        database = Database(f"sqlite:///{self.data / 'earwitness.sqlite'}")
        try:
            chosen = list(scopes) or ["transcribe", "read", "write"]
            return f"Bearer {Keys(database).add('ann', chosen, limits=KeyLimits(**limits))}"
        finally:
            database.close()

    def asked(self, method: str, path: str, **headers: str) -> tuple[int, dict[str, Any]]:
        """The answer to a head alone."""
        with connect(self.address) as connection:
            connection.sendall(head(method, path, **{"Content_Length": "900000", **headers}))
            return error_of(connection)

    def spooled(self) -> list[int]:
        """Sizes of the files on their way. The server may delete any of them at any moment."""
        return sizes_below(self.data / "temporary")


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    process = ServerProcess(
        tmp_path_factory.mktemp("heads"),
        scripted_windows="1",
        earwitness_require_keys="true",
        earwitness_slots="1",
        earwitness_waiting_limit="0",
    )
    yield Guarded(process.start().origin, process.data)
    process.close()


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("POST", PATH, FORM),
        ("POST", "/v1/audio/translations", FORM),
        ("POST", "/api/jobs", JSON),
        ("POST", "/api/uploads", {}),
        ("PATCH", "/api/transcripts/abc", JSON),
    ],
)
def test_missing_key_or_scope_is_rejected_before_the_body(
    guarded: Guarded, method: str, path: str, kind: dict[str, str]
) -> None:
    status, error = guarded.asked(method, path, **kind)
    assert (status, error["code"]) == (401, "invalid_api_key")
    reader = guarded.key("operate")
    status, error = guarded.asked(method, path, Authorization=reader, **kind)
    assert (status, error["code"]) == (403, "insufficient_scope")


def test_missing_key_is_reported_before_invalid_json(guarded: Guarded) -> None:
    with connect(guarded.address) as connection:
        connection.sendall(head("POST", "/api/jobs", Content_Length="4", **JSON) + b"{bad")
        assert error_of(connection)[0] == 401


def test_rate_limit_applies_before_the_body_and_counts_each_request_once(guarded: Guarded) -> None:
    def ask_too_often() -> tuple[list[int], int, str]:
        key = guarded.key(rate_per_minute=3)
        statuses: list[int] = []
        for _ in range(5):
            with connect(guarded.address) as connection:
                connection.sendall(
                    head("POST", "/api/jobs", Content_Length="2", Authorization=key, **JSON) + b"{}"
                )
                statuses.append(error_of(connection)[0])
        status, error = guarded.asked("POST", PATH, Authorization=key, **FORM)
        return statuses, status, error["code"]

    statuses, status, code = within_one_minute(ask_too_often)
    assert statuses == [422, 422, 422, 429, 429]
    assert (status, code) == (429, "rate_limit_exceeded")


@pytest.mark.parametrize(
    ("path", "status", "megabytes"), [(PATH, 401, 20), ("/api/jobs", 401, 1), ("/api/jobs", 413, 2)]
)
def test_error_is_delivered_to_a_client_that_sends_the_whole_body(
    guarded: Guarded, path: str, status: int, megabytes: int
) -> None:
    target = urlsplit(guarded.address)
    kind = {"content-type": "application/json"}
    if status == 413:
        kind["authorization"] = guarded.key()
    for _ in range(5):
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=LIMIT_S)
        connection.request("POST", path, b" " * (megabytes << 20), kind)
        answer = connection.getresponse()
        assert answer.status == status
        assert json.loads(answer.read())["error"]["message"]
        assert answer.headers["connection"] == "close"
        connection.close()
    wait_for(lambda: guarded.spooled() == [], "no file on its way")


def test_file_is_spooled_in_the_data_folder_and_takes_a_slot(guarded: Guarded) -> None:
    key = guarded.key()
    with connect(guarded.address) as connection:
        connection.sendall(
            head("POST", PATH, Content_Length="9000000", Authorization=key, **FORM)
            + MODEL + FILE + bytes(3 << 20)
        )  # fmt: skip
        wait_for(lambda: sum(guarded.spooled()) > 2 << 20, "two megabytes in the server's folder")
        status, error = guarded.asked("POST", PATH, Authorization=key, **FORM)
        assert (status, error["code"]) == (429, "server_busy")
    wait_for(lambda: guarded.spooled() == [], "no file on its way")
    body = MODEL + FILE + b"sound\r\n--b--\r\n"
    length = str(len(body))
    with connect(guarded.address) as connection:
        connection.sendall(
            head("POST", PATH, Content_Length=length, Authorization=key, **FORM) + body
        )
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        assert (answer.status, "sentence" in answer.read().decode()) == (200, True)
    wait_for(lambda: guarded.spooled() == [], "no file on its way")
