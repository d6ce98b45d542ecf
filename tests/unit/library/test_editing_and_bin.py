"""Corrections, reruns and the bin."""

from __future__ import annotations

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, NotFoundError, StorageError

from tests.unit.library.harness import (
    PageLibrary,
    batch,
    finished,
    ready,
    transcribed,
    with_library,
)


@with_library
async def test_an_edit_is_shown_found_exported_and_undone(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello everyone.", "The bugdet is fine.")
    edited = await library.ask(m.EditSegment(id_, 1, "The budget\n is fine."))
    assert edited.segments[1].text == "The budget is fine."
    assert await library.find("budget") == [(id_, 1)]
    file = await library.ask(m.Export(id_, "txt"))
    assert (file.name, file.text) == ("talk.txt", "Hello everyone.\nThe budget is fine.\n")
    await library.restart()
    assert (await library.texts(id_))[1] == "The budget is fine."
    assert await library.find("budget") == [(id_, 1)]
    await library.ask(m.EditSegment(id_, 1, " The bugdet is fine."))
    assert (await library.texts(id_))[1] == " The bugdet is fine."
    with pytest.raises(NotFoundError):
        await library.ask(m.EditSegment(id_, 2, "x"))
    with pytest.raises(NotFoundError):
        await library.ask(m.EditSegment(id_, -1, "x"))


@with_library
async def test_failed_write_of_a_correction_changes_nothing(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Hello.")
    library.store.fails = 1
    with pytest.raises(StorageError):
        await library.ask(m.EditSegment(id_, 0, "Changed."))
    assert await library.texts(id_) == [" Hello."]
    assert await library.find("changed") == []


@with_library
async def test_partial_rerun_replaces_only_the_span(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    for i in range(1, 5):
        await library.hear(batch(id_, i, f"Window {i} first.", f"Window {i} second."))
    await library.hear(finished(id_))
    await library.ask(m.EditSegment(id_, 0, "Edited before."))
    await library.ask(m.EditSegment(id_, 3, "Edited inside."))
    await library.ask(m.EditSegment(id_, 7, "Edited after."))

    options = m.TranscribeOptions(model="tiny.en")
    again = m.Retranscribe(id_, options, 30.0, 90.0, replace_corrections=True)
    await library.ask(again)
    request = library.engines.started[-1]
    assert (request.run, request.start_s, request.end_s) == (2, 30.0, 90.0)
    assert request.options.model == "tiny.en"
    assert len(await library.texts(id_)) == 8
    library.events.clear()
    await library.hear(batch(id_, 1, "Better.", run=2, offset_s=30.0))
    assert await library.texts(id_) == [
        "Edited before.", " Window 1 second.", " Better.",
        " Window 3 first.", " Window 3 second.", " Window 4 first.", "Edited after.",
    ]  # fmt: skip
    (event,) = library.of(m.SegmentsSaved)
    assert (event.first, [s.text for s in event.segments][:2]) == (
        2,
        [" Better.", " Window 3 first."],
    )
    await library.hear(finished(id_, run=2))
    expected = [
        "Edited before.", " Window 1 second.", " Better.", " Window 4 first.", "Edited after.",
    ]  # fmt: skip
    assert await library.texts(id_) == expected
    assert await library.find("window 3") == []
    assert await library.find("edited after") == [(id_, 4)]
    (line,) = (await library.ask(m.ListTranscripts())).transcripts
    assert (line.model, line.duration_s) == ("base", 120.0)
    await library.restart()
    assert await library.texts(id_) == expected


@with_library
async def test_rerun_keeps_old_words_until_it_has_new_ones(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "Old one.", "Old two.")
    options = m.TranscribeOptions(model="tiny.en", language="en")
    summary = await library.ask(m.Retranscribe(id_, options))
    assert (summary.model, summary.job.options.model) == ("base", "tiny.en")
    assert await library.texts(id_) == [" Old one.", " Old two."]
    await library.hear(batch(id_, 1, "Neu.", run=2))
    await library.hear(finished(id_, run=2, duration_s=30.0))
    assert await library.texts(id_) == [" Neu."]
    assert await library.find("old") == []
    for start_s, end_s in ((5.0, 5.0), (40.0, None), (8.0, 3.0)):
        with pytest.raises(BadRequestError):
            await library.ask(m.Retranscribe(id_, options, start_s, end_s))


@with_library
async def test_rerun_in_another_language_can_start_during_the_first_run(
    library: PageLibrary,
) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(batch(id_, 1, "Wrong language."))
    await library.ask(m.Retranscribe(id_, m.TranscribeOptions(model="base", language="cs")))
    assert library.engines.terminations == 1
    assert library.engines.started[-1].run == 2
    await library.hear(batch(id_, 2, "Late.", run=1))
    await library.hear(batch(id_, 1, "Dobře.", run=2))
    assert await library.texts(id_) == [" Dobře."]


@with_library
async def test_bin_hides_restores_and_deletes_transcripts(library: PageLibrary) -> None:
    kept = await transcribed(library, "Keep this.", name="a.wav")
    gone = await transcribed(library, "Remove this.", name="b.wav")
    await library.ask(m.Remove((gone,)))
    assert library.of(m.TranscriptsRemoved) == [m.TranscriptsRemoved((gone,))]
    assert await library.find("this") == [(kept, 0)]
    with pytest.raises(NotFoundError):
        await library.ask(m.GetTranscript(gone))
    await library.restart()
    assert await library.find("this") == [(kept, 0)]
    await library.ask(m.Restore((gone,)))
    assert await library.texts(gone) == [" Remove this."]
    assert {id_ for id_, _ in await library.find("this")} == {kept, gone}
    await library.ask(m.Remove((gone,)))
    library.audio_store.player_files = {kept, gone}
    await library.restart()
    assert library.audio_store.player_files == {kept, gone}
    await library.ask(m.EmptyBin())
    assert library.audio_store.player_files == {kept}
    with pytest.raises(NotFoundError):
        await library.ask(m.Restore((gone,)))
    assert set(library.audio_store.files) == {kept}
    for table in ("transcripts", "jobs", "documents", "shards"):
        assert set(library.store.tables[table]) == {kept}
    assert all(key.startswith(kept) for key in library.store.tables["windows"])


@with_library
async def test_the_bin_lists_removed_transcripts(library: PageLibrary) -> None:
    first = await transcribed(library, "One.", name="one.wav")
    second = await transcribed(library, "Two.", name="two.wav")
    await library.ask(m.Remove((first,)))
    listed = (await library.ask(m.ListTranscripts(removed=True))).transcripts
    assert [(line.id, line.preview) for line in listed] == [(first, "One.")]
    assert [t.id for t in (await library.ask(m.ListTranscripts())).transcripts] == [second]
    await library.ask(m.Restore((first,)))
    assert (await library.ask(m.ListTranscripts(removed=True))).transcripts == ()


@with_library
async def test_bin_is_emptied_after_thirty_days(library: PageLibrary) -> None:
    id_ = await transcribed(library, "Old.")
    await library.ask(m.Remove((id_,)))
    library.clock.time_s += 29 * 86_400
    await library.restart()
    assert library.audio_store.files != {}
    library.clock.time_s += 2 * 86_400
    await library.restart()
    assert library.audio_store.files == {}
    assert library.store.tables["transcripts"] == {}


@with_library
async def test_removing_stops_a_running_job_and_restoring_continues_it(
    library: PageLibrary,
) -> None:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(batch(id_, 1, "One."))
    await library.ask(m.Remove((id_,)))
    assert library.engines.terminations == 1
    await library.hear(batch(id_, 2, "Late."))
    await library.ask(m.Restore((id_,)))
    assert library.engines.started[-1].resume.batch == 1
    assert await library.texts(id_) == [" One."]
