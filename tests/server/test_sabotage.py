"""What must survive: processes killed at any moment, a full disk, a database or a store away.

Every server here is a process of its own on a scripted engine, so that it can be killed; on
SQLite and a folder, and on PostgreSQL and an S3-compatible store.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.server.databases import Fleet, FullDisk, Places
from tests.server.scripted import sentence

pytestmark = pytest.mark.slow
WINDOWS = 6
PACE_S = 0.3
PIECE = {"content-type": "application/offset+octet-stream"}


@dataclass
class Server:
    """One process."""

    process: subprocess.Popen[str]
    address: str

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request; the answer's JSON (or its headers, where there is no body)."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else None
        headers.setdefault("content-type", "application/json")
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                content = answer.read()
                return json.loads(content) if content else answer.headers
        except urllib.error.HTTPError as error:
            # The body names the reason; it is read here because the connection is closed after.
            error.add_note(error.read().decode())
            raise

    def submit(self, content: bytes) -> str:
        """Upload a recording and make it a job; the transcript's id."""
        length = {"upload-length": str(len(content)), **PIECE}
        upload = self.call("POST", "/api/uploads", content, **length)["location"].split("/")[-1]
        return self.call("POST", "/api/jobs", {"upload": upload})["id"]

    def kill(self) -> None:
        """As the kernel or a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        """As a supervisor would."""
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=40)
        if self.process.stdout is not None:
            self.process.stdout.close()


@dataclass
class House:
    """Several servers on the same database and store."""

    dist: Path
    data: Path
    places: Places
    servers: list[Server] = field(default_factory=list[Server])

    def launch(self, **settings: str) -> subprocess.Popen[str]:
        """Start a process."""
        environment = {
            **os.environ,
            **self.places.environment,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "SCRIPTED_WINDOWS": str(WINDOWS),
            "SCRIPTED_PACE_S": str(PACE_S),
            "EARWITNESS_WORKER_AWAY_S": "3",
            "EARWITNESS_SLOTS": "1",
            "EARWITNESS_LOG_LEVEL": "warning",
            **{f"EARWITNESS_{name.upper()}": value for name, value in settings.items()},
        }
        command = [sys.executable, "-m", "tests.server.scripted_process", "--port", "0"]
        command += ["--dist", str(self.dist), "--data", str(self.data)]
        root = Path(__file__).resolve().parents[2]
        with self.log().open("w") as errors:
            return subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=errors, text=True, env=environment, cwd=root
            )

    def log(self) -> Path:
        """What the next process writes to standard error."""
        return self.data.parent / f"server-{len(self.servers)}.log"

    def start(self, **settings: str) -> Server:
        """Start a process; returns when it answers."""
        log = self.log()
        process = self.launch(**settings)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, log.read_text()
        server = Server(process, line.split()[-1].rstrip("/"))
        self.servers.append(server)
        until(lambda: server.call("GET", "/readyz")["status"] == "ready")
        return server


def until(check: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Wait for something; errors of the network count as not yet."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            if check():
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.1)


def done(server: Server, transcript_id: str) -> bool:
    """The job is done; it must never be seen to fail."""
    view = server.call("GET", f"/api/jobs/{transcript_id}")
    assert view["state"] not in ("failed", "cancelled"), view
    return view["state"] == "done"


def windows_saved(server: Server, transcript_id: str) -> int:
    return len(server.call("GET", f"/api/transcripts/{transcript_id}")["segments"])


def wait_for_windows(server: Server, transcript_id: str, count: int) -> None:
    """Wait until that many windows are committed."""
    until(lambda: windows_saved(server, transcript_id) >= count)


def assert_whole(server: Server, transcript_id: str) -> None:
    """Every sentence is there, once, in order."""
    body = server.call("GET", f"/api/jobs/{transcript_id}/result")
    texts = [segment["text"] for segment in body["segments"]]
    assert texts == [sentence(i) for i in range(WINDOWS)]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """PostgreSQL and an S3-compatible store, started once."""
    fleet = Fleet(tmp_path_factory.mktemp("fleet"))
    yield fleet
    fleet.stop()


@pytest.fixture(params=["small", "fleet"])
def places(request: pytest.FixtureRequest) -> Places:
    """Both sizes of the server."""
    if request.param == "small":
        return FullDisk()
    fleet: Fleet = request.getfixturevalue("fleet")
    fleet.empty()
    return fleet


@pytest.fixture
def house(dist: Path, tmp_path: Path, places: Places) -> Iterator[House]:
    """No server yet."""
    house = House(dist, tmp_path / "data", places)
    yield house
    for server in house.servers:
        server.stop()


def heard(house: House) -> list[str]:
    """`id window` of every batch that any process began, in order."""
    path = house.data / "heard.txt"
    return path.read_text().split("\n")[:-1] if path.exists() else []


def test_killed_after_any_window_the_job_goes_on_from_the_last_one(house: House) -> None:
    server = house.start()
    transcript_id = server.submit(b"talk")
    for killed_after in (1, 3):
        wait_for_windows(server, transcript_id, killed_after)
        server.kill()
        server = house.start()
    until(lambda: done(server, transcript_id))
    assert_whole(server, transcript_id)
    # A kill costs at most the window in flight.
    assert len(heard(house)) <= WINDOWS + 2


def test_another_worker_takes_over_when_one_stays_away(house: House) -> None:
    web = house.start(role="web")
    workers = [house.start(role="worker") for _ in range(3)]
    jobs = [web.submit(f"talk {i}".encode()) for i in range(5)]
    until(lambda: any(windows_saved(web, each) for each in jobs))
    workers[0].kill()
    for each in jobs:
        until(lambda job=each: done(web, job))
        assert_whole(web, each)
    assert len(heard(house)) <= 5 * WINDOWS + 1


def test_stopped_politely_the_batch_in_flight_is_kept(house: House) -> None:
    server = house.start()
    transcript_id = server.submit(b"talk")
    wait_for_windows(server, transcript_id, 2)
    server.stop()
    assert server.process.returncode == 0
    server = house.start()
    until(lambda: done(server, transcript_id))
    assert_whole(server, transcript_id)
    assert len(heard(house)) == WINDOWS


def test_an_upload_goes_on_after_a_kill(house: House) -> None:
    server = house.start()
    length = {"upload-length": "8"}
    path = server.call("POST", "/api/uploads", b"", **length)["location"]
    server.call("PATCH", path, b"talk", **PIECE, **{"upload-offset": "0"})
    server.kill()
    server = house.start()
    assert server.call("HEAD", path)["upload-offset"] == "4"
    server.call("PATCH", path, b"ing!", **PIECE, **{"upload-offset": "4"})
    job = server.call("POST", "/api/jobs", {"upload": path.split("/")[-1]})["id"]
    until(lambda: done(server, job))
    assert_whole(server, job)


def test_with_its_storage_away_a_server_refuses_and_loses_nothing(house: House) -> None:
    server = house.start()
    transcript_id = server.submit(b"talk")
    wait_for_windows(server, transcript_id, 1)
    house.places.away([server.process.pid])
    try:
        with pytest.raises(urllib.error.HTTPError) as refused:
            server.submit(b"another")
        assert refused.value.code == 503
        assert "storage_unavailable" in refused.value.__notes__[0]
        time.sleep(4)
    finally:
        house.places.back([server.process.pid])
    until(lambda: done(server, transcript_id), timeout_s=120)
    assert_whole(server, transcript_id)
    later = server.submit(b"later")
    until(lambda: done(server, later))


def test_started_while_storage_is_away_says_so(house: House) -> None:
    house.places.away([])
    try:
        if not house.places.environment:
            pytest.skip("a disk is full for processes that run, not for ones to come")
        server = Server(house.launch(), "")
        assert server.process.wait(timeout=60) == 2
        server.stop()
    finally:
        house.places.back([])
