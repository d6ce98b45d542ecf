"""What a closed tab, a dead engine, a full disk and a race leave behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.engine_messages import EngineReady, Transcribe
from earwitness.errors import BadRequestError, ModelError, StorageError

from tests.unit.library.house import (
    House,
    batch,
    failed,
    finished,
    lived,
    ready,
)


@lived
async def test_a_closed_tab_goes_on_after_the_last_committed_batch(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(batch(id_, 1, "One."))
    await house.hear(batch(id_, 2, "Two."))
    await house.restart()
    request = house.engines.started[0]
    assert (request.transcript_id, request.run, request.resume.batch) == (id_, 1, 2)
    await house.hear(ready())
    await house.hear(batch(id_, 3, "Three."))
    await house.hear(finished(id_))
    assert await house.texts(id_) == [" One.", " Two.", " Three."]
    assert await house.find("three") == [(id_, 2)]
    assert await house.find("one") == [(id_, 0)]


@lived
async def test_a_batch_that_comes_twice_is_written_once(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(batch(id_, 1, "One."))
    await house.hear(batch(id_, 1, "One."))
    assert await house.texts(id_) == [" One."]
    assert house.engines.acknowledged == [1, 1]


@lived
async def test_a_dead_engine_gets_one_more_try_at_the_same_window(house: House) -> None:
    first = await house.add("a.wav", b"a")
    second = await house.add("b.wav", b"b")
    await house.hear(ready())
    await house.hear(batch(first, 1, "One."))
    await house.hear(failed(first, lost=True))
    again = house.engines.started[-1]
    assert (again.transcript_id, again.resume.batch, again.device) == (first, 1, "wasm")
    await house.hear(failed(first, lost=True))
    assert await house.state(first) == "failed"
    assert await house.texts(first) == [" One."]
    assert house.engines.started[-1].transcript_id == second
    assert house.engines.terminations == 2


@lived
async def test_a_graphics_card_that_failed_once_is_left_alone(house: House) -> None:
    first = await house.add("a.wav", b"a")
    await house.add("b.wav", b"b")
    await house.hear(EngineReady("base", "webgpu", 1))
    await house.hear(failed(first, lost=True))
    await house.hear(finished(first))
    assert [request.device for request in house.engines.started] == ["auto", "wasm", "wasm"]


@lived
async def test_another_window_gets_its_own_second_try(house: House) -> None:
    id_ = await house.add()
    await house.hear(failed(id_, lost=True))
    await house.hear(batch(id_, 1, "One."))
    await house.hear(failed(id_, lost=True))
    assert await house.state(id_) == "loading"
    await house.hear(failed(id_, lost=True))
    assert await house.state(id_) == "failed"


@lived
async def test_what_is_no_audio_fails_at_once_and_the_queue_goes_on(house: House) -> None:
    first = await house.add("a.txt", b"a")
    second = await house.add("b.wav", b"b")
    await house.hear(failed(first, "MediaError"))
    assert await house.state(first) == "failed"
    assert [request.transcript_id for request in house.engines.started] == [first, second]
    assert house.engines.terminations == 0


@lived
async def test_words_of_a_run_that_is_over_are_ignored(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.ask(m.Cancel(id_))
    assert house.engines.terminations == 1
    await house.hear(batch(id_, 1, "Late."))
    await house.hear(finished(id_))
    assert await house.state(id_) == "cancelled"
    assert await house.texts(id_) == []


@lived
async def test_an_engine_that_cannot_start_is_reported(house: House) -> None:
    async def refuse(request: object) -> None:
        raise StorageError("No worker could be started.", hint="Reload.")

    house.engines.start = refuse  # type: ignore[method-assign]
    id_ = await house.add()
    (line,) = (await house.ask(m.ListTranscripts())).transcripts
    assert line.id == id_
    assert line.job.state == "failed"
    assert line.job.error is not None
    assert line.job.error.message == "No worker could be started."


@lived
async def test_a_job_without_its_audio_asks_for_the_file(house: House) -> None:
    id_ = await house.add("a.wav", b"the recording")
    await house.service.settle()
    del house.shelf.files[id_]
    await house.restart()
    assert await house.state(id_) == "needs-file"
    with pytest.raises(BadRequestError, match="not the file"):
        await house.ask(m.ProvideFile(id_), b"another recording")
    assert house.shelf.files == {}
    await house.ask(m.ProvideFile(id_), b"the recording")
    assert house.engines.started[-1].transcript_id == id_


@lived
async def test_audio_that_nobody_knows_is_swept_at_boot(house: House) -> None:
    id_ = await house.add()
    house.shelf.files["orphan"] = b"x"
    await house.restart()
    assert set(house.shelf.files) == {id_}


@lived
async def test_a_store_that_cannot_be_read_is_what_every_request_says(house: House) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise StorageError("The browser keeps nothing here.", hint="Leave private mode.")

    house.store.scan = refuse  # type: ignore[assignment, method-assign]
    with pytest.raises(StorageError):
        await house.open()
    with pytest.raises(StorageError, match="keeps nothing"):
        await house.service.handle(m.ListTranscripts())


@lived
async def test_cancelling_while_the_engine_starts_leaves_the_next_job_alone(house: House) -> None:
    gates = [asyncio.Event(), asyncio.Event()]
    starts: list[str] = []

    async def slow_start(request: Transcribe) -> None:
        gate = gates[len(starts)]
        starts.append(request.transcript_id)
        await gate.wait()
        if len(starts) == 1 or request.transcript_id == starts[0]:
            raise ModelError("Too late.")

    house.engines.start = slow_start  # type: ignore[method-assign]
    first = await house.service.handle(m.AddFile("a.wav", transcript_id="a"), [b"a"])
    second = await house.service.handle(m.AddFile("b.wav", transcript_id="b"), [b"b"])
    assert isinstance(first, m.TranscriptSummary)
    assert isinstance(second, m.TranscriptSummary)
    while not starts:
        await asyncio.sleep(0)
    await house.service.handle(m.Cancel("a"))
    while len(starts) < 2:
        await asyncio.sleep(0)
    gates[0].set()
    gates[1].set()
    await house.service.settle()
    assert starts == ["a", "b"]
    assert await house.state("a") == "cancelled"
    assert await house.state("b") == "loading"
    assert house.service.local.running == "b"


@lived
async def test_a_full_disk_while_the_next_job_starts_harms_no_finished_one(house: House) -> None:
    first = await house.add("a.wav", b"a")
    second = await house.add("b.wav", b"b")
    await house.hear(ready())
    await house.hear(batch(first, 1, "One."))
    write = house.store.write
    done = 0

    async def fill_up(changes: Any) -> None:
        nonlocal done
        done += 1
        if done == 2:
            raise StorageError("The disk is full.", hint="Free some space.")
        await write(changes)

    house.store.write = fill_up  # type: ignore[method-assign]
    await house.hear(finished(first))
    assert await house.state(first) == "done"
    assert await house.state(second) == "queued"
    await house.ask(m.Resume(second))
    assert await house.state(second) == "transcribing"


@lived
async def test_everything_at_once_ends_in_order(house: House) -> None:
    ids = [await house.add(f"{i}.wav", bytes([i + 1])) for i in range(3)]
    await house.hear(ready())
    await asyncio.gather(
        house.service.on_engine_event(batch(ids[0], 1, "One.")),
        house.service.handle(m.Rename(ids[0], "renamed")),
        house.service.handle(m.SetTags(ids[0], ("x",))),
        house.service.handle(m.Prioritise(ids[2])),
        house.service.handle(m.Remove((ids[1],))),
        house.service.on_engine_event(batch(ids[0], 2, "Two.")),
        house.service.handle(m.EditSegment(ids[0], 0, "Uno.")),
        house.service.on_engine_event(finished(ids[0], duration_s=60.0)),
        return_exceptions=True,
    )
    await house.service.settle()
    listed = {t.id: t for t in (await house.ask(m.ListTranscripts())).transcripts}
    assert set(listed) == {ids[0], ids[2]}
    assert (listed[ids[0]].name, listed[ids[0]].tags) == ("renamed", ("x",))
    assert listed[ids[0]].job.state == "done"
    texts = await house.texts(ids[0])
    assert texts[1] == " Two."
    await house.restart()
    assert await house.texts(ids[0]) == texts


@lived
async def test_a_slow_reader_never_puts_an_old_state_in_place_of_a_new_one(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(batch(id_, 1, "One."))
    house.service.documents.close(id_)
    gate = asyncio.Event()
    scan = house.store.scan
    waited = 0

    async def slow_scan(table: Any, **how: Any) -> Any:
        nonlocal waited
        rows = await scan(table, **how)
        if table == "windows" and not waited:
            waited = 1
            await gate.wait()
        return rows

    house.store.scan = slow_scan  # type: ignore[method-assign]
    reading = asyncio.ensure_future(house.service.handle(m.GetTranscript(id_)))
    while not waited:
        await asyncio.sleep(0)
    await house.hear(batch(id_, 2, "Two."))
    gate.set()
    whole = await reading
    assert isinstance(whole, m.Transcript)
    assert [segment.text for segment in whole.segments] == [" One.", " Two."]
    assert await house.texts(id_) == [" One.", " Two."]
