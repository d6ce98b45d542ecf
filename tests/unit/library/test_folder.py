"""The folder that is kept in step, through the library's messages."""

from __future__ import annotations

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError
from earwitness.library.importing.folder import STABLE_S

from tests.unit.library.harness import (
    CZECH,
    PageLibrary,
    batch,
    finished,
    opened,
    with_library,
)

SRT = b"1\n00:00:01,000 --> 00:00:02,500\nGood morning.\n"
TALK = m.FolderFile("talk.mp3", 5, 1)


async def add(library: PageLibrary, file: m.FolderFile, content: bytes) -> m.TranscriptSummary:
    """Add a recording of the folder."""
    return await library.ask(m.AddFromFolder(file, CZECH), content)


@with_library
async def test_recording_of_the_folder_is_queued_and_remembered(library: PageLibrary) -> None:
    view = await library.ask(m.ChooseFolder("Recordings"))
    assert (view.name, view.formats, view.backup) == ("Recordings", ("txt",), "texts")
    for _ in range(2):
        assert (await library.ask(m.LookAtFolder((TALK,)))).add == (), "it may still grow"
    library.clock.time_s += STABLE_S
    assert (await library.ask(m.LookAtFolder((TALK,)))).add == ("talk.mp3",)
    summary = await add(library, TALK, b"sound")
    assert (summary.name, summary.job.options.language) == ("talk.mp3", "cs")
    await library.restart()
    for _ in range(2):
        library.clock.time_s += STABLE_S
        assert (await library.ask(m.LookAtFolder((TALK,)))).add == ()
    assert (await library.ask(m.GetFolder())).recordings == 1


@with_library
async def test_recording_that_the_library_has_is_not_added_twice(library: PageLibrary) -> None:
    first = await library.ask(m.AddFile("mine.mp3", CZECH), b"sound")
    summary = await add(library, TALK, b"sound")
    assert summary.id == first.id
    assert len((await library.ask(m.ListTranscripts())).transcripts) == 1
    assert await library.audio_store.list() == {f"audio/{first.id}": 5}


@with_library
async def test_text_is_written_when_it_is_done(library: PageLibrary) -> None:
    id_ = (await add(library, TALK, b"sound")).id
    assert (await library.ask(m.LookAtFolder((TALK,)))).write == ()
    await library.hear(opened(id_))
    await library.hear(batch(id_, 1, "Good morning."))
    await library.hear(finished(id_))
    [text] = (await library.ask(m.LookAtFolder((TALK,)))).write
    assert (text.path, text.transcript_id, text.replaces) == ("talk.txt", id_, None)
    written = m.FolderFile("talk.txt", 9, 9)
    await library.ask(m.FolderFileWritten(written, text))
    assert (await library.ask(m.LookAtFolder((TALK, written)))).write == ()
    await library.ask(m.Update(id_, {"0": "Corrected."}))
    [text] = (await library.ask(m.LookAtFolder((TALK, written)))).write
    assert text.replaces == written
    await library.ask(m.Remove((id_,)))
    assert (await library.ask(m.LookAtFolder((TALK, written)))).write == ()


@with_library
async def test_backup_follows_each_day_with_changes(library: PageLibrary) -> None:
    assert (await library.ask(m.LookAtFolder(()))).backup == "", "there is nothing to save"
    id_ = (await library.ask(m.ImportFile("a.srt"), SRT)).id
    backup = (await library.ask(m.LookAtFolder(()))).backup
    assert backup == f"earwitness-{library.clock.today()}.zip"
    await library.ask(m.FolderFileWritten(m.FolderFile(backup, 9, 9)))
    await library.ask(m.Rename(id_, "Changed"))
    assert (await library.ask(m.LookAtFolder(()))).backup == ""
    library.clock.time_s += 86_400
    assert (await library.ask(m.LookAtFolder(()))).backup
    await library.ask(m.ChangeFolder((), "off"))
    assert (await library.ask(m.LookAtFolder(()))).backup == ""


@with_library
async def test_another_folder_begins_anew_and_the_same_one_does_not(library: PageLibrary) -> None:
    await library.ask(m.ChooseFolder("One"))
    await library.ask(m.ChangeFolder(("json",), "off"))
    await add(library, TALK, b"sound")
    assert (await library.ask(m.ChooseFolder("One", known=True))).recordings == 1
    view = await library.ask(m.ChooseFolder("Two"))
    assert (view.recordings, view.formats, view.backup) == (0, ("json",), "off")
    with pytest.raises(BadRequestError, match="takes no docx"):
        await library.ask(m.ChangeFolder(("docx",), "off"))
