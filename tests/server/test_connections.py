"""Clients that misbehave on the wire, against a server in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.server.conftest import write_page

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def running(folder: Path, *options: str, **settings: str) -> Iterator[str]:
    """A server on the scripted engine; its address."""
    write_page(folder / "dist")
    (folder / "data").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "tests.server.scripted_process", "--port", "0"]
    command += ["--dist", str(folder / "dist"), "--data", str(folder / "data"), *options]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings}
    environment |= {"SCRIPTED_WINDOWS": "1", "SCRIPTED_PACE_S": "0"}
    with (
        (folder / "log.txt").open("w") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment, cwd=ROOT
        ) as process,
    ):
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1].rstrip("/")
        process.terminate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("connections")
    settings = {"EARWITNESS_UPLOAD_IDLE_S": "1", "EARWITNESS_MAX_UPLOAD_BYTES": "10000000",
                "EARWITNESS_HEAD_S": "2", "EARWITNESS_UPLOAD_SLOWEST_BYTES_S": "1000"}  # fmt: skip
    with running(folder, **settings) as address:
        yield address


def connect(address: str) -> socket.socket:
    target = urlsplit(address)
    assert target.hostname
    return socket.create_connection((target.hostname, target.port or 80), timeout=20)


def first_line(connection: socket.socket) -> str:
    """The status line, once it comes."""
    with connection.makefile("rb") as answer:
        return answer.readline().decode().strip()


def head(method: str, path: str, **headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def begin(address: str, length: int) -> str:
    request = urllib.request.Request(f"{address}/api/uploads", b"", method="POST")
    request.add_header("upload-length", str(length))
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers["location"]


def received(address: str, path: str) -> int:
    request = urllib.request.Request(address + path, method="HEAD")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return int(answer.headers["upload-offset"])


def test_a_body_that_trickles_away_is_408(server: str) -> None:
    with connect(server) as connection:
        connection.sendall(
            head("POST", "/v1/audio/transcriptions", Content_Length="1000",
                 Content_Type="multipart/form-data; boundary=b")
            + b"--b\r\n"
        )  # fmt: skip
        assert " 408 " in first_line(connection)


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


def test_a_head_that_drips_is_408_on_a_fresh_and_on_a_used_connection(server: str) -> None:
    slow = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 1000
    with connect(server) as connection:
        assert " 408 " in drip(connection, slow)
    with connect(server) as connection:
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
def test_what_is_no_request_is_told_in_the_one_shape(
    server: str, request_: bytes, status: int
) -> None:
    with connect(server) as connection, connection.makefile("rb") as stream:
        connection.sendall(request_)
        answer = stream.read()
    lines, _, body = answer.partition(b"\r\n\r\n")
    assert int(lines.split()[1]) == status
    assert b"content-type: application/json" in lines.lower()
    error = json.loads(body)["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"].endswith(".")


def test_a_connection_without_a_byte_is_closed_without_a_word(server: str) -> None:
    with connect(server) as connection:
        assert connection.recv(4096) == b""


def test_a_body_that_drips_is_408_and_what_came_of_an_upload_is_kept(server: str) -> None:
    with connect(server) as connection:
        connection.sendall(
            head("POST", "/v1/audio/transcriptions", Content_Length="100000",
                 Content_Type="multipart/form-data; boundary=b")
            + b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        )  # fmt: skip
        assert " 408 " in drip(connection, bytes(1000))
    path = begin(server, 100_000)
    with connect(server) as connection:
        connection.sendall(
            head("PATCH", path, Content_Length="100000", Upload_Offset="0",
                 Content_Type="application/offset+octet-stream")
        )  # fmt: skip
        assert " 408 " in drip(connection, bytes(1000))
    assert received(server, path) > 1


def test_a_claim_of_ten_gigabytes_is_413_before_a_byte_of_it(server: str) -> None:
    with connect(server) as connection:
        connection.sendall(
            head("POST", "/v1/audio/transcriptions", Content_Length=str(10 << 30),
                 Content_Type="multipart/form-data; boundary=b")
        )  # fmt: skip
        assert " 413 " in first_line(connection)


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", "9" * 40])
def test_a_length_that_is_none_is_an_error_of_the_client(server: str, length: str) -> None:
    with connect(server) as connection:
        connection.sendall(head("POST", "/api/jobs", Content_Length=length))
        assert first_line(connection).split()[1] in ("400", "413")


def test_what_arrived_before_the_connection_broke_is_kept(server: str) -> None:
    path = begin(server, 1000)
    with connect(server) as connection:
        connection.sendall(
            head("PATCH", path, Content_Length="1000", Upload_Offset="0",
                 Content_Type="application/offset+octet-stream")
            + bytes(400)
        )  # fmt: skip
        time.sleep(0.3)
    deadline = time.monotonic() + 120
    while received(server, path) != 400:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_header_without_end_is_cut_off(server: str) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 200_000)
        assert first_line(connection).split()[1:2] in (["400"], ["431"], [])


def test_a_hundred_idle_connections_keep_nobody_out(server: str) -> None:
    idle = [connect(server) for _ in range(100)]
    try:
        for each in idle:
            each.sendall(b"GET / HTT")
        with urllib.request.urlopen(f"{server}/healthz", timeout=10) as answer:
            assert answer.status == 200
    finally:
        for each in idle:
            each.close()


def test_it_speaks_https_itself(tmp_path: Path) -> None:
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
    with running(tmp_path, *options) as address:
        assert address.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(certificate))
        with urllib.request.urlopen(f"{address}/", timeout=20, context=trusting) as answer:
            assert "max-age" in answer.headers["strict-transport-security"]
