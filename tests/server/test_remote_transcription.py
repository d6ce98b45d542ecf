"""The page's library against a real server process: upload, progress, outages, search.

The library is the page's own Python; only the network under it is another one than `fetch`.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, ServerError

from tests.support.network_library import Page, paths, visit
from tests.support.scripted_engine import sentence
from tests.support.server_process import ServerProcess
from tests.support.waiting import wait_for_async
from tests.unit.library.harness import batch, failed, opened, ready

WINDOWS = 4
WHOLE = [sentence(i) for i in range(WINDOWS)]


@pytest.fixture
def make_process(tmp_path: Path) -> Iterator[Callable[..., ServerProcess]]:
    """Start servers; they end with the test."""
    made: list[ServerProcess] = []

    def make(name: str = "server", **settings: Any) -> ServerProcess:
        settings = {"scripted_windows": str(WINDOWS), "earwitness_slots": "1", **settings}
        made.append(ServerProcess(tmp_path / name, **settings))
        return made[-1].start()

    yield make
    for process in made:
        process.close()


@pytest.fixture
def process(make_process: Callable[..., ServerProcess]) -> ServerProcess:
    """One server."""
    return make_process()


def test_server_tells_speakers_apart_for_the_page(process: ServerProcess) -> None:
    async def story(page: Page) -> None:
        await page.choose(where="server")
        id_ = await page.send(where="server", speakers=(2, 3))
        assert await page.done(id_) == WHOLE
        whole = await page.ask(m.GetTranscript(id_))
        assert [each.speaker for each in whole.segments] == ["S1", "S2", "S1", "S2"]
        assert [each.id for each in whole.speakers] == ["S1", "S2"]
        assert len(whole.turns) == WINDOWS
        analysis = page.summary(id_).speaker_job
        assert analysis is not None
        assert (analysis.state, analysis.speakers) == ("done", (2, 3))
        assert page.engines.finding == []

    visit(process.origin, story)


def test_recording_is_transcribed_by_the_server(process: ServerProcess) -> None:
    async def story(page: Page) -> None:
        await page.choose(where="server")
        id_ = await page.send(where="server")
        assert await page.done(id_) == WHOLE
        summary = page.summary(id_)
        assert (summary.job.server, summary.language) == (process.origin, "en")
        assert (summary.duration_s, summary.job.position_s) == (40.0, 40.0)
        assert summary.word_count == 5 * WINDOWS
        assert page.engines.started == []
        assert page.engines.warmed == []
        saved = page.of(m.SegmentsSaved)
        counts = [len(event.segments) for event in saved]
        assert [event.first for event in saved] == [sum(counts[:i]) for i in range(len(counts))]
        assert await page.find("sentence number 2") == [(id_, 2)]
        assert not page.host.awake
        # The words stay for the search there; the audio does not.
        _, library = page.service.server_requests.library()
        (copy,) = (await library.search(m.Search("sentence", 5))).hits[:1]
        assert (await library.transcript(copy.transcript_id)).segments
        found = await page.ask(m.Search("talk", where="server"))
        assert [(hit.transcript_id, hit.server) for hit in found.hits] == [(id_, "")]

    visit(process.origin, story)


def test_file_that_ends_too_early_is_known_after_a_server_transcribed_it(
    process: ServerProcess,
) -> None:
    async def story(page: Page) -> None:
        await page.choose(where="server")
        torn, whole = await page.send(b"torn", where="server"), await page.send(where="server")
        assert await page.done(torn) == await page.done(whole) == WHOLE
        ends = [(page.summary(id_).ends_s, page.summary(id_).duration_s) for id_ in (torn, whole)]
        assert ends == [(40.0, 40.0), (0.0, 40.0)]

    visit(process.origin, story)


def test_killed_server_is_retried_without_duplicates(
    process: ServerProcess,
) -> None:
    async def story(page: Page) -> None:
        process.script.hold(1)
        id_ = await page.send(where="server")
        await wait_for_async(lambda: page.texts_of(id_) >= 1, "the first sentence of the server")
        process.kill()
        await wait_for_async(lambda: page.summary(id_).job.error, "an error of the job")
        job = page.summary(id_).job
        assert (job.state, job.error and job.error.type) == ("queued", "ServerAwayError")
        assert job.error
        assert process.origin in job.error.message
        process.script.release()
        await asyncio.to_thread(process.start)
        page.service.connection_restored()
        assert await page.done(id_) == WHOLE
        assert paths(page, "POST") == ["uploads", "jobs"]

    visit(process.origin, story)


def test_page_says_that_no_worker_has_the_model(make_process: Callable[..., ServerProcess]) -> None:
    web = make_process(earwitness_role="web", earwitness_offered_models="base")
    make_process(scripted_models="tiny.en", earwitness_default_model="tiny.en")

    def error_of(page: Page, id_: str) -> str:
        error = page.summary(id_).job.error
        return error.message if error else ""

    async def story(page: Page) -> None:
        id_ = await page.send(where="server")
        await wait_for_async(lambda: "'base'" in error_of(page, id_), "what the job waits for")
        assert page.summary(id_).job.state == "loading"
        await asyncio.to_thread(make_process, scripted_models="base")
        assert await page.done(id_) == WHOLE
        assert page.summary(id_).job.error is None

    visit(web.origin, story)


@pytest.mark.parametrize("committed", [0, 2])
def test_reload_continues_the_same_job(process: ServerProcess, committed: int) -> None:
    async def story(page: Page) -> None:
        process.script.hold(committed)
        id_ = await page.send(where="server")
        await wait_for_async(
            lambda: page.service.repository.job(id_).server.id, "a job on the server"
        )
        await wait_for_async(
            lambda: page.texts_of(id_) >= committed, f"{committed} sentences of the server"
        )
        process.script.release()
        await page.reload()
        assert await page.done(id_) == WHOLE
        assert paths(page, "POST") == ["uploads", "jobs"]

    visit(process.origin, story)


def test_upload_resumes_after_a_broken_connection(
    process: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earwitness.library.queue.remote_run.CHUNK_BYTES", 1000)

    async def story(page: Page) -> None:
        page.network.stall = lambda question: bool(question.audio and question.audio.start == 1000)
        id_ = await page.send(b"long" * 1000, where="server")
        await wait_for_async(lambda: page.network.stalled, "the second piece of the upload")
        before = len(paths(page, "PATCH"))
        assert before == 1
        page.network.stall = lambda _question: False
        await page.reload()
        assert await page.done(id_) == WHOLE
        # The reload may cut off the answer to the job: it is sent again and is the same one.
        assert paths(page, "POST").count("uploads") == 1
        await page.choose(where="server")
        assert len((await page.ask(m.Search("long", where="server"))).hits) == 1
        starts = [q.audio.start for q in page.network.asked if q.audio]
        assert starts[0] == 0
        assert all(start > 0 for start in starts[before:])

    visit(process.origin, story)


def test_pause_resume_and_cancel_reach_the_server(process: ServerProcess) -> None:
    async def story(page: Page) -> None:
        await page.choose(where="server")
        process.script.hold(1)
        id_ = await page.send(where="server")
        await wait_for_async(lambda: page.texts_of(id_) >= 1, "the first sentence of the server")
        await page.ask(m.Pause(id_))
        assert page.summary(id_).job.state == "paused"
        heard = await page.texts(id_)
        there = page.service.repository.job(id_).server.id
        await wait_for_async(
            lambda: process.state(there) == "cancelled", "a job that is cancelled on the server"
        )
        process.script.release()
        probe = process.submit(b"probe")
        await wait_for_async(lambda: process.state(probe) == "done", "the server's next job")
        assert await page.texts(id_) == heard
        await page.ask(m.Resume(id_))
        assert await page.done(id_) == WHOLE

        process.script.hold(0)
        other = await page.send(b"other", where="server")
        await wait_for_async(
            lambda: page.service.repository.job(other).server.id, "a job on the server"
        )
        await page.ask(m.Cancel(other))
        await page.service.remote.settle()
        assert page.summary(other).job.state == "cancelled"
        found = await page.ask(m.Search("other", where="server"))
        assert found.hits == ()

    visit(process.origin, story)


def test_rest_is_transcribed_on_the_device_on_request(process: ServerProcess) -> None:
    async def story(page: Page) -> None:
        process.script.hold(2)
        id_ = await page.send(where="server")
        await wait_for_async(lambda: page.texts_of(id_) >= 2, "two sentences of the server")
        process.kill()
        await page.ask(m.MoveJob(id_, "device"))
        await wait_for_async(lambda: page.engines.started, "a transcription on this device")
        request = page.engines.started[0]
        assert request.resume.sample >= 20 * 16_000
        assert page.summary(id_).job.server == ""
        assert (await page.texts(id_))[:2] == WHOLE[:2]

    visit(process.origin, story)


def test_recording_is_sent_again_to_a_server_that_lost_its_data(process: ServerProcess) -> None:
    async def story(page: Page) -> None:
        process.script.hold(1)
        id_ = await page.send(where="server")
        await wait_for_async(lambda: page.texts_of(id_) >= 1, "the first sentence of the server")
        process.kill()
        shutil.rmtree(process.data)
        await asyncio.to_thread(process.start)
        page.service.connection_restored()
        assert await page.done(id_) == WHOLE

    visit(process.origin, story)


def test_openai_api_with_a_key_is_used(make_process: Callable[..., ServerProcess]) -> None:
    process = make_process(earwitness_require_keys="true")

    async def story(page: Page) -> None:
        await page.choose(where="server", server_url=f"{process.origin}/v1", server_key="ew_no")
        id_ = await page.send(where="server")
        await wait_for_async(lambda: page.summary(id_).job.state == "failed", "a job that failed")
        error = page.summary(id_).job.error
        assert error
        assert "key" in error.message
        assert "Settings" in error.hint
        with pytest.raises(ServerError):
            await page.ask(m.CheckServer())
        await page.choose(server_key=process.add_key(), server_model="tiny.en")
        view = await page.ask(m.CheckServer())
        assert view.kind == "openai"
        assert "tiny.en" in view.models
        await page.ask(m.Resume(id_))
        assert await page.done(id_) == WHOLE
        whole = await page.ask(m.GetTranscript(id_))
        assert (whole.model, whole.language, whole.duration_s) == ("tiny.en", "en", 40.0)
        words = [word.text for word in whole.segments[1].words]
        assert "".join(words) == whole.segments[1].text
        assert words[-1] == " 1."
        with pytest.raises(BadRequestError):
            await page.ask(m.Search("x", where="server"))

    visit("http://page.example", story)


def test_automatic_asks_once_and_sends_long_recordings(process: ServerProcess) -> None:
    async def story(page: Page) -> None:
        await page.choose(where="auto", server_after_s=60.0)
        id_ = await page.send(model="base", where="auto")
        await wait_for_async(lambda: page.engines.started, "a transcription on this device")
        await page.hear(opened(id_, 3600.0))
        (asked,) = page.of(m.ServerNeeded)
        assert (asked.origin, asked.reason, asked.bytes) == (process.origin, "too-long", 4)
        assert asked.seconds > 60
        assert page.summary(id_).job.server == ""
        assert not [q for q in page.network.asked if q.method == "POST"]

        await page.ask(m.AllowServer(process.origin))
        assert await page.done(id_) == WHOLE
        assert page.engines.terminations == 1
        second = await page.send(b"second", model="base", where="auto")
        await wait_for_async(
            lambda: len(page.engines.started) == 2, "a second transcription on this device"
        )
        await page.hear(opened(second, 3600.0))
        assert await page.done(second) == WHOLE
        assert len(page.of(m.ServerNeeded)) == 1
        short = await page.send(b"short", model="base", where="auto")
        await wait_for_async(
            lambda: len(page.engines.started) == 3, "a third transcription on this device"
        )
        await page.hear(opened(short, 60.0))
        assert page.summary(short).job.server == ""
        assert page.engines.terminations == 2

    visit(process.origin, story)


@pytest.mark.parametrize("allowed", [True, False])
def test_automatic_asks_before_sending_what_the_device_cannot_transcribe(
    process: ServerProcess, allowed: bool
) -> None:
    async def story(page: Page) -> None:
        await page.choose(where="auto")
        id_ = await page.send(model="base", where="auto")
        for attempt in (1, 2):
            await wait_for_async(
                lambda n=attempt: len(page.engines.started) == n, "a transcription on this device"
            )
            await page.hear(failed(id_, lost=True))
        (asked,) = page.of(m.ServerNeeded)
        assert asked.reason == "cannot"
        job = page.summary(id_).job
        assert (job.state, job.error and job.error.type) == ("queued", "ConsentError")
        await page.reload()
        assert page.summary(id_).job.state == "queued"
        assert not [q for q in page.network.asked if q.method == "POST"]
        await page.ask(m.AllowServer(process.origin, allowed))
        if allowed:
            assert await page.done(id_) == WHOLE
        else:
            assert page.summary(id_).job.state == "failed"
            assert page.summary(id_).job.server == ""
            assert not [q for q in page.network.asked if q.method == "POST"]

    visit(process.origin, story)


def test_transcript_found_on_the_server_is_imported(process: ServerProcess) -> None:
    async def story(page: Page) -> None:
        await page.choose(where="server")
        id_ = await page.send(b"minutes", where="server")
        await page.done(id_)
        other = Page(process.origin)
        await other.open()
        await other.choose(where="server")
        hit = (await other.ask(m.Search("minutes", where="server"))).hits[0]
        assert hit.server == process.origin
        summary = await other.ask(m.CopyTranscript(hit.transcript_id))
        assert (summary.job.state, summary.job.server) == ("done", process.origin)
        assert await other.texts(summary.id) == WHOLE
        again = (await other.ask(m.Search("minutes", where="server"))).hits[0]
        assert (again.transcript_id, again.server) == (summary.id, "")
        # Deleting a copy deletes nothing there; deleting what was sent from here does.
        await other.ask(m.Remove((summary.id,)))
        await other.ask(m.EmptyBin())
        await other.service.remote.settle()
        assert (await page.ask(m.Search("minutes", where="server"))).hits
        await page.ask(m.Remove((id_,)))
        await page.ask(m.EmptyBin())
        await page.service.remote.settle()
        assert not (await page.ask(m.Search("minutes", where="server"))).hits

    visit(process.origin, story)


def test_text_of_the_device_stays_until_the_server_s_text_arrives(
    process: ServerProcess,
) -> None:
    async def story(page: Page) -> None:
        id_ = await page.send(model="base")
        await wait_for_async(lambda: page.engines.started, "a transcription on this device")
        await page.hear(ready())
        await page.hear(opened(id_, 40.0))
        await page.hear(batch(id_, 1, "Heard here."))
        assert await page.texts(id_) == [" Heard here."]
        await page.ask(m.MoveJob(id_, "server"))
        assert await page.done(id_) == WHOLE
        assert page.service.repository.record(id_).runs == 2

    visit(process.origin, story)
