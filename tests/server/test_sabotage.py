"""What must survive: processes killed at any moment, a full disk, a database or a store away.

On SQLite and a folder, and on PostgreSQL and an S3-compatible store.
"""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.databases import Fleet, FullDisk, Places
from tests.server.house import PATIENCE_S, PIECE, WINDOWS, House, Server, until
from tests.server.scripted import sentence

pytestmark = pytest.mark.slow


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
    house.end()


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
    assert len(house.heard()) <= WINDOWS + 2


def test_another_worker_takes_over_when_one_stays_away(house: House) -> None:
    web = house.start(earwitness_role="web")
    workers = [house.start(earwitness_role="worker") for _ in range(3)]
    jobs = [web.submit(f"talk {i}".encode()) for i in range(5)]
    until(lambda: any(windows_saved(web, each) for each in jobs))
    workers[0].kill()
    for each in jobs:
        until(lambda job=each: done(web, job))
        assert_whole(web, each)
    assert len(house.heard()) <= 5 * WINDOWS + 1


def test_stopped_politely_the_batch_in_flight_is_kept(house: House) -> None:
    server = house.start()
    transcript_id = server.submit(b"talk")
    wait_for_windows(server, transcript_id, 2)
    server.stop()
    assert server.process.exitcode == 0
    server = house.start()
    until(lambda: done(server, transcript_id))
    assert_whole(server, transcript_id)
    assert len(house.heard()) == WINDOWS


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


def test_a_worker_of_another_machine_that_fell_silent_is_replaced(house: House) -> None:
    away = {"earwitness_worker_away_s": "3"}
    web = house.start(earwitness_role="web", **away)
    lost = house.start(earwitness_role="worker", scripted_host="elsewhere", **away)
    job = web.submit(b"talk")
    wait_for_windows(web, job, 1)
    lost.kill()
    house.start(earwitness_role="worker", **away)
    until(lambda: done(web, job))
    assert_whole(web, job)


def test_with_its_storage_away_a_server_refuses_and_loses_nothing(house: House) -> None:
    server = house.start()
    for part in house.places.parts:
        transcript_id = server.submit(b"talk")
        wait_for_windows(server, transcript_id, 1)
        house.places.away([server.pid], part)
        try:
            with pytest.raises(urllib.error.HTTPError) as refused:
                server.submit(b"another")
            assert refused.value.code == 503, part
            assert "storage_unavailable" in refused.value.__notes__[0]
            # Long enough for a batch to be tried again and to fail again.
            time.sleep(2)
        finally:
            house.places.back([server.pid], part)
        until(lambda job=transcript_id: done(server, job))
        assert_whole(server, transcript_id)
        later = server.submit(b"later")
        until(lambda job=later: done(server, job))


def test_the_database_starts_again_in_the_middle_of_a_job(house: House) -> None:
    if not isinstance(house.places, Fleet):
        pytest.skip("SQLite is no server that could start again")
    server = house.start()
    transcript_id = server.submit(b"talk")
    wait_for_windows(server, transcript_id, 1)
    house.places.restart_database()
    until(lambda: done(server, transcript_id))
    assert_whole(server, transcript_id)


def test_started_while_storage_is_away_says_so(house: House) -> None:
    if not isinstance(house.places, Fleet):
        pytest.skip("a disk is full for processes that run, not for ones to come")
    for part in house.places.parts:
        house.places.away([], part)
    try:
        process, said = house.launch()
        process.join(PATIENCE_S)
        assert process.exitcode == 2
        assert "cannot be reached" in said.read_text() or "did not take it" in said.read_text()
    finally:
        for part in house.places.parts:
            house.places.back([], part)
