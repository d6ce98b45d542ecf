"""Transcripts of other programs come into the library, alone or with their recording."""

from __future__ import annotations

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, MediaError

from tests.unit.library.harness import PageLibrary, with_library

SRT = "1\n00:00:01,000 --> 00:00:02,000\nKam zmizel kůň?\n".encode()


@with_library
async def test_imported_transcript_is_listed_found_and_exported(library: PageLibrary) -> None:
    summary = await library.ask(m.ImportFile("kůň.srt"), SRT)
    assert (summary.name, summary.job.state, summary.word_count) == ("kůň", "done", 3)
    assert await library.texts(summary.id) == ["Kam zmizel kůň?"]
    assert await library.find("zmizel") == [(summary.id, 0)]
    await library.restart()
    assert await library.texts(summary.id) == ["Kam zmizel kůň?"]
    document = await library.ask(m.Export(summary.id, "docx"))
    assert document.base64
    assert not document.text


@with_library
async def test_recording_of_an_imported_transcript_is_kept_and_not_transcribed(
    library: PageLibrary,
) -> None:
    summary = await library.ask(m.ImportFile("talk.srt", "mine"), SRT, b"sound")
    assert (summary.id, summary.job.state) == ("mine", "done")
    audio = await library.ask(m.GetAudio("mine"))
    assert audio.path
    assert library.engines.started == []
    again = await library.ask(m.Export("mine", "srt", m.ExportOptions(rules="netflix")))
    assert "Kam zmizel kůň?" in again.text


@with_library
async def test_file_that_is_no_transcript_leaves_nothing_behind(library: PageLibrary) -> None:
    with pytest.raises(BadRequestError):
        await library.ask(m.ImportFile("x.srt"), b"%PDF-1.4", b"sound")
    with pytest.raises(BadRequestError):
        await library.ask(m.ImportFile("x.srt"))
    with pytest.raises(MediaError):
        await library.ask(m.ImportFile("x.srt"), SRT, b"")
    assert not (await library.ask(m.ListTranscripts())).transcripts
    assert await library.audio_store.list() == {}


@with_library
async def test_edits_of_an_imported_transcript_stay(library: PageLibrary) -> None:
    id_ = (await library.ask(m.ImportFile("x.srt"), SRT)).id
    await library.ask(m.EditSegment(id_, 0, "Kam zmizela?"))
    await library.restart()
    assert await library.texts(id_) == ["Kam zmizela?"]
    with pytest.raises(BadRequestError):
        await library.ask(m.ImportFile("x.srt", id_), SRT)
