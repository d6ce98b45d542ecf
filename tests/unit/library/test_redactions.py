"""Redactions in the page's library: no answer, event or file has the words that are hidden."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from collections.abc import Callable
from typing import Any, get_args

import pytest
from earwitness import formats
from earwitness import messages as m
from earwitness.domain.redaction import SIGN
from earwitness.errors import BadRequestError, StorageError
from earwitness.serialization import to_json

from tests.unit.library.harness import (
    PageLibrary,
    batch,
    finished,
    opened,
    ready,
    transcribed,
    with_library,
)

HIDDEN = "zqsecret"
TEXT = f"my name is {HIDDEN} today"


async def interview(library: PageLibrary) -> str:
    """A finished recording of two windows, whose words have times."""
    id_ = await library.add("talk.wav", b"talk.wav", terms=(), prompt="")
    await library.hear(ready())
    await library.hear(opened(id_, 60.0))
    await library.hear(batch(id_, 1, *TEXT.split(), words=True))
    await library.hear(batch(id_, 2, "he", "said", "it", words=True))
    await library.hear(finished(id_, duration_s=60.0))
    # One sentence of all words, as a recording has it.
    await library.ask(m.Update(id_, join=(0, 1, 2, 3)))
    await library.ask(m.Update(id_, join=(1, 2)))
    return id_


async def redact(library: PageLibrary, id_: str, segment: int, words: str) -> m.Updated:
    text = (await library.ask(m.GetTranscript(id_))).segments[segment].text.strip()
    at = text.index(words)
    part = m.RedactText(segment, at, at + len(words))
    return await library.ask(m.Update(id_, redact=(part,)))


FIND = m.FindText(HIDDEN)
REQUESTS: dict[type, Callable[[str], m.Request]] = {
    m.ListTranscripts: lambda _: m.ListTranscripts(),
    m.GetTranscript: m.GetTranscript,
    m.Search: lambda _: m.Search(HIDDEN),
    m.Rename: lambda id_: m.Rename(id_, "Talk"),
    m.SetTags: lambda id_: m.SetTags(id_, ("one",)),
    m.EditSegment: lambda id_: m.EditSegment(id_, 1, "he said that"),
    m.Update: lambda id_: m.Update(id_, {"0": f"And my name is {SIGN} today"}),
    m.Undo: m.Undo,
    m.Redo: m.Redo,
    m.ListVersions: m.ListVersions,
    m.CompareVersions: lambda id_: m.CompareVersions(id_, 0),
    m.Find: lambda id_: m.Find(id_, m.FindText("name")),
    m.Replace: lambda id_: m.Replace(id_, m.FindText("my"), "his"),
    m.FindEverywhere: lambda _: m.FindEverywhere(m.FindText("name")),
    m.ListDeleted: m.ListDeleted,
    m.FindSpeakers: m.FindSpeakers,
    m.AddSpeaker: lambda id_: m.AddSpeaker(id_, "Ann"),
    m.RenameSpeaker: lambda id_: m.RenameSpeaker(id_, "S1", "Anna"),
    m.AssignSpeaker: lambda id_: m.AssignSpeaker(id_, 0, "S1"),
    m.AssignWords: lambda id_: m.AssignWords(id_, 1, 0, 1, 4, "", "Bob"),
    m.MergeSpeakers: lambda id_: m.MergeSpeakers(id_, "S2", "S1"),
    m.RestoreVersion: lambda id_: m.RestoreVersion(id_, 0),
    m.GetDoubtfulWords: m.GetDoubtfulWords,
    m.GetHeardWord: lambda id_: m.GetHeardWord(id_, 0, 0),
    m.ReplaceWord: lambda id_: m.ReplaceWord(id_, 0, 0, "But"),
    m.Remove: lambda id_: m.Remove((id_,)),
    m.Restore: lambda id_: m.Restore((id_,)),
    m.Retranscribe: lambda id_: m.Retranscribe(
        id_, m.TranscribeOptions(model="base"), replace_corrections=True
    ),
    m.Pause: m.Pause,
    m.Resume: m.Resume,
    m.Prioritise: m.Prioritise,
    m.Cancel: m.Cancel,
}
"""Requests whose answer has something of a transcript, in an order in which they work."""
EXPORTS = {m.Export, m.ExportSeveral}
"""Tested with every format."""
OWN = {m.ListRedactions, m.SaveBackup, m.MakeRedactionsFinal}
"""What the user sees of the redactions, and copies of the library; final ones: see below."""
WITHOUT_TEXT = {
    m.ExportAudio, m.ZipFiles, m.ChooseFolder, m.ChangeFolder, m.FolderFileWritten, m.GetFolder,
    m.LookAtFolder,
    m.GetStatus, m.GetAudio, m.Estimate, m.ListExtensions, m.AddExtension, m.EnableExtension,
    m.RemoveExtension, m.RememberVoice, m.ForgetVoices, m.CheckWord, m.EmptyBin,
    m.ApproveDownload, m.ChangeSettings, m.AllowServer, m.CheckServer, m.FetchAudio,
    m.ReplaceEverywhere,
}  # fmt: skip
FROM_TRANSCRIPT = {m.ExportByExtension, m.ApplyRule, m.SplitByVoice}
"""They give others the transcript that `GetTranscript` answers, or answer like the others."""
REFUSED = {m.GetOriginal, m.Synchronise}
"""For a copy with redacted words: tests/server/test_team_corrections.py."""
NEW_TEXT = {
    m.AddFile, m.AddFromFolder, m.ImportFile, m.ReplaceText, m.ProvideFile, m.CopyTranscript,
    m.LoadBackup,
    m.GoBack, m.MoveJob,
}  # fmt: skip
"""They bring a text, or a line of the history, which `ListTranscripts` answers as well."""


def test_every_request_is_classified() -> None:
    known = {*REQUESTS} | EXPORTS | OWN | WITHOUT_TEXT | FROM_TRANSCRIPT | NEW_TEXT | REFUSED
    assert {*get_args(m.Request)} == known


@with_library
async def test_no_answer_or_event_has_redacted_words(library: PageLibrary) -> None:
    id_ = await interview(library)
    await library.ask(m.Update(id_, {"0": TEXT.replace("today", "now")}))
    await library.ask(m.Replace(id_, FIND, f"{HIDDEN}s"))
    assert await library.find(f"{HIDDEN}s") == [(id_, 0)]
    library.events.clear()
    updated = await redact(library, id_, 0, HIDDEN)
    assert [part.id for part in updated.transcript.redactions] == ["r1"]
    assert HIDDEN not in to_json(updated)
    for kind, make in REQUESTS.items():
        reply = await library.ask(make(id_))
        assert HIDDEN not in to_json(reply), kind
    assert await library.find(HIDDEN) == []
    assert library.events
    for event in library.events:
        assert HIDDEN not in to_json(event)
    assert HIDDEN not in str(library.store.tables["shards"])
    assert HIDDEN not in str(library.store.tables["snapshot"])
    assert HIDDEN not in str(library.store.tables["transcripts"])


@with_library
async def test_no_exported_file_has_redacted_words(library: PageLibrary) -> None:
    id_ = await interview(library)
    await redact(library, id_, 0, HIDDEN)
    for name in formats.NAMES:
        file = await library.ask(m.Export(id_, name))
        content = formats.content_of(file)
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as zipped:
                content = b"".join(map(zipped.read, zipped.namelist()))
        assert HIDDEN.encode() not in content, name
        assert b"said" in content or name == "chapters", name
        await library.ask(m.ExportSeveral((id_,), name))
        [zipped_file] = library.backups.files.values()
        assert HIDDEN.encode() not in zipped_file


@with_library
async def test_exported_sound_is_silent_in_redacted_parts(library: PageLibrary) -> None:
    id_ = await interview(library)
    await redact(library, id_, 0, HIDDEN)
    made = await library.ask(m.ExportAudio(id_, "wav", ((15.0, 25.0),)))
    assert (made.parts, made.silent) == (((15.0, 25.0),), ((18.0, 24.0),))


@with_library
async def test_redactions_are_listed_undone_and_taken_away(library: PageLibrary) -> None:
    id_ = await interview(library)
    await redact(library, id_, 0, f"{HIDDEN} today")
    assert await library.texts(id_) == [f"my name is {SIGN}", "he said it"]
    [part] = (await library.ask(m.ListRedactions(id_))).redactions
    assert (part.text, part.segment, part.final) == (f"{HIDDEN} today", 0, False)
    undone = await library.ask(m.Undo(id_))
    assert undone.transcript.redactions == ()
    assert await library.texts(id_) == [TEXT, "he said it"]
    await library.ask(m.Redo(id_))
    await library.restart()
    assert await library.texts(id_) == [f"my name is {SIGN}", "he said it"]
    shown = await library.ask(m.Update(id_, unredact=(part.id,)))
    assert shown.what == "A sentence shown again"
    assert (await library.texts(id_), shown.transcript.redactions) == ([TEXT, "he said it"], ())


@with_library
async def test_new_run_keeps_redactions(library: PageLibrary) -> None:
    id_ = await interview(library)
    await redact(library, id_, 0, HIDDEN)
    library.events.clear()
    await library.ask(
        m.Retranscribe(id_, m.TranscribeOptions(model="base"), replace_corrections=True)
    )
    await library.hear(ready())
    partial = m.PartialText(0.0, TEXT)
    library.service.repository.show_progress(id_, partial=(partial, m.PartialText(30.0, "he")))
    listed = await library.ask(m.ListTranscripts())
    assert [each.text for each in listed.transcripts[0].job.partial] == ["he"]
    await library.hear(batch(id_, 1, *TEXT.replace("name", "sign").split(), run=2, words=True))
    await library.hear(finished(id_, 2, 60.0))
    assert (await library.texts(id_))[:5] == [" my", " sign", " is", f" {SIGN}", " today"]
    assert all(HIDDEN not in to_json(event) for event in library.events)


@with_library
async def test_recording_with_open_redactions_is_not_sent(library: PageLibrary) -> None:
    id_ = await interview(library)
    await redact(library, id_, 0, HIDDEN)
    settings = m.Settings(where="server", server_url="https://server.example")
    await library.ask(m.ChangeSettings(settings))
    await library.ask(m.AllowServer("https://server.example", True))
    options = m.TranscribeOptions(model="base", where="server")
    await library.ask(m.Retranscribe(id_, options, replace_corrections=True))
    [line] = (await library.ask(m.ListTranscripts())).transcripts
    assert line.job.state == "failed"
    assert line.job.error is not None
    assert "redactions" in line.job.error.message


@with_library
async def test_bad_redactions_are_refused(library: PageLibrary) -> None:
    id_ = await transcribed(library, "one two")
    bad: Any
    for bad in (m.RedactText(0, 3, 3), m.RedactText(0, -4, 0), m.RedactText(0, 9, 99)):
        with pytest.raises(BadRequestError):
            await library.ask(m.Update(id_, redact=(bad,)))


# ---------------------------------------------------------------- made final


def stores(library: PageLibrary) -> dict[str, str]:
    """All that is stored, as text, by where it is."""
    found = {
        f"{table}/{key}": text
        for table, rows in library.store.tables.items()
        for key, text in rows.items()
    }
    found |= {f"audio/{name}": str(data) for name, data in library.audio_store.files.items()}
    found |= {f"backup/{name}": str(data) for name, data in library.backups.files.items()}
    return found


def holding(library: PageLibrary, *words: str) -> list[str]:
    """The places where one of these words is stored."""
    return [
        place for place, text in stores(library).items() if any(w in text.casefold() for w in words)
    ]


async def make_final(
    library: PageLibrary, id_: str, content: bytes | None = b"silence"
) -> m.TranscriptSummary:
    """Make the redactions final, with a recording in which the words are silent."""
    audio = None
    if content is not None:
        library.audio_store.files[f"{id_}.1"] = content
        audio = m.SilencedAudio(f"audio/{id_}.1", len(content), "1" * 64, "audio/wav")
    parts = (await library.ask(m.GetTranscript(id_))).redactions
    final = await library.ask(m.MakeRedactionsFinal(id_, parts, audio))
    assert final.server == ""
    return final.transcript


async def worked_on(library: PageLibrary) -> str:
    """A recording that holds the hidden words in runs, corrections, versions and options."""
    prompt, terms = f"About {HIDDEN} and others.", (f"{HIDDEN} Inc", "Ann")
    id_ = await library.add("talk.wav", HIDDEN.encode(), prompt=prompt, terms=terms)
    await library.hear(ready())
    await library.hear(opened(id_, 60.0))
    await library.hear(batch(id_, 1, *TEXT.split(), words=True))
    ended = batch(id_, 2, "he", "said", "it", words=True)
    resume = dataclasses.replace(ended.resume, previous_text=TEXT)
    await library.hear(dataclasses.replace(ended, resume=resume))
    await library.hear(finished(id_, duration_s=60.0))
    options = m.TranscribeOptions(model="base", prompt=prompt, audio_track=1)
    await library.ask(m.Retranscribe(id_, options, replace_corrections=True))
    await library.hear(ready())
    again = batch(id_, 1, "my", "name", "was", HIDDEN.upper(), "today", run=2, words=True)
    await library.hear(again)
    await library.hear(batch(id_, 2, "he", "said", "it", run=2, words=True))
    await library.hear(finished(id_, 2, 60.0))
    await library.ask(m.Update(id_, join=(0, 1, 2, 3), delete=(5,)))
    await library.ask(m.Update(id_, {"0": f"my name is {HIDDEN}-son today"}))
    find = m.FindText(f"{HIDDEN}-son")
    await library.ask(m.Replace(id_, find, HIDDEN))
    await library.ask(m.SaveBackup())
    assert {each.partition("/")[0] for each in holding(library, HIDDEN)} == {
        "windows", "jobs", "documents", "shards", "transcripts", "snapshot", "audio", "backup",
    }  # fmt: skip
    return id_


@with_library
async def test_final_redaction_leaves_the_words_in_no_store(library: PageLibrary) -> None:
    id_ = await worked_on(library)
    await redact(library, id_, 0, HIDDEN)
    shown = await library.texts(id_)
    assert holding(library, HIDDEN)
    line = await make_final(library, id_)
    assert [part.final for part in line.redactions] == [True]
    assert holding(library, HIDDEN) == []
    assert library.audio_store.files == {f"{id_}.1": b"silence"}
    assert library.backups.files == {}
    assert await library.texts(id_) == shown
    assert shown[0] == f"my name is {SIGN} today"
    assert await library.find(HIDDEN) == []
    assert [v.id for v in (await library.ask(m.ListVersions(id_))).versions] == [0]
    for request in (m.Undo(id_), m.Redo(id_), m.RestoreVersion(id_, 0), m.Undo(id_)):
        assert HIDDEN not in to_json(await library.ask(request)).casefold()
    [part] = (await library.ask(m.ListRedactions(id_))).redactions
    assert (part.text, part.final) == ("", True)
    with pytest.raises(BadRequestError, match="final"):
        await library.ask(m.Update(id_, unredact=(part.id,)))
    await library.ask(m.SaveBackup())
    await library.restart()
    assert holding(library, HIDDEN) == []
    assert await library.texts(id_) == shown
    assert (await library.ask(m.GetAudio(id_))).path == f"audio/{id_}.1"
    [line] = (await library.ask(m.ListTranscripts())).transcripts
    assert (line.job.options.audio_track, line.job.options.terms) == (0, ())
    await library.ask(m.GoBack(id_, replace_corrections=True))
    assert SIGN in "".join(await library.texts(id_))
    assert await library.find("said") == [(id_, 6)]


@with_library
async def test_failed_write_leaves_everything_as_it_was(library: PageLibrary) -> None:
    id_ = await worked_on(library)
    await redact(library, id_, 0, HIDDEN)
    before = stores(library)
    library.store.fails = 1
    with pytest.raises(StorageError):
        await make_final(library, id_)
    assert {place: text for place, text in stores(library).items() if ".1" not in place} == before
    await library.ask(m.Undo(id_))
    assert HIDDEN in (await library.texts(id_))[0]
    await library.restart()
    assert list(library.audio_store.files) == [id_]


@with_library
async def test_next_start_deletes_the_recording_with_the_words(library: PageLibrary) -> None:
    id_ = await worked_on(library)
    await redact(library, id_, 0, HIDDEN)
    content = library.audio_store.files[id_]
    await make_final(library, id_)
    library.audio_store.files[id_] = content  # As after a crash before it was deleted.
    await library.restart()
    assert holding(library, HIDDEN) == []
    assert list(library.audio_store.files) == [f"{id_}.1"]
    await library.ask(m.Remove((id_,)))
    await library.ask(m.EmptyBin())
    assert library.audio_store.files == {}


@with_library
async def test_redactions_are_made_final_only_as_the_user_saw_them(library: PageLibrary) -> None:
    id_ = await interview(library)
    with pytest.raises(BadRequestError, match="nothing"):
        await make_final(library, id_)
    await redact(library, id_, 0, HIDDEN)
    parts = (await library.ask(m.GetTranscript(id_))).redactions
    await redact(library, id_, 1, "it")
    library.audio_store.files[f"{id_}.1"] = b"silence"
    audio = m.SilencedAudio(f"audio/{id_}.1", 7, "1" * 64, "audio/wav")
    with pytest.raises(BadRequestError, match="changed meanwhile"):
        await library.ask(m.MakeRedactionsFinal(id_, parts, audio))
    parts = (await library.ask(m.GetTranscript(id_))).redactions
    for wrong in (
        None,
        dataclasses.replace(audio, bytes=8),
        dataclasses.replace(audio, path=f"audio/{id_}"),
        dataclasses.replace(audio, path="audio/other.1"),
    ):
        with pytest.raises(BadRequestError, match="not stored"):
            await library.ask(m.MakeRedactionsFinal(id_, parts, wrong))
    assert HIDDEN in str(library.store.tables["windows"])
    await library.ask(m.Retranscribe(id_, m.TranscribeOptions(), replace_corrections=True))
    with pytest.raises(BadRequestError, match="still work"):
        await library.ask(m.MakeRedactionsFinal(id_, parts, audio))


@with_library
async def test_transcript_without_audio_is_made_final(library: PageLibrary) -> None:
    cue = f"[00:01.00]my {HIDDEN} words\n[00:03.00]more\n[00:09.00]end\n".encode()
    made = await library.ask(m.ImportFile("x.lrc"), cue)
    await redact(library, made.id, 0, HIDDEN)
    await make_final(library, made.id, None)
    assert holding(library, HIDDEN) == []
    assert await library.texts(made.id) == [SIGN, "more", "end"]
