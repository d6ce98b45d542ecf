"""Stopping a server: running requests finish within the grace period, new ones are refused."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.support.files import files_below
from tests.support.raw_http import connect, head, send_part
from tests.support.scripted_engine import sentence
from tests.support.server_process import Deployment, ServerProcess
from tests.support.waiting import LIMIT_S, wait_for

DIRECT = "/v1/audio/transcriptions"
NEVER_S = "100000"
"""A grace so long that a server which waits for its end does not end in this test."""


@pytest.fixture
def aside() -> Iterator[Callable[..., Future[Any]]]:
    """Do something meanwhile."""
    with ThreadPoolExecutor(8) as pool:
        yield pool.submit


def ask(server: ServerProcess, content: bytes = b"talk", **fields: str) -> httpx2.Response:
    """A direct request, answered."""
    file = {"file": ("talk.wav", content, "audio/wav")}
    form = {"model": "whisper-1", **fields}
    return httpx2.post(server.origin + DIRECT, data=form, files=file, timeout=LIMIT_S)


def get(server: ServerProcess, path: str) -> httpx2.Response:
    return httpx2.get(server.origin + path, timeout=LIMIT_S)


def sigterm(server: ServerProcess) -> None:
    """Tell it to stop, and wait until it refuses requests or has ended."""
    os.kill(server.pid, signal.SIGTERM)
    wait_for(
        lambda: not server.alive or get(server, "/readyz").status_code == 503,
        "a server that is stopping",
    )


def wait_for_windows(deployment: Deployment, count: int) -> None:
    """Wait until so many windows were begun."""
    wait_for(lambda: len(deployment.script.begun()) >= count, f"{count} windows that are begun")


def wait_for_direct(server: ServerProcess, count: int) -> None:
    """Wait until so many direct requests are transcribed or wait for it."""
    wanted = f"earwitness_direct_requests {count}.0"
    wait_for(lambda: wanted in get(server, "/metrics").text, f"{count} direct requests")


def assert_sent_elsewhere(answer: httpx2.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.headers["connection"] == "close"
    assert_says_that_it_stops(answer.json())


def assert_says_that_it_stops(body: dict[str, Any]) -> None:
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert (body["error"]["type"], body["error"]["code"]) == ("server_error", "server_stopping")
    assert "stopping" in body["error"]["message"]


def test_running_request_finishes_and_new_requests_return_503(
    deployment: Deployment, aside: Callable[..., Future[Any]]
) -> None:
    server = deployment.start(earwitness_drain_s=NEVER_S)
    deployment.script.hold(0)
    transcribed = aside(ask, server)
    wait_for_windows(deployment, 1)
    waiting = aside(ask, server, b"behind")
    wait_for_direct(server, 2)
    sigterm(server)
    # The one that waits for a slot can be transcribed elsewhere: it is told so at once.
    assert_sent_elsewhere(waiting.result(LIMIT_S))
    assert not transcribed.done()
    assert_sent_elsewhere(get(server, "/readyz"))
    assert get(server, "/healthz").json() == {"status": "ok"}
    assert_sent_elsewhere(ask(server))
    upload = {"upload-length": "4"}
    uploads, jobs = (f"{server.origin}/api/{each}" for each in ("uploads", "jobs"))
    assert_sent_elsewhere(httpx2.post(uploads, headers=upload, timeout=LIMIT_S))
    assert_sent_elsewhere(httpx2.post(jobs, json={"upload": "1"}, timeout=LIMIT_S))
    deployment.script.release()
    answer = transcribed.result(LIMIT_S)
    assert answer.status_code == 200
    assert answer.json()["text"] == " ".join(map(sentence, range(6)))
    assert server.exit_status() == 0
    assert len(deployment.script.begun()) == 6


@pytest.mark.parametrize("role", ["all", "web"])
def test_request_beyond_the_grace_period_returns_503_and_stops(
    deployment: Deployment, aside: Callable[..., Future[Any]], role: str
) -> None:
    server = deployment.start(earwitness_role=role, earwitness_drain_s="1", earwitness_slots="2")
    worker = server
    if role == "web":
        worker = deployment.start(earwitness_role="worker", earwitness_slots="2")
    deployment.script.hold(1)
    whole, streamed = aside(ask, server), aside(ask, server, b"two", stream="true")
    wait_for_windows(deployment, 4)
    sigterm(server)
    assert_sent_elsewhere(whole.result(LIMIT_S))
    assert streamed.result(LIMIT_S).status_code in (200, 503)
    deployment.script.release()
    assert server.exit_status() == 0
    if worker is server:
        assert files_below(deployment.data / "temporary") == []
    else:
        assert worker.call("GET", "/readyz")["status"] == "ready"
        other = deployment.start(earwitness_role="web")
        job = other.submit(b"next")
        wait_for(lambda: other.state(job) == "done", "the next job of the worker")
    # The second window of each was in flight.
    ours = [line for line in deployment.script.begun() if not line.startswith("next")]
    assert len(ours) == 4


def test_stream_ends_with_an_error_event_or_returns_503(
    deployment: Deployment, aside: Callable[..., Future[Any]]
) -> None:
    server = deployment.start(earwitness_drain_s="1")
    deployment.script.hold(1)
    begun = aside(ask, server, stream="true")
    wait_for_windows(deployment, 2)
    os.kill(server.pid, signal.SIGTERM)
    # To its end: a stream that is cut off raises instead.
    answer = begun.result(LIMIT_S)
    deployment.script.release()
    assert answer.status_code == 200
    events = [each.split("\n") for each in answer.text.split("\n\n") if each]
    assert events[0][0] == "event: transcript.text.delta"
    assert events[-1][0] == "event: error"
    assert_says_that_it_stops(
        httpx2.Response(200, text=events[-1][1].removeprefix("data: ")).json()
    )
    assert server.exit_status() == 0

    deployment.script.hold(0)
    server = deployment.start(earwitness_drain_s="1")
    silent = aside(ask, server, stream="true")
    wait_for_direct(server, 1)
    sigterm(server)
    assert_sent_elsewhere(silent.result(LIMIT_S))
    deployment.script.release()
    assert server.exit_status() == 0


def test_followers_of_a_job_resume_after_a_restart(
    deployment: Deployment, aside: Callable[..., Future[Any]]
) -> None:
    server = deployment.start(earwitness_drain_s=NEVER_S)
    deployment.script.hold(2)
    job = server.submit(b"talk")
    path = f"/api/jobs/{job}/events"
    followed = aside(get, server, path)
    wait_for_windows(deployment, 3)
    listeners = "earwitness_listeners 1.0"
    wait_for(lambda: listeners in get(server, "/metrics").text, "a follower of the job")
    os.kill(server.pid, signal.SIGTERM)
    # To its end: a stream that is cut off raises instead.
    events = followed.result(LIMIT_S).text
    deployment.script.release()
    assert server.exit_status() == 0
    seen = [line[4:] for line in events.splitlines() if line.startswith("id: ")]
    assert not seen[-1].endswith("done")
    server = deployment.start()
    headers = {"last-event-id": seen[-1]}
    rest = httpx2.get(server.origin + path, headers=headers, timeout=LIMIT_S).text
    texts = [f'"text":"{sentence(i)}"' for i in range(6)]
    both = (events + rest).replace('"text": ', '"text":')
    assert [both.count(text) for text in texts] == [1] * 6
    assert len(deployment.script.begun()) == 6


def test_body_in_flight_returns_503_and_is_kept(deployment: Deployment) -> None:
    server = deployment.start(earwitness_drain_s="1")
    length = {"upload-length": "1000"}
    path = server.call("POST", "/api/uploads", b"", **length)["location"]
    with connect(server.origin) as connection:
        piece = {"Content_Length": "1000", "Upload_Offset": "0"}
        piece |= {"Content_Type": "application/offset+octet-stream", "Expect": "100-continue"}
        send_part(connection, head("PATCH", path, **piece), b"talk")
        os.kill(server.pid, signal.SIGTERM)
        answer = b""
        while more := connection.recv(65536):
            answer += more
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"server_stopping" in answer
    assert server.exit_status() == 0
    server = deployment.start()
    assert server.call("HEAD", path)["upload-offset"] == "4"


def test_endless_batch_does_not_delay_the_exit(
    deployment: Deployment, aside: Callable[..., Future[Any]]
) -> None:
    deployment.script.hold(0)
    server = deployment.start(earwitness_drain_s="1")
    direct = aside(ask, server)
    server.submit(b"talk")
    wait_for_direct(server, 1)
    sigterm(server)
    assert_sent_elsewhere(direct.result(LIMIT_S))
    assert server.exit_status() == 0


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_second_signal_ends_the_process_at_once(
    deployment: Deployment, aside: Callable[..., Future[Any]], second: signal.Signals
) -> None:
    server = deployment.start(earwitness_drain_s=NEVER_S)
    deployment.script.hold(1)
    direct = aside(ask, server)
    wait_for_windows(deployment, 2)
    sigterm(server)
    os.kill(server.pid, second)
    assert server.exit_status() == -second
    with pytest.raises(httpx2.TransportError):
        direct.result(LIMIT_S)
    assert list((deployment.data / "temporary").iterdir()) == []


@pytest.mark.parametrize("role", ["all", "web", "worker", "page"])
def test_idle_server_exits_without_waiting_for_the_grace_period(
    deployment: Deployment, role: str
) -> None:
    server = deployment.start(earwitness_role=role, earwitness_drain_s=NEVER_S)
    os.kill(server.pid, signal.SIGTERM)
    assert server.exit_status() == 0


def test_worker_finishes_its_batch_and_another_continues(deployment: Deployment) -> None:
    web = deployment.start(earwitness_role="web")
    worker = deployment.start(earwitness_role="worker", earwitness_drain_s=NEVER_S)
    deployment.script.hold(0)
    job = web.submit(b"talk")
    wait_for(lambda: web.state(job) == "transcribing", "a job that a worker has begun")
    sigterm(worker)
    deployment.script.release()
    assert worker.exit_status() == 0
    deployment.start(earwitness_role="worker")
    wait_for(lambda: web.state(job) == "done", "the other worker's end of the job")
    assert len(deployment.script.begun()) == 6
