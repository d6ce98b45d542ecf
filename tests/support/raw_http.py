"""HTTP byte by byte, for clients that no library would let misbehave."""

from __future__ import annotations

import fcntl
import http.client
import json
import socket
import struct
import termios
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.support.waiting import LIMIT_S, wait_for


def connect(origin: str) -> socket.socket:
    """A connection to a server."""
    target = urlsplit(origin)
    assert target.hostname
    return socket.create_connection((target.hostname, target.port or 80), timeout=LIMIT_S)


def head(method: str, path: str, **headers: str) -> bytes:
    """A request without its body; underscores in the names of headers stand for hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def status_line(connection: socket.socket) -> str:
    """The first line of the answer, once it comes."""
    with connection.makefile("rb") as answer:
        return answer.readline().decode().strip()


def error_of(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    """Status and error of the answer."""
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, json.loads(answer.read())["error"]


def send_part(connection: socket.socket, request: bytes, part: bytes) -> None:
    """Send a request's head and a part of its body, and wait until the application has the part.

    `request` expects 100 Continue, which is answered once the application awaits the body. A part
    sent earlier may lie in the server's buffer, and is lost with a connection that breaks then.
    """
    connection.sendall(request)
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        more = connection.recv(1)
        assert more, f"a connection that stays open after {answer!r}"
        answer += more
    assert answer.startswith(b"HTTP/1.1 100 ")
    connection.sendall(part)
    _wait_until_read(connection)


def _wait_until_read(connection: socket.socket) -> None:
    """Wait until the other process has taken everything that was sent out of the system's hands."""
    wait_for(lambda: not _unread_bytes(connection), "a server that reads what was sent")


def _unread_bytes(connection: socket.socket) -> int:
    """Bytes that were sent, on their way or waiting to be read. Linux only."""
    answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    on_their_way: int = struct.unpack("i", answer)[0]
    theirs = f"{_hexadecimal(connection.getpeername())} {_hexadecimal(connection.getsockname())}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if f"{local} {remote}" == theirs:
            return on_their_way + int(queues.split(":")[1], 16)
    return on_their_way


def _hexadecimal(address: tuple[str, int]) -> str:
    """An address as /proc/net/tcp has it."""
    number = int.from_bytes(socket.inet_aton(address[0]), "little")
    return f"{number:08X}:{address[1]:04X}"
