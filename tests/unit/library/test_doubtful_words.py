"""Doubtful words: which they are, and what stays of those that the user found right."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness import messages as m
from earwitness.domain.documents import Document, OpenDocument
from earwitness.domain.doubt import DOUBTFUL_FROM, chance_of_error, doubtful_words
from earwitness.domain.edits import join, split
from earwitness.domain.heard_words import check_word
from earwitness.engine_messages import WindowRow
from earwitness.errors import NotFoundError
from earwitness.serialization import from_plain, to_plain
from earwitness.transcript import Segment, Word

from tests.unit.library.harness import PageLibrary, batch, finished, ready, with_library


@pytest.mark.parametrize("average", [None, 0.0, -0.2, -0.7, -5.0])
def test_word_is_doubtful_from_the_stated_chance_of_error_on(average: float | None) -> None:
    words = tuple(Word(" a", 0, 1, i / 200) for i in range(201))
    segment = Segment(0, 1, " a", words, average_log_probability=average)
    chances = [chance_of_error(word, segment) for word in words]
    assert chances == sorted(chances, reverse=True)
    found = doubtful_words([Segment(0, 1, " a"), segment])
    likely = [i for i, chance in enumerate(chances) if chance >= DOUBTFUL_FROM and i < 200]
    assert found == tuple((1, i) for i in likely)


def test_word_in_a_sentence_that_the_model_doubts_is_likelier_to_be_wrong() -> None:
    word = Word(" a", 0, 1, 0.6)
    sure, unsure = (
        Segment(0, 1, " a", (word,), average_log_probability=average) for average in (-0.1, -0.8)
    )
    assert doubtful_words([sure, unsure]) == ((1, 0),)


def test_typed_and_checked_words_are_not_doubtful() -> None:
    words = (Word(" a", 0, 1), Word(" b", 1, 2, 1.0), Word(" c", 2, 3, 0.2))
    assert doubtful_words([Segment(0, 3, " a b c", words, average_log_probability=-5.0)]) == (
        (0, 2),
    )


async def transcribed(library: PageLibrary) -> str:
    """Add a recording of two sentences whose words have low probabilities; return its id."""
    id_ = await library.add()
    await library.hear(ready())
    event = batch(id_, 1, "x", "y")
    row = event.windows[0]
    segments = tuple(
        dataclasses.replace(
            segment,
            text=" Mr. Hell left",
            words=tuple(
                Word(text, segment.start_s + i, segment.start_s + i + 1, probability)
                for i, (text, probability) in enumerate(
                    [(" Mr.", 0.9), (" Hell", 0.2), (" left", 0.3)]
                )
            ),
        )
        for segment in row.segments
    )
    row = dataclasses.replace(row, segments=segments)
    await library.hear(dataclasses.replace(event, windows=(row,)))
    await library.hear(finished(id_))
    return id_


async def places(library: PageLibrary, id_: str) -> tuple[tuple[int, int], ...]:
    return (await library.ask(m.GetDoubtfulWords(id_))).words


@with_library
async def test_checked_word_is_done_after_a_restart(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    assert await places(library, id_) == ((0, 1), (0, 2), (1, 1), (1, 2))
    await library.ask(m.CheckWord(id_, 0, 2))
    await library.ask(m.CheckWord(id_, 1, 1))
    assert await places(library, id_) == ((0, 1), (1, 2))
    await library.restart()
    assert await places(library, id_) == ((0, 1), (1, 2))
    transcript = await library.ask(m.GetTranscript(id_))
    assert [word.probability for word in transcript.segments[0].words] == [0.9, 0.2, 1.0]
    assert transcript.segments[0].heard is None


@with_library
async def test_correction_keeps_what_was_checked(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.EditSegment(id_, 0, "So Mr. Hale left"))
    assert await places(library, id_) == ((0, 3), (1, 1), (1, 2))
    await library.ask(m.CheckWord(id_, 0, 3))
    assert await places(library, id_) == ((1, 1), (1, 2))
    await library.ask(m.CheckWord(id_, 0, 2))
    await library.ask(m.EditSegment(id_, 0, "Mr. Hell left"))
    assert await places(library, id_) == ((0, 1), (1, 1), (1, 2))


@with_library
async def test_another_run_is_not_checked(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.CheckWord(id_, 0, 1))
    await library.ask(m.Retranscribe(id_, m.TranscribeOptions(model="tiny.en")))
    await library.hear(batch(id_, 1, "Better.", run=2))
    await library.hear(finished(id_, run=2))
    assert await places(library, id_) == ()
    await library.ask(m.GoBack(id_))
    assert await places(library, id_) == ((0, 2), (1, 1), (1, 2))


@with_library
async def test_unknown_word_is_refused(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    for segment, word in ((2, 0), (-1, 0), (0, 3), (0, -1)):
        with pytest.raises(NotFoundError):
            await library.ask(m.CheckWord(id_, segment, word))


def test_document_of_0_1_0_has_nothing_checked() -> None:
    plain = to_plain(Document("a"), "none")
    assert "checked" not in plain
    assert from_plain(Document, plain) == Document("a")


def test_checked_word_stays_so_in_a_sentence_that_was_split() -> None:
    words = (Word(" Mr.", 0, 1, 0.9), Word(" Hell", 1, 2, 0.2), Word(" left", 2, 3, 0.3))
    row = WindowRow(0, 0, 0.0, 3.0, (Segment(0, 3, " Mr. Hell left", words),))
    opened = OpenDocument(Document("a"), {1: [row]})
    apart = check_word(split(opened, 0, 9, "now"), 1, 0)
    assert [segment.text for segment in apart.segments] == ["Mr. Hell", "left"]
    assert doubtful_words(apart.segments) == ((0, 1),)
    whole = join(apart, 0, "now")
    assert doubtful_words(whole.segments) == ((0, 1),)
