"""The library after a closed tab, an engine crash, a full disk, or concurrent requests."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.engine_messages import EngineReady, Transcribe
from earwitness.errors import BadRequestError, ModelError, StorageError

from tests.unit.library.harness import (
    PageLibrary,
    batch,
    failed,
    finished,
    ready,
    with_library,
)


@with_library
async def test_a_closed_tab_resumes_after_the_last_committed_batch(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(batch(id_, 1, "One."))
    await library.hear(batch(id_, 2, "Two."))
    await library.restart()
    request = library.engines.started[0]
    assert (request.transcript_id, request.run, request.resume.batch) == (id_, 1, 2)
    await library.hear(ready())
    await library.hear(batch(id_, 3, "Three."))
    await library.hear(finished(id_))
    assert await library.texts(id_) == [" One.", " Two.", " Three."]
    assert await library.find("three") == [(id_, 2)]
    assert await library.find("one") == [(id_, 0)]


@with_library
async def test_a_repeated_batch_is_written_once(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(batch(id_, 1, "One."))
    await library.hear(batch(id_, 1, "One."))
    assert await library.texts(id_) == [" One."]
    assert library.engines.acknowledged == [1, 1]


@with_library
async def test_a_dead_engine_is_replaced_once_per_window(library: PageLibrary) -> None:
    first = await library.add("a.wav", b"a")
    second = await library.add("b.wav", b"b")
    await library.hear(ready())
    await library.hear(batch(first, 1, "One."))
    await library.hear(failed(first, lost=True))
    again = library.engines.started[-1]
    assert (again.transcript_id, again.resume.batch, again.device) == (first, 1, "wasm")
    await library.hear(failed(first, lost=True))
    assert await library.state(first) == "failed"
    assert await library.texts(first) == [" One."]
    assert library.engines.started[-1].transcript_id == second
    assert library.engines.terminations == 2


@with_library
async def test_webgpu_is_not_used_again_after_a_failure(library: PageLibrary) -> None:
    first = await library.add("a.wav", b"a")
    await library.add("b.wav", b"b")
    await library.hear(EngineReady("base", "webgpu", 1))
    await library.hear(failed(first, lost=True))
    await library.hear(finished(first))
    assert [request.device for request in library.engines.started] == ["auto", "wasm", "wasm"]


@with_library
async def test_each_window_gets_its_own_retry(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(failed(id_, lost=True))
    await library.hear(batch(id_, 1, "One."))
    await library.hear(failed(id_, lost=True))
    assert await library.state(id_) == "loading"
    await library.hear(failed(id_, lost=True))
    assert await library.state(id_) == "failed"


@with_library
async def test_a_file_that_is_not_audio_fails_at_once(library: PageLibrary) -> None:
    first = await library.add("a.txt", b"a")
    second = await library.add("b.wav", b"b")
    await library.hear(failed(first, "MediaError"))
    assert await library.state(first) == "failed"
    assert [request.transcript_id for request in library.engines.started] == [first, second]
    assert library.engines.terminations == 0


@with_library
async def test_events_of_an_ended_run_are_ignored(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.ask(m.Cancel(id_))
    assert library.engines.terminations == 1
    await library.hear(batch(id_, 1, "Late."))
    await library.hear(finished(id_))
    assert await library.state(id_) == "cancelled"
    assert await library.texts(id_) == []


@with_library
async def test_engine_start_failure_is_reported(library: PageLibrary) -> None:
    async def refuse(request: object) -> None:
        raise StorageError("No worker could be started.", hint="Reload.")

    library.engines.start = refuse  # type: ignore[method-assign]
    id_ = await library.add()
    (line,) = (await library.ask(m.ListTranscripts())).transcripts
    assert line.id == id_
    assert line.job.state == "failed"
    assert line.job.error is not None
    assert line.job.error.message == "No worker could be started."


@with_library
async def test_job_without_audio_needs_the_file(library: PageLibrary) -> None:
    id_ = await library.add("a.wav", b"the recording")
    await library.service.settle()
    del library.audio_store.files[id_]
    await library.restart()
    assert await library.state(id_) == "needs-file"
    with pytest.raises(BadRequestError, match="not the file"):
        await library.ask(m.ProvideFile(id_), b"another recording")
    assert library.audio_store.files == {}
    await library.ask(m.ProvideFile(id_), b"the recording")
    assert library.engines.started[-1].transcript_id == id_


@with_library
async def test_orphaned_audio_is_deleted_at_boot(library: PageLibrary) -> None:
    id_ = await library.add()
    library.audio_store.files["orphan"] = b"x"
    library.audio_store.player_files = {id_, "orphan", "another"}
    await library.restart()
    assert set(library.audio_store.files) == {id_}
    assert library.audio_store.player_files == {id_}


@with_library
async def test_every_request_reports_an_unreadable_store(library: PageLibrary) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StorageError("The browser keeps nothing here.", hint="Leave private mode.")

    library.store.scan = refuse  # type: ignore[assignment, method-assign]
    with pytest.raises(StorageError):
        await library.open()
    with pytest.raises(StorageError, match="keeps nothing"):
        await library.service.handle(m.ListTranscripts())


@with_library
async def test_cancelling_during_engine_start_keeps_the_next_job(library: PageLibrary) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    starts: list[str] = []

    async def slow_start(request: Transcribe) -> None:
        gate = gates[len(starts)]
        starts.append(request.transcript_id)
        await gate.wait()
        if len(starts) == 1 or request.transcript_id == starts[0]:
            raise ModelError("Too late.")

    library.engines.start = slow_start  # type: ignore[method-assign]
    first = await library.service.handle(m.AddFile("a.wav", transcript_id="a"), [b"a"])
    second = await library.service.handle(m.AddFile("b.wav", transcript_id="b"), [b"b"])
    assert isinstance(first, m.TranscriptSummary)
    assert isinstance(second, m.TranscriptSummary)
    while not starts:
        await asyncio.sleep(0)
    await library.service.handle(m.Cancel("a"))
    while len(starts) < 2:
        await asyncio.sleep(0)
    gates[0].set()
    gates[1].set()
    await library.service.settle()
    assert starts == ["a", "b"]
    assert await library.state("a") == "cancelled"
    assert await library.state("b") == "loading"
    assert library.service.local.running == "b"


@with_library
async def test_a_full_disk_at_the_next_start_keeps_the_finished_job(
    library: PageLibrary,
) -> None:
    first = await library.add("a.wav", b"a")
    second = await library.add("b.wav", b"b")
    await library.hear(ready())
    await library.hear(batch(first, 1, "One."))
    write = library.store.write
    done = 0

    async def fill_up(changes: Any) -> None:
        nonlocal done
        done += 1
        if done == 2:
            raise StorageError("The disk is full.", hint="Free some space.")
        await write(changes)

    library.store.write = fill_up  # type: ignore[method-assign]
    await library.hear(finished(first))
    assert await library.state(first) == "done"
    assert await library.state(second) == "queued"
    await library.ask(m.Resume(second))
    assert await library.state(second) == "transcribing"


@with_library
async def test_concurrent_requests_and_events_end_consistently(library: PageLibrary) -> None:
    ids = [await library.add(f"{i}.wav", bytes([i + 1])) for i in range(3)]
    await library.hear(ready())
    await asyncio.gather(
        library.service.on_engine_event(batch(ids[0], 1, "One.")),
        library.service.handle(m.Rename(ids[0], "renamed")),
        library.service.handle(m.SetTags(ids[0], ("x",))),
        library.service.handle(m.Prioritise(ids[2])),
        library.service.handle(m.Remove((ids[1],))),
        library.service.on_engine_event(batch(ids[0], 2, "Two.")),
        library.service.handle(m.EditSegment(ids[0], 0, "Uno.")),
        library.service.on_engine_event(finished(ids[0], duration_s=60.0)),
        return_exceptions=True,
    )
    await library.service.settle()
    listed = {t.id: t for t in (await library.ask(m.ListTranscripts())).transcripts}
    assert set(listed) == {ids[0], ids[2]}
    assert (listed[ids[0]].name, listed[ids[0]].tags) == ("renamed", ("x",))
    assert listed[ids[0]].job.state == "done"
    texts = await library.texts(ids[0])
    assert texts[1] == " Two."
    await library.restart()
    assert await library.texts(ids[0]) == texts


@with_library
async def test_a_slow_reader_does_not_replace_newer_words(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(batch(id_, 1, "One."))
    library.service.documents.close(id_)
    gate = asyncio.Event()
    scan = library.store.scan
    waited = 0

    async def slow_scan(table: Any, **how: Any) -> Any:
        nonlocal waited
        rows = await scan(table, **how)
        if table == "windows" and not waited:
            waited = 1
            await gate.wait()
        return rows

    library.store.scan = slow_scan  # type: ignore[method-assign]
    reading = asyncio.ensure_future(library.service.handle(m.GetTranscript(id_)))
    while not waited:
        await asyncio.sleep(0)
    await library.hear(batch(id_, 2, "Two."))
    gate.set()
    whole = await reading
    assert isinstance(whole, m.Transcript)
    assert [segment.text for segment in whole.segments] == [" One.", " Two."]
    assert await library.texts(id_) == [" One.", " Two."]
