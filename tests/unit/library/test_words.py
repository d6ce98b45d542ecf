"""Edits, second runs, and the bin."""

from __future__ import annotations

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, NotFoundError, StorageError

from tests.unit.library.house import (
    House,
    batch,
    finished,
    lived,
    ready,
    transcribed,
)


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

    options = m.TranscribeOptions(model="tiny.en")
    again = m.Retranscribe(id_, options, 30.0, 90.0, replace_corrections=True)
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
    options = m.TranscribeOptions(model="tiny.en", language="en")
    summary = await house.ask(m.Retranscribe(id_, options))
    assert (summary.model, summary.job.options.model) == ("base", "tiny.en")
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
async def test_the_bin_shows_what_is_in_it(house: House) -> None:
    first = await transcribed(house, "One.", name="one.wav")
    second = await transcribed(house, "Two.", name="two.wav")
    await house.ask(m.Remove((first,)))
    listed = (await house.ask(m.ListTranscripts(removed=True))).transcripts
    assert [(line.id, line.preview) for line in listed] == [(first, "One.")]
    assert [t.id for t in (await house.ask(m.ListTranscripts())).transcripts] == [second]
    await house.ask(m.Restore((first,)))
    assert (await house.ask(m.ListTranscripts(removed=True))).transcripts == ()


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
