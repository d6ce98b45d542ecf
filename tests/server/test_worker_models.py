"""Workers with different models on one database: each takes only the jobs that it can do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from earwitness.messages import TranscribeOptions
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.queue import JobSpec, Queue

from tests.support.api import Api
from tests.support.outages import FilledDisk
from tests.support.postgresql import PostgresqlCluster
from tests.support.scripted_engine import ScriptedEngine, sentence
from tests.support.server_process import Deployment, ServerProcess
from tests.support.waiting import wait_for

WINDOWS = 3
LARGE = {"scripted_models": "base", "earwitness_default_model": "base"}
SMALL = {"scripted_models": "tiny.en", "earwitness_default_model": "tiny.en"}
NONE = {"scripted_models": "", "earwitness_default_model": "base"}


@pytest.fixture(params=["sqlite", "postgresql"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Deployment]:
    """Servers on one database and one folder; none is started yet."""
    settings = {"earwitness_slots": "1", "scripted_windows": str(WINDOWS),
                "earwitness_worker_away_s": "2"}  # fmt: skip
    if request.param == "sqlite":
        servers = Deployment(tmp_path, FilledDisk(), **settings)
        yield servers
        servers.close()
        return
    cluster: PostgresqlCluster = request.getfixturevalue("postgresql")
    with cluster.database() as name:
        url = cluster.url(name)
        servers = Deployment(tmp_path, FilledDisk(), earwitness_database_url=url, **settings)
        yield servers
        servers.close()


def wait_until_done(server: ServerProcess, *ids: str) -> None:
    """Wait until jobs are done; none may be seen to fail."""

    def done(id_: str) -> bool:
        view = server.call("GET", f"/api/jobs/{id_}")
        assert view["state"] not in ("failed", "cancelled"), view
        return view["state"] == "done"

    for id_ in ids:
        wait_for(lambda id_=id_: done(id_), "a job that is done")
        result = server.call("GET", f"/api/jobs/{id_}/result")
        assert [each["text"] for each in result["segments"]] == [
            sentence(i) for i in range(WINDOWS)
        ]


@pytest.mark.parametrize("other", [SMALL, NONE], ids=["another model", "no model"])
def test_worker_takes_only_jobs_of_its_models(fleet: Deployment, other: dict[str, str]) -> None:
    fleet.script.hold(0)
    large, beside = fleet.start(**LARGE), fleet.start(**other)
    jobs = [large.submit(b"one"), large.submit(b"two"), large.submit(b"three")]
    if other is SMALL:
        jobs.append(beside.submit(b"four"))
        wait_for(lambda: len(fleet.script.begun()) == 2, "both workers at work")
        assert sorted(fleet.script.begun()) == ["four 0", "one 0"]
    # Its worker has one slot: while it is busy, an idle one beside it looks at the others.
    wait_for(lambda: large.state(jobs[0]) == "transcribing", "a worker at work")
    fleet.script.release()
    wait_until_done(beside, *jobs)


def test_job_waits_for_a_worker_with_its_model_and_says_so(fleet: Deployment) -> None:
    fleet.script.hold(1)
    large = fleet.start(**LARGE)
    begun, queued = large.submit(b"one"), large.submit(b"two")
    wait_for(lambda: fleet.script.begun() == ["one 0", "one 1"], "a job in the middle")
    small = fleet.start(**SMALL)
    large.kill()
    fleet.script.release()

    def waiting(id_: str) -> bool:
        view = small.call("GET", f"/api/jobs/{id_}")
        assert view["state"] in ("queued", "transcribing"), view
        said = view["error"] or {"message": "", "hint": ""}
        return view["state"] == "queued" and "'base'" in said["message"] and "waits" in said["hint"]

    for id_ in (begun, queued):
        wait_for(lambda id_=id_: waiting(id_), "a job that says what it waits for")
    large.start()
    wait_until_done(small, begun, queued)
    for id_ in (begun, queued):
        assert small.call("GET", f"/api/jobs/{id_}")["error"] is None


def test_worker_passes_on_a_job_that_it_took_by_chance(
    make_api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job may be accepted in the moment between a worker's look at the jobs and its claim."""
    engine = ScriptedEngine()
    models = ["tiny.en"]
    monkeypatch.setattr(engine, "models", lambda: models)
    monkeypatch.setattr(Queue, "needing_other_models", lambda _queue, _models: [])
    api = make_api(engine, default_model="tiny.en")
    services = api.services
    services.objects.put("audio/t1", b"sound")
    options = TranscribeOptions(model="base")
    spec = JobSpec("t1", Caller().owner, "talk.wav", options, "audio/t1", 5, "audio/wav", "")
    services.workflows.enqueue(services.queue.accept(spec))
    wait_for(lambda: services.queue.find("t1").attempt > 1, "a job that was passed on")
    assert services.queue.find("t1").job.state == "queued"
    models.append("base")
    assert api.wait("t1")["state"] == "done"
    assert api.texts("t1") == [sentence(i) for i in range(3)]
