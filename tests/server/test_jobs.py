"""Jobs: idempotency, commits, progress, cancellation, continuation after a restart."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from earwitness_server.jobs.workflow import Runtime

from tests.support.api import Api
from tests.support.scripted_engine import ScriptedEngine, sentence
from tests.support.waiting import wait_for


def events(text: str) -> list[tuple[str, str, Any]]:
    """(event, id, data) of a stream of server-sent events."""
    found: list[tuple[str, str, Any]] = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in fields:
            found.append((fields["event"], fields.get("id", ""), json.loads(fields["data"])))
    return found


def test_job_ends_with_every_sentence(api: Api) -> None:
    transcript_id = api.finished(name="Überraschung.wav")
    result = api.get(f"/api/jobs/{transcript_id}/result").json()
    assert [segment["text"] for segment in result["segments"]] == [sentence(i) for i in range(3)]
    assert (result["name"], result["language"], result["duration_s"]) == (
        "Überraschung.wav", "en", 30.0,
    )  # fmt: skip
    assert api.engine.batches == [("sound", 0), ("sound", 1), ("sound", 2)]


def test_undecodable_file_fails_with_a_reason(api: Api) -> None:
    view = api.wait(api.submit(b"bad"))
    assert view["state"] == "failed"
    assert view["error"]["type"] == "MediaError"
    answer = api.get(f"/api/jobs/{view['transcript_id']}/result")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "job_failed")


def test_model_failure_is_retried_without_losing_a_window(make_api: Callable[..., Api]) -> None:
    engine = ScriptedEngine()
    engine.model_failures = 1
    api = make_api(engine)
    transcript_id = api.finished()
    texts = [
        each["text"] for each in api.get(f"/api/transcripts/{transcript_id}").json()["segments"]
    ]
    assert texts == [sentence(i) for i in range(3)]
    engine.model_failures = 99
    assert api.wait(api.submit())["error"]["type"] == "ModelError"


def test_same_idempotency_key_returns_the_same_job(api: Api) -> None:
    body = {"upload": api.upload(b"sound")}
    key = {"idempotency-key": "a1"}
    first = api.http.post("/api/jobs", json=body, headers=key)
    again = api.http.post("/api/jobs", json=body, headers=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    other = api.http.post("/api/jobs", json={**body, "name": "other"}, headers=key)
    error = other.json()["error"]
    assert (other.status_code, error["param"]) == (422, "idempotency-key")
    assert "fresh key" in error["message"]
    api.wait(first.json()["id"])
    assert len(api.engine.batches) == 3


@pytest.mark.parametrize("blank", ["", "  "])
def test_blank_idempotency_key_is_ignored(api: Api, blank: str) -> None:
    ids: list[str] = []
    for _ in range(2):
        body = {"upload": api.upload(b"sound")}
        answer = api.http.post("/api/jobs", json=body, headers={"idempotency-key": blank})
        assert answer.status_code == 201
        ids.append(answer.json()["id"])
    assert len(set(ids)) == 2
    for each in ids:
        api.wait(each)


def test_simultaneous_requests_with_one_idempotency_key_create_one_job(api: Api) -> None:
    body, key = {"upload": api.upload(b"sound")}, {"idempotency-key": "a1"}
    together = threading.Barrier(6)

    def accept(_number: int) -> tuple[int, str]:
        together.wait()
        answer = api.http.post("/api/jobs", json=body, headers=key)
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(accept, range(6)))
    assert sorted(status for status, _ in answers) == [200] * 5 + [201]
    assert len({transcript_id for _, transcript_id in answers}) == 1
    api.wait(answers[0][1])
    assert len(api.engine.batches) == 3


def test_simultaneous_requests_for_one_upload_create_one_job(api: Api) -> None:
    body = {"upload": api.upload(b"sound")}
    together = threading.Barrier(6)

    def accept(_number: int) -> int:
        together.wait()
        return api.http.post("/api/jobs", json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(accept, range(6)))
    assert statuses[0] == 201
    # Who was slower finds the upload used up, or its pieces gone while it read them.
    assert set(statuses[1:]) <= {404, 503}
    [only] = api.get("/api/transcripts").json()["transcripts"]
    api.wait(only["id"])
    assert len(api.engine.batches) == 3


def test_progress_is_streamed_and_resumed_by_last_event_id(make_api: Callable[..., Api]) -> None:
    api = make_api(ScriptedEngine(windows=4))
    api.engine.hold(2)
    transcript_id = api.submit()
    wait_for(lambda: len(api.texts(transcript_id)) == 2, "two sentences")
    with ThreadPoolExecutor(1) as pool:
        followed = pool.submit(api.get, f"/api/jobs/{transcript_id}/events")
        wait_for(lambda: api.services.progress.listeners == 1, "a follower of the job")
        api.engine.release()
        stream = events(followed.result().text)
    segments = [each for name, _, data in stream if name == "segments" for each in data["segments"]]
    assert [each["text"] for each in segments] == [sentence(i) for i in range(4)]
    assert stream[-1][0] == "job"
    assert stream[-1][2]["state"] == "done"
    seen = next(mark for _, mark, _ in stream if mark.startswith("2."))
    rest = api.http.get(f"/api/jobs/{transcript_id}/events", headers={"last-event-id": seen})
    missed = [data for name, _, data in events(rest.text) if name == "segments"]
    assert [each["text"] for data in missed for each in data["segments"]] == [
        sentence(2), sentence(3),
    ]  # fmt: skip
    assert missed[0]["first"] == 2
    over = api.http.get(
        f"/api/jobs/{transcript_id}/events", headers={"last-event-id": stream[-1][1]}
    )
    assert over.status_code == 204


def test_position_in_the_stream_is_the_end_of_the_windows_sent(
    make_api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    api = make_api(ScriptedEngine(windows=3))
    api.engine.hold(1)
    transcript_id = api.submit()
    wait_for(lambda: len(api.texts(transcript_id)) == 1, "a sentence")
    queue = api.services.queue
    find_all = queue.find_all

    def find_before_a_commit(ids: list[str]) -> dict[str, Any]:
        found = find_all(ids)
        api.engine.release()
        wait_for(lambda: len(api.texts(transcript_id)) == 3, "sentences committed meanwhile")
        return found

    monkeypatch.setattr(queue, "find_all", find_before_a_commit)
    stream = events(api.get(f"/api/jobs/{transcript_id}/events").text)
    sent = 0
    for name, _, data in stream:
        sent += len(data["segments"]) if name == "segments" else 0
        if name == "job":
            assert data["position_s"] == 10.0 * sent
    assert sent == 3


def cancelled_while_it_ran(api: Api) -> str:
    api.engine.hold()
    transcript_id = api.submit()
    api.wait(transcript_id, "transcribing")
    cancelled = api.http.post(f"/api/jobs/{transcript_id}/cancel").json()
    assert cancelled["state"] == "cancelled"
    api.engine.release()
    return transcript_id


def test_cancelled_job_stops_and_resumes_where_it_was(
    make_api: Callable[..., Api],
) -> None:
    api = make_api(ScriptedEngine(windows=5))
    transcript_id = cancelled_while_it_ran(api)
    assert api.http.post(f"/api/jobs/{transcript_id}/resume").json()["state"] == "queued"
    assert api.wait(transcript_id, "done", "failed")["state"] == "done"
    texts = [
        each["text"] for each in api.get(f"/api/transcripts/{transcript_id}").json()["segments"]
    ]
    assert texts == [sentence(i) for i in range(5)]


def test_cancelled_job_is_not_logged_as_an_error(
    make_api: Callable[..., Api], capfd: pytest.CaptureFixture[str]
) -> None:
    api = make_api(ScriptedEngine(windows=5))
    # DBOS logs it a moment later; the filter that the worker adds keeps that from our log.
    seen: list[logging.LogRecord] = []
    dbos = logging.getLogger("dbos")

    def record(each: logging.LogRecord) -> bool:
        seen.append(each)
        return True

    dbos.filters.insert(0, record)
    try:
        cancelled_while_it_ran(api)
        wait_for(lambda: seen, "what DBOS logs of a cancelled job")
    finally:
        dbos.removeFilter(record)
    api.close()
    assert logged(capfd, "warning", "error") == []


def test_dbos_errors_are_logged_as_json(api: Api, capfd: pytest.CaptureFixture[str]) -> None:
    assert api.get("/healthz").status_code == 200
    try:
        raise ValueError("the queue is upside down")
    except ValueError:
        logging.getLogger("dbos").exception("Exception encountered:")
    [line] = logged(capfd, "error")
    assert (line["name"], line["text"]) == ("dbos", "Exception encountered:")
    assert line["error"] == "ValueError: the queue is upside down"


def logged(capfd: pytest.CaptureFixture[str], *levels: str) -> list[dict[str, Any]]:
    """Lines of the log with one of these levels; every line is JSON."""
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    return [line for line in lines if line["level"] in levels]


def test_full_queue_returns_503_with_retry_after(make_api: Callable[..., Api]) -> None:
    engine = ScriptedEngine()
    api = make_api(engine, queue_limit=1)
    engine.hold()
    first = api.submit()
    answer = api.http.post("/api/jobs", json={"upload": api.upload(b"sound")})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    engine.release()
    api.wait(first)


def test_audio_is_deleted_after_the_job_when_not_kept(api: Api) -> None:
    kept, dropped = api.finished(b"sound A"), api.finished(b"sound B", keep_audio=False)
    assert api.get(f"/api/transcripts/{kept}/audio").content == b"sound A"
    assert api.get(f"/api/transcripts/{dropped}/audio").status_code == 404


def test_incomplete_upload_cannot_become_a_job(api: Api) -> None:
    begun = api.http.post("/api/uploads", headers={"upload-length": "10"})
    upload = begun.headers["location"].rsplit("/", 1)[1]
    answer = api.http.post("/api/jobs", json={"upload": upload})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "upload_incomplete")


def close_in_a_batch(api: Api) -> None:
    """Stop the application while a held batch is in flight; the batch ends, and no other begins."""
    with ThreadPoolExecutor(1) as pool:
        closing = pool.submit(api.close)
        wait_for(Runtime.leaving.is_set, "a worker that begins no further batch")
        api.engine.release()
        closing.result()


def test_jobs_continue_after_a_restart(make_api: Callable[..., Api], tmp_path: Any) -> None:
    engine = ScriptedEngine(windows=3)
    api = make_api(engine, data=tmp_path / "kept")
    engine.hold()
    transcript_id = api.submit()
    api.wait(transcript_id, "transcribing")
    close_in_a_batch(api)
    later = make_api(ScriptedEngine(windows=3), data=tmp_path / "kept")
    assert later.wait(transcript_id)["state"] == "done"
    heard = [window for _, window in engine.batches + later.engine.batches]
    assert heard == [0, 1, 2]


def test_media_type_from_the_file_name_survives_rename_and_restart(
    make_api: Callable[..., Api], tmp_path: Any
) -> None:
    engine = ScriptedEngine()
    api = make_api(engine, data=tmp_path / "kept")
    engine.hold()
    transcript_id = api.submit(name=f"{'a' * 400}.g722")
    api.wait(transcript_id, "transcribing")
    renamed = api.http.patch(f"/api/transcripts/{transcript_id}", json={"name": "the call"})
    assert renamed.json()["name"] == "the call"
    close_in_a_batch(api)
    later = make_api(ScriptedEngine(windows=4), data=tmp_path / "kept")
    assert later.wait(transcript_id)["state"] == "done"
    assert {*engine.media_types, *later.engine.media_types} == {"audio/G722"}
    assert later.engine.media_types
    later.finished(name="talk")
    job = {"upload": later.upload(b"sound", "talk"), "name": "call.g722"}
    later.wait(later.http.post("/api/jobs", json=job).json()["id"])
    assert later.engine.media_types[-2:] == ["", "audio/G722"]


def test_sweep_does_not_restart_a_finished_job(make_api: Callable[..., Api]) -> None:
    engine = ScriptedEngine()
    api = make_api(engine)
    engine.hold()
    transcript_id = api.submit()
    api.wait(transcript_id, "transcribing")
    seen = api.services.queue.find(transcript_id)
    engine.release()
    api.wait(transcript_id, "done")
    assert api.services.queue.revive(seen) is None
    assert api.services.queue.find(transcript_id).job.state == "done"


def test_job_without_a_workflow_is_restarted(make_api: Callable[..., Api]) -> None:
    engine = ScriptedEngine(windows=4)
    api = make_api(engine)
    engine.hold()
    transcript_id = api.submit()
    api.wait(transcript_id, "transcribing")
    seen = api.services.queue.find(transcript_id)
    revived = api.services.queue.revive(seen)
    assert revived is not None
    assert api.services.queue.revive(seen) is None
    api.services.workflows.enqueue(revived)
    engine.release()
    api.wait(transcript_id, "done")
    assert api.texts(transcript_id) == [sentence(i) for i in range(4)]
