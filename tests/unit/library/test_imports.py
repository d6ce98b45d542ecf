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
async def test_a_cancelled_recording_is_not_named_as_duplicate(library: PageLibrary) -> None:
    first = await library.add("talk.wav", b"audio")
    await library.ask(m.Cancel(first))
    assert await same_as(library, await library.add("talk.wav", b"audio")) == ""


@pytest.mark.parametrize(
    ("promised_s", "ended_s", "told_s"),
    [
        (11.0, 5.5, 5.5),
        (11.0, 10.5, 0.0),
        (11.0, None, 0.0),
        (7200.0, 7150.0, 0.0),
        (7200.0, 7000.0, 7000.0),
    ],
)
@with_library
async def test_an_early_end_is_stored(
    library: PageLibrary, promised_s: float, ended_s: float | None, told_s: float
) -> None:
    id_ = await library.add()
    await library.hear(opened(id_, promised_s))
    await library.hear(Finished(id_, 1, promised_s, ends_s=ended_s))
    await library.restart()
    [listed] = (await library.ask(m.ListTranscripts())).transcripts
    assert (listed.duration_s, listed.ends_s) == (promised_s, told_s)


@with_library
async def test_a_damaged_rest_is_reported_with_its_start(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(Finished(id_, 1, 5.0, ends_s=5.0, broken_off=True))
    [listed] = (await library.ask(m.ListTranscripts())).transcripts
    assert listed.ends_s == 5.0


@with_library
async def test_a_span_run_does_not_change_the_early_end(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.")
    await library.ask(m.Retranscribe(id_, m.TranscribeOptions(), 0.0, 10.0))
    await library.hear(finished(id_, run=2))
    await library.hear(Finished(id_, 2, 30.0, ends_s=12.0))
    [listed] = (await library.ask(m.ListTranscripts())).transcripts
    assert listed.ends_s == 0.0
