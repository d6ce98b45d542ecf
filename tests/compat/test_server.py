"""Databases that a server of 0.1.0 left in the middle of a job, taken over by one of today."""

from __future__ import annotations

import base64
import pickle
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from earwitness.search.normalize import FOLDING

from tests.compat.origin import CORPUS
from tests.compat.support import assert_holds, load, restore, unpack
from tests.support.postgresql import PostgresqlCluster
from tests.support.scripted_engine import sentence
from tests.support.server_models import installed_models
from tests.support.server_process import PIECE, ServerProcess
from tests.support.waiting import wait_for
from tests.support.word_error_rate import word_error_rate

SETTINGS: dict[str, Any] = {
    "earwitness_require_keys": "true",
    "earwitness_default_model": "tiny.en",
    "earwitness_slots": "1",
}
BEFORE = ("finished", "words only", "failed", "cancelled")
"""Jobs that had ended when the server was killed."""
GOING_ON = ("half-way", "queued")
WINDOWS = 4
"""Of every recording, where the engine is a scripted one."""


class Taken:
    """A server of today on what one of 0.1.0 has left."""

    def __init__(self, server: ServerProcess, kept: dict[str, Any]) -> None:
        self.server = server
        self.kept = kept
        self.ids: dict[str, str] = kept["ids"]

    def call(
        self, method: str, path: str, body: Any = None, who: str = "ada", **headers: str
    ) -> Any:
        """A request with one of the keys."""
        headers["authorization"] = f"Bearer {self.kept['keys'][who]}"
        return self.server.call(method, path, body, **headers)

    def finish(self, *ids: str) -> None:
        """Wait until jobs are done; none may fail."""

        def done(id_: str) -> bool:
            state = self.call("GET", f"/api/jobs/{id_}")["state"]
            assert state not in ("failed", "cancelled"), id_
            return state == "done"

        for id_ in ids:
            wait_for(lambda id_=id_: done(id_), "a job that is done")

    def texts(self, name: str) -> list[str]:
        """The sentences of a recording."""
        body = self.call("GET", f"/api/jobs/{self.ids[name]}/result")
        return [segment["text"] for segment in body["segments"]]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taken]:
    """The data folder of a small server, taken over with the real engine."""
    folder = tmp_path_factory.mktemp("sqlite")
    kept = load("server/sqlite.json")
    data = unpack("server/sqlite.tar.gz", kept["audio"], folder / "data")
    server = ServerProcess(folder, "--models", str(installed_models()), data=data, **SETTINGS)
    yield Taken(server.start(), kept)
    server.close()


@pytest.fixture(scope="module")
def on_postgresql(
    tmp_path_factory: pytest.TempPathFactory, postgresql: PostgresqlCluster
) -> Iterator[Taken]:
    """The database of a fleet and its audio, taken over with a scripted engine."""
    folder = tmp_path_factory.mktemp("postgresql")
    kept = load("server/postgresql.json")
    data = unpack("server/postgresql.tar.gz", kept["audio"], folder / "data")
    with postgresql.database() as name:
        restore(postgresql.url(name), "server/postgresql.sql.gz")
        server = ServerProcess(
            folder,
            data=data,
            **SETTINGS,
            earwitness_database_url=postgresql.url(name),
            scripted_windows=str(WINDOWS),
        )
        yield Taken(server.start(), kept)
        server.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def taken(request: pytest.FixtureRequest) -> Taken:
    """Both."""
    return request.getfixturevalue(f"on_{request.param}")


def test_a_job_in_the_middle_and_a_waiting_one_are_finished(taken: Taken) -> None:
    taken.finish(*(taken.ids[name] for name in GOING_ON))
    committed = taken.kept["committed"]["segments"]
    whole = taken.call("GET", f"/api/jobs/{taken.ids['half-way']}/result")
    assert_holds(whole["segments"][: len(committed)], committed)
    for name in GOING_ON:
        expected = [s["text"] for s in taken.kept["later"]["transcripts"][name]["segments"]]
        if "scripted_windows" in taken.server.settings:
            first = 1 if name == "half-way" else 0
            known = [s["text"] for s in committed] if first else []
            assert taken.texts(name) == known + [sentence(i) for i in range(first, WINDOWS)]
        else:
            # Another processor may round otherwise; on the same one the words are the same.
            said, heard = " ".join(expected), " ".join(taken.texts(name))
            assert word_error_rate(said, heard) <= 0.03, heard


def test_workflows_go_on_under_their_own_names(taken: Taken) -> None:
    """Were a name or a version of a workflow another, a second attempt would do its work."""
    taken.finish(*(taken.ids[name] for name in GOING_ON))
    attempts = dict(rows(taken, "SELECT transcript_id, attempt FROM jobs"))
    assert {name: attempts[id_] for name, id_ in taken.ids.items()} == dict.fromkeys(taken.ids, 1)


def rows(taken: Taken, statement: str) -> list[tuple[Any, ...]]:
    """What the database says."""
    url = taken.server.settings.get("earwitness_database_url", "")
    engine = sa.create_engine(url or f"sqlite:///{taken.server.data / 'earwitness.sqlite'}")
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement))]
    finally:
        engine.dispose()


def test_what_was_finished_is_as_it_was(taken: Taken) -> None:
    later = taken.kept["later"]
    for name in BEFORE:
        path = f"/api/transcripts/{taken.ids[name]}"
        assert taken.call("GET", path) == later["transcripts"][name], name
        assert taken.call("GET", f"/api/jobs/{taken.ids[name]}") == later["jobs"][name], name
    for who in ("ada", "bob"):
        listed = taken.call("GET", "/api/transcripts", who=who)["transcripts"]
        found = {each["id"]: each for each in listed}
        for each in later["list"][who]:
            if each["id"] in {taken.ids[name] for name in BEFORE}:
                assert found[each["id"]] == each
            else:
                assert each["id"] in found


def test_corrections_are_found_and_exported(taken: Taken) -> None:
    id_ = taken.ids["finished"]
    (hit,) = taken.call("GET", "/api/search?query=mine")["hits"]
    expected = taken.kept["later"]["hits"]["mine"]
    assert [[hit["transcript_id"], hit["segment"], hit["snippet"]]] == expected
    (shared,) = taken.call("GET", "/api/search?query=mine", who="bob")["hits"]
    assert shared["transcript_id"] == id_
    url = f"{taken.server.origin}/api/transcripts/{id_}/export?format=srt"
    headers = {"authorization": f"Bearer {taken.kept['keys']['ada']}"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        assert answer.read().decode() == taken.kept["later"]["export"]


def test_the_search_index_is_folded_anew(taken: Taken) -> None:
    assert taken.call("GET", "/api/search?query=mine")["hits"]
    if "earwitness_database_url" in taken.server.settings:
        assert rows(taken, "SELECT folding FROM search_place") == [(FOLDING,)]
    else:
        [path] = taken.server.data.glob("search-0.sqlite")
        with closing(sqlite3.connect(path)) as connection:
            [(version,)] = connection.execute("PRAGMA user_version")
        assert version % 100 == FOLDING


def test_keys_are_what_they_were(taken: Taken) -> None:
    for who, status in taken.kept["later"]["status"].items():
        if status == 200:
            assert taken.call("GET", "/api/transcripts", who=who)["transcripts"]
            continue
        with pytest.raises(urllib.error.HTTPError) as refused:
            taken.call("GET", "/api/transcripts", who=who)
        assert refused.value.code == status, who
    with pytest.raises(urllib.error.HTTPError) as refused:
        taken.call("POST", "/api/uploads", who="bob", **{"upload-length": "4"})
    assert refused.value.code == 403


def test_an_upload_goes_on_where_it_was(taken: Taken) -> None:
    path, received = taken.kept["upload"], taken.kept["received"]
    whole = (CORPUS / "en-connection.flac").read_bytes()
    assert taken.call("HEAD", path)["upload-offset"] == str(received)
    headers = {**PIECE, "upload-offset": str(received)}
    taken.call("PATCH", path, whole[received:], **headers)
    job = taken.call("POST", "/api/jobs", {"upload": path.rsplit("/", 1)[1]})
    assert job["name"] == "half.flac"
    taken.finish(job["id"])
    (fingerprint,) = (
        row for id_, row in rows(taken, "SELECT id, record FROM transcripts") if id_ == job["id"]
    )
    assert "1533aa175af27775d01d862efa1a3c2c266d5cb84df97cfc05be127233ab3413" in fingerprint


def test_a_request_sent_again_is_the_same_job(taken: Taken) -> None:
    for name, request in taken.kept["requests"].items():
        once = {"idempotency-key": request["idempotency-key"]}
        again = taken.call("POST", "/api/jobs", request["body"], **once)
        assert again["id"] == taken.ids[name], name


def test_what_dbos_has_pickled_can_be_read(tmp_path: Path) -> None:
    unpack("server/sqlite.tar.gz", {}, tmp_path)
    values: list[Any] = []
    with closing(sqlite3.connect(tmp_path / "workflows.sqlite")) as connection:
        for statement in (
            "SELECT inputs FROM workflow_input",
            "SELECT output FROM workflow_output",
            "SELECT output FROM operation_outputs",
            "SELECT error FROM operation_outputs",
        ):
            for (text,) in connection.execute(statement):
                if text is not None:
                    # Made by this project's own code, and never another file.
                    values.append(pickle.loads(base64.b64decode(text)))
    errors = [value for value in values if isinstance(value, Exception)]
    assert [type(error).__name__ for error in errors] == ["MediaError"]
    ids = load("server/sqlite.json")["ids"].values()
    inputs = [value["args"] for value in values if isinstance(value, dict)]
    assert sorted(inputs) == sorted((id_, 1) for id_ in ids)
