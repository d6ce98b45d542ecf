"""Imported files: empty, duplicate or damaged ones are reported."""

from __future__ import annotations

from dataclasses import replace

import pytest
from earwitness import messages as m
from earwitness.engine_messages import Finished
from earwitness.errors import BadRequestError

from tests.unit.library.harness import PageLibrary, finished, opened, transcribed, with_library


@with_library
async def test_an_empty_file_is_listed_as_failed_with_its_reason(library: PageLibrary) -> None:
    id_ = await library.add("nothing.mp3", b"")
    await library.restart()
    [listed] = (await library.ask(m.ListTranscripts())).transcripts
    assert (listed.id, listed.name, listed.job.state) == (id_, "nothing.mp3", "failed")
    assert listed.job.error.type == "MediaError"
    assert listed.job.error.hint
    assert not listed.audio_kept
    assert library.engines.started == []


@with_library
async def test_an_empty_file_does_not_stop_the_queue(library: PageLibrary) -> None:
    await library.add("nothing.mp3", b"")
    id_ = await library.add("talk.wav", b"audio")
    assert [job.transcript_id for job in library.engines.started] == [id_]


@pytest.mark.parametrize(
    ("language", "code"),
    [("nb-NO", "no"), ("iw", "he"), ("fil", "tl"), ("en-US", "en"), ("EN", "en"), ("english", "en"),
     ("Deutsch", "de"), ("", "cs"), ("auto", "auto")],
)  # fmt: skip
@with_library
async def test_language_is_accepted_by_any_name(
    library: PageLibrary, language: str, code: str
) -> None:
    settings = replace(library.service.repository.settings, language="cs")
    await library.ask(m.ChangeSettings(settings))
    await library.add("talk.wav", b"audio", model="base", language=language)
    [job] = library.engines.started
    assert job.options.language == code


@with_library
async def test_recording_without_a_header_is_known_by_its_name(library: PageLibrary) -> None:
    id_ = await library.add("Call.G722", b"audio", model="base")
    await library.ask(m.Cancel(id_))
    await library.ask(m.Rename(id_, "The call"))
    await library.ask(m.Resume(id_))
    assert [job.media_type for job in library.engines.started] == ["audio/G722", "audio/G722"]
    await library.ask(m.Cancel(id_))
    # A recording that 0.1.0 stored:
    await library.service.repository.change_record(id_, name="old.g722", media_type="")
    await library.ask(m.Resume(id_))
    assert library.engines.started[-1].media_type == "audio/G722"


@with_library
async def test_unknown_language_is_refused(library: PageLibrary) -> None:
    with pytest.raises(BadRequestError, match="Unknown language"):
        await library.add("talk.wav", b"audio", language="tlh")


async def same_as(library: PageLibrary, id_: str) -> str:
    listed = (await library.ask(m.ListTranscripts())).transcripts
    return next(each.same_as for each in listed if each.id == id_)


@with_library
async def test_duplicate_audio_names_the_first_and_is_transcribed(
    library: PageLibrary,
) -> None:
    first = await transcribed(library, "One.", name="talk.wav")
    again = await library.add("copy of talk.wav", b"talk.wav")
    other = await library.add("other.wav", b"other")
    assert await same_as(library, again) == first
    assert await same_as(library, first) == ""
    assert await same_as(library, other) == ""
    assert library.engines.started[-1].transcript_id == again

    await library.ask(m.Remove((first,)))
    assert await same_as(library, again) == ""
    await library.ask(m.Restore((first,)))
    await library.restart()
    assert await same_as(library, again) == first


@with_library
async def test_duplicate_waits_for_an_answer_if_asked_to(library: PageLibrary) -> None:
    first = await transcribed(library, "One.", name="talk.wav")
    options = m.TranscribeOptions()
    again = await library.ask(m.AddFile("copy.wav", options, hold_double=True), b"talk.wav")
    other = await library.ask(m.AddFile("other.wav", options, hold_double=True), b"other")
    assert (again.same_as, again.job.state) == (first, "paused")
    assert [job.transcript_id for job in library.engines.started] == [first, other.id]
    await library.hear(finished(other.id))
    await library.ask(m.Resume(again.id))
    assert library.engines.started[-1].transcript_id == again.id


@with_library
async def test_a_cancelled_recording_is_not_named_as_duplicate(library: PageLibrary) -> None:
    first = await library.add("talk.wav", b"audio")
    await library.ask(m.Cancel(first))
    assert await same_as(library, await library.add("talk.wav", b"audio")) == ""


@pytest.mark.parametrize(
    ("ended_s", "broken_off", "length_s", "early_s"),
    [(5.5, True, 5.5, 5.5), (10.5, False, 10.5, 0.0), (20.1, False, 20.1, 0.0),
     (None, False, 11.0, 0.0)],
)  # fmt: skip
@with_library
async def test_length_is_what_was_heard(
    library: PageLibrary, ended_s: float | None, broken_off: bool, length_s: float, early_s: float
) -> None:
    id_ = await library.add()
    await library.hear(opened(id_, 11.0))
    await library.hear(Finished(id_, 1, 11.0, ends_s=ended_s, broken_off=broken_off))
    await library.restart()
    [listed] = (await library.ask(m.ListTranscripts())).transcripts
    assert (listed.duration_s, listed.ends_s) == (length_s, early_s)


@with_library
async def test_a_span_run_does_not_change_the_early_end(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.")
    await library.ask(m.Retranscribe(id_, m.TranscribeOptions(), 0.0, 10.0))
    await library.hear(finished(id_, run=2))
    await library.hear(Finished(id_, 2, 30.0, ends_s=12.0, broken_off=True))
    [listed] = (await library.ask(m.ListTranscripts())).transcripts
    assert listed.ends_s == 0.0
