"""A new run that fails: the text below it stays, is described as it is, and can be had back."""

from __future__ import annotations

import pytest
from earwitness import messages as m
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


async def fails(house: House, id_: str, run: int, *texts: str) -> None:
    """A new run that ends with an error, after one window where it has texts."""
    await house.ask(m.Retranscribe(id_, CZECH, replace_corrections=True))
    await house.hear(ready())
    if texts:
        await house.hear(batch(id_, 1, *texts, run=run))
    await house.hear(failed(id_, "MediaError", run=run))
    assert await house.state(id_) == "failed"


@lived
@pytest.mark.parametrize("heard", [(), ("Půl.",)])
@pytest.mark.parametrize("failures", [1, 2])
async def test_failed_runs_never_stand_between_a_text_and_the_way_back_to_it(
    house: House, failures: int, heard: tuple[str, ...]
) -> None:
    id_ = await transcribed(house, "One.", "Two.", language="en")
    await house.ask(m.EditSegment(id_, 0, "First."))
    before = await summary(house, id_)
    for run in range(2, 2 + failures):
        await fails(house, id_, run, *heard)
        assert (await summary(house, id_)).earlier
    await again(house, id_, "Jedna.", run=2 + failures)
    assert await house.texts(id_) == [" Jedna."]
    assert (await summary(house, id_)).earlier
    await house.restart()
    await house.ask(m.GoBack(id_))
    assert await house.texts(id_) == ["First.", " Two."]
    assert await summary(house, id_) == before
    assert [key for key in house.store.tables["windows"] if not key.startswith(f"{id_}/0001")] == []


@lived
async def test_cancelling_after_a_failure_leaves_the_text_from_before_both(house: House) -> None:
    id_ = await transcribed(house, "One.", language="en")
    await house.ask(m.EditSegment(id_, 0, "First."))
    before = await summary(house, id_)
    await fails(house, id_, 2, "Půl.")
    await house.ask(m.Resume(id_))
    await house.ask(m.Cancel(id_))
    assert await summary(house, id_) == before
    await fails(house, id_, 3, "Půl.")
    await house.ask(m.Retranscribe(id_, CZECH, replace_corrections=True))
    await house.ask(m.Cancel(id_))
    assert await summary(house, id_) == before
    assert await house.texts(id_) == ["First."]


@lived
async def test_what_was_corrected_in_a_failed_run_is_asked_for_and_stays_reachable(
    house: House,
) -> None:
    id_ = await transcribed(house, "One.", "Two.")
    await fails(house, id_, 2, "Půl.")
    await house.ask(m.EditSegment(id_, 0, "Polovina."))
    with pytest.raises(CorrectionsError, match="a sentence") as caught:
        await house.ask(m.Retranscribe(id_, CZECH))
    assert "Earlier text" in caught.value.hint
    await again(house, id_, "Jedna.", run=3)
    assert (await summary(house, id_)).earlier
    await house.ask(m.GoBack(id_))
    line = await summary(house, id_)
    assert (line.job.state, line.earlier) == ("failed", True)
    assert await house.texts(id_) == ["Polovina."]
    with pytest.raises(CorrectionsError):
        await house.ask(m.GoBack(id_))
    await house.ask(m.GoBack(id_, replace_corrections=True))
    assert await house.texts(id_) == [" One.", " Two."]
    assert not (await summary(house, id_)).earlier


@lived
async def test_a_part_run_again_after_a_failure_lies_over_the_whole_text(house: House) -> None:
    id_ = await transcribed(house, "One.", "Two.", "Three.")
    await fails(house, id_, 2, "Půl.")
    await house.ask(m.Retranscribe(id_, CZECH, 10.0, 20.0))
    assert await house.texts(id_) == [" One.", " Two.", " Three."]
    assert (await summary(house, id_)).earlier


@lived
async def test_the_description_belongs_to_the_text_until_there_are_new_words(house: House) -> None:
    id_ = await transcribed(house, "One.", language="en")
    before = await summary(house, id_)
    other = m.TranscribeOptions(model="tiny.en", language="en", prompt="Hm")
    await house.ask(m.ChangeSettings(m.Settings(confirm_download=False)))
    await house.ask(m.Retranscribe(id_, other))
    assert (await summary(house, id_)).model == "base"
    await house.hear(failed(id_, "MediaError", run=2))
    line = await summary(house, id_)
    assert (line.model, line.task, line.language) == (before.model, before.task, before.language)
    await house.ask(m.Retranscribe(id_, other))
    await house.hear(batch(id_, 1, "Anew.", run=3))
    assert (await summary(house, id_)).model == "tiny.en"
    await house.ask(m.Cancel(id_))
    assert await summary(house, id_) == before


@lived
async def test_a_new_run_that_hears_nothing_describes_its_empty_text(house: House) -> None:
    id_ = await transcribed(house, "One.")
    await house.ask(m.Retranscribe(id_, m.TranscribeOptions(model="base", task="translate")))
    await house.hear(finished(id_, run=2, duration_s=30.0))
    line = await summary(house, id_)
    assert (line.task, line.word_count, line.preview) == ("translate", 0, "")


@lived
async def test_only_what_failed_without_any_text_is_deleted_without_a_question(
    house: House,
) -> None:
    id_ = await transcribed(house, "One.")
    await fails(house, id_, 2)
    assert not (await summary(house, id_)).nothing_heard
    silent = await transcribed(house, name="silence.wav")
    await fails(house, silent, 2)
    assert not (await summary(house, silent)).nothing_heard
    half = await house.add("half.wav", b"half")
    await house.hear(batch(half, 1, "Half."))
    await house.hear(failed(half, "MediaError"))
    assert not (await summary(house, half)).nothing_heard


@lived
async def test_words_of_a_second_try_count_as_text_before_its_end(house: House) -> None:
    id_ = await house.add()
    await house.hear(failed(id_, "MediaError"))
    assert (await summary(house, id_)).nothing_heard
    await fails(house, id_, 2, "Půl.")
    line = await summary(house, id_)
    assert (line.nothing_heard, line.word_count, line.preview) == (False, 1, "Půl.")
    await fails(house, id_, 3)
    assert not (await summary(house, id_)).nothing_heard
