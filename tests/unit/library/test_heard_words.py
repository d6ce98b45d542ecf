"""What was heard at a word, what else it may have been, and another word in its place."""

from __future__ import annotations

import dataclasses

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError, NotFoundError
from earwitness.transcript import Word

from tests.unit.library.harness import PageLibrary, batch, finished, ready, with_library

HEARD = [(" Mr.", ()), (" Hell,", ("Hale", "hell")), (" left.", ("lift",))]


async def transcribed(library: PageLibrary) -> str:
    """Add a recording with one sentence of three words; return its id."""
    id_ = await library.add()
    await library.hear(ready())
    event = batch(id_, 1, "x")
    row = event.windows[0]
    [segment] = row.segments
    words = tuple(
        Word(text, segment.start_s + i, segment.start_s + i + 1, 0.5, alternatives=others)
        for i, (text, others) in enumerate(HEARD)
    )
    segment = dataclasses.replace(
        segment, text=" Mr. Hell, left.", words=words, end_s=words[-1].end_s
    )
    row = dataclasses.replace(row, segments=(segment,))
    await library.hear(dataclasses.replace(event, windows=(row,)))
    await library.hear(finished(id_))
    return id_


async def heard(library: PageLibrary, id_: str, word: int, segment: int = 0) -> m.HeardWord:
    return await library.ask(m.GetHeardWord(id_, segment, word))


async def text_of(library: PageLibrary, id_: str) -> list[str]:
    opened = await library.service.documents.open(id_)
    return [text.strip() for text in opened.texts()]


@with_library
async def test_word_shows_what_was_heard_and_what_competed(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    assert await heard(library, id_, 0) == m.HeardWord("Mr.", ())
    assert await heard(library, id_, 1) == m.HeardWord("Hell,", ("Hale", "hell"))


@with_library
async def test_corrected_word_still_shows_what_was_heard(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.EditSegment(id_, 0, "Mr. Thornton, left."))
    assert await heard(library, id_, 1) == m.HeardWord("Hell,", ("Hale", "hell"))
    assert await heard(library, id_, 2) == m.HeardWord("left.", ("lift",))


@with_library
async def test_added_word_was_not_heard(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.EditSegment(id_, 0, "Then Mr. old Hell, left. Alone."))
    said = [await heard(library, id_, word) for word in range(6)]
    assert [each.text for each in said] == ["", "Mr.", "", "Hell,", "left.", ""]
    assert said[3].alternatives == ("Hale", "hell")


@with_library
async def test_chosen_word_keeps_the_marks_and_is_one_undo(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    revision = (await library.ask(m.GetTranscript(id_))).revision
    await library.ask(m.ReplaceWord(id_, 0, 1, "Hale", revision))
    assert await text_of(library, id_) == ["Mr. Hale, left."]
    assert (await heard(library, id_, 1)).text == "Hell,"
    await library.ask(m.ReplaceWord(id_, 0, 1, "Hell,"))
    assert await text_of(library, id_) == ["Mr. Hell, left."]
    assert (await library.ask(m.GetTranscript(id_))).segments[0].heard is None
    await library.ask(m.Undo(id_))
    assert await text_of(library, id_) == ["Mr. Hale, left."]
    await library.ask(m.Undo(id_))
    assert await text_of(library, id_) == ["Mr. Hell, left."]


@with_library
async def test_word_of_two_words_or_of_marks_alone_is_put_in(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.ReplaceWord(id_, 0, 1, "Mr. Hale"))
    assert await text_of(library, id_) == ["Mr. Mr. Hale, left."]
    await library.ask(m.ReplaceWord(id_, 0, 0, "…"))
    assert (await text_of(library, id_))[0].startswith("…")


@with_library
async def test_word_of_a_text_that_has_changed_is_refused(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.EditSegment(id_, 0, "He left."))
    with pytest.raises(BadRequestError, match="changed meanwhile"):
        await library.ask(m.ReplaceWord(id_, 0, 1, "Hale", revision=0))
    for segment, word in ((0, 2), (0, -1), (1, 0), (-1, 0)):
        with pytest.raises(NotFoundError, match="no such word"):
            await heard(library, id_, word, segment)
        with pytest.raises(NotFoundError, match="no such word"):
            await library.ask(m.ReplaceWord(id_, segment, word, "Hale"))


@with_library
async def test_redacted_word_shows_nothing(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.Update(id_, redact=(m.RedactText(0, 4, 9),)))
    words = (await library.ask(m.GetTranscript(id_))).segments[0].words
    assert await heard(library, id_, 1) == m.HeardWord("", ())
    assert [word.alternatives for word in words] == [(), (), ()]
    assert (await heard(library, id_, 2)).alternatives == ("lift",)
    with pytest.raises(NotFoundError, match="no such word"):
        await library.ask(m.ReplaceWord(id_, 0, 1, "Hale"))
    await library.ask(m.ReplaceWord(id_, 0, 2, "lift"))
    assert await text_of(library, id_) == ["Mr. [redacted] lift."]


@with_library
async def test_final_redactions_delete_what_competed(library: PageLibrary) -> None:
    id_ = await transcribed(library)
    await library.ask(m.Update(id_, redact=(m.RedactText(0, 10, 15),)))
    assert "Hale" in str(library.store.tables["windows"])
    parts = (await library.ask(m.GetTranscript(id_))).redactions
    library.audio_store.files[f"{id_}.1"] = b"silence"
    audio = m.SilencedAudio(f"audio/{id_}.1", 7, "1" * 64, "audio/wav")
    await library.ask(m.MakeRedactionsFinal(id_, parts, audio))
    assert await text_of(library, id_) == ["Mr. Hell, [redacted]"]
    for table in library.store.tables.values():
        assert "Hale" not in str(table)
        assert "lift" not in str(table)
