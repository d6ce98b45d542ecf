"""A server that gives recorded answers to the requests they were given to."""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.compat.exchanges import address, is_stream, recording

PATIENCE_S = 30.0
"""How long a part of an answer waits for the requests that had begun before it."""
SAME = ("authorization", "idempotency-key", "last-event-id", "tus-resumable", "upload-length",
        "upload-offset")  # fmt: skip
"""Headers of a request that are to be what they were."""


class RecordedServer(ThreadingHTTPServer):
    """Plays each exchange once, parts of streams in their order among the requests."""

    daemon_threads = True

    def __init__(self, exchanges: list[dict[str, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self._left = list(exchanges)
        self._begun = 0
        self._answered: list[str] = []
        self._moved = threading.Condition()
        self.wrong: list[str] = []
        """What was asked and is not in the recording, or otherwise than there."""
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def origin(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def left(self) -> list[str]:
        """Requests of the recording that nobody has sent."""
        return [f"{each['method']} {each['path']}" for each in self._left]

    def answered(self, ending: str) -> bool:
        """Whether a request whose address ends so has its answer."""
        return any(path.endswith(ending) for path in self._answered)

    def take(self, method: str, path: str) -> dict[str, Any] | None:
        """The next exchange that began with this request."""
        with self._moved:
            for each in self._left:
                if each["method"] == method and address(each["path"]) == address(path):
                    self._left.remove(each)
                    self._begun += 1
                    self._moved.notify_all()
                    return each
            return None

    def wait_begun(self, count: int) -> None:
        """Wait until so many requests have begun."""
        with self._moved:
            self._moved.wait_for(lambda: self._begun >= count, PATIENCE_S)

    def end(self, exchange: dict[str, Any]) -> None:
        """An answer is over."""
        self._answered.append(exchange["path"])

    def close(self) -> None:
        """Answer no more."""
        self.shutdown()
        self.server_close()


class _Answers(BaseHTTPRequestHandler):
    @property
    def _recorded(self) -> RecordedServer:
        return cast("RecordedServer", self.server)

    def _play(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        exchange = self._recorded.take(self.command, self.path)
        if exchange is None:
            self._recorded.wrong.append(f"{self.command} {self.path} is not in the recording")
            self.send_error(500)
            return
        self._compare(exchange, body)
        with suppress(OSError):
            if "sent" not in exchange.get("cut", {}):
                self._answer(exchange)
            self.connection.shutdown(socket.SHUT_RDWR)
        self._recorded.end(exchange)

    def _answer(self, exchange: dict[str, Any]) -> None:
        self.send_response(exchange["status"])
        for name, value in exchange["answer_headers"].items():
            self.send_header(name, value)
        self.end_headers()
        if not is_stream(exchange):
            self.wfile.write(exchange["answer"].encode())
            return
        for begun, text in exchange["answer"]:
            self._recorded.wait_begun(begun)
            self.wfile.write(text.encode())
            self.wfile.flush()

    def _compare(self, exchange: dict[str, Any], body: bytes) -> None:
        """Note what is asked otherwise than the old page asked it."""
        where = f"{exchange['method']} {exchange['path']}"
        asked, recorded = self.headers, exchange["headers"]
        for name in SAME:
            if asked.get(name) != recorded.get(name):
                self._recorded.wrong.append(f"{where}: {name} is {asked.get(name)}")
        if _file_name(asked.get("upload-metadata")) != _file_name(recorded.get("upload-metadata")):
            self._recorded.wrong.append(f"{where}: another file name")
        if is_stream(exchange) and asked.get("accept") != recorded["accept"]:
            self._recorded.wrong.append(f"{where}: accepts {asked.get('accept')}")
        found = _plain(body, asked.get("content-type", ""))
        if found != _plain_recorded(exchange["body"]):
            self._recorded.wrong.append(f"{where}: another body: {str(found)[:300]}")

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = _play  # noqa: N815

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep the test's output clean."""


def _file_name(metadata: str | None) -> str:
    for pair in (metadata or "").split(","):
        name, _, value = pair.partition(" ")
        if name == "filename":
            return base64.b64decode(value).decode()
    return ""


def _plain(body: bytes, content_type: str) -> Any:
    if content_type.startswith("application/json"):
        return json.loads(body)
    if not content_type.startswith("multipart/form-data"):
        return body
    edge = b"--" + content_type.split("boundary=")[1].encode()
    parts = [part[2:-2].partition(b"\r\n\r\n") for part in body.split(edge)[1:-1]]
    names = [re.search(rb'name="([^"]*)"', head) for head, _, _ in parts]
    return [
        (name[1].decode() if name else "", value)
        for name, (_, _, value) in zip(names, parts, strict=True)
    ]


def _plain_recorded(body: Any) -> Any:
    if body is None:
        return b""
    if "json" in body:
        return body["json"]
    if "audio" in body:
        return recording(body["audio"])
    return [
        (name, value.encode() if isinstance(value, str) else recording(value))
        for name, value in body["form"]
    ]
