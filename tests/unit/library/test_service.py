"""The library worker's service: every message, and what survives what."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.engine_messages import ModelLoading, Transcribe
from earwitness.errors import BadRequestError, MediaError, ModelError, NotFoundError, StorageError
from earwitness.library.platform import ModelInfo

from tests.unit.library.house import House, batch, failed, finished, lived, opened, ready


async def transcribed(house: House, *texts: str, name: str = "talk.wav", **options: object) -> str:
    """A finished recording of one window."""
    id_ = await house.add(name, name.encode(), **options)
    await house.hear(ready())
    await house.hear(opened(id_, 30.0))
    await house.hear(batch(id_, 1, *texts))
    await house.hear(finished(id_, duration_s=30.0))
    return id_


# ---------------------------------------------------------------- the whole way


@lived
async def test_a_file_is_kept_transcribed_shown_and_found(house: House) -> None:
    id_ = await house.add("Team meeting.mp3", b"sound", model="base")
    request = house.engines.started[0]
    assert (request.transcript_id, request.run, request.resume.window) == (id_, 1, 0)
    assert request.audio_path == f"audio/{id_}"
    assert await house.state(id_) == "loading"
    assert (house.host.awake, house.host.warns) == (True, True)

    await house.hear(ModelLoading("base", 40, 100))
    job = house.of(m.TranscriptChanged)[-1].transcript.job
    assert (job.loaded_bytes, job.total_bytes) == (40, 100)

    await house.hear(ready())
    await house.hear(opened(id_, 60.0))
    assert await house.state(id_) == "transcribing"
    await house.hear(batch(id_, 1, "Hello everyone.", "The budget is fine."))
    await house.hear(batch(id_, 2, "Any questions?"))
    assert house.engines.acknowledged == [1, 2]
    saved = house.of(m.SegmentsSaved)
    assert [(event.first, len(event.segments)) for event in saved] == [(0, 2), (2, 1)]

    await house.hear(finished(id_, duration_s=60.0))
    listed = await house.ask(m.ListTranscripts())
    (line,) = listed.transcripts
    assert (line.job.state, line.job.position_s, line.duration_s) == ("done", 60.0, 60.0)
    assert (line.language, line.word_count, line.audio_kept) == ("en", 8, True)
    assert line.preview == "Hello everyone. The budget is fine. Any questions?"
    assert await house.find("budget") == [(id_, 1)]
    assert await house.find("team meet") == [(id_, None)]
    assert (house.host.awake, house.host.warns) == (False, False)
    assert house.host.persisted
    assert house.engines.terminations == 0


@lived
async def test_everything_is_there_after_a_restart(house: House) -> None:
    id_ = await transcribed(house, "Hello everyone.", "The budget is fine.")
    before = await house.ask(m.GetTranscript(id_))
    await house.restart()
    assert await house.ask(m.GetTranscript(id_)) == before
    assert await house.find("budget") == [(id_, 1)]
    assert house.of(m.BootChanged) == [m.BootChanged("library"), m.BootChanged("ready")]
    assert house.engines.started == []


@lived
async def test_nothing_is_acknowledged_or_shown_before_it_is_written(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(opened(id_))
    house.store.fails = 1
    await house.hear(batch(id_, 1, "Lost."))
    assert house.engines.acknowledged == []
    assert house.of(m.SegmentsSaved) == []
    (line,) = (await house.ask(m.ListTranscripts())).transcripts
    assert line.job.state == "failed"
    assert line.job.error is not None
    assert line.job.error.message == "The disk is full."
    assert house.engines.terminations == 1
    assert await house.texts(id_) == []
    await house.ask(m.Resume(id_))
    assert house.engines.started[-1].resume.window == 0


# ---------------------------------------------------------------- interruptions


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


# ---------------------------------------------------------------- intake


@lived
async def test_the_same_id_again_is_the_same_recording(house: House) -> None:
    request = m.AddFile("a.wav", transcript_id="page-1")
    both = await asyncio.gather(
        house.service.handle(request, [b"x"]), house.service.handle(request, [b"x"])
    )
    assert [reply.id for reply in both if isinstance(reply, m.TranscriptSummary)] == ["page-1"] * 2
    assert len((await house.ask(m.ListTranscripts())).transcripts) == 1


@lived
async def test_a_refused_file_leaves_nothing(house: House) -> None:
    with pytest.raises(MediaError):
        await house.ask(m.AddFile("empty.wav"), b"")
    house.shelf.full = True
    with pytest.raises(StorageError):
        await house.ask(m.AddFile("big.wav"), b"x")
    house.shelf.full = False
    house.store.fails = 1
    with pytest.raises(StorageError):
        await house.ask(m.AddFile("a.wav"), b"x")
    for bad in ("../x", "a/b", "", "x" * 65):
        request = m.AddFile("a.wav", transcript_id=bad)
        if bad:
            with pytest.raises(BadRequestError):
                await house.ask(request, b"x")
    with pytest.raises(BadRequestError, match="no model"):
        await house.ask(m.AddFile("a.wav", m.TranscribeOptions(model="huge")), b"x")
    with pytest.raises(BadRequestError, match="One file"):
        await house.ask(m.AddFile("a.wav"))
    assert (await house.ask(m.ListTranscripts())).transcripts == ()
    assert house.shelf.files == {}
    assert not house.host.warns


@lived
async def test_open_options_come_from_the_settings(house: House) -> None:
    await house.ask(m.ChangeSettings(m.Settings(model="tiny.en", language="de", threads=3)))
    await house.add(language="")
    request = house.engines.started[0]
    assert (request.options.model, request.options.language) == ("tiny.en", "de")
    assert request.threads == 3


@lived
async def test_a_model_that_is_here_is_warmed_while_the_file_comes_in(house: House) -> None:
    await house.add(model="base")
    assert [request.model for request in house.engines.warmed] == ["base"]
    await house.restart()
    await house.ask(m.AddFile("b.wav", m.TranscribeOptions(model="tiny.en")), b"b")
    assert house.engines.warmed == []


@lived
async def test_names_are_one_printable_line(house: House) -> None:
    id_ = await house.add("\u202eevil\nname\x00.mp3" + "x" * 400)
    (line,) = (await house.ask(m.ListTranscripts())).transcripts
    assert line.name.startswith("evil name .mp3")
    assert len(line.name) == 300
    with pytest.raises(BadRequestError):
        await house.ask(m.Rename(id_, "  "))


@lived
async def test_without_keeping_audio_it_goes_when_the_words_are_there(house: House) -> None:
    await house.ask(m.ChangeSettings(m.Settings(keep_audio=False)))
    id_ = await transcribed(house, "Hello.")
    assert house.shelf.files == {}
    assert (await house.ask(m.GetAudio(id_))).path == ""
    summary = await house.ask(m.Retranscribe(id_, m.TranscribeOptions(model="base")))
    assert summary.job.state == "needs-file"
    assert await house.texts(id_) == [" Hello."]


# ---------------------------------------------------------------- the queue


@lived
async def test_pause_survives_a_restart_and_resume_goes_on(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.ask(m.Pause(id_))
    assert house.engines.pauses == 1
    await house.hear(batch(id_, 1, "In flight."))
    await house.hear(finished(id_, paused=True))
    assert await house.state(id_) == "paused"
    await house.restart()
    assert await house.state(id_) == "paused"
    assert house.engines.started == []
    await house.ask(m.Resume(id_))
    assert house.engines.started[0].resume.batch == 1


@lived
async def test_resume_before_the_pause_took_hold_goes_on_afterwards(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.ask(m.Pause(id_))
    await house.ask(m.Resume(id_))
    assert len(house.engines.started) == 1
    await house.hear(finished(id_, paused=True))
    assert len(house.engines.started) == 2
    assert await house.state(id_) == "transcribing"


@lived
async def test_the_queue_has_an_order_that_can_be_changed(house: House) -> None:
    ids = [await house.add(f"{i}.wav", bytes([i + 1])) for i in range(4)]
    listed = {t.id: t for t in (await house.ask(m.ListTranscripts())).transcripts}
    assert [listed[id_].job.queue_position for id_ in ids] == [0, 1, 2, 3]
    assert (await house.ask(m.Prioritise(ids[3]))).job.queue_position == 1
    await house.ask(m.Cancel(ids[1]))
    for id_ in (ids[0], ids[3], ids[2]):
        assert house.engines.started[-1].transcript_id == id_
        await house.hear(finished(id_))
    assert len(house.engines.started) == 3


@lived
async def test_those_who_wait_hear_that_they_moved_up(house: House) -> None:
    first, _, last = [await house.add(f"{i}.wav", bytes([i + 1])) for i in range(3)]
    house.events.clear()
    await house.hear(finished(first))
    heard = [e.transcript for e in house.events if isinstance(e, m.TranscriptChanged)]
    assert [t.job.queue_position for t in heard if t.id == last] == [1]


@lived
async def test_wishes_that_change_nothing_are_no_errors(house: House) -> None:
    id_ = await transcribed(house, "Hello.")
    for request in (m.Pause(id_), m.Resume(id_), m.Cancel(id_)):
        assert (await house.ask(request)).job.state == "done"
    with pytest.raises(NotFoundError):
        await house.ask(m.Pause("nobody"))


@lived
async def test_a_metered_connection_is_asked_for_first(house: House) -> None:
    house.host.metered = True
    house.host.catalogue = (
        ModelInfo("base", "Base", 80_000_000, True, False),
        ModelInfo("tiny.en", "Tiny", 44_000_000, False, True),
    )
    await house.service.runner.refresh_models()
    big = await house.add("a.wav", b"a", model="base")
    assert house.of(m.DownloadNeeded) == [m.DownloadNeeded("base", 80_000_000, True)]
    assert house.engines.started == []
    small = await house.add("b.wav", b"b", model="tiny.en")
    assert house.engines.started[-1].transcript_id == small
    await house.hear(finished(small))
    await house.ask(m.ApproveDownload("base", approved=False))
    assert await house.state(big) == "paused"
    await house.ask(m.Resume(big))
    assert len(house.of(m.DownloadNeeded)) == 2
    await house.ask(m.ApproveDownload("base"))
    assert house.engines.started[-1].transcript_id == big


# ---------------------------------------------------------------- words


@lived
async def test_an_edit_is_read_found_exported_and_undone(house: House) -> None:
    id_ = await transcribed(house, "Hello everyone.", "The bugdet is fine.")
    edited = await house.ask(m.EditSegment(id_, 1, "The budget\n is fine."))
    assert edited.segments[1].text == "The budget is fine."
    assert await house.find("budget") == [(id_, 1)]
    file = await house.ask(m.Export(id_, "txt"))
    assert (file.name, file.text) == ("talk.txt", "Hello everyone.\nThe budget is fine.\n")
    await house.restart()
    assert (await house.texts(id_))[1] == "The budget is fine."
    assert await house.find("budget") == [(id_, 1)]
    await house.ask(m.EditSegment(id_, 1, " The bugdet is fine."))
    assert (await house.texts(id_))[1] == " The bugdet is fine."
    with pytest.raises(NotFoundError):
        await house.ask(m.EditSegment(id_, 2, "x"))
    with pytest.raises(NotFoundError):
        await house.ask(m.EditSegment(id_, -1, "x"))


@lived
async def test_an_edit_that_cannot_be_written_changes_nothing(house: House) -> None:
    id_ = await transcribed(house, "Hello.")
    house.store.fails = 1
    with pytest.raises(StorageError):
        await house.ask(m.EditSegment(id_, 0, "Changed."))
    assert await house.texts(id_) == [" Hello."]
    assert await house.find("changed") == []


@lived
async def test_a_second_run_over_a_span_replaces_only_the_span(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    for i in range(1, 5):
        await house.hear(batch(id_, i, f"Window {i} first.", f"Window {i} second."))
    await house.hear(finished(id_))
    await house.ask(m.EditSegment(id_, 0, "Edited before."))
    await house.ask(m.EditSegment(id_, 3, "Edited inside."))
    await house.ask(m.EditSegment(id_, 7, "Edited after."))

    again = m.Retranscribe(id_, m.TranscribeOptions(model="tiny.en"), start_s=30.0, end_s=90.0)
    await house.ask(again)
    request = house.engines.started[-1]
    assert (request.run, request.start_s, request.end_s) == (2, 30.0, 90.0)
    assert request.options.model == "tiny.en"
    assert len(await house.texts(id_)) == 8
    house.events.clear()
    await house.hear(batch(id_, 1, "Better.", run=2, offset_s=30.0))
    assert await house.texts(id_) == [
        "Edited before.", " Window 1 second.", " Better.",
        " Window 3 first.", " Window 3 second.", " Window 4 first.", "Edited after.",
    ]  # fmt: skip
    (event,) = house.of(m.SegmentsSaved)
    assert (event.first, [s.text for s in event.segments][:2]) == (
        2,
        [" Better.", " Window 3 first."],
    )
    await house.hear(finished(id_, run=2))
    expected = [
        "Edited before.", " Window 1 second.", " Better.", " Window 4 first.", "Edited after.",
    ]  # fmt: skip
    assert await house.texts(id_) == expected
    assert await house.find("window 3") == []
    assert await house.find("edited after") == [(id_, 4)]
    (line,) = (await house.ask(m.ListTranscripts())).transcripts
    assert (line.model, line.duration_s) == ("base", 120.0)
    await house.restart()
    assert await house.texts(id_) == expected


@lived
async def test_a_whole_second_run_keeps_the_old_words_until_it_has_new_ones(house: House) -> None:
    id_ = await transcribed(house, "Old one.", "Old two.")
    options = m.TranscribeOptions(model="tiny.en", language="de")
    summary = await house.ask(m.Retranscribe(id_, options))
    assert summary.model == "tiny.en"
    assert await house.texts(id_) == [" Old one.", " Old two."]
    await house.hear(batch(id_, 1, "Neu.", run=2))
    await house.hear(finished(id_, run=2, duration_s=30.0))
    assert await house.texts(id_) == [" Neu."]
    assert await house.find("old") == []
    for start_s, end_s in ((5.0, 5.0), (40.0, None), (8.0, 3.0)):
        with pytest.raises(BadRequestError):
            await house.ask(m.Retranscribe(id_, options, start_s, end_s))


@lived
async def test_another_language_can_be_asked_for_while_the_first_still_runs(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(batch(id_, 1, "Wrong language."))
    await house.ask(m.Retranscribe(id_, m.TranscribeOptions(model="base", language="cs")))
    assert house.engines.terminations == 1
    assert house.engines.started[-1].run == 2
    await house.hear(batch(id_, 2, "Late.", run=1))
    await house.hear(batch(id_, 1, "Dobře.", run=2))
    assert await house.texts(id_) == [" Dobře."]


# ---------------------------------------------------------------- the bin


@lived
async def test_the_bin_hides_restores_and_deletes(house: House) -> None:
    kept = await transcribed(house, "Keep this.", name="a.wav")
    gone = await transcribed(house, "Remove this.", name="b.wav")
    await house.ask(m.Remove((gone,)))
    assert house.of(m.TranscriptsRemoved) == [m.TranscriptsRemoved((gone,))]
    assert await house.find("this") == [(kept, 0)]
    with pytest.raises(NotFoundError):
        await house.ask(m.GetTranscript(gone))
    await house.restart()
    assert await house.find("this") == [(kept, 0)]
    await house.ask(m.Restore((gone,)))
    assert await house.texts(gone) == [" Remove this."]
    assert {id_ for id_, _ in await house.find("this")} == {kept, gone}
    await house.ask(m.Remove((gone,)))
    await house.ask(m.EmptyBin())
    with pytest.raises(NotFoundError):
        await house.ask(m.Restore((gone,)))
    assert set(house.shelf.files) == {kept}
    for table in ("transcripts", "jobs", "documents", "shards"):
        assert set(house.store.tables[table]) == {kept}
    assert all(key.startswith(kept) for key in house.store.tables["windows"])


@lived
async def test_the_bin_empties_itself_after_thirty_days(house: House) -> None:
    id_ = await transcribed(house, "Old.")
    await house.ask(m.Remove((id_,)))
    house.clock.time_s += 29 * 86_400
    await house.restart()
    assert house.shelf.files != {}
    house.clock.time_s += 2 * 86_400
    await house.restart()
    assert house.shelf.files == {}
    assert house.store.tables["transcripts"] == {}


@lived
async def test_removing_what_runs_ends_it_and_restoring_goes_on(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    await house.hear(batch(id_, 1, "One."))
    await house.ask(m.Remove((id_,)))
    assert house.engines.terminations == 1
    await house.hear(batch(id_, 2, "Late."))
    await house.ask(m.Restore((id_,)))
    assert house.engines.started[-1].resume.batch == 1
    assert await house.texts(id_) == [" One."]


# ---------------------------------------------------------------- the rest


@lived
async def test_tags_filter_the_search(house: House) -> None:
    first = await transcribed(house, "Hello.", name="a.wav")
    await transcribed(house, "Hello.", name="b.wav")
    summary = await house.ask(m.SetTags(first, ("Work", " work ", "", "Zürich\n")))
    assert summary.tags == ("Work", "Zürich")
    assert await house.find("hello", tag="zurich") == [(first, 0)]
    assert len(await house.find("hello", language="en")) == 2
    assert await house.find("hello", language="de") == []
    assert await house.find("hello", transcript_id=first) == [(first, 0)]
    with pytest.raises(BadRequestError):
        await house.ask(m.SetTags(first, tuple(map(str, range(51)))))


@lived
async def test_renaming_is_found(house: House) -> None:
    id_ = await transcribed(house, "Hello.", name="a.wav")
    await house.ask(m.Rename(id_, "Quarterly review"))
    assert await house.find("quarterly") == [(id_, None)]
    await house.restart()
    assert await house.find("quarterly") == [(id_, None)]
    assert (await house.ask(m.Export(id_, "srt"))).name == "Quarterly review.srt"


@lived
async def test_speed_is_learned_and_estimates_follow(house: House) -> None:
    before = (await house.ask(m.Estimate(3600.0))).seconds_by_model
    assert before["base"] > before["tiny.en"] > 0
    id_ = await house.add(model="base")
    await house.hear(ready())
    await house.hear(opened(id_, 90.0))
    await house.hear(batch(id_, 1, "One."))
    job = house.of(m.TranscriptChanged)[-1].transcript.job
    assert job.remaining_s == pytest.approx(60.0 * 6 / 30)
    await house.restart()
    status = await house.ask(m.GetStatus())
    by_id = {model.id: model.realtime_factor for model in status.models}
    assert by_id == {"base": pytest.approx(0.2), "tiny.en": None}
    after = (await house.ask(m.Estimate(3600.0))).seconds_by_model
    assert after["base"] == pytest.approx(720.0)
    assert after["tiny.en"] == pytest.approx(before["tiny.en"] * 0.2 / (before["base"] / 3600.0))


@lived
async def test_the_history_comes_in_pages_newest_first(house: House) -> None:
    ids = [await house.add(f"{i}.wav", bytes([i + 1])) for i in range(5)]
    first = await house.ask(m.ListTranscripts(limit=2))
    second = await house.ask(m.ListTranscripts(before=first.next, limit=2))
    third = await house.ask(m.ListTranscripts(before=second.next, limit=2))
    seen = [t.id for page in (first, second, third) for t in page.transcripts]
    assert seen == ids[::-1]
    assert third.next == ""
    with pytest.raises(BadRequestError):
        await house.ask(m.ListTranscripts(limit=0))


@lived
async def test_the_page_finds_a_snapshot_of_the_newest(house: House) -> None:
    id_ = await transcribed(house, "Hello there.")
    (line,) = await house.store.get("snapshot", "recent")
    assert (line["id"], line["preview"], line["job"]["state"]) == (id_, "Hello there.", "done")
    await house.ask(m.Remove((id_,)))
    assert await house.store.get("snapshot", "recent") == []


@lived
async def test_changes_are_announced_ten_times_a_second_and_the_last_one_always(
    house: House,
) -> None:
    id_ = await house.add()
    await house.hear(ready())
    house.clock.time_s += 1
    house.events.clear()
    for i in range(100):
        await house.service.on_engine_event(ModelLoading("base", i, 100))
    await house.service.settle()
    changed = house.of(m.TranscriptChanged)
    assert 2 <= len(changed) <= 3
    assert changed[-1].transcript.job.loaded_bytes == 99
    assert changed[-1].transcript.id == id_


@lived
async def test_damaged_rows_hide_nothing_else(house: House) -> None:
    id_ = await transcribed(house, "Hello.")
    house.store.tables["transcripts"]["bad"] = '{"id": "bad"}'
    house.store.tables["jobs"][id_] = '{"state": 1}'
    house.store.tables["settings"]["settings"] = "[]"
    house.store.tables["shards"][id_] = '{"schema": 1, "revision": -1}'
    await house.restart()
    assert [t.id for t in (await house.ask(m.ListTranscripts())).transcripts] == [id_]
    assert await house.find("hello") == [(id_, 0)]
    assert "bad" in house.store.tables["transcripts"]


@lived
async def test_shards_spare_reading_the_windows(house: House) -> None:
    id_ = await transcribed(house, "Hello.")
    kept = house.store.tables.pop("windows")
    await house.restart()
    assert await house.find("hello") == [(id_, 0)]
    house.store.tables["windows"] = kept
    house.store.tables["shards"].clear()
    await house.restart()
    assert await house.find("hello") == [(id_, 0)]
    assert id_ in house.store.tables["shards"]


@lived
async def test_every_request_class_is_answered(house: House) -> None:
    id_ = await transcribed(house, "Hello.")
    requests: list[m.Request] = [
        m.GetStatus(), m.ListTranscripts(), m.GetTranscript(id_), m.Search("hello"),
        m.Rename(id_, "x"), m.SetTags(id_, ("a",)), m.EditSegment(id_, 0, "y"), m.Remove((id_,)),
        m.Restore((id_,)), m.EmptyBin(), m.Export(id_, "vtt"), m.Pause(id_), m.Resume(id_),
        m.Cancel(id_), m.Prioritise(id_), m.ApproveDownload("base"), m.Estimate(60.0),
        m.ChangeSettings(m.Settings()), m.GetAudio(id_),
        m.Retranscribe(id_, m.TranscribeOptions()),
    ]  # fmt: skip
    for request in requests:
        await house.ask(request)
    await house.ask(m.ProvideFile(id_), b"talk.wav")
    asked = {type(request) for request in requests} | {m.AddFile, m.ProvideFile}
    assert asked == set(m.Request.__args__)


@lived
async def test_settings_survive(house: House) -> None:
    chosen = dataclasses.replace(m.Settings(), model="tiny.en", keep_audio=False)
    assert await house.ask(m.ChangeSettings(chosen)) == chosen
    assert house.of(m.StatusChanged)[-1].status.settings == chosen
    await house.restart()
    assert (await house.ask(m.GetStatus())).settings == chosen


# ---------------------------------------------------------------- races


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
    assert house.service.runner.running == "b"


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
