"""Failed reruns: the earlier version keeps its text and description, and can be restored."""

from __future__ import annotations

import pytest
from earwitness import messages as m
from earwitness.library.store import version_prefix
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


async def fails(library: PageLibrary, id_: str, run: int, *texts: str) -> None:
    """A new run that ends with an error, after one window where it has texts."""
    await library.ask(m.Retranscribe(id_, CZECH, replace_corrections=True))
    await library.hear(ready())
    if texts:
        await library.hear(batch(id_, 1, *texts, run=run))
    await library.hear(failed(id_, "MediaError", run=run))
    assert await library.state(id_) == "failed"


@with_library
@pytest.mark.parametrize("heard", [(), ("Půl.",)])
@pytest.mark.parametrize("failures", [1, 2])
async def test_going_back_skips_failed_reruns(
    library: PageLibrary, failures: int, heard: tuple[str, ...]
) -> None:
    id_ = await transcribed(library, "One.", "Two.", language="en")
    await library.ask(m.EditSegment(id_, 0, "First."))
    before = await summary(library, id_)
    for run in range(2, 2 + failures):
        await fails(library, id_, run, *heard)
        assert (await summary(library, id_)).earlier
    await again(library, id_, "Jedna.", run=2 + failures)
    assert await library.texts(id_) == [" Jedna."]
    assert (await summary(library, id_)).earlier
    await library.restart()
    await library.ask(m.GoBack(id_))
    assert await library.texts(id_) == ["First.", " Two."]
    assert await summary(library, id_) == before
    assert [
        key
        for key in library.store.tables["windows"]
        if not key.startswith((f"{id_}/0001", version_prefix(id_)))
    ] == []


@with_library
async def test_cancelling_after_a_failed_rerun_restores_the_text(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", language="en")
    await library.ask(m.EditSegment(id_, 0, "First."))
    before = await summary(library, id_)
    await fails(library, id_, 2, "Půl.")
    await library.ask(m.Resume(id_))
    await library.ask(m.Cancel(id_))
    assert await summary(library, id_) == before
    await fails(library, id_, 3, "Půl.")
    await library.ask(m.Retranscribe(id_, CZECH, replace_corrections=True))
    await library.ask(m.Cancel(id_))
    assert await summary(library, id_) == before
    assert await library.texts(id_) == ["First."]


@with_library
async def test_corrections_of_a_failed_rerun_stay_reachable(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "One.", "Two.")
    await fails(library, id_, 2, "Půl.")
    await library.ask(m.EditSegment(id_, 0, "Polovina."))
    with pytest.raises(CorrectionsError, match="a sentence") as caught:
        await library.ask(m.Retranscribe(id_, CZECH))
    assert "Previous version" in caught.value.hint
    await again(library, id_, "Jedna.", run=3)
    assert (await summary(library, id_)).earlier
    await library.ask(m.GoBack(id_))
    line = await summary(library, id_)
    assert (line.job.state, line.earlier) == ("failed", True)
    assert await library.texts(id_) == ["Polovina."]
    with pytest.raises(CorrectionsError):
        await library.ask(m.GoBack(id_))
    await library.ask(m.GoBack(id_, replace_corrections=True))
    assert await library.texts(id_) == [" One.", " Two."]
    assert not (await summary(library, id_)).earlier


@with_library
async def test_a_span_rerun_after_a_failure_lies_over_the_whole_text(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "One.", "Two.", "Three.")
    await fails(library, id_, 2, "Půl.")
    await library.ask(m.Retranscribe(id_, CZECH, 10.0, 20.0))
    assert await library.texts(id_) == [" One.", " Two.", " Three."]
    assert (await summary(library, id_)).earlier


@with_library
async def test_the_description_changes_with_the_first_new_words(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.", language="en")
    before = await summary(library, id_)
    other = m.TranscribeOptions(model="tiny.en", language="en", prompt="Hm")
    await library.ask(m.ChangeSettings(m.Settings(confirm_download=False)))
    await library.ask(m.Retranscribe(id_, other))
    assert (await summary(library, id_)).model == "base"
    await library.hear(failed(id_, "MediaError", run=2))
    line = await summary(library, id_)
    assert (line.model, line.task, line.language) == (before.model, before.task, before.language)
    await library.ask(m.Retranscribe(id_, other))
    await library.hear(batch(id_, 1, "Anew.", run=3))
    assert (await summary(library, id_)).model == "tiny.en"
    await library.ask(m.Cancel(id_))
    assert await summary(library, id_) == before


@with_library
async def test_an_empty_rerun_changes_the_description(library: PageLibrary) -> None:
    id_ = await transcribed(library, "One.")
    await library.ask(m.Retranscribe(id_, m.TranscribeOptions(model="base", task="translate")))
    await library.hear(finished(id_, run=2, duration_s=30.0))
    line = await summary(library, id_)
    assert (line.task, line.word_count, line.preview) == ("translate", 0, "")


@with_library
async def test_nothing_heard_is_set_only_without_any_text(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library, "One.")
    await fails(library, id_, 2)
    assert not (await summary(library, id_)).nothing_heard
    silent = await transcribed(library, name="silence.wav")
    await fails(library, silent, 2)
    assert not (await summary(library, silent)).nothing_heard
    half = await library.add("half.wav", b"half")
    await library.hear(batch(half, 1, "Half."))
    await library.hear(failed(half, "MediaError"))
    assert not (await summary(library, half)).nothing_heard


@with_library
async def test_words_of_a_retry_count_before_it_ends(library: PageLibrary) -> None:
    id_ = await library.add()
    await library.hear(failed(id_, "MediaError"))
    assert (await summary(library, id_)).nothing_heard
    await fails(library, id_, 2, "Půl.")
    line = await summary(library, id_)
    assert (line.nothing_heard, line.word_count, line.preview) == (False, 1, "Půl.")
    await fails(library, id_, 3)
    assert not (await summary(library, id_)).nothing_heard
