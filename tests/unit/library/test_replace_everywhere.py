"""Find and replace in all transcripts: preview, what is left out, one undo."""

from __future__ import annotations

import time
from typing import Any

import pytest
from earwitness import messages as m
from earwitness.errors import BadRequestError

from tests.unit.library.harness import PageLibrary, transcribed, with_library

MAIER = m.FindText("Maier", whole_words=True)


async def three(library: PageLibrary) -> list[str]:
    return [
        await transcribed(library, "Ms Maier is here.", "Maier and Maier.", name="a.wav"),
        await transcribed(library, "Nobody.", name="b.wav"),
        await transcribed(library, "Ask Maier.", name="c.wav"),
    ]


async def replaced(
    library: PageLibrary, found: m.FoundEverywhere, text: str = "Meyer"
) -> m.ReplacedEverywhere:
    where = tuple(
        m.SearchedRecording(each.transcript_id, each.revision) for each in found.recordings
    )
    return await library.ask(m.ReplaceEverywhere(MAIER, text, where))


async def texts(library: PageLibrary, ids: list[str]) -> list[str]:
    return [" ".join(" ".join(await library.texts(id_)).split()) for id_ in ids]


@with_library
async def test_preview_has_counts_and_places_newest_first(library: PageLibrary) -> None:
    a, _, c = await three(library)
    found: m.FoundEverywhere = await library.ask(m.FindEverywhere(MAIER, "Meyer"))
    assert [(each.transcript_id, each.name, each.count) for each in found.recordings] == [
        (c, "c.wav", 1),
        (a, "a.wav", 3),
    ]
    assert [place.segment for place in found.recordings[1].places] == [0, 1, 1]
    assert found.recordings[0].places[0].replacement == "Meyer"
    only = await library.ask(m.FindEverywhere(MAIER, transcript_ids=(c,)))
    assert [each.transcript_id for each in only.recordings] == [c]


@pytest.mark.parametrize("asked", [0, 2])
@with_library
async def test_one_undo_takes_all_of_it_back_and_redo_makes_it_again(
    library: PageLibrary, asked: int
) -> None:
    ids = await three(library)
    before = await texts(library, ids)
    found = await library.ask(m.FindEverywhere(MAIER, "Meyer"))
    done = await replaced(library, found)
    assert sum(each.count for each in done.replaced) == 4
    after = ["Ms Meyer is here. Meyer and Meyer.", "Nobody.", "Ask Meyer."]
    assert await texts(library, ids) == after
    library.events.clear()
    undone = await library.ask(m.Undo(ids[asked]))
    assert undone.transcript.id == ids[asked]
    assert undone.what.endswith(", in 2 recordings")
    assert await texts(library, ids) == before
    told = {event.transcript.id for event in library.of(m.TranscriptChanged)}
    assert told == {ids[0], ids[2]}
    await library.ask(m.Redo(ids[0]))
    assert await texts(library, ids) == after
    await library.ask(m.Undo(ids[2]))
    assert await texts(library, ids) == before
    assert (await library.ask(m.Undo(ids[0]))).what == ""


@with_library
async def test_text_that_was_changed_since_the_search_is_left_and_named(
    library: PageLibrary,
) -> None:
    ids = await three(library)
    found = await library.ask(m.FindEverywhere(MAIER, "Meyer"))
    await library.ask(m.EditSegment(ids[2], 0, "Ask Maier now."))
    done = await replaced(library, found)
    assert [each.transcript_id for each in done.replaced] == [ids[0]]
    assert done.changed_since == ("c.wav",)
    assert await library.texts(ids[2]) == ["Ask Maier now."]


@with_library
async def test_undo_leaves_a_text_with_later_changes(library: PageLibrary) -> None:
    ids = await three(library)
    await replaced(library, await library.ask(m.FindEverywhere(MAIER, "Meyer")))
    await library.ask(m.EditSegment(ids[2], 0, "Ask Meyer now."))
    undone = await library.ask(m.Undo(ids[0]))
    assert undone.what.endswith("in one recording; one recording changed later not included")
    assert await library.texts(ids[2]) == ["Ask Meyer now."]
    await library.ask(m.Undo(ids[2]))
    await library.ask(m.Undo(ids[2]))
    assert [each.strip() for each in await library.texts(ids[2])] == ["Ask Maier."]


@with_library
async def test_full_device_says_what_was_replaced_and_what_was_not(library: PageLibrary) -> None:
    ids = await three(library)
    before = await texts(library, ids)
    found = await library.ask(m.FindEverywhere(MAIER, "Meyer"))
    write, writes = library.store.write, 0

    async def second_fails(changes: Any) -> None:
        nonlocal writes
        writes += any(change.table == "documents" for change in changes)
        if writes == 2:
            library.store.fails = 1
            writes += 1
        await write(changes)

    library.store.write = second_fails  # type: ignore[method-assign]
    done = await replaced(library, found)
    assert [each.name for each in done.replaced] == ["c.wav"]
    assert (done.not_saved, done.error and done.error.type) == (("a.wav",), "StorageError")
    library.store.write = write  # type: ignore[method-assign]
    await library.ask(m.Undo(ids[2]))
    assert await texts(library, ids) == before


@with_library
async def test_pattern_shares_its_time_among_all_transcripts(library: PageLibrary) -> None:
    for number in range(6):
        await transcribed(library, "a" * 2500 + "!", name=f"{number}.wav")
    slow = m.FindText("a*a*b", regular_expression=True)
    began = time.monotonic()
    with pytest.raises(BadRequestError):
        await library.ask(m.FindEverywhere(slow))
    assert time.monotonic() - began < 10
