"""Slow, silent and malformed connections to a server process."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.raw_http import connect, head, send_part, status_line
from tests.support.server_process import ServerProcess
from tests.support.waiting import LIMIT_S, wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that waits for clients as long as it does by default."""
    settings: dict[str, Any] = {"scripted_windows": "1", "earwitness_max_upload_bytes": "10000000"}
    process = ServerProcess(tmp_path_factory.mktemp("patient"), **settings)
    yield process.start().origin
    process.close()


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that waits for slow clients a second or two."""
    process = ServerProcess(
        tmp_path_factory.mktemp("impatient"),
        scripted_windows="1",
        earwitness_upload_idle_s="1",
        earwitness_head_s="2",
        earwitness_upload_slowest_bytes_s="1000",
    )
    yield process.start().origin
    process.close()


def begin(address: str, length: int) -> str:
    request = urllib.request.Request(f"{address}/api/uploads", b"", method="POST")
    request.add_header("upload-length", str(length))
    with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
        return answer.headers["location"]


def received(address: str, path: str) -> int:
    request = urllib.request.Request(address + path, method="HEAD")
    with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
        return int(answer.headers["upload-offset"])


def test_idle_body_returns_408(impatient: str) -> None:
    with connect(impatient) as connection:
        connection.sendall(
            head("POST", "/v1/audio/transcriptions", Content_Length="1000",
                 Content_Type="multipart/form-data; boundary=b")
            + b"--b\r\n"
        )  # fmt: skip
        assert " 408 " in status_line(connection)


def drip(connection: socket.socket, content: bytes) -> str:
    """Send a byte now and then until there is an answer; its status line."""
    connection.settimeout(0.2)
    for byte in content:
        try:
            connection.sendall(bytes([byte]))
            return connection.recv(4096).split(b"\r\n")[0].decode()
        except TimeoutError:
            continue
    raise AssertionError("it waits for every byte")


def test_slow_request_head_returns_408(impatient: str) -> None:
    slow = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 1000
    with connect(impatient) as connection:
        assert " 408 " in drip(connection, slow)
    with connect(impatient) as connection:
        connection.sendall(head("GET", "/healthz"))
        while not connection.recv(65536).endswith(b'"ok"}'):
            continue
        assert " 408 " in drip(connection, slow)


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (head("POST", "/v1/audio/transcriptions", Content_Length="-5"), 400),
        (b"GET /healthz HTTP/1.1\r\nHost: loc", 408),
    ],
)
def test_malformed_request_returns_a_json_error(
    impatient: str, request_: bytes, status: int
) -> None:
    with connect(impatient) as connection, connection.makefile("rb") as stream:
        connection.sendall(request_)
        answer = stream.read()
    lines, _, body = answer.partition(b"\r\n\r\n")
    assert int(lines.split()[1]) == status
    assert b"content-type: application/json" in lines.lower()
    error = json.loads(body)["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"].endswith(".")


def test_silent_connection_is_closed_without_an_answer(impatient: str) -> None:
    with connect(impatient) as connection:
        assert connection.recv(4096) == b""


def test_slow_body_returns_408_and_received_bytes_are_kept(impatient: str) -> None:
    with connect(impatient) as connection:
        connection.sendall(
            head("POST", "/v1/audio/transcriptions", Content_Length="100000",
                 Content_Type="multipart/form-data; boundary=b")
            + b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        )  # fmt: skip
        assert " 408 " in drip(connection, bytes(1000))
    path = wait_for(lambda: begin(impatient, 100_000), "an upload")
    with connect(impatient) as connection:
        connection.sendall(
            head("PATCH", path, Content_Length="100000", Upload_Offset="0",
                 Content_Type="application/offset+octet-stream")
            + bytes(100)
        )  # fmt: skip
        assert " 408 " in drip(connection, bytes(1000))
    wait_for(lambda: received(impatient, path) >= 100, "what came of the upload")


def test_announced_length_over_the_limit_returns_413_before_the_body(server: str) -> None:
    with connect(server) as connection:
        connection.sendall(
            head("POST", "/v1/audio/transcriptions", Content_Length=str(10 << 30),
                 Content_Type="multipart/form-data; boundary=b")
        )  # fmt: skip
        assert " 413 " in status_line(connection)


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", "9" * 40])
def test_invalid_content_length_is_rejected(server: str, length: str) -> None:
    with connect(server) as connection:
        connection.sendall(head("POST", "/api/jobs", Content_Length=length))
        assert status_line(connection).split()[1] in ("400", "413")


def test_bytes_received_before_a_disconnect_are_kept(server: str) -> None:
    path = begin(server, 1000)
    with connect(server) as connection:
        request = head(
            "PATCH", path, Content_Length="1000", Upload_Offset="0", Expect="100-continue",
            Content_Type="application/offset+octet-stream",
        )  # fmt: skip
        send_part(connection, request, bytes(400))
    wait_for(lambda: received(server, path) == 400, "the 400 bytes that arrived")


def test_endless_header_is_rejected(server: str) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000)
        assert status_line(connection).split()[1:2] in (["400"], ["431"], [])


def test_hundred_idle_connections_do_not_block_others(server: str) -> None:
    idle = [connect(server) for _ in range(100)]
    try:
        for each in idle:
            each.sendall(b"GET / HTT")
        with urllib.request.urlopen(f"{server}/healthz", timeout=LIMIT_S) as answer:
            assert answer.status == 200
    finally:
        for each in idle:
            each.close()


def test_https_is_served_with_a_certificate(tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    options = ("--tls-cert", str(certificate), "--tls-key", str(key))
    process = ServerProcess(tmp_path, *options, scripted_windows="1")
    try:
        process.start()
        trusting = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(process.url, timeout=LIMIT_S, context=trusting) as answer:
            assert "max-age" in answer.headers["strict-transport-security"]
    finally:
        process.close()
