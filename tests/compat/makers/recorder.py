"""A proxy in front of a server: writes down what is said to its API, and can lose connections."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.compat.makers.machine import CORPUS
from tests.compat.origin import sha256

API = ("/api/", "/v1/")
ASKED = ("accept", "authorization", "content-type", "idempotency-key", "last-event-id",
         "tus-resumable", "upload-length", "upload-metadata", "upload-offset")  # fmt: skip
"""Headers of a request that mean something to the server."""
ANSWERED = ("cache-control", "content-type", "location", "retry-after", "tus-resumable",
            "upload-expires", "upload-length", "upload-offset", "www-authenticate",
            "x-accel-buffering")  # fmt: skip
"""Headers of an answer that mean something to the page."""
_WORDS_TOLD = re.compile(r"event: segments\n.*\nevent: job\n.*\n\n", re.DOTALL)
_EDGE = re.compile(rb'name="(?P<name>[^"]*)"(?:; filename="(?P<file>[^"]*)")?')


class Recorder(ThreadingHTTPServer):
    """Listens on a port of its own; `exchanges` holds what was said, in the order it began."""

    daemon_threads = True

    def __init__(self, target_port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passage)
        self.target_port = target_port
        self.exchanges: list[dict[str, Any]] = []
        self.cut_upload = False
        self.cut_stream = False
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answered(self, ending: str) -> bool:
        """Whether a request whose address ends so has its answer."""
        with self.lock:
            return any(e["path"].endswith(ending) and "ended" in e for e in self.exchanges)


class _Passage(BaseHTTPRequestHandler):
    @property
    def _recorder(self) -> Recorder:
        return cast("Recorder", self.server)

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        if not self.path.startswith(API):
            self._answer(self._ask(body), None)
            return
        exchange: dict[str, Any] = {
            "method": self.command,
            "path": self.path,
            "headers": _some(dict(self.headers.items()), ASKED),
            "body": _named(body, self.headers.get("content-type", "")),
        }
        with self._recorder.lock:
            self._recorder.exchanges.append(exchange)
        try:
            if self._recorder.cut_upload and self.command == "PATCH":
                self._recorder.cut_upload = False
                half = len(body) // 2
                self._ask(body[:half], len(body)).close()
                exchange["cut"] = {"sent": half}
                return
            self._answer(self._ask(body), exchange)
        finally:
            exchange["ended"] = len(self._recorder.exchanges)

    def _ask(self, body: bytes, promised: int | None = None) -> http.client.HTTPConnection:
        upstream = http.client.HTTPConnection("127.0.0.1", self._recorder.target_port, timeout=600)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in ("connection", "content-length"):
                upstream.putheader(name, value)
        if body or self.command in ("POST", "PATCH"):
            upstream.putheader("content-length", str(promised or len(body)))
        upstream.endheaders(body)
        return upstream

    def _answer(
        self, upstream: http.client.HTTPConnection, exchange: dict[str, Any] | None
    ) -> None:
        response = upstream.getresponse()
        self.send_response(response.status)
        headers = dict(response.getheaders())
        for name, value in headers.items():
            if name.lower() not in ("transfer-encoding", "connection", "date"):
                self.send_header(name, value)
        self.end_headers()
        stream = headers.get("content-type", "").startswith("text/event-stream")
        pieces: list[Any] = []
        if exchange is not None:
            exchange |= {"status": response.status, "answer_headers": _some(headers, ANSWERED)}
            exchange["answer"] = pieces
        # A page that hangs up ends the stream; what it heard until then is the recording.
        with suppress(OSError, ValueError):
            while piece := response.read1(65536):
                self.wfile.write(piece)
                if exchange is None:
                    continue
                text = piece.decode()
                pieces.append([len(self._recorder.exchanges), text])
                told = "".join(each for _, each in pieces)
                if stream and self._recorder.cut_stream and _WORDS_TOLD.search(told):
                    self._recorder.cut_stream = False
                    exchange["cut"] = {"answered": len(pieces)}
                    break
        upstream.close()
        if exchange is not None and not stream:
            exchange["answer"] = "".join(text for _, text in pieces)
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = _pass  # noqa: N815

    def log_message(self, format: str, *arguments: Any) -> None:
        """Keep the maker's output short."""


def _some(headers: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    found = {name.lower(): value for name, value in headers.items()}
    return {name: found[name] for name in names if name in found}


def _named(body: bytes, content_type: str) -> Any:
    """A body as a fixture holds it: JSON as it is, recordings by name."""
    if not body:
        return None
    if content_type.startswith("application/json"):
        return {"json": json.loads(body)}
    if not content_type.startswith("multipart/form-data"):
        return {"audio": _recording(body)}
    edge = b"--" + content_type.split("boundary=")[1].encode()
    fields: list[Any] = []
    for part in body.split(edge)[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        found = _EDGE.search(head)
        assert found is not None
        name = found["name"].decode()
        if found["file"] is None:
            fields.append([name, value.decode()])
        else:
            fields.append([name, {"filename": found["file"].decode(), **_recording(value)}])
    return {"form": fields}


def _recording(content: bytes) -> dict[str, Any]:
    for path in CORPUS.iterdir():
        whole = path.read_bytes()
        at = whole.find(content) if len(content) <= len(whole) else -1
        if at >= 0:
            return {"corpus": path.name, "start": at, "end": at + len(content)}
    return {"text": content.decode(), "sha256": sha256(content)}
