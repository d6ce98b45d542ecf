"""A page of 0.1.0 and a server of today: its requests are sent again as they were recorded."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.compat.conversation import FOREIGN, content
from tests.compat.exchanges import (
    Event,
    assert_same_shape,
    events,
    is_stream,
    over,
    sent,
    told_before,
    words_told,
)
from tests.compat.support import load
from tests.support.server_process import ServerProcess
from tests.support.waiting import LIMIT_S, wait_for

EXCHANGES: list[dict[str, Any]] = load("conversation/exchanges.json")
KEY: str = load("conversation/expected.json")["key"]
CONSTANT = ("cache-control", "content-type", "tus-resumable", "upload-length", "upload-offset",
            "www-authenticate", "x-accel-buffering")  # fmt: skip
"""Headers of an answer that are the same at every run."""


class Stream:
    """A stream of events that is read while other requests are sent."""

    def __init__(
        self,
        exchange: dict[str, Any],
        connection: http.client.HTTPConnection,
        response: http.client.HTTPResponse,
    ) -> None:
        self.exchange = exchange
        self._socket = connection.sock
        self._connection = connection
        self._response = response
        self._text = ""
        self.ended = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def told(self) -> list[Event]:
        """The events so far."""
        return events(self._text)

    def _read(self) -> None:
        try:
            while piece := self._response.read1(65536):
                self._text += piece.decode()
        except (OSError, ValueError, http.client.HTTPException):
            return
        finally:
            self.ended = True

    def close(self) -> None:
        """Hang up, if the server has not."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(LIMIT_S)
        self._response.close()
        self._connection.close()


class OldPage:
    """Sends what the page sent, with the ids that this server gives."""

    def __init__(self, server: ServerProcess, key: str, foreign: str) -> None:
        self._server = server
        self._names = {KEY: key, "pound": "sentence"}
        (theirs,) = json.loads(EXCHANGES[1]["answer"])["transcripts"]
        self._names[theirs["id"]] = foreign
        self._streams: list[Stream] = []
        self._all: list[Stream] = []
        self.counts: dict[str, int] = {}

    def send(self, begun: int, exchange: dict[str, Any]) -> None:
        """Send one request when its time has come, and compare the answer."""
        self._catch_up(begun)
        path = self._named(exchange["path"])
        if path.startswith("/v1/audio"):
            self._server.script.release()
        cut = exchange.get("cut", {}).get("sent")
        if cut is not None:
            self._lose_connection(path, exchange, cut)
            return
        connection = self._ask(path, exchange)
        response = connection.getresponse()
        where = f"{exchange['method']} {exchange['path']}"
        assert response.status == exchange["status"], where
        self._compare_headers(response, exchange, where)
        if is_stream(exchange):
            self._streams.append(Stream(exchange, connection, response))
            self._all.append(self._streams[-1])
            return
        text = response.read().decode()
        connection.close()
        self._learn(response, exchange, text)
        if exchange["answer"]:
            assert_same_shape(json.loads(text), json.loads(exchange["answer"]), where)
        else:
            assert text == "", where

    def _ask(
        self, path: str, exchange: dict[str, Any], length: int | None = None
    ) -> http.client.HTTPConnection:
        body, kind = sent(exchange)
        headers = {name: self._named(value) for name, value in exchange["headers"].items()}
        # Browsers add it to the requests of pages, behind the page's back.
        headers["sec-fetch-mode"] = "cors"
        if kind:
            headers["content-type"] = kind
        if "last-event-id" in headers:
            headers["last-event-id"] = self._last_mark(exchange["path"])
        if "json" in (exchange["body"] or {}):
            body = self._named(body.decode()).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=LIMIT_S)
        connection.putrequest(exchange["method"], path)
        for name, value in headers.items():
            connection.putheader(name, value)
        if body or exchange["method"] in ("POST", "PATCH"):
            connection.putheader("content-length", str(len(body)))
        connection.endheaders(body[:length] if length else body)
        return connection

    def _lose_connection(self, path: str, exchange: dict[str, Any], length: int) -> None:
        connection = self._ask(path, exchange, length)
        assert connection.sock is not None
        connection.sock.shutdown(socket.SHUT_WR)
        connection.close()
        headers = {"authorization": self._named(exchange["headers"]["authorization"])}

        def arrived() -> bool:
            return self._server.call("HEAD", path, **headers)["upload-offset"] == str(length)

        wait_for(arrived, "the bytes that were sent")

    def _catch_up(self, begun: int) -> None:
        """What streams had told or had ended by now, they tell and end first."""
        for stream in list(self._streams):
            exchange = stream.exchange
            before = told_before(exchange, begun)
            if before and not over(before):
                check = words_told if words_told(before) else bool
                wait_for(lambda s=stream, c=check: c(s.told), f"events of {exchange['path']}")
            if exchange["ended"] <= begun:
                self._end(stream)

    def _end(self, stream: Stream) -> None:
        exchange = stream.exchange
        recorded = events("".join(text for _, text in exchange["answer"]))
        if over(recorded):
            self._server.script.release()
            wait_for(lambda: stream.ended, "the end of a stream")
            self._server.script.hold(1)
            assert over(stream.told)
            assert told_names(stream.told) >= told_names(recorded)
        stream.close()
        self._streams.remove(stream)
        for event in stream.told:
            assert_same_shape(event.data, KNOWN[event.name], f"event {event.name}")
            self.counts[event.name] = self.counts.get(event.name, 0) + 1

    def _last_mark(self, path: str) -> str:
        marks = [
            event.mark
            for stream in self._all
            if stream.exchange["path"] == path
            for event in stream.told
            if event.mark
        ]
        return marks[-1]

    def finish(self) -> None:
        """End what is still open."""
        self._catch_up(len(EXCHANGES) + 1)

    def close(self) -> None:
        """Hang up everywhere."""
        for stream in self._streams:
            stream.close()

    def _compare_headers(
        self, response: http.client.HTTPResponse, exchange: dict[str, Any], where: str
    ) -> None:
        for name, value in exchange["answer_headers"].items():
            found = response.headers[name]
            assert found is not None, f"{where}: {name}"
            if name in CONSTANT:
                assert found == value, f"{where}: {name}"

    def _learn(
        self, response: http.client.HTTPResponse, exchange: dict[str, Any], text: str
    ) -> None:
        """Names that the server gives: of uploads by a header, of jobs in the body too."""
        recorded = exchange["answer_headers"].get("location")
        if recorded is not None:
            found = response.headers["location"]
            assert found.rsplit("/", 1)[0] == recorded.rsplit("/", 1)[0]
            self._names[recorded.rsplit("/", 1)[1]] = found.rsplit("/", 1)[1]
        if exchange["path"] == "/api/jobs":
            assert json.loads(text)["id"] == self._names[json.loads(exchange["answer"])["id"]]

    def _named(self, text: str) -> str:
        for old, new in self._names.items():
            text = text.replace(old, new)
        return text


def told_names(told: list[Event]) -> set[str]:
    """Kinds of events; whether a deleted job is `gone` or `cancelled` first is a race."""
    return {each.name for each in told} - {"gone"}


KNOWN = {
    event.name: event.data
    for exchange in EXCHANGES
    if is_stream(exchange)
    for event in events("".join(text for _, text in exchange["answer"]))
}
"""An event of each kind that the old page knows."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of today on a scripted engine."""
    made = ServerProcess(tmp_path, scripted_windows="2", earwitness_require_keys="true")
    yield made.start()
    made.close()


def test_every_request_of_the_old_page_gets_the_answer_it_knows(server: ServerProcess) -> None:
    key = server.add_key()
    authorization = {"authorization": f"Bearer {key}"}
    length = {"upload-length": str(len(content(FOREIGN)))}
    piece = {"content-type": "application/offset+octet-stream"}
    upload = server.call(
        "POST", "/api/uploads", content(FOREIGN), **length, **piece, **authorization
    )["location"]
    body = {"upload": upload.rsplit("/", 1)[1], "name": FOREIGN}
    foreign = server.call("POST", "/api/jobs", body, **authorization)["id"]
    view = f"/api/jobs/{foreign}"
    wait_for(lambda: server.call("GET", view, **authorization)["state"] == "done", "a job")

    server.script.hold(1)
    page = OldPage(server, key, foreign)
    with closing(page):
        for begun, exchange in enumerate(EXCHANGES):
            page.send(begun, exchange)
        page.finish()
    assert page.counts["segments"] >= 3
