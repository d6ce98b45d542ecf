"""The text of a file in the place of what was recognised, and the way back."""

from __future__ import annotations

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError
from earwitness.library.texts.reruns import CorrectionsError

from tests.unit.library.harness import PageLibrary, batch, finished, ready, with_library

SRT = b"1\n00:00:01,000 --> 00:00:02,000\nGood morning, listeners.\n"


async def transcribed(library: PageLibrary) -> str:
    id_ = await library.add()
    await library.hear(ready())
    await library.hear(batch(id_, 1, "good", "morning", "listeners", words=True))
    await library.hear(finished(id_, duration_s=30.0))
    return id_


@with_library
async def test_text_of_a_file_replaces_what_was_heard_and_can_be_taken_back(
    library: PageLibrary,
) -> None:
    id_ = await transcribed(library)
    summary = await library.ask(m.ReplaceText(id_, "a.srt"), SRT)
    assert (summary.earlier, summary.job.state, summary.duration_s) == (True, "done", 30.0)
    assert await library.texts(id_) == ["Good morning, listeners."]
    assert await library.find("listeners") == [(id_, 0)]
    await library.restart()
    assert await library.texts(id_) == ["Good morning, listeners."]
    await library.ask(m.EditSegment(id_, 0, "Good evening."))
    with pytest.raises(CorrectionsError, match="a sentence"):
        await library.ask(m.ReplaceText(id_, "a.srt"), SRT)
    await library.ask(m.ReplaceText(id_, "a.srt", replace_corrections=True), SRT)
    await library.ask(m.GoBack(id_))
    assert await library.texts(id_) == ["Good evening."]
    await library.ask(m.GoBack(id_, replace_corrections=True))
    assert [text.strip() for text in await library.texts(id_)] == ["good", "morning", "listeners"]


@with_library
async def test_text_without_times_gets_those_of_the_heard_words(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.ReplaceText(id_, "a.txt"), b"Good morning, dear listeners!\n")
    [segment] = (await library.ask(m.GetTranscript(id_))).segments
    assert [(word.text, word.start_s) for word in segment.words] == [
        (" Good", 0.0),
        (" morning,", 10.0),
        (" dear", 20.0),
        (" listeners!", 20.0),
    ]
    assert segment.estimated_words == (2,)
    with pytest.raises(BadRequestError, match="does not fit"):
        await library.ask(m.ReplaceText(id_, "b.txt"), b"Fresh apples are sold out.\n")


@with_library
async def test_text_is_not_replaced_while_a_run_is_at_work(library: PageLibrary) -> None:
    id_ = await library.add()
    with pytest.raises(BadRequestError, match="still being transcribed"):
        await library.ask(m.ReplaceText(id_, "a.srt"), SRT)
