"""Kills of processes, a full disk, and outages of the database or the store of audio.

On SQLite and a folder, and on PostgreSQL and an S3-compatible store.
"""

from __future__ import annotations

import os
import signal
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.outages import FilledDisk, NetworkStorage, ObjectStore, Storage, network_storage
from tests.support.postgresql import PostgresqlCluster
from tests.support.scripted_engine import sentence
from tests.support.server_process import PIECE, Deployment, ServerProcess
from tests.support.waiting import wait_for

WINDOWS = 6
OUTAGE_S = 2.0
"""Long enough for a batch to fail, and to be tried again and fail again."""
pytestmark = pytest.mark.slow


def wait_until_done(server: ServerProcess, transcript_id: str) -> None:
    """Wait until the job is done; it must never be seen to fail."""

    def done() -> bool:
        view = server.call("GET", f"/api/jobs/{transcript_id}")
        assert view["state"] not in ("failed", "cancelled"), view
        return view["state"] == "done"

    wait_for(done, "a job that is done")


def wait_for_windows(server: ServerProcess, transcript_id: str, count: int) -> None:
    """Wait until that many windows are committed."""
    path = f"/api/transcripts/{transcript_id}"
    wait_for(
        lambda: len(server.call("GET", path)["segments"]) >= count,
        f"{count} windows that are committed",
    )


def assert_whole(server: ServerProcess, transcript_id: str) -> None:
    """Every sentence is there, once, in order."""
    body = server.call("GET", f"/api/jobs/{transcript_id}/result")
    texts = [segment["text"] for segment in body["segments"]]
    assert texts == [sentence(i) for i in range(WINDOWS)]


def is_stopping(server: ServerProcess) -> bool:
    """The server refuses requests because it was told to stop."""
    try:
        server.call("GET", "/readyz")
    except urllib.error.HTTPError as refused:
        return refused.code == 503
    return False


@pytest.fixture(scope="session")
def object_store() -> Iterator[ObjectStore]:
    """An S3-compatible store, started once."""
    store = ObjectStore()
    yield store
    store.close()


@pytest.fixture(params=["disk", "network"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """SQLite and a folder, or PostgreSQL and a store; empty."""
    if request.param == "disk":
        yield FilledDisk()
        return
    cluster: PostgresqlCluster = request.getfixturevalue("postgresql")
    with network_storage(cluster, request.getfixturevalue("object_store")) as storage:
        yield storage


@pytest.fixture
def deployment(tmp_path: Path, storage: Storage) -> Iterator[Deployment]:
    """Servers on either storage; none is started yet."""
    settings = {"earwitness_slots": "1", "scripted_windows": str(WINDOWS)}
    servers = Deployment(tmp_path, storage, **settings)
    yield servers
    servers.close()


def test_job_continues_from_the_last_window_after_kills(deployment: Deployment) -> None:
    deployment.script.hold(1)
    server = deployment.start()
    transcript_id = server.submit(b"talk")
    for killed_in in (1, 3):
        deployment.script.hold(killed_in)
        wait_for_windows(server, transcript_id, killed_in)
        begun = f"talk {killed_in}"
        wait_for(lambda line=begun: line in deployment.script.begun(), f"the window {begun!r}")
        server.kill()
        server = deployment.start()
    deployment.script.release()
    wait_until_done(server, transcript_id)
    assert_whole(server, transcript_id)
    # A kill costs at most the window in flight.
    assert len(deployment.script.begun()) <= WINDOWS + 2


def test_jobs_of_a_killed_worker_are_taken_over(deployment: Deployment) -> None:
    deployment.script.hold(1)
    web = deployment.start(earwitness_role="web")
    workers = [deployment.start(earwitness_role="worker") for _ in range(3)]
    jobs = [web.submit(f"talk {i}".encode()) for i in range(5)]
    wait_for(lambda: len(deployment.script.begun()) == 6, "a job in the middle on each worker")
    workers[0].kill()
    deployment.script.release()
    for each in jobs:
        wait_until_done(web, each)
        assert_whole(web, each)
    assert len(deployment.script.begun()) <= 5 * WINDOWS + 1


def test_batch_in_flight_is_kept_on_sigterm(deployment: Deployment) -> None:
    deployment.script.hold(2)
    server = deployment.start(earwitness_drain_s="600")
    transcript_id = server.submit(b"talk")
    wait_for(lambda: "talk 2" in deployment.script.begun(), "a batch in flight")
    os.kill(server.pid, signal.SIGTERM)
    wait_for(lambda: is_stopping(server), "a server that is stopping")
    deployment.script.release()
    assert server.exit_status() == 0
    server = deployment.start()
    wait_until_done(server, transcript_id)
    assert_whole(server, transcript_id)
    assert len(deployment.script.begun()) == WINDOWS


def test_upload_continues_after_a_kill(deployment: Deployment) -> None:
    server = deployment.start()
    length = {"upload-length": "8"}
    path = server.call("POST", "/api/uploads", b"", **length)["location"]
    server.call("PATCH", path, b"talk", **PIECE, **{"upload-offset": "0"})
    server.kill()
    server = deployment.start()
    assert server.call("HEAD", path)["upload-offset"] == "4"
    server.call("PATCH", path, b"ing!", **PIECE, **{"upload-offset": "4"})
    job = server.call("POST", "/api/jobs", {"upload": path.split("/")[-1]})["id"]
    wait_until_done(server, job)
    assert_whole(server, job)


def test_silent_worker_of_another_machine_is_replaced(deployment: Deployment) -> None:
    away = {"earwitness_worker_away_s": "3"}
    deployment.script.hold(1)
    web = deployment.start(earwitness_role="web", **away)
    lost = deployment.start(earwitness_role="worker", scripted_host="elsewhere", **away)
    job = web.submit(b"talk")
    wait_for_windows(web, job, 1)
    lost.kill()
    deployment.script.release()
    deployment.start(earwitness_role="worker", **away)
    wait_until_done(web, job)
    assert_whole(web, job)


def test_storage_outage_returns_503_and_loses_nothing(deployment: Deployment) -> None:
    server = deployment.start()
    for part in deployment.storage.parts:
        deployment.script.hold(1)
        transcript_id = server.submit(b"talk")
        wait_for_windows(server, transcript_id, 1)
        deployment.storage.take_away([server.pid], part)
        try:
            with pytest.raises(urllib.error.HTTPError) as refused:
                server.submit(b"another")
            assert refused.value.code == 503, part
            assert "storage_unavailable" in refused.value.__notes__[0]
            deployment.script.release()
            time.sleep(OUTAGE_S)
        finally:
            deployment.storage.give_back([server.pid], part)
        wait_until_done(server, transcript_id)
        assert_whole(server, transcript_id)
        wait_until_done(server, server.submit(b"later"))


def test_job_survives_a_database_restart(deployment: Deployment) -> None:
    if not isinstance(deployment.storage, NetworkStorage):
        pytest.skip("SQLite is no server that could start again")
    server = deployment.start()
    deployment.script.hold(1)
    transcript_id = server.submit(b"talk")
    wait_for_windows(server, transcript_id, 1)
    deployment.storage.restart_database()
    deployment.script.release()
    wait_until_done(server, transcript_id)
    assert_whole(server, transcript_id)


def test_start_without_storage_fails_with_a_message(deployment: Deployment) -> None:
    if not isinstance(deployment.storage, NetworkStorage):
        pytest.skip("a disk is full for processes that run, not for ones to come")
    for part in deployment.storage.parts:
        deployment.storage.take_away([], part)
    server = deployment.make()
    server.launch()
    assert server.exit_status() == 2
    assert "unavailable" in server.log
