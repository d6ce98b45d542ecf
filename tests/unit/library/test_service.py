"""The library worker's service: the whole way of a file, and every message."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness import messages as m
from earwitness.engine_messages import ModelLoading
from earwitness.errors import BadRequestError, EarwitnessError

from tests.unit.library.house import (
    House,
    batch,
    finished,
    lived,
    opened,
    ready,
    transcribed,
)


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
        m.SaveBackup(), m.Retranscribe(id_, m.TranscribeOptions(), replace_corrections=True),
        m.MoveJob(id_, "device"), m.Cancel(id_),
        m.AllowServer("https://server.example", allowed=False),
    ]  # fmt: skip
    for request in requests:
        await house.ask(request)
    for nobody_there in (m.CheckServer(), m.CopyTranscript("x")):
        with pytest.raises(EarwitnessError):
            await house.ask(nobody_there)
    await house.ask(m.ProvideFile(id_), b"talk.wav")
    with pytest.raises(BadRequestError, match="no earlier text"):
        await house.ask(m.GoBack(id_))
    await house.ask(m.LoadBackup(), *house.backups.files.values())
    asked = {type(request) for request in requests}
    asked |= {m.AddFile, m.ProvideFile, m.CheckServer, m.CopyTranscript, m.GoBack, m.LoadBackup}
    assert asked == set(m.Request.__args__)


@lived
async def test_settings_survive(house: House) -> None:
    chosen = dataclasses.replace(m.Settings(), model="tiny.en", keep_audio=False)
    assert await house.ask(m.ChangeSettings(chosen)) == chosen
    assert house.of(m.StatusChanged)[-1].status.settings == chosen
    await house.restart()
    assert (await house.ask(m.GetStatus())).settings == chosen
