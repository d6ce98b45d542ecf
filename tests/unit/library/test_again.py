"""Another run over a text: corrections are asked for first, and the earlier text comes back."""

from __future__ import annotations

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError
from earwitness.library.reruns import CorrectionsError

from tests.unit.library.house import (
    CZECH,
    House,
    again,
    batch,
    failed,
    finished,
    lived,
    ready,
    summary,
    transcribed,
)

ENGLISH = m.TranscribeOptions(model="base", language="en")


@lived
async def test_corrections_are_asked_for_before_anything_happens(house: House) -> None:
    id_ = await transcribed(house, "One.", "Two.", "Three.")
    await house.ask(m.EditSegment(id_, 0, "First."))
    with pytest.raises(CorrectionsError, match="a sentence that you corrected") as caught:
        await house.ask(m.Retranscribe(id_, CZECH))
    assert "Earlier text" in caught.value.hint
    await house.ask(m.EditSegment(id_, 1, "Second."))
    with pytest.raises(CorrectionsError, match="2 sentences"):
        await house.ask(m.Retranscribe(id_, CZECH))
    assert caught.value.view().type == "CorrectionsError"
    assert await house.texts(id_) == ["First.", "Second.", " Three."]
    assert await house.state(id_) == "done"
    assert len(house.engines.started) == 1


@lived
async def test_only_corrections_inside_the_part_are_asked_for(house: House) -> None:
    id_ = await transcribed(house, "One.", "Two.", "Three.")
    await house.ask(m.EditSegment(id_, 0, "First."))
    await house.ask(m.Retranscribe(id_, CZECH, 10.0, 20.0))
    assert house.engines.started[-1].start_s == 10.0
    await house.ask(m.Cancel(id_))
    with pytest.raises(CorrectionsError):
        await house.ask(m.Retranscribe(id_, CZECH, 0.0, 10.0))


@lived
async def test_going_back_brings_text_corrections_and_description_back(house: House) -> None:
    id_ = await transcribed(house, "One.", "Two.", language="en")
    await house.ask(m.EditSegment(id_, 1, "Second."))
    before = await summary(house, id_)
    assert not before.earlier
    await again(house, id_, "Jedna.", "Dva.", "Konec.")
    assert (await summary(house, id_)).earlier
    assert await house.texts(id_) == [" Jedna.", " Dva.", " Konec."]
    house.events.clear()
    await house.ask(m.GoBack(id_))
    assert await summary(house, id_) == before
    assert await house.texts(id_) == [" One.", "Second."]
    (event,) = house.of(m.SegmentsSaved)
    assert (event.first, [s.text for s in event.segments]) == (0, [" One.", "Second."])
    assert await house.find("jedna") == []
    assert await house.find("second") == [(id_, 1)]
    assert [key for key in house.store.tables["windows"] if key.startswith(f"{id_}/0002")] == []
    await house.restart()
    assert await house.texts(id_) == [" One.", "Second."]
    assert await summary(house, id_) == before
    await again(house, id_, "Nanovo.", run=3)
    assert await house.texts(id_) == [" Nanovo."]


@lived
async def test_going_back_asks_for_what_was_corrected_since(house: House) -> None:
    id_ = await transcribed(house, "One.")
    await again(house, id_, "Jedna.")
    await house.ask(m.EditSegment(id_, 0, "Jednička."))
    with pytest.raises(CorrectionsError, match="corrected since") as caught:
        await house.ask(m.GoBack(id_))
    assert "Download" in caught.value.hint
    assert await house.texts(id_) == ["Jednička."]
    await house.ask(m.GoBack(id_, replace_corrections=True))
    assert await house.texts(id_) == [" One."]


@lived
async def test_going_back_needs_an_earlier_text_and_a_run_that_is_over(house: House) -> None:
    id_ = await transcribed(house, "One.")
    with pytest.raises(BadRequestError, match="no earlier text"):
        await house.ask(m.GoBack(id_))
    await house.ask(m.Retranscribe(id_, CZECH))
    with pytest.raises(BadRequestError, match="not over"):
        await house.ask(m.GoBack(id_))
    assert await house.state(id_) in ("loading", "transcribing")


@lived
async def test_a_new_run_that_is_cancelled_leaves_everything_as_it_was(house: House) -> None:
    id_ = await transcribed(house, "One.", "Two.", language="en")
    before = await summary(house, id_)
    await house.ask(m.Retranscribe(id_, CZECH))
    await house.hear(ready())
    await house.hear(batch(id_, 1, "Jedna.", run=2))
    assert await house.texts(id_) != [" One.", " Two."]
    after = await house.ask(m.Cancel(id_))
    assert (after.job.state, after.language, after.earlier) == ("done", "en", False)
    assert after == before
    assert await house.texts(id_) == [" One.", " Two."]
    await house.restart()
    assert await summary(house, id_) == before


@lived
async def test_a_cancelled_run_keeps_words_that_the_user_corrected(house: House) -> None:
    id_ = await transcribed(house, "One.", "Two.")
    await house.ask(m.Retranscribe(id_, CZECH))
    await house.hear(batch(id_, 1, "Jedna.", run=2))
    await house.ask(m.EditSegment(id_, 0, "Jednička."))
    assert (await house.ask(m.Cancel(id_))).job.state == "cancelled"
    assert "Jednička." in await house.texts(id_)


@lived
async def test_a_first_run_that_is_cancelled_keeps_its_words(house: House) -> None:
    id_ = await house.add()
    await house.hear(batch(id_, 1, "One."))
    assert (await house.ask(m.Cancel(id_))).job.state == "cancelled"
    assert await house.texts(id_) == [" One."]


@lived
async def test_another_language_while_a_new_run_is_at_work_replaces_that_run(house: House) -> None:
    id_ = await transcribed(house, "One.")
    await house.ask(m.EditSegment(id_, 0, "First."))
    await house.ask(m.Retranscribe(id_, CZECH, replace_corrections=True))
    await house.hear(batch(id_, 1, "Jedna.", run=2))
    with pytest.raises(CorrectionsError):
        await house.ask(m.Retranscribe(id_, ENGLISH))
    assert house.engines.started[-1].run == 2
    await house.ask(m.Retranscribe(id_, ENGLISH, replace_corrections=True))
    assert house.engines.started[-1].run == 3
    assert await house.texts(id_) == ["First."]
    await house.hear(batch(id_, 1, "Again.", run=3))
    await house.hear(finished(id_, run=3, duration_s=30.0))
    await house.ask(m.GoBack(id_))
    assert await house.texts(id_) == ["First."]


@lived
async def test_an_unfinished_first_text_is_nothing_to_go_back_to(house: House) -> None:
    id_ = await house.add()
    await house.hear(batch(id_, 1, "Half."))
    await house.ask(m.EditSegment(id_, 0, "A half."))
    with pytest.raises(CorrectionsError) as caught:
        await house.ask(m.Retranscribe(id_, CZECH))
    assert "Download" in caught.value.hint
    await again(house, id_, "Celé.")
    assert not (await summary(house, id_)).earlier


@lived
async def test_a_new_run_that_failed_can_be_taken_away(house: House) -> None:
    id_ = await transcribed(house, "One.")
    await house.ask(m.Retranscribe(id_, CZECH))
    await house.hear(failed(id_, "MediaError", run=2))
    line = await summary(house, id_)
    assert (line.job.state, line.earlier) == ("failed", True)
    await house.ask(m.GoBack(id_))
    assert (await summary(house, id_)).job.state == "done"


@lived
async def test_a_corrected_sentence_knows_what_was_heard(house: House) -> None:
    id_ = await transcribed(house, "One.", "Two.")
    edited = await house.ask(m.EditSegment(id_, 1, "Second."))
    assert [segment.heard for segment in edited.segments] == [None, " Two."]
    heard = await house.ask(m.EditSegment(id_, 1, " Two."))
    assert [(s.text, s.heard) for s in heard.segments] == [(" One.", None), (" Two.", None)]


@lived
async def test_a_shorter_text_removes_the_end_of_the_earlier_one(house: House) -> None:
    id_ = await house.add()
    await house.hear(ready())
    for number, text in ((1, "Beginning."), (2, "Ending.")):
        await house.hear(batch(id_, number, text))
    await house.hear(finished(id_, duration_s=60.0))
    await house.ask(m.Retranscribe(id_, CZECH))
    await house.hear(batch(id_, 1, "Beginning.", run=2))
    house.events.clear()
    await house.hear(finished(id_, run=2, duration_s=60.0))
    assert await house.texts(id_) == [" Beginning."]
    assert house.of(m.SegmentsSaved) == [m.SegmentsSaved(id_, 1, ())]
    assert await house.find("ending") == []
