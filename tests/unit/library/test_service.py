"""The library service: a file from import to search, and every request."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness import messages as m
from earwitness.engine_messages import ModelLoading
from earwitness.errors import BadRequestError, EarwitnessError, NotFoundError

from tests.unit.library.harness import (
    PageLibrary,
    batch,
    finished,
    opened,
    ready,
    transcribed,
    with_library,
)


@with_library
async def test_a_file_is_stored_transcribed_shown_and_found(library: PageLibrary) -> None:
    id_ = await library.add("Team meeting.mp3", b"sound", model="base")
    request = library.engines.started[0]
    assert (request.transcript_id, request.run, request.resume.window) == (id_, 1, 0)
    assert request.audio_path == f"audio/{id_}"
    assert await library.state(id_) == "loading"
    assert library.host.awake

    await library.hear(ModelLoading("base", 40, 100))
    job = library.of(m.TranscriptChanged)[-1].transcript.job
    assert (job.loaded_bytes, job.total_bytes) == (40, 100)

    await library.hear(ready())
    await library.hear(opened(id_, 60.0))
    assert await library.state(id_) == "transcribing"
    await library.hear(batch(id_, 1, "Hello everyone.", "The budget is fine."))
    await library.hear(batch(id_, 2, "Any questions?"))
    assert library.engines.acknowledged == [1, 2]
    saved = library.of(m.SegmentsSaved)
    assert [(event.first, len(event.segments)) for event in saved] == [(0, 2), (2, 1)]

    await library.hear(finished(id_, duration_s=60.0))
    listed = await library.ask(m.ListTranscripts())
    (line,) = listed.transcripts
    assert (line.job.state, line.job.position_s, line.duration_s) == ("done", 60.0, 60.0)
    assert (line.language, line.word_count, line.audio_kept) == ("en", 8, True)
    assert line.preview == "Hello everyone. The budget is fine. Any questions?"
    assert await library.find("budget") == [(id_, 1)]
    assert await library.find("team meet") == [(id_, None)]
    assert not library.host.awake
    assert library.host.persisted
    assert library.engines.terminations == 0


@with_library
async def test_a_restart_keeps_everything(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone.", "The budget is fine.")
    before = await library.ask(m.GetTranscript(id_))
    await library.restart()
    assert await library.ask(m.GetTranscript(id_)) == before
    assert await library.find("budget") == [(id_, 1)]
    assert library.of(m.BootChanged) == [m.BootChanged("library"), m.BootChanged("ready")]
    assert library.engines.started == []


@with_library
async def test_batches_are_acknowledged_after_they_are_written(
    library: PageLibrary,
) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(opened(id_))
    library.store.fails = 1
    await library.hear(batch(id_, 1, "Lost."))
    assert library.engines.acknowledged == []
    assert library.of(m.SegmentsSaved) == []
    (line,) = (await library.ask(m.ListTranscripts())).transcripts
    assert line.job.state == "failed"
    assert line.job.error is not None
    assert line.job.error.message == "The disk is full."
    assert library.engines.terminations == 1
    assert await library.texts(id_) == []
    await library.ask(m.Resume(id_))
    assert library.engines.started[-1].resume.window == 0


@with_library
async def test_tags_filter_the_search(library: PageLibrary) -> None:
    first = await transcribed(library, "Hello.", name="a.wav")
    await transcribed(library, "Hello.", name="b.wav")
    summary = await library.ask(m.SetTags(first, ("Work", " work ", "", "Zürich\n")))
    assert summary.tags == ("Work", "Zürich")
    assert await library.find("hello", tag="zurich") == [(first, 0)]
    assert len(await library.find("hello", language="en")) == 2
    assert await library.find("hello", language="de") == []
    assert await library.find("hello", transcript_id=first) == [(first, 0)]
    with pytest.raises(BadRequestError):
        await library.ask(m.SetTags(first, tuple(map(str, range(51)))))


@with_library
async def test_a_new_name_is_found(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", name="a.wav")
    await library.ask(m.Rename(id_, "Quarterly review"))
    assert await library.find("quarterly") == [(id_, None)]
    await library.restart()
    assert await library.find("quarterly") == [(id_, None)]
    assert (await library.ask(m.Export(id_, "srt"))).name == "Quarterly review.srt"


@with_library
async def test_estimates_follow_measured_speed(library: PageLibrary) -> None:
    before = (await library.ask(m.Estimate(3600.0))).seconds_by_model
    assert before["base"] > before["tiny.en"] > 0
    id_ = await library.add(model="base")
    await library.hear(ready())
    await library.hear(opened(id_, 120.0))
    await library.hear(batch(id_, 1, "One."))
    job = library.of(m.TranscriptChanged)[-1].transcript.job
    assert job.remaining_s is None, "a single window says too little"
    await library.hear(batch(id_, 2, "Two."))
    job = library.of(m.TranscriptChanged)[-1].transcript.job
    assert job.remaining_s == pytest.approx(60.0 * 6 / 30)
    await library.restart()
    status = await library.ask(m.GetStatus())
    by_id = {model.id: model.realtime_factor for model in status.models}
    assert by_id == {"base": pytest.approx(0.2), "tiny.en": None}
    after = (await library.ask(m.Estimate(3600.0))).seconds_by_model
    assert after["base"] == pytest.approx(720.0)
    assert after["tiny.en"] == pytest.approx(before["tiny.en"] * 0.2 / (before["base"] / 3600.0))


@with_library
async def test_history_is_paged_newest_first(library: PageLibrary) -> None:
    ids = [await library.add(f"{i}.wav", bytes([i + 1])) for i in range(5)]
    first = await library.ask(m.ListTranscripts(limit=2))
    second = await library.ask(m.ListTranscripts(before=first.next, limit=2))
    third = await library.ask(m.ListTranscripts(before=second.next, limit=2))
    seen = [t.id for page in (first, second, third) for t in page.transcripts]
    assert seen == ids[::-1]
    assert third.next == ""
    with pytest.raises(BadRequestError):
        await library.ask(m.ListTranscripts(limit=0))


@with_library
async def test_the_newest_summaries_are_in_the_snapshot(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello there.")
    (line,) = await library.store.get("snapshot", "recent")
    assert (line["id"], line["preview"], line["job"]["state"]) == (id_, "Hello there.", "done")
    await library.ask(m.Remove((id_,)))
    assert await library.store.get("snapshot", "recent") == []


@with_library
async def test_changes_are_announced_ten_times_a_second_at_most(
    library: PageLibrary,
) -> None:
    id_ = await library.add()
    await library.hear(ready())
    library.clock.time_s += 1
    library.events.clear()
    for i in range(100):
        await library.service.on_engine_event(ModelLoading("base", i, 100))
    await library.service.settle()
    changed = library.of(m.TranscriptChanged)
    assert 2 <= len(changed) <= 3
    assert changed[-1].transcript.job.loaded_bytes == 99
    assert changed[-1].transcript.id == id_


@with_library
async def test_damaged_rows_do_not_hide_others(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.")
    library.store.tables["transcripts"]["bad"] = '{"id": "bad"}'
    library.store.tables["jobs"][id_] = '{"state": 1}'
    library.store.tables["settings"]["settings"] = "[]"
    library.store.tables["shards"][id_] = '{"schema": 1, "revision": -1}'
    await library.restart()
    assert [t.id for t in (await library.ask(m.ListTranscripts())).transcripts] == [id_]
    assert await library.find("hello") == [(id_, 0)]
    assert "bad" in library.store.tables["transcripts"]


@with_library
async def test_the_index_is_built_from_shards_without_windows(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.")
    kept = library.store.tables.pop("windows")
    await library.restart()
    assert await library.find("hello") == [(id_, 0)]
    library.store.tables["windows"] = kept
    library.store.tables["shards"].clear()
    await library.restart()
    assert await library.find("hello") == [(id_, 0)]
    assert id_ in library.store.tables["shards"]


@with_library
async def test_every_request_class_is_answered(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.")
    requests: list[m.Request] = [
        m.GetStatus(), m.ListTranscripts(), m.GetTranscript(id_), m.Search("hello"),
        m.Rename(id_, "x"), m.SetTags(id_, ("a",)), m.EditSegment(id_, 0, "y"),
        m.Update(id_, {"0": "z"}), m.Undo(id_), m.Redo(id_), m.ListVersions(id_),
        m.RestoreVersion(id_, 0), m.CompareVersions(id_, 0), m.ListDeleted(id_),
        m.ListRedactions(id_),
        m.Find(id_, m.FindText("y")), m.Replace(id_, m.FindText("y"), "x"), m.Remove((id_,)),
        m.Restore((id_,)), m.EmptyBin(), m.Export(id_, "vtt"), m.Pause(id_), m.Resume(id_),
        m.Cancel(id_), m.Prioritise(id_), m.ApproveDownload("base"), m.Estimate(60.0),
        m.ChangeSettings(m.Settings()), m.GetAudio(id_),
        m.SaveBackup(), m.Retranscribe(id_, m.TranscribeOptions(), replace_corrections=True),
        m.MoveJob(id_, "device"), m.Cancel(id_),
        m.AllowServer("https://server.example", allowed=False),
        m.FindSpeakers(id_), m.AddSpeaker(id_, "Anna"), m.AddSpeaker(id_, "Ben"),
        m.AssignSpeaker(id_, 0, "S1"), m.RenameSpeaker(id_, "S1", "Eva"),
        m.MergeSpeakers(id_, "S2", "S1"), m.Undo(id_),
        m.GetDoubtfulWords(id_), m.AssignWords(id_, 0, 0, 0, 1, ""),
        m.ListExtensions(), m.RemoveExtension("none"),
        m.FindEverywhere(m.FindText("y")), m.ReplaceEverywhere(m.FindText("y"), "x", ()),
        m.GetFolder(), m.ChooseFolder("x"), m.ChangeFolder(("txt",), "texts"), m.LookAtFolder(()),
        m.FolderFileWritten(m.FolderFile("x.txt", 1, 1)),
    ]  # fmt: skip
    for request in requests:
        await library.ask(request)
    for nobody_there in (
        m.CheckServer(), m.CopyTranscript("x"), m.GetOriginal(id_), m.Synchronise(id_),
        m.FetchAudio(id_),
    ):  # fmt: skip
        with pytest.raises(EarwitnessError):
            await library.ask(nobody_there)
    await library.ask(m.ProvideFile(id_), b"talk.wav")
    await library.ask(m.ImportFile("x.txt"), b"words")
    await library.ask(m.AddFromFolder(m.FolderFile("y.wav", 1, 1), m.TranscribeOptions()), b"y.wav")
    with pytest.raises(BadRequestError, match="no previous version"):
        await library.ask(m.GoBack(id_))
    with pytest.raises(BadRequestError, match="nothing to make final"):
        await library.ask(m.MakeRedactionsFinal(id_, ()))
    with pytest.raises(NotFoundError, match="no such word"):
        await library.ask(m.CheckWord(id_, 0, 0))
    with pytest.raises(NotFoundError, match="no such word"):
        await library.ask(m.GetHeardWord(id_, 0, 0))
    with pytest.raises(NotFoundError, match="no such word"):
        await library.ask(m.ReplaceWord(id_, 0, 0, "x"))
    with pytest.raises(BadRequestError, match="not stored here"):
        await library.ask(m.SplitByVoice(id_, 0))
    with pytest.raises(BadRequestError, match="not stored here"):
        await library.ask(m.RememberVoice(id_, "S1"))
    await library.ask(m.ForgetVoices())
    await library.ask(m.LoadBackup(), *library.backups.files.values())
    await library.ask(m.ExportSeveral((id_,), "txt"))
    await library.ask(m.ExportAudio(id_, "wav"))
    await library.ask(m.ZipFiles(("x.wav",)), b"x")
    cue = b"1\n00:00:01,000 --> 00:00:02,000\nwords\n"
    await library.ask(m.ReplaceText(id_, "x.srt", replace_corrections=True), cue)
    with pytest.raises(NotFoundError, match="no extension"):
        await library.ask(m.EnableExtension("none", True))
    with pytest.raises(NotFoundError, match="No extension"):
        await library.ask(m.ApplyRule(id_, "none"))
    with pytest.raises(NotFoundError, match="No extension"):
        await library.ask(m.ExportByExtension(id_, "none"))
    with pytest.raises(EarwitnessError, match="could not be loaded"):
        await library.ask(m.AddExtension(("x.py",)), b"x")
    asked = {type(request) for request in requests}
    asked |= {
        m.AddExtension,
        m.AddFile,
        m.AddFromFolder,
        m.ApplyRule,
        m.ImportFile,
        m.ProvideFile,
        m.CheckServer,
        m.CheckWord,
        m.CopyTranscript,
        m.EnableExtension,
        m.ExportAudio,
        m.ExportByExtension,
        m.ExportSeveral,
        m.GoBack,
        m.LoadBackup,
        m.MakeRedactionsFinal,
        m.ReplaceText,
        m.SplitByVoice,
        m.RememberVoice,
        m.FetchAudio,
        m.ForgetVoices,
        m.GetHeardWord,
        m.GetOriginal,
        m.ReplaceWord,
        m.Synchronise,
        m.ZipFiles,
    }
    assert asked == set(m.Request.__args__)


@with_library
async def test_settings_survive_a_restart(library: PageLibrary) -> None:
    chosen = dataclasses.replace(m.Settings(), model="tiny.en", keep_audio=False)
    assert await library.ask(m.ChangeSettings(chosen)) == chosen
    assert library.of(m.StatusChanged)[-1].status.settings == chosen
    await library.restart()
    assert (await library.ask(m.GetStatus())).settings == chosen
