"""Limits of a key under simultaneous requests, on both databases."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from earwitness.messages import TranscribeOptions
from earwitness_server.errors import answer
from earwitness_server.storage.database import Database
from earwitness_server.storage.errors import RefusedError, TooManyJobsError
from earwitness_server.storage.keys import Caller, KeyLimits
from earwitness_server.storage.objects import Objects
from earwitness_server.storage.queue import JobSpec, Queue
from earwitness_server.storage.quotas import Quotas
from earwitness_server.storage.uploads import Uploads

from tests.server.test_api_keys import caller
from tests.support.api import Api
from tests.support.postgresql import PostgresqlCluster
from tests.support.waiting import wait_for

ANN = Caller(owner="ann_b", concurrent=2, storage_bytes=100)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[Database]:
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path_factory.mktemp('quotas') / 'a.sqlite'}"
        if request.param == "postgresql":
            cluster: PostgresqlCluster = request.getfixturevalue("postgresql")
            url = cluster.url(stack.enter_context(cluster.database()))
        database = Database(url)
        stack.callback(database.close)
        database.migrate()
        yield database


def at_once(ask: Callable[[int], Any], count: int = 6) -> Counter[int]:
    """So many at the same moment; 0 for what was let in, else the status of the refusal."""
    together = threading.Barrier(count)

    def one(number: int) -> int:
        together.wait()
        try:
            ask(number)
        except RefusedError as error:
            return answer(error).status_code
        return 0

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


def spec(owner: str, number: int) -> JobSpec:
    name = f"{owner}-{number}"
    return JobSpec(name, owner, name, TranscribeOptions(), f"audio/{name}", 1, "audio/wav", "f")


def test_key_cannot_exceed_its_concurrent_jobs(database: Database) -> None:
    queue, quotas = Queue(database), Quotas(database, 10_000)

    def accept(number: int) -> None:
        queue.accept(spec("ann_b", number), admit=lambda each: quotas.check_job(each, ANN))

    assert at_once(accept) == {0: 2, 429: 4}


def test_queue_cannot_exceed_its_limit(database: Database) -> None:
    queue = Queue(database)
    quotas = Quotas(database, len(queue.unfinished()) + 3)
    everyone = Caller()

    def accept(number: int) -> None:
        queue.accept(spec("eve", number), admit=lambda each: quotas.check_job(each, everyone))

    assert at_once(accept) == {0: 3, 503: 3}


def test_key_cannot_exceed_its_storage(database: Database, tmp_path: Path) -> None:
    uploads, quotas = Uploads(database, Objects(str(tmp_path))), Quotas(database, 10)
    cy = Caller(owner="cy", storage_bytes=100)

    def begin(_number: int) -> None:
        uploads.create("cy", 40, "a", "", 1, lambda each: quotas.check_bytes(each, cy, 40))

    assert at_once(begin) == {0: 2, 507: 4}


def test_direct_requests_count_as_jobs_and_storage(database: Database) -> None:
    queue, quotas = Queue(database), Quotas(database, 10_000)
    # A name that LIKE would take for others': its underscore is any letter there.
    dan, don = (Caller(owner=each, concurrent=2, storage_bytes=100) for each in ("d_n", "don"))

    def refused(who: Caller, length: int | None) -> int:
        async def enter() -> None:
            async with quotas.direct_request(who, length):
                return

        with pytest.raises(RefusedError) as caught:
            asyncio.run(enter())
        return answer(caught.value).status_code

    async def ask() -> None:
        async with (
            quotas.direct_request(dan, 60) as most,
            quotas.direct_request(don, None) as all_left,
        ):
            assert (most, all_left) == (60, 100)
            assert await asyncio.to_thread(refused, dan, 60) == 507
            async with quotas.direct_request(dan, None) as rest:
                assert rest == 40
                assert await asyncio.to_thread(refused, dan, 1) == 429
                with (
                    pytest.raises(TooManyJobsError, match="allows 2"),
                    database.read() as connection,
                ):
                    quotas.check_job(connection, dan)
        queue.accept(spec("d_n", 1))
        async with quotas.direct_request(dan, 99):
            assert await asyncio.to_thread(refused, dan, 1) == 429
        async with quotas.direct_request(dan, 99):
            pass

    asyncio.run(ask())


def post(api: Api) -> Any:
    files = {"file": ("talk.wav", b"sound", "audio/wav")}
    path, fields = "/v1/audio/transcriptions", {"model": "whisper-1"}
    return api.http.post(path, data=fields, files=files, headers=api.headers)


def test_simultaneous_direct_requests_keep_to_the_key_limit(make_api: Callable[..., Api]) -> None:
    api = make_api(require_keys=True, slots=4)
    one = caller(api, "ann", limits=KeyLimits(concurrent=1))
    api.engine.hold()
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(post, one) for _ in range(4)]
        wait_for(lambda: sum(each.done() for each in answers) == 3, "three refusals")
        upload = one.upload(b"sound")
        job = one.http.post("/api/jobs", json={"upload": upload}, headers=one.headers)
        api.engine.release()
    found = sorted((each.result() for each in answers), key=lambda each: each.status_code)
    assert [each.status_code for each in found] == [200, 429, 429, 429]
    assert job.status_code == 429
    assert int(found[1].headers["retry-after"]) > 0
    assert found[1].json()["error"]["code"] == "too_many_jobs"
    assert post(one).status_code == 200
    job = one.http.post("/api/jobs", json={"upload": upload}, headers=one.headers)
    one.wait(job.json()["id"])


def test_direct_request_beyond_the_storage_quota_is_rejected(make_api: Callable[..., Api]) -> None:
    api = make_api(require_keys=True)
    small = caller(api, "ann", limits=KeyLimits(storage_bytes=4000))
    assert post(small).status_code == 200

    def endless() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        for _ in range(30):
            yield b"x" * 1000

    kind = {"content-type": "multipart/form-data; boundary=b", **small.headers}
    path = "/v1/audio/transcriptions"
    for body in (endless(), b"x" * 5000):
        answer = api.http.post(path, content=body, headers=kind)
        assert answer.status_code == 507
        assert answer.json()["error"]["code"] == "storage_quota_exceeded"
    assert post(small).status_code == 200


def test_simultaneous_jobs_keep_to_the_key_limit(make_api: Callable[..., Api]) -> None:
    api = make_api(require_keys=True)
    one = caller(api, "ann", limits=KeyLimits(concurrent=1))
    uploads = [one.upload(b"sound") for _ in range(6)]
    api.engine.hold()

    def accept(upload: str) -> int:
        body = {"upload": upload}
        return one.http.post("/api/jobs", json=body, headers=one.headers).status_code

    with ThreadPoolExecutor(6) as pool:
        assert Counter(pool.map(accept, uploads)) == {201: 1, 429: 5}
    kept = list((api.services.settings.data / "objects" / "audio").iterdir())
    assert len(kept) == 1
    api.engine.release()
