"""Speakers told apart on this device: after the words, with progress, resumable, correctable."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.domain.speaker_edits import SameNameError
from earwitness.engine_messages import (
    FindSpeakers,
    LocalSpeaker,
    ModelLoading,
    SpeakersFound,
    SpeakersReady,
    SpeakerWindow,
)
from earwitness.errors import BadRequestError
from earwitness.speakers.voices import pack
from earwitness.transcript import Speaker, Turn

from tests.unit.library.harness import (
    CZECH,
    SPEAKERS,
    PageLibrary,
    again,
    batch,
    failed,
    finished,
    opened,
    ready,
    summary,
    transcribed,
    with_library,
)

TURNS = (Turn("S1", 0.0, 15.0), Turn("S2", 15.0, 30.0))
PEOPLE = (Speaker("S1", "S1", 15.0), Speaker("S2", "S2", 15.0))


def window(number: int, *, last: bool = False) -> SpeakerWindow:
    start = number * 80_000
    own = (start + 40_000, start + 120_000)
    speaker = LocalSpeaker(0, ((start, own[1]),), "AQID", 5.0)
    return SpeakerWindow(start, start + 160_000, own, (speaker,), last)


def windows(id_: str, first: int, count: int, *, last: bool = False) -> SpeakersReady:
    rows = tuple(
        window(n, last=last and n == first + count - 1) for n in range(first, first + count)
    )
    return SpeakersReady(id_, first, rows, (first + count) * 5.0)


def found(id_: str) -> SpeakersFound:
    return SpeakersFound(id_, PEOPLE, TURNS)


async def job(library: PageLibrary, id_: str) -> m.SpeakerJob | None:
    return (await summary(library, id_)).speaker_job


async def two_people(library: PageLibrary, **options: Any) -> str:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True, **options)
    await library.hear(windows(id_, 0, 4, last=True))
    await library.hear(found(id_))
    return id_


async def said(library: PageLibrary, id_: str) -> list[tuple[str | None, str]]:
    whole = await library.ask(m.GetTranscript(id_))
    return [(each.speaker, each.text.strip()) for each in whole.segments]


@with_library
async def test_speakers_are_found_after_the_words(library: PageLibrary) -> None:
    id_ = await library.add(speakers=[2, 3])
    await library.hear(ready())
    await library.hear(opened(id_, 30.0))
    await library.hear(batch(id_, 1, "Hello.", "Good day."))
    assert library.engines.finding == []
    await library.hear(finished(id_, duration_s=30.0))
    asked = FindSpeakers(id_, f"audio/{id_}", 0, (), 2, 3, "auto", 0, "audio/wav")
    assert library.engines.finding == [asked]
    assert (await summary(library, id_)).job.state == "done"
    assert (await job(library, id_)) == m.SpeakerJob("running", [2, 3])  # type: ignore[arg-type]


@with_library
async def test_progress_of_download_and_analysis_is_shown(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    await library.hear(ModelLoading("speakers", 5, 13))
    shown = await job(library, id_)
    assert shown == m.SpeakerJob("loading", loaded_bytes=5, total_bytes=13)
    await library.hear(windows(id_, 0, 2))
    assert await job(library, id_) == m.SpeakerJob("running", position_s=10.0)
    await library.hear(found(id_))
    assert await job(library, id_) == m.SpeakerJob("done", position_s=10.0)
    assert library.of(m.TranscriptChanged)[-1].transcript.speakers == PEOPLE


@with_library
async def test_result_gives_speakers_turns_and_who_says_each_sentence(library: PageLibrary) -> None:
    id_ = await two_people(library)
    whole = await library.ask(m.GetTranscript(id_))
    assert whole.speakers == PEOPLE
    assert whole.turns == TURNS
    assert await said(library, id_) == [("S1", "Hello."), ("S2", "Good day.")]
    assert library.of(m.SegmentsSaved)[-1].segments == whole.segments
    assert await library.find("good") == [(id_, 1)]
    await library.restart()
    assert (await library.ask(m.GetTranscript(id_))) == whole


@with_library
async def test_analysis_goes_on_after_a_reload(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    await library.hear(windows(id_, 0, 4))
    await library.restart()
    (request,) = library.engines.finding
    assert [each.start for each in request.windows] == [0, 80_000, 160_000, 240_000]
    await library.hear(windows(id_, 4, 2, last=True))
    await library.hear(found(id_))
    assert (await summary(library, id_)).speakers == PEOPLE


@with_library
async def test_words_go_first(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    other = await library.add("other.wav", b"other")
    assert library.engines.pauses >= 1
    assert len(library.engines.started) == 1
    await library.hear(windows(id_, 0, 2))
    await library.hear(SpeakersFound(id_, paused=True))
    assert library.engines.started[-1].transcript_id == other
    assert (await job(library, id_)) == m.SpeakerJob("queued", position_s=10.0)
    await library.hear(batch(other, 1, "Other."))
    await library.hear(finished(other, duration_s=30.0))
    assert [len(each.windows) for each in library.engines.finding] == [0, 2]


@with_library
async def test_failed_analysis_leaves_the_text_whole(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    await library.hear(failed(id_, run=0))
    shown = await job(library, id_)
    assert shown is not None
    assert (shown.state, shown.error and shown.error.message) == ("failed", "It broke.")
    assert (await summary(library, id_)).job.state == "done"
    assert await library.texts(id_) == [" Hello.", " Good day."]
    await library.ask(m.FindSpeakers(id_))
    assert len(library.engines.finding) == 2


@with_library
async def test_lost_engine_ends_the_analysis_and_the_next_job_runs(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    await library.add("other.wav", b"other")
    await library.hear(failed(id_, run=0, lost=True))
    assert len(library.engines.started) == 2


@with_library
async def test_windows_that_cannot_be_saved_end_the_analysis(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    library.store.fails = 1
    await library.hear(windows(id_, 0, 4))
    shown = await job(library, id_)
    assert shown is not None
    assert shown.state == "failed"
    assert shown.error is not None
    assert shown.error.type == "StorageError"


@with_library
async def test_analysis_whose_end_cannot_be_saved_leaves_the_engine_to_the_next_job(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    other = await library.add("other.wav", b"other")
    library.store.fails = 2
    await library.hear(windows(id_, 0, 4))
    assert library.store.fails == 0
    assert library.engines.started[-1].transcript_id == other
    await library.hear(batch(other, 1, "Other."))
    await library.hear(finished(other, duration_s=30.0))
    assert len(library.engines.finding) == 1, "it is not begun again at once"
    shown = await job(library, id_)
    assert shown is not None
    assert shown.state == "failed"
    await library.ask(m.FindSpeakers(id_))
    assert len(library.engines.finding) == 2


@with_library
async def test_windows_that_cannot_be_read_leave_the_engine_to_the_next_job(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.")
    library.store.scans_fail = 1
    await library.ask(m.FindSpeakers(id_))
    assert library.engines.finding == []
    other = await library.add("other.wav", b"other")
    assert library.engines.started[-1].transcript_id == other
    await library.hear(batch(other, 1, "Other."))
    await library.hear(finished(other, duration_s=30.0))
    assert [each.transcript_id for each in library.engines.finding] == [id_]


@with_library
async def test_speakers_of_an_older_recording_with_another_number(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.")
    assert library.engines.finding == []
    await library.ask(m.FindSpeakers(id_, 3))
    await library.hear(windows(id_, 0, 4, last=True))
    await library.hear(found(id_))
    await library.ask(m.FindSpeakers(id_, (2, 5)))
    asked = [(each.least, each.most, len(each.windows)) for each in library.engines.finding]
    assert asked == [(3, 3, 0), (2, 5, 4)]


@with_library
async def test_withdrawn_analysis_ends(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    await library.ask(m.FindSpeakers(id_, False))
    assert await job(library, id_) is None
    assert library.engines.terminations == 1
    await library.hear(found(id_))
    assert (await summary(library, id_)).speakers == ()


@with_library
async def test_impossible_requests_are_refused(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.")
    with pytest.raises(BadRequestError, match="speakers should be"):
        await library.ask(m.FindSpeakers(id_, 0))
    with pytest.raises(BadRequestError, match="speakers should be"):
        await library.add(speakers=(3, 2))
    settings = dataclasses.replace(m.Settings(), keep_audio=False)
    await library.ask(m.ChangeSettings(settings))
    other = await transcribed(library, "Hello.", name="other.wav")
    with pytest.raises(BadRequestError, match="audio of this recording is not stored"):
        await library.ask(m.FindSpeakers(other))


@with_library
async def test_audio_is_deleted_after_the_analysis(library: PageLibrary) -> None:
    settings = dataclasses.replace(m.Settings(), keep_audio=False, speakers=True)
    await library.ask(m.ChangeSettings(settings))
    id_ = await transcribed(library, "Hello.", "Good day.")
    assert (await summary(library, id_)).audio_kept
    await library.hear(windows(id_, 0, 4, last=True))
    await library.hear(found(id_))
    assert not (await summary(library, id_)).audio_kept
    assert library.audio_store.files == {}
    assert not [key for key in library.store.tables["windows"] if "speakers" in key]


@with_library
async def test_audio_is_deleted_when_the_analysis_fails_or_is_withdrawn(
    library: PageLibrary,
) -> None:
    settings = dataclasses.replace(m.Settings(), keep_audio=False, speakers=True)
    await library.ask(m.ChangeSettings(settings))
    one = await transcribed(library, "Hello.", "Good day.")
    await library.hear(windows(one, 0, 4))
    await library.hear(failed(one, run=0))
    other = await transcribed(library, "Hello.", name="other.wav")
    await library.ask(m.FindSpeakers(other, False))
    assert library.audio_store.files == {}
    for id_ in (one, other):
        assert not (await summary(library, id_)).audio_kept
    assert not [key for key in library.store.tables["windows"] if "speakers" in key]


@with_library
async def test_download_over_a_metered_connection_is_asked_for(library: PageLibrary) -> None:
    library.host.speakers = dataclasses.replace(SPEAKERS, cached=False)
    library.host.metered = True
    await library.restart()
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    asked = m.DownloadNeeded("speakers", 13_000_000, metered=True)
    assert library.of(m.DownloadNeeded) == [asked]
    assert library.engines.finding == []
    await library.ask(m.ApproveDownload("speakers", approved=False))
    shown = await job(library, id_)
    assert shown is not None
    assert shown.state == "failed"
    await library.ask(m.FindSpeakers(id_))
    await library.ask(m.ApproveDownload("speakers"))
    assert len(library.engines.finding) == 1


@with_library
async def test_voices_go_with_the_recording_and_into_no_backup(library: PageLibrary) -> None:
    id_ = await two_people(library)
    await library.ask(m.SaveBackup())
    (backup,) = library.backups.files.values()
    await library.ask(m.Remove((id_,)))
    await library.ask(m.EmptyBin())
    assert library.store.tables["windows"] == {}
    await library.ask(m.LoadBackup(), backup)
    assert await said(library, id_) == [("S1", "Hello."), ("S2", "Good day.")]
    assert (await library.ask(m.GetTranscript(id_))).turns == TURNS
    assert not [key for key in library.store.tables["windows"] if "speakers" in key]


@with_library
async def test_corrections_are_written_announced_and_taken_back(library: PageLibrary) -> None:
    id_ = await two_people(library)
    before = await library.ask(m.GetTranscript(id_))
    library.events.clear()
    renamed = await library.ask(m.RenameSpeaker(id_, "S1", "Anna"))
    assert renamed.speakers[0].name == "Anna"
    assert library.of(m.TranscriptChanged)[-1].transcript.speakers == renamed.speakers
    assert library.of(m.SegmentsSaved) == []
    assigned = await library.ask(m.AssignSpeaker(id_, 1, "S1"))
    (event,) = library.of(m.SegmentsSaved)
    assert (event.first, event.segments) == (1, assigned.segments[1:])
    with pytest.raises(SameNameError):
        await library.ask(m.RenameSpeaker(id_, "S2", "anna"))
    await library.ask(m.MergeSpeakers(id_, "S2", "S1"))
    for _ in range(3):
        await library.ask(m.Undo(id_))
    after = await library.ask(m.GetTranscript(id_))
    assert dataclasses.replace(after, revision=before.revision) == before


@with_library
async def test_names_outlive_another_run(library: PageLibrary) -> None:
    id_ = await two_people(library)
    await library.ask(m.RenameSpeaker(id_, "S2", "Ben"))
    await again(library, id_, "Hello again.", "Good day again.")
    whole = await library.ask(m.GetTranscript(id_))
    assert [each.speaker for each in whole.segments] == ["S1", "S2"]
    assert [each.name for each in whole.speakers] == ["S1", "Ben"]
    await library.ask(m.GoBack(id_))
    assert await said(library, id_) == [("S1", "Hello."), ("S2", "Good day.")]


OTHER_TRACK = dataclasses.replace(CZECH, audio_track=1)


@with_library
async def test_run_on_another_track_finds_its_own_speakers(library: PageLibrary) -> None:
    id_ = await two_people(library)
    options = dataclasses.replace(OTHER_TRACK, speakers=True)
    await library.ask(m.Retranscribe(id_, options))
    assert await job(library, id_) is None
    await library.hear(batch(id_, 1, "Hello again.", run=2))
    await library.hear(finished(id_, run=2, duration_s=30.0))
    asked = library.engines.finding[-1]
    assert (asked.audio_track, asked.windows) == (1, ())
    await library.hear(windows(id_, 0, 4, last=True))
    await library.hear(found(id_))
    await library.ask(m.GoBack(id_))
    await library.ask(m.FindSpeakers(id_))
    asked = library.engines.finding[-1]
    assert (asked.audio_track, asked.windows) == (0, ())


@with_library
async def test_run_on_the_same_track_keeps_the_windows(library: PageLibrary) -> None:
    id_ = await two_people(library)
    await again(library, id_, "Hello again.")
    await library.ask(m.FindSpeakers(id_, 2))
    assert len(library.engines.finding[-1].windows) == 4


@with_library
async def test_analysis_of_another_track_ends_when_a_run_is_asked_for(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "Hello.", "Good day.", speakers=True)
    await library.hear(windows(id_, 0, 2))
    await library.ask(m.Retranscribe(id_, OTHER_TRACK))
    assert library.engines.terminations == 1
    assert library.engines.started[-1].options.audio_track == 1
    await library.hear(windows(id_, 2, 2, last=True))
    await library.hear(found(id_))
    assert not [key for key in library.store.tables["windows"] if "speakers" in key]
    assert (await summary(library, id_)).speakers == ()


@with_library
async def test_corrected_speakers_are_asked_for_before_a_run_hides_them(
    library: PageLibrary,
) -> None:
    id_ = await two_people(library)
    await library.ask(m.AssignSpeaker(id_, 0, "S2"))
    with pytest.raises(BadRequestError, match="replaces a sentence that you corrected"):
        await library.ask(m.Retranscribe(id_, CZECH))


@with_library
async def test_exports_carry_the_names(library: PageLibrary) -> None:
    id_ = await two_people(library)
    await library.ask(m.RenameSpeaker(id_, "S1", "Anna"))
    for format in ("vtt", "srt", "ass", "csv", "md", "json"):
        file = await library.ask(m.Export(id_, format))
        assert "Anna" in file.text, format


@with_library
async def test_search_finds_what_one_speaker_says(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello harbour.", "Good harbour.", speakers=True)
    await library.hear(windows(id_, 0, 4, last=True))
    await library.hear(found(id_))
    await transcribed(library, "Another harbour.", name="other.wav")
    await library.ask(m.RenameSpeaker(id_, "S2", "Ben"))
    assert await library.find("harbour", speaker="ben") == [(id_, 1)]
    assert await library.find("harbour", speaker="Eve") == []
    assert len(await library.find("harbour")) == 3


PAIR = (pack([1.0, 0.1, 0.0]), pack([0.0, 0.1, 1.0]))


async def four_sentences_of_one_speaker(library: PageLibrary) -> str:
    """Add a recording in which two voices in turn were taken for one person; return its id."""
    id_ = await transcribed(library, "One.", "Two.", "Three.", "Four.", speakers=True)
    whole = await library.ask(m.GetTranscript(id_))
    rows = tuple(
        dataclasses.replace(
            window(n),
            speakers=(
                LocalSpeaker(
                    0, ((round(16_000 * each.start_s), round(16_000 * each.end_s)),), PAIR[n % 2], 2
                ),
            ),
            start=round(16_000 * each.start_s),
            stop=round(16_000 * each.end_s),
        )
        for n, each in enumerate(whole.segments)
    )
    await library.hear(SpeakersReady(id_, 0, rows, 30.0))
    end_s = whole.segments[-1].end_s
    await library.hear(SpeakersFound(id_, PEOPLE[:1], (Turn("S1", 0.0, end_s),)))
    return id_


@with_library
async def test_speaker_is_divided_by_an_example(library: PageLibrary) -> None:
    id_ = await four_sentences_of_one_speaker(library)
    assert [who for who, _ in await said(library, id_)] == ["S1"] * 4
    await library.ask(m.SplitByVoice(id_, 1))
    assert [who for who, _ in await said(library, id_)] == ["S1", "S2", "S1", "S2"]
    await library.ask(m.Undo(id_))
    back = await library.ask(m.GetTranscript(id_))
    assert [speaker.id for speaker in back.speakers] == ["S1"]
    assert [segment.speaker for segment in back.segments] == ["S1"] * 4


@with_library
async def test_sentence_that_the_user_gave_to_a_speaker_stays(library: PageLibrary) -> None:
    id_ = await four_sentences_of_one_speaker(library)
    await library.ask(m.AssignSpeaker(id_, 3, "S1"))
    await library.ask(m.SplitByVoice(id_, 1))
    assert [who for who, _ in await said(library, id_)] == ["S1", "S2", "S1", "S1"]


@with_library
async def test_speaker_without_stored_voices_is_not_divided(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.")
    with pytest.raises(BadRequestError, match="not stored here"):
        await library.ask(m.SplitByVoice(id_, 0))


async def heard_twice(library: PageLibrary) -> tuple[str, str]:
    """Remember Anna's voice in a recording, and add another one with it; return both ids."""
    first = await four_sentences_of_one_speaker(library)
    await library.ask(m.SplitByVoice(first, 1))
    await library.ask(m.RenameSpeaker(first, "S2", "Anna"))
    await library.ask(m.RememberVoice(first, "S2"))
    second = await transcribed(library, "Five.", "Six.", speakers=True)
    rows = tuple(
        dataclasses.replace(
            window(n), speakers=(LocalSpeaker(0, (window(n).own,), PAIR[1 - n], 5.0),)
        )
        for n in range(2)
    )
    turns = tuple(
        Turn(f"S{n + 1}", *(edge / 16_000 for edge in row.own)) for n, row in enumerate(rows)
    )
    await library.hear(SpeakersReady(second, 0, rows, 10.0))
    await library.hear(SpeakersFound(second, PEOPLE, turns))
    return first, second


async def names(library: PageLibrary, id_: str) -> list[str]:
    return [each.name for each in (await summary(library, id_)).speakers]


@with_library
async def test_remembered_voice_is_recognised_in_the_next_recording(library: PageLibrary) -> None:
    _, second = await heard_twice(library)
    assert await names(library, second) == ["Anna", "S2"]
    found_job = await job(library, second)
    assert found_job is not None
    assert list(found_job.recognised) == ["Anna"]
    assert found_job.recognised["Anna"] > 0.9
    await library.restart()
    assert (await library.ask(m.GetStatus())).known_voices == ("Anna",)


@with_library
async def test_forgotten_voice_is_deleted_and_recognised_no_more(library: PageLibrary) -> None:
    _, second = await heard_twice(library)
    assert b"Anna" in stored(library, "settings", "voices")
    await library.ask(m.ForgetVoices(("anna",)))
    assert (await library.ask(m.GetStatus())).known_voices == ()
    assert b'voice":' not in stored(library, "settings", "voices")
    await library.ask(m.RenameSpeaker(second, "S1", "Somebody"))
    assert await names(library, second) == ["Somebody", "S2"]


def stored(library: PageLibrary, table: str, key: str) -> bytes:
    return library.store.tables[table][key].encode()


@with_library
async def test_voice_needs_a_name_and_enough_speech(library: PageLibrary) -> None:
    id_ = await four_sentences_of_one_speaker(library)
    with pytest.raises(BadRequestError, match="no name"):
        await library.ask(m.RememberVoice(id_, "S1"))
    await library.ask(m.AddSpeaker(id_, "Ben"))
    with pytest.raises(BadRequestError, match="too little"):
        await library.ask(m.RememberVoice(id_, "S2"))


@with_library
async def test_remembered_voices_are_in_the_backup_and_come_back(library: PageLibrary) -> None:
    await heard_twice(library)
    await library.ask(m.SaveBackup())
    await library.ask(m.ForgetVoices())
    assert (await library.ask(m.GetStatus())).known_voices == ()
    await library.ask(m.LoadBackup(), *library.backups.files.values())
    assert (await library.ask(m.GetStatus())).known_voices == ("Anna",)
