"""Told to stop: what is in flight ends well, what comes anew is sent elsewhere, and it does end."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.server.databases import FullDisk
from tests.server.house import PATIENCE_S, House, Server, until
from tests.server.scripted import sentence

DIRECT = "/v1/audio/transcriptions"


@pytest.fixture
def house(dist: Path, tmp_path: Path) -> Iterator[House]:
    """No server yet."""
    house = House(dist, tmp_path / "data", FullDisk())
    yield house
    house.end()


@pytest.fixture
def aside() -> Iterator[Callable[..., Future[Any]]]:
    """Do something meanwhile."""
    with ThreadPoolExecutor(8) as pool:
        yield pool.submit


def ask(server: Server, content: bytes = b"talk", **fields: str) -> httpx2.Response:
    """A direct request, answered."""
    file = {"file": ("talk.wav", content, "audio/wav")}
    form = {"model": "whisper-1", **fields}
    return httpx2.post(server.address + DIRECT, data=form, files=file, timeout=PATIENCE_S)


def get(server: Server, path: str) -> httpx2.Response:
    return httpx2.get(server.address + path, timeout=PATIENCE_S)


def sigterm(server: Server) -> float:
    """Tell it to stop, and wait until it has heard; when that was."""
    told_s = time.monotonic()
    os.kill(server.pid, signal.SIGTERM)
    until(lambda: get(server, "/readyz").status_code == 503)
    return told_s


def end_of(server: Server) -> int | None:
    """Its exit status, once there is one."""
    server.process.join(PATIENCE_S)
    return server.process.exitcode


def hears(house: House, count: int) -> None:
    """Wait until that many batches were heard."""
    until(lambda: len(house.heard()) >= count)


def assert_sent_elsewhere(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["connection"] == "close"
    assert_says_that_it_stops(answer.json())


def assert_says_that_it_stops(body: dict[str, Any]) -> None:
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert (body["error"]["type"], body["error"]["code"]) == ("server_error", "server_stopping")
    assert "stopping" in body["error"]["message"]


def test_what_is_heard_ends_while_what_comes_is_sent_elsewhere(
    house: House, aside: Callable[..., Future[Any]]
) -> None:
    server = house.start(scripted_pace_s="0.5")
    heard = aside(ask, server)
    hears(house, 1)
    waiting = aside(ask, server, b"behind")
    until(lambda: "earwitness_direct_requests 2.0" in get(server, "/metrics").text)
    sigterm(server)
    # The one that waits for a slot can be heard elsewhere: it is told so at once.
    assert_sent_elsewhere(waiting.result(PATIENCE_S))
    assert not heard.done()
    assert_sent_elsewhere(get(server, "/readyz"))
    assert get(server, "/healthz").json() == {"status": "ok"}
    assert_sent_elsewhere(ask(server))
    upload = {"upload-length": "4"}
    assert_sent_elsewhere(httpx2.post(f"{server.address}/api/uploads", headers=upload))
    assert_sent_elsewhere(httpx2.post(f"{server.address}/api/jobs", json={"upload": "1"}))
    answer = heard.result(PATIENCE_S)
    assert answer.status_code == 200
    assert answer.json()["text"] == " ".join(map(sentence, range(6)))
    assert end_of(server) == 0
    assert len(house.heard()) == 6


@pytest.mark.parametrize("role", ["all", "web"])
def test_what_cannot_end_in_time_is_told_so_and_its_work_stops(
    house: House, aside: Callable[..., Future[Any]], role: str
) -> None:
    lasts = {"scripted_windows": "200", "earwitness_drain_s": "1"}
    server = house.start(earwitness_role=role, **lasts)
    worker = house.start(earwitness_role="worker", **lasts) if role == "web" else server
    whole, streamed = aside(ask, server), aside(ask, server, b"two", stream="true")
    hears(house, 2)
    told_s = sigterm(server)
    assert_sent_elsewhere(whole.result(PATIENCE_S))
    assert streamed.result(PATIENCE_S).status_code in (200, 503)
    assert end_of(server) == 0
    assert time.monotonic() - told_s < 20
    count = len(house.heard())
    time.sleep(1)
    assert len(house.heard()) <= count + 1
    if worker is not server:
        assert worker.call("GET", "/readyz")["status"] == "ready"
    assert not [each for each in (house.data / "temporary").glob("*/*") if worker is server]


def test_a_stream_ends_with_an_error_event_or_never_begins(
    house: House, aside: Callable[..., Future[Any]]
) -> None:
    lasts = {"scripted_windows": "200", "earwitness_drain_s": "1", "earwitness_slots": "2"}
    server = house.start(**lasts)
    begun = aside(ask, server, stream="true")
    hears(house, 2)
    os.kill(server.pid, signal.SIGTERM)
    # To its end: a stream that is cut off raises instead.
    answer = begun.result(PATIENCE_S)
    assert answer.status_code == 200
    events = [each.split("\n") for each in answer.text.split("\n\n") if each]
    assert events[0][0] == "event: transcript.text.delta"
    assert events[-1][0] == "event: error"
    assert_says_that_it_stops(
        httpx2.Response(200, text=events[-1][1].removeprefix("data: ")).json()
    )
    assert end_of(server) == 0

    server = house.start(**lasts | {"scripted_pace_s": "4"})
    silent = aside(ask, server, stream="true")
    until(lambda: "earwitness_direct_requests 1.0" in get(server, "/metrics").text)
    sigterm(server)
    assert_sent_elsewhere(silent.result(PATIENCE_S))
    assert end_of(server) == 0


def test_followers_of_a_job_are_let_go_and_go_on_where_they_were(
    house: House, aside: Callable[..., Future[Any]]
) -> None:
    server = house.start(scripted_pace_s="0.5")
    job = server.submit(b"talk")
    path = f"/api/jobs/{job}/events"
    followed = aside(get, server, path)
    hears(house, 2)
    os.kill(server.pid, signal.SIGTERM)
    # To its end: a stream that is cut off raises instead.
    events = followed.result(PATIENCE_S).text
    assert end_of(server) == 0
    seen = [line[4:] for line in events.splitlines() if line.startswith("id: ")]
    assert not seen[-1].endswith("done")
    server = house.start()
    headers = {"last-event-id": seen[-1]}
    rest = httpx2.get(server.address + path, headers=headers, timeout=PATIENCE_S).text
    texts = [f'"text":"{sentence(i)}"' for i in range(6)]
    both = (events + rest).replace('"text": ', '"text":')
    assert [both.count(text) for text in texts] == [1] * 6
    assert len(house.heard()) == 6


def test_a_body_that_still_arrives_is_answered_and_kept(house: House) -> None:
    server = house.start(earwitness_drain_s="1")
    length = {"upload-length": "1000"}
    path = server.call("POST", "/api/uploads", b"", **length)["location"]
    host, port = server.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
        connection.sendall(
            f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n"
            "Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\n\r\ntalk".encode()
        )
        time.sleep(0.5)
        os.kill(server.pid, signal.SIGTERM)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"server_stopping" in answer
    assert end_of(server) == 0
    server = house.start()
    assert server.call("HEAD", path)["upload-offset"] == "4"


def test_a_batch_without_end_does_not_hold_the_process(
    house: House, aside: Callable[..., Future[Any]]
) -> None:
    server = house.start(scripted_pace_s="600", earwitness_drain_s="1")
    direct = aside(ask, server)
    server.submit(b"talk")
    until(lambda: "earwitness_direct_requests 1.0" in get(server, "/metrics").text)
    told_s = sigterm(server)
    assert_sent_elsewhere(direct.result(PATIENCE_S))
    assert end_of(server) == 0
    assert time.monotonic() - told_s < 20


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(
    house: House, aside: Callable[..., Future[Any]], second: signal.Signals
) -> None:
    server = house.start(scripted_windows="200")
    direct = aside(ask, server)
    hears(house, 1)
    sigterm(server)
    told_s = time.monotonic()
    os.kill(server.pid, second)
    assert end_of(server) == -second
    assert time.monotonic() - told_s < 5
    with pytest.raises(httpx2.TransportError):
        direct.result(PATIENCE_S)
    assert list((house.data / "temporary").iterdir()) == []


@pytest.mark.parametrize("role", ["all", "web", "worker", "page"])
def test_with_nothing_to_do_it_ends_soon(house: House, role: str) -> None:
    if role == "page":
        process, said = house.launch(earwitness_role=role)
        server = Server(process, "")
        house.servers.append(server)
        until(lambda: said.exists() and "Earwitness is at" in said.read_text())
    else:
        server = house.start(earwitness_role=role)
    told_s = time.monotonic()
    os.kill(server.pid, signal.SIGTERM)
    assert end_of(server) == 0
    took_s = time.monotonic() - told_s
    assert took_s < 5, "about a second, on a machine with nothing else to do"


def test_a_worker_says_that_it_stops_while_its_batch_ends(house: House) -> None:
    web = house.start(earwitness_role="web")
    worker = house.start(earwitness_role="worker", scripted_pace_s="1.5")
    job = web.submit(b"talk")
    until(lambda: web.call("GET", f"/api/jobs/{job}")["state"] == "transcribing")
    sigterm(worker)
    assert end_of(worker) == 0
    house.start(earwitness_role="worker", scripted_pace_s="0")
    until(lambda: web.call("GET", f"/api/jobs/{job}")["state"] == "done")
    assert len(house.heard()) == 6
