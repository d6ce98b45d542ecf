"""The text of windows that are still decoded: shown, and kept nowhere."""

from __future__ import annotations

from earwitness import messages as m
from earwitness.engine_messages import EngineFailed, PartialTexts
from earwitness.errors import ErrorView
from earwitness.messages import PartialText

from tests.unit.library.harness import PageLibrary, batch, opened, ready, with_library

FIRST, SECOND = PartialText(0.0, "Hello every"), PartialText(30.0, "Any ques")


async def partial(library: PageLibrary) -> tuple[PartialText, ...]:
    """What the list's only line tells."""
    (line,) = (await library.ask(m.ListTranscripts())).transcripts
    return line.job.partial


async def running(library: PageLibrary) -> str:
    """A job in work with the text of two windows so far; its id."""
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(opened(id_))
    await library.hear(PartialTexts(id_, 1, (FIRST, SECOND)))
    return id_


@with_library
async def test_partial_text_is_shown_until_its_window_is_saved(library: PageLibrary) -> None:
    id_ = await running(library)
    assert library.of(m.TranscriptChanged)[-1].transcript.job.partial == (FIRST, SECOND)
    await library.hear(batch(id_, 1, "Hello everyone."))
    assert await partial(library) == (SECOND,)
    assert await library.texts(id_) == [" Hello everyone."]


@with_library
async def test_partial_text_is_written_nowhere(library: PageLibrary) -> None:
    id_ = await running(library)
    await library.ask(m.Rename(id_, "A new name"))
    for table in library.store.tables.values():
        assert not any(FIRST.text in row for row in table.values())
    await library.restart()
    assert await partial(library) == ()


@with_library
async def test_text_of_a_run_that_is_over_is_ignored(library: PageLibrary) -> None:
    id_ = await running(library)
    await library.hear(PartialTexts(id_, 2, (PartialText(0.0, "Another run"),)))
    assert await partial(library) == (FIRST, SECOND)
    error = ErrorView("ModelError", "The speech engine stopped.", "Try again.")
    await library.hear(EngineFailed(id_, 1, error))
    assert await partial(library) == ()
