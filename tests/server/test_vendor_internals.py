"""The private names of other libraries do what the server expects of them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import closing
from pathlib import Path

import pytest
from earwitness_server.jobs.worker import Worker
from earwitness_server.jobs.workflow_client import workflow_id
from earwitness_server.vendor_internals import LargeFields, SpoolingParser, recover_workflows
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException

from tests.support.api import Api
from tests.support.waiting import wait_for

LARGE = LargeFields("large", 1, 100)
HEADERS = Headers({"content-type": "multipart/form-data; boundary=b"})
PART = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'


def test_files_of_a_form_are_in_the_folder_under_their_names(tmp_path: Path) -> None:
    async def body() -> AsyncGenerator[bytes]:
        yield PART % (b"file", b"a.wav", b"sound")
        # The first file is there before the end of the form, however small it is.
        assert len(list(tmp_path.iterdir())) == 1
        yield PART % (b"other", b"b.wav", b"noise") + b"--b--\r\n"

    async def parse() -> None:
        form = await SpoolingParser(HEADERS, body(), tmp_path, LARGE).parse()
        file = form["file"]
        assert isinstance(file, UploadFile)
        assert Path(str(file.file.name)).parent == tmp_path
        assert (file.filename, await file.read()) == ("a.wav", b"sound")
        await form.close()

    asyncio.run(parse())
    assert list(tmp_path.iterdir()) == []


def test_files_of_a_refused_form_are_deleted(tmp_path: Path) -> None:
    async def body() -> AsyncGenerator[bytes]:
        yield PART % (b"file", b"a.wav", b"sound") + PART % (b"other", b"b.wav", b"noise")

    with pytest.raises(MultiPartException, match="Too many files"):
        asyncio.run(SpoolingParser(HEADERS, body(), tmp_path, LARGE, max_files=1).parse())
    assert list(tmp_path.iterdir()) == []


FIELD = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'


@pytest.mark.parametrize(
    ("fields", "accepted"),
    [
        ([(b"large[]", 100), (b"small", 10)], True),
        ([(b"large[]", 101)], False),
        ([(b"small", 11)], False),
        ([(b"large[]", 100), (b"large[]", 11)], False),
        ([(b"large[]", 100), (b"small", 11)], False),
    ],
)
def test_only_some_fields_of_a_form_may_be_large(
    tmp_path: Path, fields: list[tuple[bytes, int]], accepted: bool
) -> None:
    async def body() -> AsyncGenerator[bytes]:
        for name, length in fields:
            yield FIELD % (name, b"x" * length)
        yield b"--b--\r\n"

    parser = SpoolingParser(HEADERS, body(), tmp_path, LARGE, max_part_size=10)
    if accepted:
        assert len(asyncio.run(parser.parse()).multi_items()) == len(fields)
    else:
        with pytest.raises(MultiPartException, match="exceeded"):
            asyncio.run(parser.parse())


def test_workflows_of_a_dead_executor_run_again(make_api: Callable[..., Api]) -> None:
    api = make_api()
    transcript_id = api.finished()
    path = api.services.settings.data / "workflows.sqlite"

    def status() -> tuple[str, str, int]:
        with closing(sqlite3.connect(path, timeout=60)) as database:
            return database.execute(
                "SELECT status, executor_id, recovery_attempts FROM workflow_status"
                " WHERE workflow_uuid = ?",
                (f"{transcript_id}/1",),
            ).fetchone()

    wait_for(lambda: status()[0] == "SUCCESS", "the end of the workflow")
    with closing(sqlite3.connect(path, timeout=60)) as database, database:
        database.execute("UPDATE workflow_status SET status = 'PENDING', executor_id = 'gone'")
    attempts = status()[2]
    recover_workflows(["gone"])
    wait_for(lambda: status()[0] == "SUCCESS", "the end of the recovered workflow")
    _status, executor, attempts_after = status()
    assert executor != "gone"
    assert attempts_after > attempts


def test_unwanted_workflows_stay_in_the_queue(
    make_api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    unwanted = ["left.wav"]

    def excluded(worker: Worker) -> list[str]:
        entries = worker.queue.unfinished()
        return [workflow_id(each) for each in entries if each.record.name in unwanted]

    monkeypatch.setattr(Worker, "needing_other_models", excluded)
    api = make_api()
    left = api.submit(b"left", "left.wav")
    api.finished(b"later", "later.wav")
    assert api.wait(left, "queued")["state"] == "queued"
    unwanted.clear()
    assert api.wait(left)["state"] == "done"
