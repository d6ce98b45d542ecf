"""Reruns: confirmation for corrections, and the earlier version."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError
from earwitness.library.texts.reruns import CorrectionsError

from tests.unit.library.harness import (
    CZECH,
    PageLibrary,
    again,
    batch,
    failed,
    finished,
    ready,
    summary,
    transcribed,
    with_library,
)

ENGLISH = m.TranscribeOptions(model="base", language="en")


@with_library
async def test_a_rerun_that_hides_corrections_needs_consent(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.", "Three.")
    await library.ask(m.EditSegment(id_, 0, "First."))
    with pytest.raises(CorrectionsError, match="a sentence that you corrected") as caught:
        await library.ask(m.Retranscribe(id_, CZECH))
    assert "Previous version" in caught.value.hint
    await library.ask(m.EditSegment(id_, 1, "Second."))
    with pytest.raises(CorrectionsError, match="2 sentences"):
        await library.ask(m.Retranscribe(id_, CZECH))
    assert caught.value.view().type == "CorrectionsError"
    assert await library.texts(id_) == ["First.", "Second.", " Three."]
    assert await library.state(id_) == "done"
    assert len(library.engines.started) == 1


@with_library
async def test_corrections_outside_the_span_need_no_consent(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.", "Three.")
    await library.ask(m.EditSegment(id_, 0, "First."))
    await library.ask(m.Retranscribe(id_, CZECH, 10.0, 20.0))
    assert library.engines.started[-1].start_s == 10.0
    await library.ask(m.Cancel(id_))
    with pytest.raises(CorrectionsError):
        await library.ask(m.Retranscribe(id_, CZECH, 0.0, 10.0))


@with_library
async def test_going_back_restores_text_corrections_and_description(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "One.", "Two.", language="en")
    await library.ask(m.EditSegment(id_, 1, "Second."))
    before = await summary(library, id_)
    assert not before.earlier
    await again(library, id_, "Jedna.", "Dva.", "Konec.")
    assert (await summary(library, id_)).earlier
    assert await library.texts(id_) == [" Jedna.", " Dva.", " Konec."]
    library.events.clear()
    await library.ask(m.GoBack(id_))
    assert await summary(library, id_) == before
    assert await library.texts(id_) == [" One.", "Second."]
    (event,) = library.of(m.SegmentsSaved)
    assert (event.first, [s.text for s in event.segments]) == (0, [" One.", "Second."])
    assert await library.find("jedna") == []
    assert await library.find("second") == [(id_, 1)]
    assert [key for key in library.store.tables["windows"] if key.startswith(f"{id_}/0002")] == []
    await library.restart()
    assert await library.texts(id_) == [" One.", "Second."]
    assert await summary(library, id_) == before
    await again(library, id_, "Nanovo.", run=3)
    assert await library.texts(id_) == [" Nanovo."]


@with_library
async def test_going_back_needs_consent_for_later_corrections(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.")
    await again(library, id_, "Jedna.")
    await library.ask(m.EditSegment(id_, 0, "Jednička."))
    with pytest.raises(CorrectionsError, match="corrected since") as caught:
        await library.ask(m.GoBack(id_))
    assert "Download" in caught.value.hint
    assert await library.texts(id_) == ["Jednička."]
    await library.ask(m.GoBack(id_, replace_corrections=True))
    assert await library.texts(id_) == [" One."]


@with_library
async def test_going_back_needs_an_earlier_text_and_a_finished_run(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.")
    with pytest.raises(BadRequestError, match="no previous version"):
        await library.ask(m.GoBack(id_))
    await library.ask(m.Retranscribe(id_, CZECH))
    with pytest.raises(BadRequestError, match="not over"):
        await library.ask(m.GoBack(id_))
    assert await library.state(id_) in ("loading", "transcribing")


@with_library
async def test_cancelling_a_rerun_restores_the_text(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.", language="en")
    before = await summary(library, id_)
    await library.ask(m.Retranscribe(id_, CZECH))
    await library.hear(ready())
    await library.hear(batch(id_, 1, "Jedna.", run=2))
    assert await library.texts(id_) != [" One.", " Two."]
    after = await library.ask(m.Cancel(id_))
    assert (after.job.state, after.language, after.earlier) == ("done", "en", False)
    assert dataclasses.replace(after, revision=0) == before
    assert await library.texts(id_) == [" One.", " Two."]
    await library.restart()
    assert await summary(library, id_) == before


@with_library
async def test_a_cancelled_rerun_keeps_corrected_words(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.")
    await library.ask(m.Retranscribe(id_, CZECH))
    await library.hear(batch(id_, 1, "Jedna.", run=2))
    await library.ask(m.EditSegment(id_, 0, "Jednička."))
    assert (await library.ask(m.Cancel(id_))).job.state == "cancelled"
    assert "Jednička." in await library.texts(id_)


@with_library
async def test_a_cancelled_first_run_keeps_its_words(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(batch(id_, 1, "One."))
    assert (await library.ask(m.Cancel(id_))).job.state == "cancelled"
    assert await library.texts(id_) == [" One."]


@with_library
async def test_a_rerun_replaces_a_running_rerun(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.")
    await library.ask(m.EditSegment(id_, 0, "First."))
    await library.ask(m.Retranscribe(id_, CZECH, replace_corrections=True))
    await library.hear(batch(id_, 1, "Jedna.", run=2))
    with pytest.raises(CorrectionsError):
        await library.ask(m.Retranscribe(id_, ENGLISH))
    assert library.engines.started[-1].run == 2
    await library.ask(m.Retranscribe(id_, ENGLISH, replace_corrections=True))
    assert library.engines.started[-1].run == 3
    assert await library.texts(id_) == ["First."]
    await library.hear(batch(id_, 1, "Again.", run=3))
    await library.hear(finished(id_, run=3, duration_s=30.0))
    await library.ask(m.GoBack(id_))
    assert await library.texts(id_) == ["First."]


@with_library
async def test_an_unfinished_first_run_cannot_be_restored(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(batch(id_, 1, "Half."))
    await library.ask(m.EditSegment(id_, 0, "A half."))
    with pytest.raises(CorrectionsError) as caught:
        await library.ask(m.Retranscribe(id_, CZECH))
    assert "Download" in caught.value.hint
    await again(library, id_, "Celé.")
    assert not (await summary(library, id_)).earlier


@with_library
async def test_going_back_removes_a_failed_rerun(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.")
    await library.ask(m.Retranscribe(id_, CZECH))
    await library.hear(failed(id_, "MediaError", run=2))
    line = await summary(library, id_)
    assert (line.job.state, line.earlier) == ("failed", True)
    await library.ask(m.GoBack(id_))
    assert (await summary(library, id_)).job.state == "done"


@with_library
async def test_a_correction_keeps_the_heard_text(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", "Two.")
    edited = await library.ask(m.EditSegment(id_, 1, "Second."))
    assert [segment.heard for segment in edited.segments] == [None, " Two."]
    heard = await library.ask(m.EditSegment(id_, 1, " Two."))
    assert [(s.text, s.heard) for s in heard.segments] == [(" One.", None), (" Two.", None)]


@with_library
async def test_shorter_rerun_removes_the_end_of_the_earlier_version(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(ready())
    for number, text in ((1, "Beginning."), (2, "Ending.")):
        await library.hear(batch(id_, number, text))
    await library.hear(finished(id_, duration_s=60.0))
    await library.ask(m.Retranscribe(id_, CZECH))
    await library.hear(batch(id_, 1, "Beginning.", run=2))
    library.events.clear()
    await library.hear(finished(id_, run=2, duration_s=60.0))
    assert await library.texts(id_) == [" Beginning."]
    assert library.of(m.SegmentsSaved) == [m.SegmentsSaved(id_, 1, ())]
    assert await library.find("ending") == []
